/** In which notebooks `%lepton` is known: those whose kernel has run the line that loads it. */

import { askPanel } from "../asked_panel";
import type { Notebook, NotebookActions, NotebookPanel } from "./host";
import { LOAD } from "./inserted_cell";
import { isGone } from "./kernel_status";

export class LoadedExtension {
  private readonly loaded = new WeakSet<Notebook>();
  private readonly listeners = new Set<() => void>();

  constructor({ executed }: NotebookActions) {
    executed.connect((_sender, { notebook, cell, success }) => {
      if (success === false || !cell.model.sharedModel.getSource().includes(LOAD)) return;
      this.loaded.add(notebook);
      for (const listener of this.listeners) listener();
    });
  }

  /** Calls `listener` after each cell that loads the extension. */
  onLoaded(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Forgets a notebook's line when its kernel is another one. */
  follow({ content, sessionContext }: NotebookPanel): void {
    const forget = (): void => {
      this.loaded.delete(content);
    };
    sessionContext.kernelChanged.connect(forget);
    sessionContext.statusChanged.connect((_sender, status) => {
      if (isGone(status)) forget();
    });
  }

  /** Whether a notebook's kernel knows `%lepton`; after the page was loaded again its live panels tell. */
  isLoadedIn({ content }: NotebookPanel): boolean {
    return this.loaded.has(content) || askPanel(content.node) !== undefined;
  }
}
