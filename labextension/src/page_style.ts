/** The look of all panels, as style sheets of the page. */

import panelStyle from "./styles/panel.css";
import tokens from "./styles/tokens.css";

interface Sheet {
  /** Class of its element. */
  name: string;
  text: string;
}

/** What every panel needs. */
const SHARED: Sheet = { name: "lepton-style", text: `${tokens}\n${panelStyle}` };

/** One sheet of a name for all panels of a page; a kernel with a newer version replaces it. */
export function addStyle(page: Document, { name, text }: Sheet = SHARED): void {
  const existing = page.head.querySelector(`style.${name}`);
  const style = existing ?? page.head.appendChild(page.createElement("style"));
  style.className = name;
  if (style.textContent !== text) style.textContent = text;
}
