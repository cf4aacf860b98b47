/**
 * The kernels that have lepton loaded, and what they tell, while somebody looks at their runs.
 *
 * A kernel is asked for its comms, which executes nothing; one that a cell keeps busy does not answer before the cell
 * is done, so what the page itself has seen of its notebook counts as well.
 */

import type { RunBoardMessage, RunBoardPageMessage, RunsCommand, RunsMessage } from "../runs/messages";
import type { Kernel, KernelModel, ServiceManager } from "./host";
import { KernelRuns, hasRuns } from "./kernel_runs";

/** Milliseconds between two words to a kernel that somebody looks; after 30 s without one it says nothing more. */
export const KEEP_ALIVE_MS = 10_000;

/** Milliseconds after which a kernel that does not answer is busy, whatever the server says of it. */
const PATIENCE_MS = 1_000;

export interface Watcher {
  /** A kernel has lepton loaded; path of its notebook, or null where it has none. */
  kernel(id: string, path: string | null): void;
  gone(id: string): void;
  runs(id: string, message: RunsMessage): void;
  board(id: string, message: RunBoardMessage): void;
  page(id: string, message: RunBoardPageMessage): void;
}

/** What the page knows of notebooks that are open in it. */
export interface OpenNotebooks {
  /** The connection that a notebook has to a kernel. */
  kernelOf(id: string): Kernel | null;
  /** Whether a cell that loads lepton was seen to run in a kernel. */
  hasLoaded(id: string): boolean;
}

export class OpenKernels {
  private readonly attached = new Map<string, KernelRuns>();
  /** What a kernel that does not have lepton was like when it was asked. */
  private readonly asked = new Map<string, string>();
  private readonly boards = new Map<string, Set<string>>();
  /** Kernels that the watcher knows; while nobody looks they are as they were. */
  private readonly told = new Set<string>();
  private readonly page = crypto.randomUUID();
  private timer: ReturnType<typeof setInterval> | undefined;
  private readsDisk = true;

  constructor(
    private readonly services: ServiceManager,
    private readonly notebooks: OpenNotebooks,
    private readonly watcher: Watcher,
    private readonly now: () => number = () => Date.now(),
  ) {
    services.kernels.runningChanged.connect(() => {
      this.look();
    });
    services.sessions.runningChanged.connect(() => {
      this.look();
    });
  }

  get isWatching(): boolean {
    return this.timer !== undefined;
  }

  /** Begins to look. */
  watch(): void {
    if (this.isWatching) return;
    this.timer = setInterval(() => {
      this.keepAlive();
    }, KEEP_ALIVE_MS);
    this.look();
  }

