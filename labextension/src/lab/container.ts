/**
 * The extension as JupyterLab and Notebook 7 load it: a container of module federation, written by hand.
 *
 * A builder would install JupyterLab's packages to leave them out again. What is left of a container without them is
 * this: take the modules that the page shares, and give what is asked for by name.
 */

import type { LuminoWidgets, NotebookActions, Token } from "./host";
import type { UiComponents } from "./icon";
import { plugins } from "./plugins";
import { savedPlanExtension } from "./saved_plan";
import { savedRunExtension } from "./saved_run";
import { optionalModule, sharedModule } from "./shared_modules";
import type { ShareScope } from "./shared_modules";

interface NotebookModule {
  INotebookTracker: Token;
  NotebookActions: NotebookActions;
}

interface Container {
  init(scope: ShareScope): void;
  get(module: string): Promise<() => object>;
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>;
  }
}

let shared: ShareScope = {};

// The page asks for no module twice, and adds a field of its own to what it gets.
const MODULES: Record<string, () => Promise<unknown>> = {
  "./extension": async () => {
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
  "./mimeExtension": async () => {
    const lumino = (await sharedModule(shared, "@lumino/widgets")) as LuminoWidgets;
    return [savedRunExtension(lumino), savedPlanExtension(lumino)];
  },
};

(window._JUPYTERLAB ??= {})["lepton-jupyter"] = {
  init: (scope) => {
    shared = scope;
  },
  get: async (name) => {
    const make = MODULES[name];
    if (make === undefined) throw new Error(`lepton-jupyter has no module ${name}.`);
    const content = await make();
    return () => ({ __esModule: true, default: content });
  },
};
