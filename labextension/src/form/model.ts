/**
 * What a form shows: messages and a person's choices in, one `changed` signal out. No DOM, no timers.
 *
 * Choices are shown at once and sent to the kernel, which answers with what they mean and the line they write. While an
 * answer is awaited the last line stands, and Start waits for the new one: what runs is what was read.
 */

import { LineStart } from "../line_start";
import type { LineHost } from "../line_start";
import { PanelModel } from "../panel_model";
import { readForm } from "./form_message";
import type { FormChoices, FormColumn, FormCommand, FormMessage, FormOption } from "./form_message";
import { FORM_TEXTS } from "./form_texts";

export interface FormHost extends LineHost {
  /** Sends a command to the kernel; false when nobody is there. */
  send(command: FormCommand): boolean;
}

/** One list that is open, below the field it belongs to. */
interface OpenList {
  field: string;
  text: string;
  active: number;
}

/** A line of an open list. */
export interface Suggestion {
  name: string;
  note: string;
}

/** Of a list longer than this nobody reads the end; one types instead. */
const MOST_SUGGESTIONS = 200;

export class FormModel extends PanelModel {
  private message: FormMessage | null = null;
  private unreadable = false;
  private connected = true;
  private chosen: FormChoices | null = null;
  private sentRevision = 0;
  private sentFind = "";
  /** What the page itself knows of the start, beside what the kernel says. */
  private readonly start_ = new LineStart();
  private list: OpenList | null = null;
  private copied = false;
  private optionsOpen = false;
  private awaited: (() => void) | null = null;

  constructor(private readonly host: FormHost) {
    super();
  }

  /** Takes the newest answer. A document that cannot be read leaves the last one standing. */
  receive(document: unknown): void {
    const message = readForm(document);
    if (message === null) {
      this.unreadable = this.message === null;
      this.emit();
      return;
    }
    this.message = message;
    this.unreadable = false;
    // A page that was loaded again begins where the kernel stands.
    this.sentRevision = Math.max(this.sentRevision, message.revision);
    if (message.revision === this.sentRevision) this.chosen = message.choices;
    if (message.state !== "ready" && this.start_.phase === "wanted") this.start_.drop();
    if (this.start_.phase === "wanted" && !this.isPending) this.begin();
    if (this.list !== null) this.keepActive(this.list);
    const { awaited } = this;
    if (awaited !== null && !this.isPending) {
      this.awaited = null;
      awaited();
    }
    this.emit();
  }

  setConnected(connected: boolean): void {
    if (connected === this.connected) return;
    this.connected = connected;
    this.emit();
  }

  // ------------------------------------------------------------------ what a person does

  /** Chooses a table of the notebook; what was chosen of the other one's columns is let go. */
  chooseFrame(frame: string): void {
    this.choose({ frame, is_path: false, target: "", options: this.optionsWithoutColumns });
  }

  /** Types the path of a file instead of choosing a table. */
  choosePath(frame: string): void {
    const { choices } = this;
    const wasPath = choices?.is_path ?? false;
    this.choose({
      frame,
      is_path: true,
      target: wasPath ? (choices?.target ?? "") : "",
      options: wasPath ? (choices?.options ?? {}) : this.optionsWithoutColumns,
    });
  }

  chooseTarget(target: string): void {
    // A label belongs to its target.
    this.choose({ target, options: this.optionsWithout((name) => name === "--positive") });
  }

  chooseBudget(seconds: number): void {
    if (seconds !== this.choices?.budget_seconds) this.choose({ budget_seconds: seconds });
  }

  /** Moves the budget by a number of stops. */
  stepBudget(step: number): void {
    const stops = this.message?.budget_stops ?? [];
    const at = stops.findIndex((stop) => stop >= (this.choices?.budget_seconds ?? 0));
    const next = stops[Math.min(stops.length - 1, Math.max(0, at + step))];
    if (next !== undefined) this.chooseBudget(next);
  }

  /** Sets an option's values; an option without values is left out of the line. */
  setOption(name: string, values: string[]): void {
    const kept = Object.entries(this.choices?.options ?? {}).filter(([other]) => other !== name);
    const filled = values.filter((value) => value !== "");
    this.choose({ options: Object.fromEntries(filled.length > 0 ? [...kept, [name, filled]] : kept) });
  }

