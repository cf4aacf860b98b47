/** What a comparison's panel shows: one document in, and what a person asks of it. No DOM, no timers. */

import { PanelModel } from "../panel_model";
import { readComparison } from "./comparison_message";
import type { ComparedRun, ComparisonMessage, RunDifference } from "./comparison_message";

/** Ways of comparing, the surest first. */
const HOW = ["folds", "rows", "unpaired"];

export class ComparisonModel extends PanelModel {
  private message: ComparisonMessage | null = null;
  private unreadable = false;
  private chosen: number | null = null;
  private opened: string | null = null;
  private sorting: { column: string; rising: boolean } | null = null;

  receive(document: unknown): void {
    const message = readComparison(document);
    this.unreadable = message === null && this.message === null;
    if (message !== null) this.message = message;
    this.emit();
  }

  /** Looks at a difference, by its place. */
  lookAt(place: number): void {
    this.chosen = place;
    this.emit();
  }

  toggleRun(id: string): void {
    this.opened = this.opened === id ? null : id;
    this.emit();
  }

  sortBy(column: string): void {
    const { sorting } = this;
    this.sorting = { column, rising: sorting?.column === column && !sorting.rising };
    this.emit();
  }

  get state(): ComparisonMessage | null {
    return this.message;
  }

  get isUnreadable(): boolean {
    return this.unreadable;
  }

  get order(): { column: string; rising: boolean } | null {
    return this.sorting;
  }

  runIsOpen(id: string): boolean {
    return this.opened === id;
  }

  /** Place of the difference that is looked at: the chosen one, else the surest of the two best. */
  get place(): number {
    return this.chosen ?? this.surest;
  }

  get difference(): RunDifference | null {
    return this.message?.differences[this.place] ?? null;
  }

  /** The two runs of the difference that is looked at. */
  get pair(): readonly [ComparedRun, ComparedRun] | null {
    const { difference } = this;
    const named = (name: string): ComparedRun | undefined =>
      this.message?.runs.find((each) => each.name === name || each.run_id === name);
    const [first, second] = [named(difference?.first ?? ""), named(difference?.second ?? "")];
    return first === undefined || second === undefined ? null : [first, second];
  }

  private get surest(): number {
    const { message } = this;
    if (message === null || message.differences.length === 0) return 0;
    const sign = message.greater_is_better ? -1 : 1;
    const best = [...message.runs].sort((one, other) => sign * (one.score - other.score)).slice(0, 2);
    const names = new Set(best.flatMap((each) => [each.name, each.run_id]));
    const rank = (each: RunDifference): number =>
      HOW.indexOf(each.how) + (names.has(each.first) && names.has(each.second) ? 0 : HOW.length);
    return message.differences.reduce(
      (found, each, place, all) => (rank(each) < rank(all[found] ?? each) ? place : found),
      0,
    );
  }
}
