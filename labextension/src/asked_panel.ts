/**
 * How the JupyterLab extension asks a live panel in the same page for the document it shows.
 *
 * The two know each other by this event alone: the panel comes from the kernel, the extension from the server, and each
 * may be of another version, or missing.
 */

const ASK = "lepton-ask";
/** A panel has something new to show. */
export const NEWS = "lepton-news";
const PANEL = ".lepton";

type Answer = (document: unknown) => void;

/** Lets the panel below `el` answer; the returned function ends that. */
export function answerWith(el: HTMLElement, shown: () => unknown): () => void {
  const listener = (event: Event): void => {
    const detail: unknown = event instanceof CustomEvent ? event.detail : null;
    if (typeof detail === "function") (detail as Answer)(shown());
  };
  el.addEventListener(ASK, listener);
  return () => {
    el.removeEventListener(ASK, listener);
  };
}

/** Says around `el` that its panel has news. */
export function tellNews(el: HTMLElement): void {
  el.dispatchEvent(new CustomEvent(NEWS, { bubbles: true }));
}

/** The documents that the live panels below `node` show now. */
export function askPanels(node: ParentNode): unknown[] {
  const answers: unknown[] = [];
  const hear: Answer = (document) => {
    answers.push(document);
  };
  for (const panel of node.querySelectorAll(PANEL)) {
    panel.dispatchEvent(new CustomEvent(ASK, { bubbles: true, detail: hear }));
  }
  return answers;
}

/** The document that a live panel below `node` shows now; undefined where there is none. */
export function askPanel(node: ParentNode): unknown {
  return askPanels(node).at(-1);
}
