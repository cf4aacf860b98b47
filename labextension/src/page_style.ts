/** The look of all panels, as one style sheet of the page. */

import panelStyle from "./styles/panel.css";
import tokens from "./styles/tokens.css";

const STYLE_CLASS = "lepton-style";

/** One style sheet for all panels of a page; a kernel with a newer version replaces it. */
export function addStyle(page: Document): void {
  const text = `${tokens}\n${panelStyle}`;
  const existing = page.head.querySelector(`style.${STYLE_CLASS}`);
  const style = existing ?? page.head.appendChild(page.createElement("style"));
  style.className = STYLE_CLASS;
  if (style.textContent !== text) style.textContent = text;
}