  addToOption(name: string, value: string): void {
    const values = this.valuesOf(name);
    if (value !== "" && !values.includes(value)) this.setOption(name, [...values, value]);
  }

  removeFromOption(name: string, value: string): void {
    this.setOption(
      name,
      this.valuesOf(name).filter((each) => each !== value),
    );
  }

  /** Starts the search, as soon as the line for these choices is there. */
  start(): void {
    if (!this.canStart) return;
    if (this.isPending) this.start_.want();
    else this.begin();
    this.emit();
  }

  copy(): void {
    if (this.message === null) return;
    void this.host.copy(this.message.line).then((copied) => {
      this.copied = copied;
      this.emit();
    });
  }

  showOptions(open: boolean): void {
    this.optionsOpen = open;
    this.emit();
  }

  // ------------------------------------------------------------------ the open list

  /** Opens the list below a field, or filters it anew by what was typed. */
  openList(field: string, text = ""): void {
    this.list = { field, text, active: text === "" ? -1 : 0 };
    if (this.isAboutColumns(field)) this.find(text);
    if (text === "")
      this.list.active = this.suggestions.findIndex(({ name }) => name === this.chosenIn(field));
    this.emit();
  }

  closeList(): void {
    this.awaited = null;
    if (this.list === null) return;
    this.list = null;
    this.emit();
  }

  /** Calls `then` once the open list is that of what is typed: at once, or when the kernel has answered. */
  whenFound(then: () => void): void {
    if (this.isPending && this.list !== null && this.isAboutColumns(this.list.field)) this.awaited = then;
    else then();
  }

  /** Moves the active line of the open list; past an end it comes back at the other. */
  moveInList(step: number): void {
    const count = this.suggestions.length;
    if (this.list === null || count === 0) return;
    const at = this.list.active < 0 && step < 0 ? 0 : this.list.active;
    this.list = { ...this.list, active: (at + step + count) % count };
    this.emit();
  }

  get openField(): string | null {
    return this.list?.field ?? null;
  }

  get typed(): string {
    return this.list?.text ?? "";
  }

  get activeIndex(): number {
    return this.list?.active ?? -1;
  }

  get active(): string | null {
    return this.suggestions[this.activeIndex]?.name ?? null;
  }

  /** Lines of the open list that match what is typed. */
  get suggestions(): Suggestion[] {
    if (this.list === null) return [];
    const { field, text } = this.list;
    const taken = new Set(this.isMany(field) ? this.valuesOf(field) : []);
    const wanted = text.toLocaleLowerCase();
    const found: Suggestion[] = this.isAboutColumns(field)
      ? this.columns.map(({ name, kind }) => ({ name, note: FORM_TEXTS.kind(kind) }))
      : (this.option(field)?.choices ?? []).map((name) => ({ name, note: "" }));
    return found
      .filter(({ name }) => !taken.has(name) && name.toLocaleLowerCase().includes(wanted))
      .slice(0, MOST_SUGGESTIONS);
  }

  /** Columns that match but are not in the list. */
  get moreColumns(): number {
    if (this.list === null || !this.isAboutColumns(this.list.field) || this.message === null) return 0;
    return Math.max(0, this.message.n_matching - this.message.columns.length);
  }

  // ------------------------------------------------------------------ what is shown

  get state(): FormMessage | null {
    return this.message;
  }

  get isUnreadable(): boolean {
    return this.unreadable;
  }

  get isConnected(): boolean {
    return this.connected;
  }

  get choices(): FormChoices | null {
    return this.chosen;
  }

  get areOptionsOpen(): boolean {
    return this.optionsOpen;
  }

  /** Whether the line is not yet that of the choices. */
  get isPending(): boolean {
    return this.message !== null && this.message.revision !== this.sentRevision;
  }

  get wasCopied(): boolean {
    return this.copied;
  }

  /** The one value of a field with a list. */
  chosenIn(field: string): string {
    return (field === "target" ? this.chosen?.target : this.valuesOf(field)[0]) ?? "";
  }

  valuesOf(option: string): string[] {
    return this.chosen?.options[option] ?? [];
  }

