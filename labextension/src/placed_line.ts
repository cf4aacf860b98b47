/**
 * How a board asks the JupyterLab extension to put a line into a cell below it.
 *
 * As in `asked_panel`, the two know each other by events of the page. Where nobody takes a line it is shown, to be copied.
 */

const PLACE = "lepton-line";
/** The kernel of a notebook has come or gone. */
export const KERNELS = "lepton-kernels";

/** A line, and whether its cell is run at once. No line asks whether there is a notebook with a kernel. */
export type TakeLine = (from: Node, line: string, runs: boolean) => boolean;

/** Gives a line to the notebook that shows `el`; false where nobody took it. */
export function placeLine(el: HTMLElement, line: string, runs: boolean): boolean {
  return !el.dispatchEvent(
    new CustomEvent(PLACE, { bubbles: true, cancelable: true, detail: { line, runs } }),
  );
}

/** Lets `take` have the lines of all boards of a page. */
export function takeLines(page: Document, take: TakeLine): void {
  page.addEventListener(PLACE, (event) => {
    const detail: unknown = event instanceof CustomEvent ? event.detail : null;
    if (typeof detail !== "object" || detail === null || !("line" in detail) || !("runs" in detail)) return;
    const { line, runs } = detail;
    if (typeof line !== "string" || !(event.target instanceof Node)) return;
    if (take(event.target, line, runs === true)) event.preventDefault();
  });
}
