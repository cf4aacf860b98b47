/**
 * What the panel of a preparation shows: messages and a clock in, one `changed` signal out. No DOM, no timers.
 *
 * What a person switches shows at once; the kernel answers with the plan for it, told apart by the revision.
 */

import { duration, fixed } from "../formats";
import { LineStart } from "../line_start";
import type { LineHost } from "../line_start";
import { LivePanelModel } from "../panel_model";
import type { KernelHost } from "../panel_model";
import { NONE, chosenOf, kindIsOff, stepIsOff, withChoice, withKind, withStep } from "./choices";
import { readPreparation } from "./plan_message";
import type {
  OfferedOptions,
  PlanChoices,
  PlanCommand,
  PlanEditing,
  PlannedColumn,
  PreparationMessage,
  StepOfColumn,
} from "./plan_message";
import { PLAN_TEXTS } from "./plan_texts";

export type PlanLook = keyof typeof PLAN_TEXTS.looks;
export const FILTERS = ["all", "changed", "out"] as const;
export type ColumnFilter = (typeof FILTERS)[number];

export interface PlanHost extends KernelHost<PlanCommand>, LineHost {
  /** Whether a document of a notebook is shown, which nobody brings up to date. */
  isSaved?: boolean;
}

/** A kind of step, for all columns. */
export interface KindSwitch {
  kind: string;
  on: boolean;
  n_columns: number;
}

export class PlanModel extends LivePanelModel<PlanCommand> {
  private message: PreparationMessage | null = null;
  private chosen: PlanChoices | null = null;
  private unreadable = false;
  private heardAt = 0;
  private sentRevision = 0;
  private wanted = "";
  private filter: ColumnFilter = "all";
  private readonly start_ = new LineStart();
  private copied = false;
  private stopAsked = false;
  private saying = "";

  constructor(private readonly page: PlanHost) {
    super(page);
  }

  // ------------------------------------------------------------------ what comes

  /** Takes the newest state. A document that cannot be read leaves the last one standing. */
  receive(document: unknown): void {
    const message = readPreparation(document);
    if (message === null) {
      this.unreadable = this.message === null;
      this.emit();
      return;
    }
    const before = this.message;
    this.message = message;
    this.unreadable = false;
    if (message.state !== "running") this.stopAsked = false;
    this.heardAt = this.host.now();
    const { editing } = message;
    if (editing !== null) {
      // A page that was loaded again begins where the kernel stands.
      this.sentRevision = Math.max(this.sentRevision, editing.revision);
      if (editing.revision === this.sentRevision) {
        this.chosen = editing.choices;
        if (before === null) this.wanted = message.find;
      }
      if (this.start_.phase === "wanted" && !this.isPending) this.begin();
    }
    this.speak(before, message);
    this.emit();
  }

  // ------------------------------------------------------------------ what a person does

  /** Says that somebody looks; only what may still change by itself is asked for news. */
  keepAlive(): void {
    if (this.message === null || this.message.state === "running" || this.look === "planning") {
      this.command({ type: "KeepAlive" });
    }
  }

  /** Ends the preparation; the kernel hears it while the cell is busy. */
  stop(): void {
    this.stopAsked = this.command({ type: "StopRun" });
    this.emit();
  }

  /** Switches a kind of step for all columns. */
  switchKind(kind: string, on: boolean): void {
    if (this.chosen !== null) this.choose(withKind(this.chosen, kind, on));
  }

  /** Switches a step of one column. */
  switchStep(column: string, kind: string, on: boolean): void {
    if (this.chosen !== null) this.choose(withStep(this.chosen, column, kind, on));
  }

  /** Chooses what is made of a column, or what becomes of its outliers. */
  chooseFor(offered: OfferedOptions, option: string, choice: string): void {
    if (this.chosen !== null) this.choose(withChoice(this.chosen, offered, option, choice));
  }

  /** Goes back to what the plan began with. */
  undo(): void {
    const { editing } = this;
    if (editing !== null) this.choose(editing.began_with);
  }

  find(text: string): void {
    this.wanted = text;
    // Where all columns are here nobody need be asked.
    if (this.message?.editing != null && this.isPartial) this.ask();
    this.emit();
  }

  showOnly(filter: ColumnFilter): void {
    this.filter = filter;
    this.emit();
  }

