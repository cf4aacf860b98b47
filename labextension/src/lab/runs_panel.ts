/** The side panel of runs in JupyterLab: which kernels it hears, what a click does, and when it looks at all. */

import { h } from "preact";
import { NEWS } from "../asked_panel";
import { keepDrawn } from "../drawn_view";
import { addStyle } from "../page_style";
import { RunsList } from "../runs/component";
import { RunsModel } from "../runs/model";
import type { RunEntry } from "../runs/model";
import quietStyle from "../styles/quiet.css";
import runsStyle from "../styles/runs.css";
import { NEW_NOTEBOOK, OPEN_FORM, SHOW_RUNS } from "./commands";
import type {
  LabApplication,
  LuminoShellWidgets,
  LuminoWidgets,
  NotebookTracker,
  RenderMime,
  ShellWidget,
} from "./host";
import type { LabIcon } from "./icon";
import { LAB_TEXTS, onLanguage } from "./lab_texts";
import type { LoadedExtension } from "./loaded_extension";
import { findCell, goTo, savedLines } from "./notebook_runs";
import { KernelRefusal, OpenKernels } from "./open_kernels";
import { boardId, makeRunBoard } from "./run_board";
import type { RunBoard } from "./run_board";
import type { Area } from "./runs_area";

const ID = "lepton-runs";
/** Behind the file browser, the running kernels and the table of contents. */
const RANK = 600;
const SECOND_MS = 1_000;

export interface RunsParts {
  app: LabApplication;
  notebooks: NotebookTracker;
  loaded: LoadedExtension;
  lumino: LuminoWidgets;
  icon: LabIcon;
  rendermime: RenderMime | null;
}

