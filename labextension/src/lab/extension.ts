/** What JupyterLab and Notebook 7 ask the extension for, by name. */

import type { LuminoWidgets, NotebookActions, Token } from "./host";
import type { UiComponents } from "./icon";
import { plugins } from "./plugins";
import { savedPageExtensions } from "./saved_pages";
import { optionalModule, sharedModule } from "./shared_modules";
import type { ShareScope } from "./shared_modules";

interface NotebookModule {
  INotebookTracker: Token;
  NotebookActions: NotebookActions;
}

/** The module of a name; undefined where there is none. The page asks for none twice, and adds a field to what it gets. */
export function moduleOf(name: string, shared: ShareScope): Promise<unknown> | undefined {
  return MODULES[name]?.(shared);
}

const MODULES: Record<string, (shared: ShareScope) => Promise<unknown>> = {
  "./extension": async (shared) => {
    const { INotebookTracker, NotebookActions } = (await sharedModule(
      shared,
      "@jupyterlab/notebook",
    )) as NotebookModule;
    const { ICommandPalette } = await optionalModule(shared, "@jupyterlab/apputils");
    const { ILauncher } = await optionalModule(shared, "@jupyterlab/launcher");
    const { IStatusBar } = await optionalModule(shared, "@jupyterlab/statusbar");
    const { ISettingRegistry } = await optionalModule(shared, "@jupyterlab/settingregistry");
    const { ITranslator } = await optionalModule(shared, "@jupyterlab/translation");
    const { IRenderMimeRegistry } = await optionalModule(shared, "@jupyterlab/rendermime");
    const { ILabShell } = await optionalModule(shared, "@jupyterlab/application");
    const lumino = (await sharedModule(shared, "@lumino/widgets")) as LuminoWidgets;
    const ui = await sharedModule(shared, "@jupyterlab/ui-components");
    return plugins({
      INotebookTracker,
      NotebookActions,
      ICommandPalette,
      ILauncher,
      IStatusBar,
      ISettingRegistry,
      ITranslator,
      IRenderMimeRegistry,
      ILabShell,
      lumino,
      ui: ui as UiComponents,
    });
  },
  "./mimeExtension": async (shared) =>
    savedPageExtensions((await sharedModule(shared, "@lumino/widgets")) as LuminoWidgets),
};
