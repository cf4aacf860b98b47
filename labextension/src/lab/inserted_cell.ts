/** Puts a line into a notebook, as a person would who types it. */

import type { CellWidget, NotebookPanel } from "./host";
import { SETTINGS } from "./settings";

export const LOAD = "%load_ext lepton_jupyter";

/** Puts a line, with one before it that loads what it needs, below cell `after`, or into that cell where it is empty, and leaves the cursor at its end. */
export function insertLine(
  panel: NotebookPanel,
  line: string,
  { after, isLoaded }: { after: number; isLoaded: boolean },
): void {
  const notebook = panel.content;
  const shared = panel.context.model.sharedModel;
  const source = isLoaded ? line : `${loadLines()}\n${line}`;
  const cell = shared.cells[after];
  const isFree = cell?.cell_type === "code" && cell.getSource().trim() === "";
  const index = isFree ? after : Math.min(after + 1, shared.cells.length);
  if (isFree) {
    cell.setSource(source);
  } else {
    shared.insertCell(index, { cell_type: "code", source, metadata: { trusted: true } });
  }
  notebook.activeCellIndex = index;
  notebook.deselectAll();
  notebook.mode = "edit";
  void showCursor(notebook.activeCell, source);
}

/** What loads lepton, with the budget that a person has set: seen in the cell, as everything that is done. */
function loadLines(): string {
  return SETTINGS.budget === "" ? LOAD : `${LOAD}\n%config Lepton.budget = "${SETTINGS.budget}"`;
}

async function showCursor(cell: CellWidget | null, source: string): Promise<void> {
  // A cell that is new has no editor yet.
  await cell?.ready;
  const lines = source.split("\n");
  const last = lines.at(-1) ?? "";
  cell?.editor?.setCursorPosition({ line: lines.length - 1, column: last.length });
  cell?.editor?.focus();
}
