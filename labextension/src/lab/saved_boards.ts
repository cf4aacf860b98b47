/**
 * What a file keeps of a run that goes on: the board as it is shown when the notebook is saved.
 *
 * The output itself was written when the run began. To write it again would draw its panel anew, and close what a
 * person has opened there; so the newer board enters where the notebook becomes the text of a file.
 */

import type { NotebookModel, SavedNotebook } from "./host";
import { liveOutputs, withDocument } from "./run_outputs";
import type { Shown } from "./stale_widgets";

/** Lets each later saving of a notebook keep what its panels show then. */
export function keepBoards(notebook: NotebookModel, shown: Shown): void {
  const asItWas = notebook.toJSON.bind(notebook);
  notebook.toJSON = () => withBoards(asItWas(), notebook, shown);
}

function withBoards(saved: SavedNotebook, notebook: NotebookModel, shown: Shown): SavedNotebook {
  const cells = [...saved.cells];
  for (const place of liveOutputs(notebook)) {
    const cell = cells[place.cell];
    const output = cell?.outputs?.[place.index];
    if (cell?.outputs === undefined || output?.data === undefined) continue;
    const newer = { ...output, data: withDocument(output.data, ...shown(place)) };
    cells[place.cell] = { ...cell, outputs: cell.outputs.with(place.index, newer) };
  }
  return { ...saved, cells };
}
