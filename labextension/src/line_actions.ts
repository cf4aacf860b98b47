/** What a page does with a line that a panel has written: put it into a cell and run it, or copy it. */

import { cellBelow } from "./notebook_cell";

/** What became of a line: run without an error, or with one, or this page lets no widget reach its notebook. */
export type LineOutcome = "done" | "failed" | "unavailable";

/** What anywidget gives to a module, as far as a cell is found by it. */
export interface PlacedKernel {
  get(name: "own_id"): unknown;
  widget_manager?: unknown;
}

/** Puts a line into a new cell below the one that shows `el`, and runs it there. */
export async function runBelow(
  kernel: PlacedKernel,
  el: HTMLElement,
  line: string,
  placed: () => void,
): Promise<LineOutcome> {
  const modelId = kernel.get("own_id");
  if (typeof modelId !== "string" || modelId === "") return "unavailable";
  let below: Awaited<ReturnType<typeof cellBelow>>;
  try {
    below = await cellBelow(kernel.widget_manager, modelId, el);
  } catch {
    return "unavailable"; // another page than those that are known
  }
  if (below === null) return "unavailable";
  return (await below.run(line, placed)) ? "done" : "failed";
}

/** Copies a line; where the page does not allow it, selects its text, so that a key can. */
export async function copyLine(el: HTMLElement, line: string): Promise<boolean> {
  const page = el.ownerDocument;
  try {
    await page.defaultView?.navigator.clipboard.writeText(line);
    return true;
  } catch {
    const shown = el.querySelector(".lepton-run code");
    if (shown !== null) page.getSelection()?.selectAllChildren(shown);
    return false;
  }
}
