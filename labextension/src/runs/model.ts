/**
 * What the side panel of runs shows: what kernels tell, what notebooks have saved and ticks of a clock in, one signal
 * out. No DOM, no timers.
 */

import type { RunLine, RunsMessage } from "./messages";

/** Where a run's line comes from. */
export type Place = "kernel" | "disk" | "saved";

export interface RunEntry {
  line: RunLine;
  /** Id of the kernel that can stop it; null where none can. */
  kernel: string | null;
  /** Seconds that have passed since its kernel told of it. */
  sinceSeconds: number;
  isStopping: boolean;
}

export interface Section {
  key: string;
  place: Place;
  /** Name of the notebook, or null for a kernel without one. */
  notebook: string | null;
  /** Where that notebook lies. */
  path: string | null;
  entries: RunEntry[];
  nHidden: number;
  nUnread: number;
}

/** What the panel wants done. */
export interface RunsHost {
  /** Milliseconds since the epoch. */
  now(): number;
  stop(kernel: string, runId: string): void;
  /** Goes to the cell of a run, or opens its board. */
  open(entry: RunEntry): void;
  openNotebook(path: string): void;
  startKernel(): void;
  shutDown(kernel: string): void;
  newSearch(): void;
}

interface KnownKernel {
  path: string | null;
  own: RunsMessage | null;
  heardAt: number;
}

/** How the panel's own kernel comes to be: nothing asked, on its way, or what went wrong. */
export type Starting = { state: "no" } | { state: "yes" } | { state: "failed"; sentence: string };

export class RunsModel {
  private readonly listeners = new Set<() => void>();
  private readonly kernels = new Map<string, KnownKernel>();
  private disk: { kernel: string; message: RunsMessage; heardAt: number } | null = null;
  private saved: RunLine[] = [];
  private asked = new Set<string>();
  private toSay = "";

  starting: Starting = { state: "no" };
  /** Whether runs on disk are shown. */
  showsDisk = true;

  constructor(readonly host: RunsHost) {}

  /** Calls `listener` after each change; the returned function ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // ------------------------------------------------------------------ what is heard

  /** A kernel has lepton loaded; its notebook may have moved since. */
  setKernel(id: string, path: string | null): void {
    const known = this.kernels.get(id);
    if (known?.path === path) return;
    this.kernels.set(id, { own: null, heardAt: 0, ...known, path });
    this.starting = { state: "no" };
    this.emit();
  }

  removeKernel(id: string): void {
    if (this.disk?.kernel === id) this.disk = null;
    if (this.kernels.delete(id)) this.emit();
  }

  receive(id: string, message: RunsMessage): void {
    const known = this.kernels.get(id);
    if (known === undefined) return;
    if (message.place === "disk") {
      this.disk = { kernel: id, message, heardAt: this.host.now() };
    } else {
      this.noticeEnds(known.own, message);
      known.own = message;
      known.heardAt = this.host.now();
    }
    this.emit();
  }

  /** What open notebooks have saved. */
  setSaved(lines: RunLine[]): void {
    this.saved = lines;
    this.emit();
  }

  setStarting(starting: Starting): void {
    this.starting = starting;
    this.emit();
  }

  setShowsDisk(showsDisk: boolean): void {
    if (showsDisk === this.showsDisk) return;
    this.showsDisk = showsDisk;
    this.emit();
  }

  /** Lets time pass. */
  tick(): void {
    if (this.goesOn) this.emit();
  }

  /** Draws all anew, such as in another language. */
  redraw(): void {
    this.emit();
  }

  // ------------------------------------------------------------------ what a person does

  stop({ kernel, line }: RunEntry): void {
    if (kernel === null) return;
    this.asked.add(line.run_id);
    this.host.stop(kernel, line.run_id);
    this.emit();
  }

  // ------------------------------------------------------------------ what is shown

  /** Whether any kernel has lepton loaded. */
  get hasKernel(): boolean {
    return this.kernels.size > 0;
  }

  /** Whether a run that is shown goes on, so that time passes in the panel. */
  get goesOn(): boolean {
    return this.sections.some(({ entries }) => entries.some(({ line }) => line.goes_on));
  }

  /** The run that ended last, for those who hear the page. */
  get ended(): string {
    return this.toSay;
  }

  get sections(): Section[] {
    const now = this.host.now();
    const shown = new Set<string>();
    const sections: Section[] = [];
    for (const [id, { path, own, heardAt }] of this.kernels) {
      const lines = own?.lines ?? [];
      // A kernel with a notebook and without a run has nothing to say; one without a notebook can be shut down.
      if (lines.length === 0 && path !== null) continue;
      for (const line of lines) shown.add(line.run_id);
      sections.push({
        key: id,
        place: "kernel",
        notebook: path === null ? null : (path.split("/").at(-1) ?? path),
        path,
        entries: lines.map((line) => this.entry(line, id, now - heardAt)),
        nHidden: Math.max(0, (own?.n_runs ?? 0) - lines.length),
        nUnread: 0,
      });
    }
    if (this.disk !== null && this.showsDisk) {
      const { message, kernel, heardAt } = this.disk;
      const lines = message.lines.filter(({ run_id }) => !shown.has(run_id));
      sections.push({
        key: "disk",
        place: "disk",
        notebook: null,
        path: null,
        entries: lines.map((line) => this.entry(line, kernel, now - heardAt)),
        nHidden: Math.max(0, message.n_runs - message.lines.length - message.n_unread),
        nUnread: message.n_unread,
      });
    }
    if (!this.hasKernel && this.saved.length > 0) {
      const entries = this.saved.map((line) => this.entry(line, null, 0));
      sections.push({
        key: "saved",
        place: "saved",
        notebook: null,
        path: null,
        entries,
        nHidden: 0,
        nUnread: 0,
      });
    }
    return sections.filter(
      ({ place, entries, nUnread }) => place === "kernel" || entries.length + nUnread > 0,
    );
  }

  private entry(line: RunLine, kernel: string | null, sinceMilliseconds: number): RunEntry {
    const isStopping = line.state === "stopping" || (line.goes_on && this.asked.has(line.run_id));
    return { line, kernel, sinceSeconds: Math.max(0, sinceMilliseconds / 1000), isStopping };
  }

  private noticeEnds(before: RunsMessage | null, after: RunsMessage): void {
    const wentOn = new Set(before?.lines.filter((line) => line.goes_on).map((line) => line.run_id));
    const ended = after.lines.find((line) => !line.goes_on && wentOn.has(line.run_id));
    if (ended === undefined) return;
    this.asked.delete(ended.run_id);
    this.toSay = `${ended.name}\n${ended.state}`;
  }

  private emit(): void {
    for (const listener of this.listeners) listener();
  }
}
