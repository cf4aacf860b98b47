/**
 * What the search panel shows: messages and ticks of a clock in, one `changed` signal out. No DOM, no timers.
 *
 * Each place where a run is shown has a model of its own: the tab that is open and the learner that is chosen
 * belong to the view, all else comes with the messages.
 */

import { decimalsOfError, fixed } from "../formats";
import { readBoardPage, readMessage } from "../messages";
import type { BoardRow, Command, PathPicture, RunPanelMessage, RunState } from "../messages";
import { LivePanelModel } from "../panel_model";
import type { KernelHost } from "../panel_model";
import { TEXTS } from "../texts";
import { NO_FILTER, isFiltering, matching } from "./board_filter";
import type { BoardFilter } from "./board_filter";
import { boardScales } from "./board_scales";
import type { BoardScales } from "./board_scales";
import { FurtherRows } from "./further_rows";
import { BY_SCORE, nextOrder, orderedRows } from "./row_order";
import { isNamed } from "./run_lines";
import { ROW_PIXELS, reachesEnd, rowWindow } from "./row_window";
import type { RowWindow } from "./row_window";
import type { RowOrder, SortColumn } from "./row_order";

export type Tab = "path" | "front";

/** What the run shows itself as: its own state, or that its kernel is gone. */
export type Appearance = RunState | "disconnected";

export interface SearchHost extends KernelHost<Command> {
  /** Gives a line to the notebook around the board; false where nobody takes it. No line asks whether somebody would. */
  place?(line: string, runs: boolean): boolean;
}

/** Where on the board a line was written. */
export type LinePlace = "head" | "front";

/** Seconds that "+30 s" adds. */
export const EXTENSION_SECONDS = 30;
/** Milliseconds between two sentences of the live region. */
const QUIET_MS = 10_000;
const LIVE = new Set<Appearance>(["starting", "waiting", "running", "stopping"]);

/** Rows that are known, and of those the ones that are shown, in their order. */
export interface Board {
  known: BoardRow[];
  shown: BoardRow[];
}

function boardOf(
  message: RunPanelMessage | null,
  further: FurtherRows,
  order: RowOrder,
  filter: BoardFilter,
): Board {
  if (message === null) return { known: [], shown: [] };
  const known = further.beside(message);
  return { known, shown: matching(orderedRows(message, order, known), filter) };
}

