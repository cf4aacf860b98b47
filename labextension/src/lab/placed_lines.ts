/** Lines that boards have written, in cells below them. */

import { KERNELS, takeLines } from "../placed_line";
import type { NotebookPanel, NotebookTracker } from "./host";
import { insertLine } from "./inserted_cell";
import type { LoadedExtension } from "./loaded_extension";

/** Puts lines below the cells that show their boards, where these notebooks have a kernel, and lets `run` run them. */
export function placeLines(
  page: Document,
  notebooks: Pick<NotebookTracker, "forEach">,
  loaded: Pick<LoadedExtension, "isLoadedIn">,
  run: () => void,
): void {
  takeLines(page, (from, line, runs) => {
    const panel = notebookAround(notebooks, from);
    if (!panel?.sessionContext.session?.kernel) return false;
    if (line === "") return true;
    const after = panel.content.widgets.findIndex((cell) => cell.node.contains(from));
    insertLine(panel, line, { after, isLoaded: loaded.isLoadedIn(panel) });
    if (runs) run();
    return true;
  });
}

function notebookAround(notebooks: Pick<NotebookTracker, "forEach">, node: Node): NotebookPanel | undefined {
  const found: NotebookPanel[] = [];
  notebooks.forEach((panel) => {
    if (panel.content.node.contains(node)) found.push(panel);
  });
  return found[0];
}

/** Lets boards know when their notebook's kernel comes or goes. */
export function tellKernels(page: Document, { sessionContext }: NotebookPanel): void {
  const tell = (): void => {
    page.dispatchEvent(new CustomEvent(KERNELS));
  };
  sessionContext.kernelChanged.connect(tell);
  void sessionContext.ready.then(tell, tell);
}