export class RunsPanel {
  private readonly boards = new Map<string, { board: RunBoard; kernel: string | null }>();
  private readonly kernels: OpenKernels;
  readonly model: RunsModel;
  private widget: ShellWidget | null = null;
  private isShown = false;
  private clock: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly parts: RunsParts) {
    const { app, notebooks, loaded } = parts;
    this.model = new RunsModel({
      now: () => Date.now(),
      stop: (kernel, runId) => {
        this.kernels.send(kernel, { type: "StopListedRun", run_id: runId });
      },
      open: (entry) => {
        this.open(entry);
      },
      openNotebook: (path) => {
        app.commands.execute("docmanager:open", { path }).catch(() => undefined);
      },
      startKernel: () => {
        void this.startKernel();
      },
      shutDown: (kernel) => {
        this.kernels.shutDown(kernel).catch(() => undefined);
      },
      newSearch: () => {
        const command = notebooks.currentWidget === null ? NEW_NOTEBOOK : OPEN_FORM;
        app.commands.execute(command).catch(() => undefined);
      },
    });
    const panelOf = (id: string) => {
      let found: Parameters<Parameters<NotebookTracker["forEach"]>[0]>[0] | null = null;
      notebooks.forEach((panel) => {
        if (panel.sessionContext.session?.kernel?.id === id) found = panel;
      });
      return found as Parameters<LoadedExtension["isLoadedIn"]>[0] | null;
    };
    this.kernels = new OpenKernels(
      app.serviceManager,
      {
        kernelOf: (id) => panelOf(id)?.sessionContext.session?.kernel ?? null,
        hasLoaded: (id) => {
          const panel = panelOf(id);
          return panel !== null && loaded.isLoadedIn(panel);
        },
      },
      {
        kernel: (id, path) => {
          this.model.setKernel(id, path);
        },
        gone: (id) => {
          this.model.removeKernel(id);
          for (const { board, kernel } of this.boards.values()) if (kernel === id) board.setConnected(false);
          this.readSaved();
        },
        runs: (id, message) => {
          this.model.receive(id, message);
        },
        board: (_id, message) => {
          this.boards.get(message.run_id)?.board.receive(message);
        },
        page: (_id, message) => {
          this.boards.get(message.run_id)?.board.receivePage(message);
        },
      },
    );
    // A cell that loads lepton, or a live panel that comes: the kernel may have become one of ours.
    loaded.onLoaded(() => {
      this.kernels.look();
    });
    document.addEventListener(NEWS, () => {
      if (!this.model.hasKernel) this.kernels.look();
    });
    document.addEventListener("visibilitychange", () => {
      if (this.kernels.isWatching) this.kernels.keepAlive();
    });
    notebooks.widgetAdded.connect((_sender, panel) => {
      void panel.context.ready.then(() => {
        this.readSaved();
      });
    });
    onLanguage(() => {
      this.rename();
      this.model.redraw();
    });
  }

  /** Puts the panel into an area of the page, or takes it away. */
  place(area: Area): void {
    if (area === "none") {
      this.widget?.dispose();
      this.widget = null;
      this.setShown(false);
      return;
    }
    this.widget ??= this.makeWidget();
    this.parts.app.shell.add(this.widget, area, { rank: RANK });
  }

  activate(): void {
    if (this.widget !== null) this.parts.app.shell.activateById(ID);
  }

  get isPlaced(): boolean {
    return this.widget !== null;
  }

  setShowsDisk(showsDisk: boolean): void {
    this.model.setShowsDisk(showsDisk);
    this.kernels.setReadsDisk(showsDisk);
  }

  private makeWidget(): ShellWidget {
    const shown = (isShown: boolean): void => {
      this.setShown(isShown);
    };
    const { Widget } = this.parts.lumino as LuminoShellWidgets;
    class Panel extends Widget {
      override onAfterShow(message: unknown): void {
        super.onAfterShow(message);
        shown(true);
      }
      override onAfterHide(message: unknown): void {
        super.onAfterHide(message);
        shown(false);
      }
    }
    const widget = new Panel();
    widget.id = ID;
    widget.addClass("lepton-runs-panel");
    widget.title.icon = this.parts.icon;
    addStyle(document);
    addStyle(document, RUNS_STYLE);
    this.widget = widget;
    this.rename();
    const undraw = keepDrawn(this.model, widget.node, () => h(RunsList, { model: this.model }));
    const dispose = widget.dispose.bind(widget);
    widget.dispose = () => {
      undraw();
      dispose();
    };
    return widget;
  }

  private rename(): void {
    if (this.widget === null) return;
    this.widget.title.caption = LAB_TEXTS.runsTitle;
    this.widget.node.setAttribute("aria-label", LAB_TEXTS.runsTitle);
    this.widget.node.setAttribute("role", "region");
  }

  private setShown(isShown: boolean): void {
    this.isShown = isShown;
    this.look();
  }

  /** Looks while the panel or a board is shown. */
  private look(): void {
    const isWanted = this.isShown || this.boards.size > 0;
    if (isWanted === this.kernels.isWatching) return;
    if (!isWanted) {
      clearInterval(this.clock);
      this.clock = undefined;
      this.kernels.rest();
      return;
    }
    this.readSaved();
    this.kernels.watch();
    for (const [runId, each] of this.boards) this.kernels.follow(runId, each.kernel);
    this.clock = setInterval(() => {
      this.model.tick();
    }, SECOND_MS);
  }

  private readSaved(): void {
    if (this.isShown && !this.model.hasKernel) this.model.setSaved(savedLines(this.parts.notebooks));
  }

  private open(entry: RunEntry): void {
    const { app, notebooks, lumino, icon, rendermime } = this.parts;
    const { line, kernel } = entry;
    const cell = findCell(notebooks, line.run_id);
    if (cell !== null) {
      goTo(cell, (id) => {
        app.shell.activateById(id);
      });
      return;
    }
    if (!this.boards.has(line.run_id)) {
      const board = makeRunBoard(lumino, line, icon, rendermime, {
        stop: () => {
          if (kernel !== null) this.kernels.send(kernel, { type: "StopListedRun", run_id: line.run_id });
        },
        extend: (seconds) => {
          if (kernel !== null)
            this.kernels.send(kernel, { type: "ExtendListedRun", run_id: line.run_id, seconds });
        },
        ask: (after_rank) => {
          if (kernel !== null)
            this.kernels.send(kernel, { type: "AskListedPage", run_id: line.run_id, after_rank });
        },
        closed: () => {
          this.boards.delete(line.run_id);
          this.kernels.unfollow(line.run_id);
          this.look();
        },
      });
      this.boards.set(line.run_id, { board, kernel });
      addStyle(document);
      addStyle(document, RUNS_STYLE);
      app.shell.add(board, "main");
      this.kernels.follow(line.run_id, kernel);
    }
    app.shell.activateById(boardId(line.run_id));
  }

  private async startKernel(): Promise<void> {
    this.model.setStarting({ state: "yes" });
    try {
      await this.kernels.start();
      this.model.setStarting({ state: "no" });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const sentence = error instanceof KernelRefusal ? LAB_TEXTS.noPackage(words) : LAB_TEXTS.noStart(words);
      this.model.setStarting({ state: "failed", sentence });
    }
  }
}

/** The look of the panel, which the extension alone draws. */
const RUNS_STYLE = { name: "lepton-runs-style", text: `${quietStyle}\n${runsStyle}` };

/** The command that shows the panel. */
export function addRunsCommand({ commands }: LabApplication, panel: RunsPanel, icon: LabIcon): void {
  commands.addCommand(SHOW_RUNS, {
    label: () => LAB_TEXTS.showRuns,
    caption: () => LAB_TEXTS.showRunsCaption,
    icon,
    isEnabled: () => panel.isPlaced,
    execute: () => {
      panel.activate();
      return Promise.resolve();
    },
  });
}
