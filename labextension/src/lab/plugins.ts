/** What the extension adds to JupyterLab and Notebook 7. */

import { addCommands } from "./commands";
import type { CommandPalette, Launcher } from "./commands";
import { acceptTables } from "./dropped_file";
import { followNotebook } from "./followed_notebook";
import type {
  LuminoWidgets,
  NotebookActions,
  NotebookPanel,
  NotebookTracker,
  Plugin,
  RenderMime,
  SettingRegistry,
  Token,
  Translator,
} from "./host";
import { leptonIcon } from "./icon";
import type { UiComponents } from "./icon";
import { LoadedExtension } from "./loaded_extension";
import { onLanguage, spokenLanguage } from "./lab_texts";
import { answerWithWords, tellWordsChanged } from "../panel_words";
import { withBook } from "./phrases";
import { placeLines, tellKernels } from "./placed_lines";
import { RunsPanel, addRunsCommand } from "./runs_panel";
import { addSearchCount } from "./search_count";
import type { StatusBar } from "./search_count";
import { PLUGIN, followSettings } from "./settings";

/** What the page shares; a token is absent where the page has no such service. */
export interface HostModules {
  INotebookTracker: Token;
  NotebookActions: NotebookActions;
  ICommandPalette?: Token | undefined;
  ILauncher?: Token | undefined;
  IStatusBar?: Token | undefined;
  ISettingRegistry?: Token | undefined;
  ITranslator?: Token | undefined;
  IRenderMimeRegistry?: Token | undefined;
  ILabShell?: Token | undefined;
  lumino: LuminoWidgets;
  ui: UiComponents;
}

export function plugins({
  INotebookTracker,
  NotebookActions: actions,
  ICommandPalette,
  ILauncher,
  IStatusBar,
  ISettingRegistry,
  ITranslator,
  IRenderMimeRegistry,
  ILabShell,
  lumino,
  ui,
}: HostModules): Plugin[] {
  const loaded = new LoadedExtension(actions);
  return [
    {
      id: "lepton-jupyter:saved-boards",
      description: "Saves the board of a run as it stands, and shows it where the run's kernel is gone.",
      autoStart: true,
      requires: [INotebookTracker],
      activate: (_app, notebooks: NotebookTracker) => {
        forEachNotebook(notebooks, (panel) => void followNotebook(panel));
      },
    },
    {
      id: "lepton-jupyter:dropped-tables",
      description: "A table that is dropped into a notebook becomes a cell that fits it.",
      autoStart: true,
      requires: [INotebookTracker],
      activate: (_app, notebooks: NotebookTracker) => {
        forEachNotebook(notebooks, (panel) => {
          acceptTables(panel, loaded);
        });
      },
    },
    {
      id: PLUGIN,
      description:
        "Toolbar button, commands and launcher card, the side panel of runs, and the settings of all.",
      autoStart: true,
      requires: [INotebookTracker],
      // In this order, each null where the page has none: a service must not take the place of another.
      optional: [
        ICommandPalette ?? NO_SERVICE,
        ILauncher ?? NO_SERVICE,
        ISettingRegistry ?? NO_SERVICE,
        ITranslator ?? NO_SERVICE,
        IRenderMimeRegistry ?? NO_SERVICE,
        ILabShell ?? NO_SERVICE,
      ],
      activate: (
        app,
        notebooks: NotebookTracker,
        palette: CommandPalette | null,
        launcher: Launcher | null,
        registry: SettingRegistry | null,
        translator: Translator | null,
        rendermime: RenderMime | null,
        labShell: object | null,
      ) => {
        const icon = leptonIcon(ui);
        forEachNotebook(notebooks, (panel) => {
          loaded.follow(panel);
          tellKernels(document, panel);
        });
        placeLines(document, notebooks, loaded, () => {
          void app.commands.execute("notebook:run-cell");
        });
        addCommands(app, notebooks, loaded, icon, palette, launcher);
        const runs = new RunsPanel({ app, notebooks, loaded, lumino, icon, rendermime });
        addRunsCommand(app, runs, icon);
        // The sentences are loaded when a live panel asks for them.
        answerWithWords(document, async (panel) =>
          (await withBook(spokenLanguage(), import("./panel_texts"))).wordsOf(panel, spokenLanguage()),
        );
        onLanguage(() => {
          tellWordsChanged(document);
        });
        void followSettings(registry, translator?.languageCode ?? "en", ({ runsPanel, runsOnDisk }) => {
          runs.setShowsDisk(runsOnDisk);
          // Notebook 7 shows one document a page, and has no place for a list of runs beside it.
          runs.place(labShell === null ? "none" : runsPanel);
        });
      },
    },
    {
      id: "lepton-jupyter:search-count",
      description: "Says in the status bar which searches go on.",
      autoStart: true,
      optional: [IStatusBar ?? NO_SERVICE],
      activate: (_app, bar: StatusBar | null) => {
        if (bar !== null) addSearchCount(bar, lumino, document);
      },
    },
  ];
}

/** A token that nobody provides. */
const NO_SERVICE: Token = { name: "lepton-jupyter:nothing" };

function forEachNotebook(notebooks: NotebookTracker, call: (panel: NotebookPanel) => void): void {
  notebooks.forEach(call);
  notebooks.widgetAdded.connect((_sender, panel) => {
    call(panel);
  });
}
