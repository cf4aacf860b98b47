/** What the extension does for each notebook that is open: keep its boards, and replace widgets without a kernel. */

import { askForms, askPanel } from "../asked_panel";
import type { NotebookPanel } from "./host";
import { isGone } from "./kernel_status";
import { keepBoards } from "./saved_boards";
import { sweep } from "./stale_widgets";
import type { Shown } from "./stale_widgets";

export async function followNotebook(panel: NotebookPanel): Promise<void> {
  const { context, sessionContext } = panel;
  await context.ready;
  const shown: Shown = ({ cell, index }) => {
    const node = panel.content.widgets[cell]?.outputArea?.widgets[index]?.node;
    return node === undefined ? [undefined] : [askPanel(node), askForms(node)];
  };
  const sweepBy = (kernel: Parameters<typeof sweep>[1]): void => {
    // A kernel that dies while it is asked leaves the outputs as they are, until there is another one.
    sweep(context.model, kernel, shown).catch(() => undefined);
  };
  const sweepNow = (): void => {
    sweepBy(sessionContext.session?.kernel ?? null);
  };

  keepBoards(context.model, shown);
  sessionContext.kernelChanged.connect(sweepNow);
  sessionContext.statusChanged.connect((_sender, status) => {
    if (isGone(status)) sweepBy(null);
  });
  await sessionContext.ready;
  sweepNow();
}
