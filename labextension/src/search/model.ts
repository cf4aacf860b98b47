/**
 * What the search panel shows: messages and ticks of a clock in, one `changed` signal out. No DOM, no timers.
 *
 * Each place where a run is shown has a model of its own: the tab that is open and the learner that is chosen
 * belong to the view, all else comes with the messages.
 */

import { decimalsOfError, fixed } from "../formats";
import { readMessage } from "../messages";
import type { Command, PathPicture, RunPanelMessage, RunState } from "../messages";
import { LivePanelModel } from "../panel_model";
import type { KernelHost } from "../panel_model";
import { TEXTS } from "../texts";
import { BY_SCORE, nextOrder } from "./row_order";
import { ROW_PIXELS, rowWindow } from "./row_window";
import type { RowWindow } from "./row_window";
import type { RowOrder, SortColumn } from "./row_order";

export type Tab = "path" | "front";

/** What the run shows itself as: its own state, or that its kernel is gone. */
export type Appearance = RunState | "disconnected";

export type SearchHost = KernelHost<Command>;

/** Seconds that "+30 s" adds. */
export const EXTENSION_SECONDS = 30;
/** Milliseconds between two sentences of the live region. */
const QUIET_MS = 10_000;
const LIVE = new Set<Appearance>(["starting", "waiting", "running", "stopping"]);

export class SearchModel extends LivePanelModel<Command> {
  private message: RunPanelMessage | null = null;
  private heardAt = 0;
  private unreadable = false;
  private stopAsked = false;
  private chosenTab: Tab = "path";
  private chosenLearner: string | null = null;
  private chosenOrder = BY_SCORE;
  private openRow: number | null | undefined = undefined;
  private scrolledRows = 0;
  private saying = "";
  private toSay: string | null = null;
  private saidAt = -Infinity;

  /** Takes the newest state of the run. A document that cannot be read leaves the last one standing. */
  receive(document: unknown): void {
    const message = readMessage(document);
    if (message === null) {
      this.unreadable = this.message === null;
      this.emit();
      return;
    }
    this.accept(message);
  }

  private accept(message: RunPanelMessage): void {
    this.announceChange(this.message, message);
    this.message = message;
    this.heardAt = this.host.now();
    this.unreadable = false;
    if (!LIVE.has(message.state)) this.stopAsked = false;
    this.speak();
    this.emit();
  }

  /** Lets time pass: time left moves on, a sentence that had to wait is said. */
  tick(): void {
    this.speak();
    this.emit();
  }

  // ------------------------------------------------------------------ what a person does

  stop(): void {
    this.stopAsked = this.command({ type: "StopRun" });
    this.emit();
  }

  extend(): void {
    this.command({ type: "ExtendBudget", seconds: EXTENSION_SECONDS });
  }

  /** Says that somebody looks; only a run that may still change is asked for news. */
  keepAlive(): void {
    if (this.message === null || this.isLive) this.command({ type: "KeepAlive" });
  }

  selectTab(tab: Tab): void {
    this.chosenTab = tab;
    this.emit();
  }

  selectLearner(learner: string): void {
    this.chosenLearner = learner;
    this.emit();
  }

  /** Sorts the board by a column, or the other way round. */
  sortBy(column: SortColumn): void {
    this.chosenOrder = nextOrder(this.chosenOrder, column);
    this.emit();
  }

  /** Opens a row of the board, or closes it when it is open. */
  toggleRow(trial: number | null): void {
    this.openRow = this.openRow === trial ? undefined : trial;
    this.emit();
  }

  /** Scrolls the board: other rows come into sight. */
  scrollBoard(pixels: number): void {
    const before = this.boardRows.begin;
    this.scrolledRows = Math.max(0, pixels / ROW_PIXELS);
    if (this.boardRows.begin !== before) this.emit();
  }

  // ------------------------------------------------------------------ what is shown

  get state(): RunPanelMessage | null {
    return this.message;
  }

  get isUnreadable(): boolean {
    return this.unreadable;
  }

  get appearance(): Appearance {
    if (this.message === null) return "starting";
    const { state } = this.message;
    if (!LIVE.has(state)) return state;
    if (!this.isConnected) return "disconnected";
    return this.stopAsked ? "stopping" : state;
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
    return this.heardAt;
  }

  /** Seconds of the run by now; between messages the page counts on. */
  get elapsedSeconds(): number {
    if (this.message === null) return 0;
    const since = this.isTicking ? Math.max(0, (this.host.now() - this.heardAt) / 1000) : 0;
    return this.message.elapsed_seconds + since;
  }

  get secondsLeft(): number | null {
    const budget = this.message?.budget_seconds ?? null;
    return budget === null ? null : Math.max(0, budget - this.elapsedSeconds);
  }

  get tab(): Tab {
    return this.chosenTab;
  }

  get order(): RowOrder {
    return this.chosenOrder;
  }

  get rowIsOpen(): (trial: number | null) => boolean {
    return (trial) => this.openRow === trial;
  }

  /** Rows of the board that are drawn, by their place in its order. */
  get boardRows(): RowWindow {
    return rowWindow(this.message?.rows.length ?? 0, this.scrolledRows);
  }

  /** Paths with at least one step. */
  get paths(): PathPicture[] {
    return this.message?.paths.filter((path) => path.points.length > 1) ?? [];
  }

  /** The path to draw: the chosen learner's, else the first, which is that of the best learner. */
  get path(): PathPicture | null {
    const { paths } = this;
    return paths.find((path) => path.learner === this.chosenLearner) ?? paths[0] ?? null;
  }

  /** What the live region says. */
  get announcement(): string {
    return this.saying;
  }

  // ------------------------------------------------------------------ inside

  private announceChange(before: RunPanelMessage | null, after: RunPanelMessage): void {
    const score = fixed(after.score, decimalsOfError(after.score_error, after.score));
    if (before !== null && before.state !== after.state) {
      if (after.state === "finished") this.toSay = TEXTS.saidFinished(after.metric_label, score);
      if (after.state === "stopped") this.toSay = TEXTS.saidStopped(after.metric_label, score);
      if (after.state === "failed") this.toSay = TEXTS.saidFailed(after.detail);
      if (!LIVE.has(after.state)) return;
    }
    if (before !== null && after.score !== null && after.score !== before.score) {
      this.toSay = TEXTS.saidBest(after.metric_label, score);
    }
  }

  private speak(): void {
    const now = this.host.now();
    if (this.toSay === null || now - this.saidAt < QUIET_MS) return;
    this.saying = this.toSay;
    this.toSay = null;
    this.saidAt = now;
  }

  /** Whether a sentence waits for its turn, so that somebody must tick. */
  get hasMoreToSay(): boolean {
    return this.toSay !== null;
  }
}
