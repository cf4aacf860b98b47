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

/** HTML and text of the same board, by MIME type. */
export type Forms = Record<string, string>;

type Answer = (document: unknown, forms?: Forms) => void;

/** Lets the panel below `el` answer; the returned function ends that. */
export function answerWith(el: HTMLElement, shown: () => unknown, forms?: () => Forms): () => void {
  const listener = (event: Event): void => {
    const detail: unknown = event instanceof CustomEvent ? event.detail : null;
    if (typeof detail === "function") (detail as Answer)(shown(), forms?.());
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
  return heard(node).map(([document]) => document);
}

/** The document that a live panel below `node` shows now; undefined where there is none. */
export function askPanel(node: ParentNode): unknown {
  return askPanels(node).at(-1);
}

/** The HTML and text of that panel, where its run has ended and it has them. */
export function askForms(node: ParentNode): Forms {
  return heard(node).at(-1)?.[1] ?? {};
}

function heard(node: ParentNode): Parameters<Answer>[] {
  const answers: Parameters<Answer>[] = [];
  const hear: Answer = (...answer) => {
    answers.push(answer);
  };
  for (const panel of node.querySelectorAll(PANEL)) {
    panel.dispatchEvent(new CustomEvent(ASK, { bubbles: true, detail: hear }));
  }
  return answers;
}