  /** Whether Start can be pressed now. */
  get canStart(): boolean {
    if (this.message === null || !this.connected || this.isStarting) return false;
    return this.isPending || this.message.problem === "";
  }

  get isStarting(): boolean {
    const { state } = this.message ?? {};
    return this.start_.isUnderWay || state === "queued" || state === "starting";
  }

  /** What is wrong or waited for, in one sentence; empty when all is well. */
  get sentence(): string {
    if (!this.connected) return FORM_TEXTS.silent;
    if (this.start_.phase === "wanted") return FORM_TEXTS.awaitsKernel;
    if (this.start_.phase === "placed") return FORM_TEXTS.placed;
    if (this.start_.phase === "failed") return FORM_TEXTS.failedBelow;
    const { state, detail } = this.message ?? {};
    if (state === "started" || this.start_.phase === "done") return FORM_TEXTS.started;
    if (this.problem !== "") return FORM_TEXTS.told(this.problem);
    return state === "queued" ? FORM_TEXTS.awaitsKernel : FORM_TEXTS.told(detail ?? "");
  }

  /** What is wrong with the choices; what is not chosen yet is asked for in the page's own words. */
  private get problem(): string {
    const { problem, choices } = this.message ?? {};
    if (problem === undefined || problem === "" || choices === undefined) return "";
    return choices.frame === ""
      ? FORM_TEXTS.wantsTable
      : choices.target === ""
        ? FORM_TEXTS.wantsTarget
        : problem;
  }

  get isProblem(): boolean {
    if (this.start_.phase === "failed" || this.message?.state === "failed") return true;
    // What is not chosen yet is asked for, not complained of.
    if (this.chosen?.frame === "" || this.chosen?.target === "") return false;
    return !this.isPending && !this.isStarting && this.message?.problem !== "";
  }

  // ------------------------------------------------------------------ inside

  private choose(part: Partial<FormChoices>): void {
    if (this.chosen === null) return;
    this.chosen = { ...this.chosen, ...part };
    this.copied = false;
    this.start_.change();
    this.ask(this.sentFind);
    this.emit();
  }

  private find(text: string): void {
    const message = this.message;
    if (message === null || text === this.sentFind) return;
    // All columns are here already: nobody need be asked.
    if (message.find === "" && message.columns.length === message.n_columns) return;
    this.ask(text);
  }

  private ask(find: string): void {
    if (this.chosen === null) return;
    this.sentRevision += 1;
    this.sentFind = find;
    this.command({ type: "ChooseInForm", revision: this.sentRevision, choices: this.chosen, find });
  }

  private begin(): void {
    const message = this.message;
    if (message === null || message.problem !== "") {
      this.start_.drop();
      return;
    }
    const { line } = message;
    this.start_.run(line, this.host, {
      changed: () => {
        this.emit();
      },
      done: () => {
        this.command({ type: "LineStarted", line });
      },
      unavailable: () => {
        this.command({ type: "StartForm", revision: message.revision, choices: message.choices });
      },
    });
  }

  private command(command: FormCommand): void {
    if (!this.host.send(command)) this.setConnected(false);
  }

  /** Keeps a line of the list active as its lines change: of what is typed the first, also after there was none. */
  private keepActive(list: OpenList): void {
    const active = Math.min(list.active, this.suggestions.length - 1);
    this.list = { ...list, active: list.text === "" ? active : Math.max(0, active) };
  }

  private option(name: string): FormOption | null {
    return this.message?.options.find((option) => option.name === name) ?? null;
  }

  private isMany(field: string): boolean {
    const kind = this.option(field)?.kind;
    return kind === "columns" || kind === "choices";
  }

  private isAboutColumns(field: string): boolean {
    if (field === "target") return true;
    const kind = this.option(field)?.kind;
    return kind === "column" || kind === "columns";
  }

  private get columns(): FormColumn[] {
    return this.message?.columns ?? [];
  }

  private get optionsWithoutColumns(): Record<string, string[]> {
    return this.optionsWithout((name) => this.isAboutColumns(name) || name === "--positive");
  }

  private optionsWithout(isGone: (name: string) => boolean): Record<string, string[]> {
    const kept = Object.entries(this.choices?.options ?? {}).filter(([name]) => !isGone(name));
    return Object.fromEntries(kept);
  }
}