  /** Prepares with what is chosen, as soon as the line for it is there. */
  start(): void {
    if (!this.canStart) return;
    if (this.isPending) this.start_.want();
    else this.begin();
    this.emit();
  }

  copy(): void {
    const { editing } = this;
    if (editing === null || editing.line === "") return;
    void this.page.copy(editing.line).then((copied) => {
      this.copied = copied;
      this.emit();
    });
  }

  // ------------------------------------------------------------------ what is shown

  get state(): PreparationMessage | null {
    return this.message;
  }

  get isUnreadable(): boolean {
    return this.unreadable;
  }

  get look(): PlanLook {
    const { message } = this;
    if (message === null) return "planning";
    if (message.state === "running") {
      if (this.page.isSaved === true) return "saved";
      if (!this.isConnected) return "disconnected";
      return this.stopAsked ? "stopping" : "running";
    }
    if (message.state !== "planned" || message.n_columns > 0) return message.state;
    return message.table === "" ? "empty" : "planning";
  }

  get heardAtMilliseconds(): number {
    return this.heardAt;
  }

  /** What may be changed; null where nothing can be, or nobody would hear of it. */
  get editing(): PlanEditing | null {
    return this.isConnected ? (this.message?.editing ?? null) : null;
  }

  /** Whether a plan that could be changed cannot be any more. */
  get lostItsKernel(): boolean {
    return !this.isConnected && this.page.isSaved !== true && this.message?.editing != null;
  }

  get isChanged(): boolean {
    const began = this.message?.editing?.began_with;
    return began !== undefined && JSON.stringify(this.chosen) !== JSON.stringify(began);
  }

  /** Whether the plan is not yet that of the choices. */
  get isPending(): boolean {
    return this.editing !== null && this.editing.revision !== this.sentRevision;
  }

  get wasCopied(): boolean {
    return this.copied;
  }

  get typed(): string {
    return this.wanted;
  }

  get shownOnly(): ColumnFilter {
    return this.filter;
  }

  /** Whether not all columns of the table are in the message. */
  get isPartial(): boolean {
    const { message } = this;
    return message !== null && (message.n_hidden > 0 || message.find !== "");
  }

  /** Columns that are found and not filtered away. */
  get columns(): PlannedColumn[] {
    const wanted = this.wanted.toLocaleLowerCase();
    return (this.message?.columns ?? []).filter((column) => {
      if (!column.name.toLocaleLowerCase().includes(wanted)) return false;
      if (this.filter === "out") return column.becomes === "left out";
      return this.filter === "all" || column.becomes === "left out" || column.steps.some((step) => step.on);
    });
  }

  /** Kinds of steps that the plan holds, with the number of columns that each is about. */
  get kinds(): KindSwitch[] {
    const { editing, chosen } = this;
    if (editing === null || chosen === null) return [];
    return editing.kinds
      .map((kind) => {
        const about =
          this.message?.columns.filter(({ steps }) => steps.some((step) => step.kind === kind)) ?? [];
        return { kind, on: !kindIsOff(chosen, kind), n_columns: about.length };
      })
      .filter(({ kind, n_columns }) => n_columns > 0 || chosen.without.includes(kind));
  }

  /** Whether a person may switch a step: one that does not apply anyway cannot be switched on. */
  canSwitch(column: string, step: StepOfColumn): boolean {
    const { editing } = this;
    if (editing === null || !editing.kinds.includes(step.kind)) return false;
    return step.on || stepIsOff(editing.choices, column, step.kind);
  }

  /** Whether a step is taken, as it is chosen now. */
  isOn(column: string, step: StepOfColumn): boolean {
    if (this.chosen === null || !this.canSwitch(column, step)) return step.on;
    return !stepIsOff(this.chosen, column, step.kind);
  }

  /** Whether a step is switched off for all columns, so that one of them cannot switch it on. */
  isOffForAll(kind: string): boolean {
    return this.chosen !== null && kindIsOff(this.chosen, kind);
  }

  /** What may be made of a column, and what is chosen; null where nothing may be. */
  madeOf(column: string) {
    return this.offer(column, (option) => option !== "outliers");
  }

  /** What may become of a column's outliers, and what is chosen. */
  outliersOf(column: string) {
    const offer = this.offer(column, (option) => option === "outliers");
    if (offer === null) return null;
    return { ...offer, choice: offer.choice === NONE ? (offer.known[0]?.choice ?? NONE) : offer.choice };
  }

