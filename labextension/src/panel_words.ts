/**
 * How a live panel learns the page's language: it asks the JupyterLab extension for its sentences.
 *
 * A widget's bundle speaks English alone, since a notebook that stores widget state would carry every other language
 * too. As in `asked_panel`, the two know each other by events of the page; where there is no extension nobody answers.
 */

const ASK = "lepton-ask-words";
const CHANGED = "lepton-words-changed";

type Take = (words: unknown) => void;

/** Gives panels the sentences that `find` knows for a panel's name. */
export function answerWithWords(page: Document, find: (panel: string) => Promise<unknown>): void {
  page.addEventListener(ASK, (event) => {
    const detail: unknown = event instanceof CustomEvent ? event.detail : null;
    if (typeof detail !== "object" || detail === null || !("panel" in detail) || !("take" in detail)) return;
    const { panel, take } = detail;
    if (typeof panel !== "string" || typeof take !== "function") return;
    find(panel).then(take as Take, () => undefined);
  });
}

/** Lets all panels ask again. */
export function tellWordsChanged(page: Document): void {
  page.dispatchEvent(new CustomEvent(CHANGED));
}

/** Keeps a panel's sentences in the page's language; the returned function ends that. */
export function followWords(page: Document, panel: string, texts: object, redraw: () => void): () => void {
  let isFollowing = true;
  const ask = (): void => {
    const take: Take = (words) => {
      if (!isFollowing || words === undefined) return;
      takeWords(texts as Record<string, unknown>, words);
      redraw();
    };
    page.dispatchEvent(new CustomEvent(ASK, { detail: { panel, take } }));
  };
  page.addEventListener(CHANGED, ask);
  ask();
  return () => {
    isFollowing = false;
    page.removeEventListener(CHANGED, ask);
  };
}

/** Sentences of the same name and kind; an extension of another version may know more of them, or fewer. */
function takeWords(texts: Record<string, unknown>, words: unknown): void {
  if (typeof words !== "object" || words === null) return;
  const found = words as Record<string, unknown>;
  for (const [name, value] of Object.entries(texts)) {
    const other = found[name];
    if (typeof other !== typeof value) continue;
    if (typeof value === "object" && value !== null) takeWords(value as Record<string, unknown>, other);
    else texts[name] = other;
  }
}
