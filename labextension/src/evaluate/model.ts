/**
 * What an evaluation's panel shows: one document in, and what a person asks of it. No DOM, no timers.
 *
 * The threshold that is looked at belongs to the view: it changes what is drawn, and nothing else.
 */

import { PanelModel } from "../panel_model";
import { cheapest, decisions, nearest } from "./decision";
import type { Costs, Decision } from "./decision";
import { readEvaluation } from "./evaluation_message";
import type { EvaluationMessage, PrecisionRecallCurve, RocCurve } from "./evaluation_message";

/** How a table is sorted: by which of its columns, and whether the smallest comes first. */
export interface TableOrder {
  column: string;
  rising: boolean;
}

/** Money that a row may cost. */
const MOST_COST = 1e9;

export class EvaluationModel extends PanelModel {
  private message: EvaluationMessage | null = null;
  private unreadable = false;
  private all: Decision[] = [];
  private at = 0;
  private chosen = 0;
  private given: Costs = { falsePositive: 1, falseNegative: 1 };
  private classLabel: string | null = null;
  private opened: string | null = null;
  private readonly orders = new Map<string, TableOrder>();

  receive(document: unknown): void {
    const message = readEvaluation(document);
    this.unreadable = message === null && this.message === null;
    if (message !== null) this.accept(message);
    this.emit();
  }

  private accept(message: EvaluationMessage): void {
    this.message = message;
    const [curve] = message.roc;
    const choice = message.threshold;
    this.all = choice === null || curve === undefined ? [] : decisions(message, curve);
    this.given = {
      falsePositive: choice?.cost_false_positive ?? 1,
      falseNegative: choice?.cost_false_negative ?? 1,
    };
    this.chosen = nearest(this.all, choice?.threshold ?? 0.5);
    this.at = this.chosen;
  }

  // ------------------------------------------------------------------ what a person does

  /** Looks at the decision of a place on the curve. */
  lookAt(place: number): void {
    this.at = Math.min(this.all.length - 1, Math.max(0, Math.round(place)));
    this.emit();
  }

  lookAtThreshold(threshold: number): void {
    this.lookAt(nearest(this.all, threshold));
  }

  /** Says what a wrong row costs; what is no amount is left alone. */
  setCost(kind: keyof Costs, amount: number): void {
    if (!Number.isFinite(amount) || amount < 0 || amount > MOST_COST) return;
    this.given = { ...this.given, [kind]: amount };
    this.emit();
  }

  lookAtCheapest(): void {
    this.lookAt(this.cheapestPlace);
  }

  lookAtChosen(): void {
    this.lookAt(this.chosen);
  }

  chooseClass(label: string): void {
    this.classLabel = label;
    this.emit();
  }

  /** Sorts a table by a column, or the other way round. */
  sortBy(table: string, column: string): void {
    const before = this.orders.get(table);
    this.orders.set(table, { column, rising: before?.column === column && !before.rising });
    this.emit();
  }

  /** Opens a weak spot, or closes it when it is open. */
  toggleSlice(condition: string): void {
    this.opened = this.opened === condition ? null : condition;
    this.emit();
  }

  // ------------------------------------------------------------------ what is shown

  get state(): EvaluationMessage | null {
    return this.message;
  }

  get isUnreadable(): boolean {
    return this.unreadable;
  }

  /** Decisions by falling threshold; empty unless there are two classes. */
  get decisions(): readonly Decision[] {
    return this.all;
  }

  get place(): number {
    return this.at;
  }

  get decision(): Decision | null {
    return this.all[this.at] ?? null;
  }

  get chosenPlace(): number {
    return this.chosen;
  }

  get costs(): Costs {
    return this.given;
  }

  get cheapestPlace(): number {
    return cheapest(this.all, this.given);
  }

  /** The class whose curves are drawn: the chosen one, else the first. */
  get roc(): RocCurve | null {
    return ofClass(this.message?.roc ?? [], this.classLabel);
  }

  get precisionRecall(): PrecisionRecallCurve | null {
    return ofClass(this.message?.precision_recall ?? [], this.classLabel);
  }

  order(table: string): TableOrder | null {
    return this.orders.get(table) ?? null;
  }

  sliceIsOpen(condition: string): boolean {
    return this.opened === condition;
  }
}

function ofClass<T extends { label: string }>(curves: readonly T[], label: string | null): T | null {
  return curves.find((each) => each.label === label) ?? curves[0] ?? null;
}