  /** Whether Prepare can be pressed now. */
  get canStart(): boolean {
    const { editing } = this;
    if (editing === null || this.isStarting) return false;
    return this.isPending || (editing.problem === "" && editing.line !== "");
  }

  get isStarting(): boolean {
    const state = this.editing?.state;
    return this.start_.isUnderWay || state === "queued" || state === "starting";
  }

  /** What is wrong or waited for, in one sentence; empty when all is well. */
  get sentence(): string {
    if (this.lostItsKernel) return PLAN_TEXTS.silent;
    if (this.start_.phase === "wanted") return PLAN_TEXTS.waits;
    if (this.start_.phase === "placed") return PLAN_TEXTS.placed;
    if (this.start_.phase === "failed") return PLAN_TEXTS.failedBelow;
    const { editing } = this;
    if (editing === null) return "";
    if (editing.problem !== "") return PLAN_TEXTS.told(editing.problem);
    if (editing.state === "started" || this.start_.phase === "done") return PLAN_TEXTS.started;
    if (editing.detail !== "") return PLAN_TEXTS.told(editing.detail);
    return this.message?.state === "finished" && this.isChanged ? PLAN_TEXTS.changedSince : "";
  }

  get isProblem(): boolean {
    if (this.start_.phase === "failed" || this.editing?.state === "failed") return true;
    return !this.isPending && (this.editing?.problem ?? "") !== "";
  }

  /** What the live region says. */
  get announcement(): string {
    return this.saying;
  }

  // ------------------------------------------------------------------ inside

  private offer(column: string, belongs: (option: string) => boolean) {
    const { editing, chosen } = this;
    const found = editing?.columns.find((each) => each.column === column);
    if (editing === null || chosen === null || found === undefined) return null;
    const offered = { column, options: found.options.filter(belongs) };
    if (offered.options.length === 0) return null;
    const known = offered.options
      .flatMap((option) => (editing.offered[option] ?? []).map((choice) => ({ option, choice })))
      // Two options of one column share the choice to do nothing.
      .filter(({ choice, option }) => choice !== NONE || option === offered.options[0]);
    return { offered, known, ...chosenOf(chosen, offered) };
  }

  private choose(choices: PlanChoices): void {
    this.chosen = choices;
    this.copied = false;
    this.start_.change();
    this.ask();
    this.emit();
  }

  private ask(): void {
    if (this.chosen === null) return;
    this.sentRevision += 1;
    const find = this.isPartial ? this.wanted : "";
    this.command({ type: "ChooseInPlan", revision: this.sentRevision, choices: this.chosen, find });
  }

  private begin(): void {
    const { editing, chosen } = this;
    if (editing === null || chosen === null || editing.problem !== "" || editing.line === "") {
      this.start_.drop();
      return;
    }
    const { line, revision } = editing;
    this.start_.run(line, this.page, {
      changed: () => {
        this.emit();
      },
      done: () => {
        this.command({ type: "LineStarted", line });
      },
      unavailable: () => {
        this.command({ type: "StartPreparation", revision, choices: chosen });
      },
    });
  }

  private speak(before: PreparationMessage | null, after: PreparationMessage): void {
    if (before === null) return;
    if (before.state !== after.state) {
      this.saying = PLAN_TEXTS.saidState(PLAN_TEXTS.looks[after.state], endSentence(after));
    } else if (before.editing?.revision !== after.editing?.revision && after.editing?.problem === "") {
      const { n_changed, n_columns, n_left_out } = after;
      this.saying = PLAN_TEXTS.saidPlan(fixed(n_changed, 0), fixed(n_columns, 0), fixed(n_left_out, 0));
    }
  }
}

function endSentence(message: PreparationMessage): string {
  if (message.state === "finished") return resultSentence(message);
  return message.state === "stopped" ? PLAN_TEXTS.nothingKept : PLAN_TEXTS.told(message.failure);
}

/** What came of it. */
export function resultSentence(message: PreparationMessage): string {
  return PLAN_TEXTS.result(
    fixed(message.n_rows, 0),
    fixed(message.n_prepared, 0),
    duration(message.elapsed_seconds),
  );
}
