/**
 * What the stream panel shows: messages, rows and a clock in, one `changed` signal out. No DOM, no timers.
 *
 * Each place where a stream is shown has a model of its own: which stretch of time is looked at and whether results are
 * shown belongs to the view, all else comes with the messages.
 */

import type { StreamCommand } from "../messages";
import { LivePanelModel } from "../panel_model";
import { Ring } from "./ring";
import { readStreamMessage, readStreamRows } from "./stream_message";
import type { StreamMessage, StreamRows, StreamSecond, StreamState } from "./stream_message";
import { STREAM_TEXTS } from "./stream_texts";

/** How the stream shows itself: its own state, that it was asked to stop, or that its kernel is gone. */
export type StreamLook = StreamState | "stopping" | "disconnected";

/** Seconds of the past that can be chosen; 0 is all that is known. */
export const SPANS = [120, 600, 3600, 0] as const;
/** Shortest stretch that can be looked at, in seconds. */
const CLOSEST_SECONDS = 5;
const LIVE = new Set<StreamLook>(["running", "paused", "waiting", "stopping"]);

export class StreamModel extends LivePanelModel<StreamCommand> {
  private readonly ring = new Ring();
  private message: StreamMessage | null = null;
  private runId = "";
  private results: StreamRows | null = null;
  private heardAt = 0;
  private unreadable = false;
  private stopAsked = false;
  private asksRows = false;
  private openRow: number | null = null;
  private chosenSpan: number = SPANS[1];
  private stretch: readonly [number, number] | null = null;
  private drawn: readonly [number, number] | null = null;
  private readAt: number | null = null;
  private saying = "";

  // ------------------------------------------------------------------ what comes

  /** Takes the newest state of the stream. A document that cannot be read leaves the last one standing. */
  receive(document: unknown): void {
    const message = readStreamMessage(document);
    if (message === null) {
      this.unreadable = this.message === null;
      this.emit();
      return;
    }
    this.speak(this.message, message);
    this.ring.take(message.seconds);
    this.message = message;
    this.runId = message.run_id;
    this.heardAt = this.host.now();
    this.unreadable = false;
    if (!LIVE.has(message.state)) this.stopAsked = false;
    this.emit();
  }

  /** Takes what was sent beside the state; what is no rows is left alone. */
  receiveRows(document: unknown): void {
    const rows = readStreamRows(document);
    if (rows === null || !this.asksRows) return;
    this.results = rows;
    this.emit();
  }

  /** Lets a second pass: results that are shown are asked for again. */
  tick(): void {
    if (this.asksRows && this.look === "running") this.command({ type: "AskRows" });
  }

  // ------------------------------------------------------------------ what a person does

  stop(): void {
    this.stopAsked = this.command({ type: "StopRun" });
    this.emit();
  }

  pause(): void {
    this.command({ type: "PauseStream" });
  }

  proceed(): void {
    this.command({ type: "ContinueStream" });
  }

  /** Says that somebody looks; only a stream that may still change is asked for news. */
  keepAlive(): void {
    if (this.message === null || this.isLive) this.command({ type: "KeepAlive" });
  }

  /** Shows the last results, or leaves them again: then nothing of them is left in the page. */
  toggleResults(): void {
    this.asksRows = !this.asksRows;
    this.results = null;
    this.openRow = null;
    if (this.asksRows) this.command({ type: "AskRows" });
    this.emit();
  }

  toggleRow(place: number): void {
    this.openRow = this.openRow === place ? null : place;
    this.emit();
  }

  /** Shows the last `seconds`, and follows. */
  chooseSpan(seconds: number): void {
    this.chosenSpan = seconds;
    this.stretch = null;
    this.emit();
  }

  /** Looks at a stretch of time, and stands still there. */
  lookAt(from: number, to: number): void {
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const pad = Math.max(0, (CLOSEST_SECONDS - (high - low)) / 2);
    this.stretch = [Math.max(0, low - pad), high + pad];
    this.emit();
  }

  /** Begins to draw a stretch, draws it on, and looks at it when it is let go; a click looks at nothing else. */
  drawFrom(seconds: number): void {
    this.drawn = [seconds, seconds];
    this.emit();
  }

  drawTo(seconds: number): void {
    if (this.drawn === null) return;
    this.drawn = [this.drawn[0], seconds];
    this.emit();
  }

  endDrawing(least: number): void {
    const drawn = this.drawn;
    this.drawn = null;
    if (drawn !== null && Math.abs(drawn[1] - drawn[0]) >= least) this.lookAt(...drawn);
    else this.emit();
  }

  /** Goes back to now. */
  follow(): void {
    this.stretch = null;
    this.readAt = null;
    this.emit();
  }

  /** Reads the values at a time, or no longer. */
  readValues(seconds: number | null): void {
    const at = seconds === null ? null : (this.ring.at(seconds)?.at ?? null);
    if (at === this.readAt) return;
    this.readAt = at;
    this.emit();
  }

  /** Reads the point after the one that is read, or the one before it; the newest at first. */
  step(by: 1 | -1): void {
    const [low, high] = this.window;
    const points = this.ring.between(low, high).filter((point) => point.at >= low && point.at <= high);
    const place = points.findIndex((point) => point.at === this.readAt);
    const next = place < 0 ? points.length - 1 : Math.min(points.length - 1, Math.max(0, place + by));
    this.readAt = points[next]?.at ?? null;
    this.emit();
  }

  // ------------------------------------------------------------------ what is shown

  get state(): StreamMessage | null {
    return this.message;
  }

  get id(): string {
    return this.runId;
  }

  get isUnreadable(): boolean {
    return this.unreadable;
  }

  get look(): StreamLook {
    if (this.message === null) return "running";
    const { state } = this.message;
    if (!LIVE.has(state)) return state;
    if (!this.isConnected) return "disconnected";
    return this.stopAsked ? "stopping" : state;
  }

  get isLive(): boolean {
    return LIVE.has(this.look);
  }

  get heardAtMilliseconds(): number {
    return this.heardAt;
  }

  get span(): number {
    return this.chosenSpan;
  }

  get isFollowing(): boolean {
    return this.stretch === null;
  }

  /** The stretch of time that is shown, in seconds of the stream. */
  get window(): readonly [number, number] {
    if (this.stretch !== null) return this.stretch;
    const end = Math.max(this.ring.last, 1);
    const begin = this.chosenSpan === 0 ? this.ring.first : Math.max(this.ring.first, end - this.chosenSpan);
    return [Math.min(begin, end - 1), end];
  }

  /** The stretch that is being drawn. */
  get drawing(): readonly [number, number] | null {
    return this.drawn;
  }

  /** Points that are drawn: no more than show on a line so many pixels wide. */
  pointsWithin(pixels: number): StreamSecond[] {
    return this.ring.drawn(...this.window, pixels);
  }

  /** The point whose values are read. */
  get reading(): StreamSecond | null {
    return this.readAt === null ? null : this.ring.at(this.readAt);
  }

  get showsResults(): boolean {
    return this.asksRows;
  }

  get rows(): StreamRows | null {
    return this.results;
  }

  rowIsOpen(place: number): boolean {
    return this.openRow === place;
  }

  /** What the live region says. */
  get announcement(): string {
    return this.saying;
  }

  // ------------------------------------------------------------------ inside

  private speak(before: StreamMessage | null, after: StreamMessage): void {
    if (before !== null && before.state !== after.state) {
      this.saying = STREAM_TEXTS.saidState(
        STREAM_TEXTS.states[after.state],
        STREAM_TEXTS.told(after.sentence),
      );
    }
  }
}