  /** Ends looking: no connection stays open, and kernels say nothing more. */
  rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.asked.clear();
    this.boards.clear();
    for (const runs of this.attached.values()) runs.dispose();
    this.attached.clear();
  }

  setReadsDisk(readsDisk: boolean): void {
    if (readsDisk === this.readsDisk) return;
    this.readsDisk = readsDisk;
    this.keepAlive();
  }

  /** Looks for kernels that have lepton now; called when something may have changed. */
  look(): void {
    if (!this.isWatching) return;
    const running = [...this.services.kernels.running()];
    const ids = new Set(running.map(({ id }) => id));
    for (const id of [...this.told]) if (!ids.has(id)) this.detach(id);
    for (const model of running) {
      if (this.attached.has(model.id)) this.watcher.kernel(model.id, this.pathOf(model.id));
      else if (this.speaksPython(model)) void this.ask(model);
    }
  }

  /** Follows the board of a run, over this kernel or, where that is none of ours, over any. */
  follow(runId: string, kernel: string | null): boolean {
    const id = kernel !== null && this.attached.has(kernel) ? kernel : [...this.attached.keys()][0];
    if (id === undefined) return false;
    const followed = this.boards.get(id) ?? new Set();
    this.boards.set(id, followed.add(runId));
    this.sayWatched(id);
    return true;
  }

  unfollow(runId: string): void {
    for (const [id, followed] of this.boards) if (followed.delete(runId)) this.sayWatched(id);
  }

  send(kernel: string, command: RunsCommand): void {
    this.attached.get(kernel)?.send(command);
  }

  /** Starts a kernel that only reads runs, and loads lepton in it; an error names what went wrong. */
  async start(): Promise<void> {
    const name = this.services.kernelspecs.specs?.default ?? "python3";
    const connection = await this.services.kernels.startNew({ name }, { handleComms: false });
    const { content } = await connection.requestExecute({
      code: "from lepton_jupyter.notebook.listed_runs import announce; announce()",
      silent: true,
      store_history: false,
    }).done;
    if (content["status"] === "ok") {
      this.attach(connection.id, connection);
      return;
    }
    await connection.shutdown();
    throw new KernelRefusal(textOf(content["evalue"]));
  }

  async shutDown(id: string): Promise<void> {
    this.detach(id);
    await this.services.kernels.shutdown(id);
  }

  private async ask(model: KernelModel): Promise<void> {
    const { id } = model;
    const seen = `${model.last_activity ?? ""} ${model.execution_state ?? ""}`;
    const isBusy = model.execution_state === "busy";
    const isKnown = isBusy && this.notebooks.hasLoaded(id);
    if (this.asked.get(id) === seen && !isKnown) return;
    this.asked.set(id, seen);
    try {
      const known = this.notebooks.kernelOf(id);
      if (isKnown || (known !== null && (await this.tells(id, known)))) {
        if (this.isWatching && !this.attached.has(id)) this.attach(id, this.connect(model));
        return;
      }
      if (known !== null) {
        this.detach(id);
        return;
      }
      const connection = this.connect(model);
      if ((await hasRuns(connection)) && this.isWatching && !this.attached.has(id)) {
        this.attach(id, connection);
      } else {
        connection.dispose();
        if (!this.attached.has(id)) this.detach(id);
      }
    } catch {
      // A kernel that died or was shut down while it was asked.
      this.asked.delete(id);
    }
  }

  /**
   * Whether a kernel says that it has lepton. A server takes one for idle as soon as a panel's message was handled
   * beside a busy cell; what was seen to load lepton then need not be waited for.
   */
  private async tells(id: string, kernel: Kernel): Promise<boolean> {
    const answer = hasRuns(kernel);
    if (!this.notebooks.hasLoaded(id)) return answer;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const silence = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, true);
    });
    const found = await Promise.race([answer, silence]);
    clearTimeout(timer);
    return found;
  }

  private connect(model: KernelModel): ReturnType<ServiceManager["kernels"]["connectTo"]> {
    return this.services.kernels.connectTo({ model: { id: model.id, name: model.name }, handleComms: false });
  }

  private attach(id: string, connection: ReturnType<OpenKernels["connect"]>): void {
    const runs = new KernelRuns(
      connection,
      {
        runs: (message) => {
          this.watcher.runs(id, message);
        },
        board: (message) => {
          this.watcher.board(id, message);
        },
        page: (message) => {
          this.watcher.page(id, message);
        },
        gone: () => {
          this.detach(id);
        },
      },
      this.now,
    );
    this.attached.set(id, runs);
    this.asked.delete(id);
    this.told.add(id);
    this.watcher.kernel(id, this.pathOf(id));
    runs.open().then(
      () => {
        this.sayWatched(id);
      },
      () => {
        this.detach(id);
      },
    );
  }

  private detach(id: string): void {
    this.attached.get(id)?.dispose();
    this.attached.delete(id);
    this.boards.delete(id);
    if (this.told.delete(id)) this.watcher.gone(id);
  }

  /** Says to kernels that somebody looks, unless the page is in the background. */
  keepAlive(): void {
    if (document.visibilityState === "hidden") return;
    for (const [id, runs] of [...this.attached]) {
      // Twice told and never heard: it is not one of ours after all.
      if (runs.heardAt === 0 && this.now() - runs.openedAt > 2 * KEEP_ALIVE_MS && !this.isBusy(id))
        this.detach(id);
      else this.sayWatched(id);
    }
    this.look();
  }

  private isBusy(id: string): boolean {
    return [...this.services.kernels.running()].some(
      (model) => model.id === id && model.execution_state === "busy",
    );
  }

  /** Says what is looked at; the disk is read by one kernel alone. */
  private sayWatched(id: string): void {
    const isFirst = [...this.attached.keys()][0] === id;
    const boards = [...(this.boards.get(id) ?? [])];
    this.send(id, { type: "WatchRuns", page: this.page, disk: this.readsDisk && isFirst, boards });
  }

  private pathOf(id: string): string | null {
    for (const { kernel, path, type } of this.services.sessions.running())
      if (kernel?.id === id) return type === "notebook" ? path : path === "" ? null : path;
    return null;
  }

  private speaksPython({ name }: KernelModel): boolean {
    const language = this.services.kernelspecs.specs?.kernelspecs[name]?.language;
    return language === undefined || language === "python";
  }
}

/** A kernel that was started cannot load lepton. */
export class KernelRefusal extends Error {}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
