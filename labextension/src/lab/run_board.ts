/** The board of a run in a tab of its own: for runs whose cell is in no open notebook. */

import type { RunBoardMessage, RunBoardPageMessage, RunLine } from "../runs/messages";
import type { SearchModel } from "../search/model";
import type { LuminoWidgets, RenderMime, ShellWidget } from "./host";
import { LAB_TEXTS, spokenLanguage } from "./lab_texts";
import { withBook } from "./phrases";
import { RUN_TYPE } from "./run_outputs";

/** What a board wants done with its run. */
export interface BoardHost {
  stop(): void;
  extend(seconds: number): void;
  /** Asks for the models that rank after this one. */
  ask(afterRank: number): void;
  closed(): void;
}

export interface RunBoard extends ShellWidget {
  receive(message: RunBoardMessage): void;
  receivePage(message: RunBoardPageMessage): void;
  /** Nobody tells of this run any more. */
  setConnected(connected: boolean): void;
}

export function boardId(runId: string): string {
  return `lepton-run-board-${runId}`;
}

export function makeRunBoard(
  { Widget }: LuminoWidgets,
  line: RunLine,
  icon: object,
  rendermime: RenderMime | null,
  host: BoardHost,
): RunBoard {
  class Board extends (Widget as new () => ShellWidget) implements RunBoard {
    private board: { model: SearchModel; undraw: () => void } | null = null;
    private document: unknown = undefined;
    private connected = true;
    private readonly observer = new ResizeObserver(() => {
      this.board?.model.setWidth(this.node.clientWidth - 2 * PADDING);
    });
    private readonly clock = setInterval(() => {
      this.board?.model.tick();
    }, 1000);
    private drawn: (ReturnType<RenderMime["createRenderer"]> & { type: string }) | null = null;
    private shown = "";

    constructor() {
      super();
      this.id = boardId(line.run_id);
      this.addClass("lepton-run-board");
      this.title.label = line.name === "" ? line.run_id : line.name;
      this.title.caption = LAB_TEXTS.boardOf(line.run_id);
      this.title.icon = icon;
      this.title.closable = true;
      // Boards are read and scrolled by keyboard too.
      this.node.tabIndex = 0;
    }

    receive(message: RunBoardMessage): void {
      if (this.isDisposed) return;
      const document = message.forms[RUN_TYPE];
      if (document !== undefined) void this.showSearch(JSON.parse(document) as unknown);
      else if (message.problem !== "") this.showText(message.problem);
      else this.showForm(message.forms);
    }

    receivePage({ page }: RunBoardPageMessage): void {
      // Within another message a document does not say again what it is.
      this.board?.model.receivePage({ ...Object(page), type: "BoardPageMessage" });
    }

    setConnected(connected: boolean): void {
      this.connected = connected;
      this.board?.model.setConnected(connected);
    }

    private async showSearch(document: unknown): Promise<void> {
      // The newest, should several come while the panel is loaded.
      this.document = document;
      this.connected = true;
      const { drawSearch } = await withBook(spokenLanguage(), import("./mounted_search"));
      if (this.isDisposed) return;
      if (this.board === null) {
        this.node.replaceChildren();
        const place = this.node.appendChild(this.node.ownerDocument.createElement("div"));
        this.board = drawSearch(place, this.document, {
          connected: this.connected,
          send: (command) => {
            if (command.type === "StopRun") host.stop();
            if (command.type === "ExtendBudget") host.extend(command.seconds);
            if (command.type === "AskBoardPage") host.ask(command.after_rank);
            return true;
          },
        });
        this.observer.observe(this.node);
        return;
      }
      this.board.model.setConnected(this.connected);
      this.board.model.receive(this.document);
    }

    /** What is no document of ours is drawn as in an output that nobody trusts: cleaned by JupyterLab. */
    private showForm(forms: Record<string, string>): void {
      const type = ["text/html", "text/plain"].find((each) => forms[each] !== undefined);
      const form = type === undefined ? undefined : forms[type];
      if (type === undefined || form === undefined || rendermime === null) {
        this.showText(forms["text/plain"] ?? LAB_TEXTS.noBoard);
        return;
      }
      if (form === this.shown) return;
      this.shown = form;
      const renderer = rendermime.createRenderer(type);
      const model = rendermime.createModel({ data: { [type]: form }, trusted: false });
      renderer.renderModel(model).then(
        () => {
          this.drawn?.dispose();
          this.drawn = Object.assign(renderer, { type });
          this.node.replaceChildren(renderer.node);
        },
        () => {
          this.showText(forms["text/plain"] ?? LAB_TEXTS.noBoard);
        },
      );
    }

    private showText(words: string): void {
      const text = this.node.ownerDocument.createElement("pre");
      text.className = "lepton-run-board-problem";
      text.textContent = words;
      this.node.replaceChildren(text);
    }

    override dispose(): void {
      if (this.isDisposed) return;
      clearInterval(this.clock);
      this.observer.disconnect();
      this.board?.undraw();
      this.drawn?.dispose();
      host.closed();
      super.dispose();
    }
  }

  return new Board();
}

/** Pixels around a board; the twin of `.lepton-run-board`. */
const PADDING = 12;
