/** A table that is dragged from the file browser into a notebook: a cell that fits it, where only the target lacks. */

import type { NotebookPanel } from "./host";
import { insertLine } from "./inserted_cell";
import type { LoadedExtension } from "./loaded_extension";

const FILES = "application/x-jupyter-icontents";
/** Files that `%lepton fit` reads, packed ones too. */
const TABLE = /\.(csv|tsv|parquet|pq|feather|arrow|jsonl|ndjson|xlsx)(\.(gz|bz2|xz|zst|zip))?$/i;

/** Lumino's drag event. */
export interface LuminoDrag extends Event {
  readonly mimeData: { hasData(type: string): boolean; getData(type: string): unknown };
  readonly proposedAction: string;
  dropAction: string;
}

/** Path of a file as the notebook's kernel names it: from the notebook's folder. */
export function relativePath(file: string, notebook: string): string {
  const to = withoutDrive(file).split("/");
  const from = withoutDrive(notebook).split("/").slice(0, -1);
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
}

function withoutDrive(path: string): string {
  return path.slice(path.indexOf(":") + 1);
}

/** The line for a file; the cursor comes to stand behind it, where the target's name is completed. */
export function fitLine(path: string): string {
  const quote = path.includes('"') ? "'" : '"';
  return `run = %lepton fit ${quote}${path}${quote} --target `;
}

function droppedTables({ mimeData }: LuminoDrag): string[] {
  const files = mimeData.hasData(FILES) ? mimeData.getData(FILES) : [];
  return Array.isArray(files)
    ? files.filter((file): file is string => typeof file === "string" && TABLE.test(file))
    : [];
}

/** Lets tables be dropped into a notebook. */
export function acceptTables(panel: NotebookPanel, loaded: Pick<LoadedExtension, "isLoadedIn">): void {
  const { node } = panel.content;
  const accept = (event: Event): void => {
    const drag = event as LuminoDrag;
    if (droppedTables(drag).length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    drag.dropAction = drag.proposedAction;
    if (event.type !== "lm-drop") return;
    let after = panel.content.widgets.findIndex(
      (cell) => event.target instanceof Node && cell.node.contains(event.target),
    );
    if (after < 0) after = panel.content.widgets.length - 1;
    let isLoaded = loaded.isLoadedIn(panel);
    for (const file of droppedTables(drag)) {
      insertLine(panel, fitLine(relativePath(file, panel.context.path)), { after, isLoaded });
      isLoaded = true;
      after = panel.content.activeCellIndex;
    }
  };
  // Before the notebook, which takes cells only.
  for (const type of ["lm-dragenter", "lm-dragover", "lm-drop"]) node.addEventListener(type, accept, true);
}