/** Its own fields bear a `#`: a minifier shortens such names, and a notebook may carry this text. */
export class SearchModel extends LivePanelModel<Command> {
  #message: RunPanelMessage | null = null;
  #heardAt = 0;
  #unreadable = false;
  #stopAsked = false;
  #chosenTab: Tab = "path";
  #chosenLearner: string | null = null;
  #chosenStep = Infinity;
  #chosenOrder = BY_SCORE;
  #openRow: number | null | undefined = undefined;
  #chosenModel: number | null | undefined = undefined;
  #leftLine: { at: LinePlace; line: string } | null = null;
  #scrolledRows = 0;
  #chosenFilter = NO_FILTER;
  #drawnBoard: Board | null = null;
  #drawnScales: BoardScales | null = null;
  readonly #place: SearchHost["place"];
  readonly #further = new FurtherRows(
    (afterRank) => this.isConnected && this.command({ type: "AskBoardPage", after_rank: afterRank }),
    () => this.host.now(),
  );
  #saying = "";
  #toSay: string | null = null;
  #saidAt = -Infinity;

  constructor(host: SearchHost) {
    super(host);
    this.#place = host.place?.bind(host);
  }

  /** Takes the newest state of the run. A document that cannot be read leaves the last one standing. */
  receive(document: unknown): void {
    const message = readMessage(document, this.#message);
    if (message === null) {
      this.#unreadable = this.#message === null;
      this.emit();
      return;
    }
    this.#accept(message);
  }

  #accept(message: RunPanelMessage): void {
    this.#announceChange(this.#message, message);
    this.#message = message;
    this.#drawnScales = boardScales(message, this.#drawnScales);
    this.#heardAt = this.host.now();
    this.#unreadable = false;
    if (!LIVE.has(message.state)) this.#stopAsked = false;
    this.#further.follow(message);
    this.#speak();
    this.#show();
  }

  /** Takes rows that were asked for; what is no page of a board is left alone. */
  receivePage(document: unknown): void {
    const page = readBoardPage(document);
    if (page === null || !this.#further.receive(page)) return;
    this.#drawnBoard = null;
    if (isFiltering(this.#chosenFilter)) this.#sayShown();
    this.emit();
  }

  /** Lets time pass: time left moves on, a sentence that had to wait is said. */
  tick(): void {
    this.#speak();
    this.emit();
  }

  // ------------------------------------------------------------------ what a person does

  stop(): void {
    this.#stopAsked = this.command({ type: "StopRun" });
    this.emit();
  }

  extend(): void {
    this.command({ type: "ExtendBudget", seconds: EXTENSION_SECONDS });
  }

  /** Says that somebody looks; only a run that may still change is asked for news. */
  keepAlive(): void {
    if (this.#message === null || this.isLive) this.command({ type: "KeepAlive" });
  }

  selectTab(tab: Tab): void {
    this.#chosenTab = tab;
    this.emit();
  }

  selectLearner(learner: string): void {
    this.#chosenLearner = learner;
    this.lookBack(Infinity);
  }

  /** Shows the path as it was after some steps; at its end it is followed again. */
  lookBack(step: number): void {
    this.#chosenStep = step < (this.path?.points.length ?? 0) - 1 ? step : Infinity;
    this.emit();
  }

  /** Sorts the board by a column, or the other way round. */
  sortBy(column: SortColumn): void {
    this.#chosenOrder = nextOrder(this.#chosenOrder, column);
    this.#wantAll();
    this.#show();
  }

  /** Shows the rows alone that match, and says how many there are. */
  filterBy(filter: Partial<BoardFilter>): void {
    this.#chosenFilter = { ...this.#chosenFilter, ...filter };
    this.#wantAll();
    this.#drawnBoard = null;
    this.#sayShown();
    this.emit();
  }

  /** Chooses a model of the front. */
  chooseModel(trial: number | null): void {
    this.#chosenModel = trial;
    this.#leftLine = null;
    this.emit();
  }

  /** Puts a line into a cell below the board; where that cannot be done it is shown. */
  place(at: LinePlace, line: string): void {
    this.#leftLine = this.#place?.(line, !line.endsWith(" ")) === true ? null : { at, line };
    this.emit();
  }

  /** Opens a row of the board, or closes it when it is open. */
  toggleRow(trial: number | null): void {
    this.#openRow = this.#openRow === trial ? undefined : trial;
    this.emit();
  }

  /** Scrolls the board: other rows come into sight. */
  scrollBoard(pixels: number): void {
    const before = this.boardRows.begin;
    this.#scrolledRows = Math.max(0, pixels / ROW_PIXELS);
    if (reachesEnd(this.board.shown.length, this.#scrolledRows)) this.#wantAll();
    if (this.boardRows.begin !== before) this.emit();
  }

  // ------------------------------------------------------------------ what is shown

  get state(): RunPanelMessage | null {
    return this.#message;
  }

  get isUnreadable(): boolean {
    return this.#unreadable;
  }

  get appearance(): Appearance {
    if (this.#message === null) return "starting";
    const { state } = this.#message;
    if (!LIVE.has(state)) return state;
    if (!this.isConnected) return "disconnected";
    return this.#stopAsked ? "stopping" : state;
  }

  /** Whether the run may still change. */
  get isLive(): boolean {
    return LIVE.has(this.appearance);
  }

  /** Whether seconds pass for this run right now. */
  get isTicking(): boolean {
    return this.isLive && this.appearance !== "waiting";
  }

  get heardAtMilliseconds(): number {
    return this.#heardAt;
  }

  /** Seconds of the run by now; between messages the page counts on. */
  get elapsedSeconds(): number {
    if (this.#message === null) return 0;
    const since = this.isTicking ? Math.max(0, (this.host.now() - this.#heardAt) / 1000) : 0;
    return this.#message.elapsed_seconds + since;
  }

  get secondsLeft(): number | null {
    const budget = this.#message?.budget_seconds ?? null;
    return budget === null ? null : Math.max(0, budget - this.elapsedSeconds);
  }

  get tab(): Tab {
    return this.#chosenTab;
  }

  get order(): RowOrder {
    return this.#chosenOrder;
  }

  get filter(): BoardFilter {
    return this.#chosenFilter;
  }

  /** The board as it stands: what was received, and what of it is shown. */
  get board(): Board {
    this.#drawnBoard ??= boardOf(this.#message, this.#further, this.#chosenOrder, this.#chosenFilter);
    return this.#drawnBoard;
  }

  /** What the pictures of the board's rows share. */
  get scales(): BoardScales | null {
    return this.#drawnScales;
  }

  /** Models that no other beats in score and speed, from the fastest to the best; a constant is no choice. */
  get front(): BoardRow[] {
    const sign = this.#message?.greater_is_better === false ? -1 : 1;
    let best = -Infinity;
    return this.board.known
      .filter((row) => row.on_frontier && row.family !== "baseline")
      .sort((a, b) => a.row_milliseconds - b.row_milliseconds)
      .filter(({ score }) => {
        const isBetter = sign * score > best;
        if (isBetter) best = sign * score;
        return isBetter;
      });
  }

  /** The model of the front that is chosen, the best if none is. */
  get chosenModel(): BoardRow | undefined {
    const { front } = this;
    return front.find((row) => row.trial_id === this.#chosenModel) ?? front.at(-1);
  }

  /** The trial that somebody chose on the front; null where nobody did, or chose the ensemble. */
  get chosenTrial(): number | null {
    return this.#chosenModel === undefined ? null : (this.chosenModel?.trial_id ?? null);
  }

  /** A line that nobody took, to be copied. */
  lineAt(place: LinePlace): string {
    return this.#leftLine?.at === place ? this.#leftLine.line : "";
  }

  /** Whether the run is over and can be named in a line. */
  get hasEnded(): boolean {
    const message = this.#message;
    return message !== null && !LIVE.has(message.state) && isNamed(message);
  }

  /** Whether somebody is there to go on with the run: its own kernel, or that of the notebook around the board. */
  get canGoOn(): boolean {
    return this.hasEnded && (this.isConnected || this.#place?.("", false) === true);
  }

  get rowIsOpen(): (trial: number | null) => boolean {
    return (trial) => this.#openRow === trial;
  }

  /** Rows of the board that are drawn, by their place in its order. */
  get boardRows(): RowWindow {
    return rowWindow(this.board.shown.length, this.#scrolledRows);
  }

  /** Paths with at least one step. */
  get paths(): PathPicture[] {
    return this.#message?.paths.filter((path) => path.points.length > 1) ?? [];
  }

  /** The path to draw: the chosen learner's, else the first, which is that of the best learner. */
  get path(): PathPicture | null {
    const { paths } = this;
    return paths.find((path) => path.learner === this.#chosenLearner) ?? paths[0] ?? null;
  }

  /** Steps of it that are shown. */
  get pathStep(): number {
    return Math.min(this.#chosenStep, (this.path?.points.length ?? 1) - 1);
  }

  /** What the live region says. */
  get announcement(): string {
    return this.#saying;
  }

  // ------------------------------------------------------------------ inside

  #show(): void {
    this.#drawnBoard = null;
    this.emit();
  }

  #wantAll(): void {
    if (this.#message !== null) this.#further.want(this.#message);
  }

  #sayShown(): void {
    const { known, shown } = this.board;
    this.#saying = TEXTS.boardShown(shown.length, known.length, this.#message?.n_rows ?? 0);
    this.#saidAt = this.host.now();
  }

  #announceChange(before: RunPanelMessage | null, after: RunPanelMessage): void {
    const score = fixed(after.score, decimalsOfError(after.score_error, after.score));
    if (before !== null && before.state !== after.state) {
      if (after.state === "finished") this.#toSay = TEXTS.saidFinished(after.metric_label, score);
      if (after.state === "stopped") this.#toSay = TEXTS.saidStopped(after.metric_label, score);
      if (after.state === "failed") this.#toSay = TEXTS.saidFailed(TEXTS.told(after.detail));
      if (!LIVE.has(after.state)) return;
    }
    if (before !== null && after.score !== null && after.score !== before.score) {
      this.#toSay = TEXTS.saidBest(after.metric_label, score);
    }
  }

  #speak(): void {
    const now = this.host.now();
    if (this.#toSay === null || now - this.#saidAt < QUIET_MS) return;
    this.#saying = this.#toSay;
    this.#toSay = null;
    this.#saidAt = now;
  }

  /** Whether a sentence waits for its turn, so that somebody must tick. */
  get hasMoreToSay(): boolean {
    return this.#toSay !== null;
  }
}
