/** Ways to a search from JupyterLab's own controls: toolbar, palette, launcher. */

import type { LabApplication, NotebookPanel, NotebookTracker } from "./host";
import { ICON_URL } from "./icon";
import type { LabIcon } from "./icon";
import { insertLine } from "./inserted_cell";
import type { LoadedExtension } from "./loaded_extension";
import { LAB_TEXTS, onLanguage } from "./lab_texts";

export const OPEN_FORM = "lepton:open-form";
export const NEW_NOTEBOOK = "lepton:new-notebook";
export const SHOW_RUNS = "lepton:show-runs";

export interface CommandPalette {
  addItem(item: { command: string; category: string }): unknown;
}
export interface Launcher {
  add(item: { command: string; category: string; rank: number; kernelIconUrl: string }): unknown;
}

/** A bare `%lepton` opens the form. */
const FORM_LINE = "%lepton";

export function addCommands(
  app: LabApplication,
  notebooks: NotebookTracker,
  loaded: LoadedExtension,
  icon: LabIcon,
  palette: CommandPalette | null,
  launcher: Launcher | null,
): void {
  const { commands } = app;
  const openForm = async (panel: NotebookPanel): Promise<void> => {
    const isLoaded = loaded.isLoadedIn(panel);
    insertLine(panel, FORM_LINE, { after: panel.content.activeCellIndex, isLoaded });
    await commands.execute("notebook:run-cell");
  };

  commands.addCommand(OPEN_FORM, {
    label: () => LAB_TEXTS.openForm,
    caption: () => LAB_TEXTS.openFormCaption,
    icon,
    isEnabled: () => notebooks.currentWidget !== null,
    execute: async () => {
      if (notebooks.currentWidget !== null) await openForm(notebooks.currentWidget);
    },
  });

  commands.addCommand(NEW_NOTEBOOK, {
    label: () => LAB_TEXTS.newNotebook,
    caption: () => LAB_TEXTS.newNotebookCaption,
    icon,
    execute: async (args) => {
      const panel = (await commands.execute("notebook:create-new", {
        cwd: args["cwd"] ?? "",
        kernelName: args["kernelName"] ?? DEFAULT_KERNEL,
      })) as NotebookPanel;
      await panel.context.ready;
      await panel.sessionContext.ready;
      await openForm(panel);
    },
  });

  renameCommands(app);
  for (const command of [OPEN_FORM, NEW_NOTEBOOK, SHOW_RUNS])
    palette?.addItem({ command, category: "lepton" });
  launcher?.add({ command: NEW_NOTEBOOK, category: "Notebook", rank: 10, kernelIconUrl: ICON_URL });
}

/** Says that labels are in another language now. */
function renameCommands({ commands }: LabApplication): void {
  onLanguage(() => {
    for (const command of [OPEN_FORM, NEW_NOTEBOOK, SHOW_RUNS]) commands.notifyCommandChanged(command);
  });
}

const DEFAULT_KERNEL = "python3";
