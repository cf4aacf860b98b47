import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runLine, runsMessage } from "../fixtures/runs";
import type { KernelConnection, KernelMessage, ServiceManager } from "./host";
import { RUNS_TARGET } from "./kernel_runs";
import { KEEP_ALIVE_MS, OpenKernels } from "./open_kernels";

class Signal<Value> {
  private readonly slots = new Set<(sender: unknown, value: Value) => void>();
  connect(slot: (sender: unknown, value: Value) => void): void {
    this.slots.add(slot);
  }
  disconnect(slot: (sender: unknown, value: Value) => void): void {
    this.slots.delete(slot);
  }
  emit(value: Value): void {
    for (const slot of [...this.slots]) slot(this, value);
  }
}

/** A connection to a kernel that runs what it is told, and notes it. */
class Connection implements KernelConnection {
  clientId = "c";
  username = "u";
  status = "idle";
  isDisposed = false;
  info = Promise.resolve();
  supportsSubshells = true;
  subshellId: string | null = null;
  iopubMessage = new Signal<KernelMessage>();
  statusChanged = new Signal<string>();
  sent: { header: { subshell_id: string | null }; content: { comm_id: string; data: { type: string } } }[] =
    [];
  executed: string[] = [];
  answer: Record<string, unknown> = { status: "ok" };
  isShutDown = false;

  constructor(
    readonly id: string,
    private readonly comms: () => Record<string, unknown>,
  ) {}
  requestCommInfo() {
    return Promise.resolve({ content: { status: "ok", comms: this.comms() } });
  }
  requestCreateSubshell() {
    return { done: Promise.resolve({ content: { subshell_id: "s1" } }) };
  }
  sendShellMessage(message: object): void {
    this.sent.push(message as Connection["sent"][number]);
  }
  requestExecute({ code }: { code: string }) {
    this.executed.push(code);
    return { done: Promise.resolve({ content: this.answer }) };
  }
  shutdown(): Promise<void> {
    this.isShutDown = true;
    return Promise.resolve();
  }
  dispose(): void {
    this.isDisposed = true;
  }
  says(data: unknown, type = "comm_msg"): void {
    this.iopubMessage.emit({ header: { msg_type: type }, content: { comm_id: RUNS_TARGET, data } });
  }
}

interface Kernel {
  id: string;
  name: string;
  hasLepton: boolean;
  execution_state: string;
  last_activity: string;
}

let kernels: Kernel[];
let connections: Connection[];
let heard: unknown[];
let loaded: Set<string>;
let ofNotebooks: Map<string, Pick<Connection, "id" | "status" | "requestCommInfo">>;
let open: OpenKernels;
let running: Signal<unknown>;
let nextAnswer: Record<string, unknown>;

const kernel = (id: string, more: Partial<Kernel> = {}): Kernel => ({
  id,
  name: "python3",
  hasLepton: true,
  execution_state: "idle",
  last_activity: "1",
  ...more,
});
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1);
const to = (id: string): Connection[] => connections.filter((each) => each.id === id && !each.isDisposed);
const wishes = (id: string): unknown[] =>
  to(id).flatMap(({ sent }) => sent.map(({ content }) => content.data));

beforeEach(() => {
  vi.useFakeTimers();
  kernels = [];
  connections = [];
  heard = [];
  loaded = new Set();
  ofNotebooks = new Map();
  running = new Signal();
  nextAnswer = { status: "ok" };
  const connect = (id: string): Connection => {
    const has = (): boolean => kernels.find((each) => each.id === id)?.hasLepton ?? false;
    connections.push(new Connection(id, () => (has() ? { [RUNS_TARGET]: {} } : {})));
    return connections.at(-1) as Connection;
  };
  const services: ServiceManager = {
    kernels: {
      runningChanged: running,
      running: () => kernels,
      connectTo: ({ model, handleComms }) => {
        expect(handleComms).toBe(false);
        return connect(model.id);
      },
      startNew: ({ name }) => {
        kernels.push(kernel("new", { name }));
        const made = connect("new");
        made.answer = nextAnswer;
        return Promise.resolve(made);
      },
      shutdown: (id) => {
        kernels = kernels.filter((each) => each.id !== id);
        return Promise.resolve();
      },
    },
    sessions: {
      runningChanged: new Signal(),
      running: () => [{ path: "a/b.ipynb", type: "notebook", kernel: { id: "k1" } }],
    },
    kernelspecs: {
      specs: { default: "python3", kernelspecs: { python3: { language: "python" }, ir: { language: "R" } } },
    },
  };
  open = new OpenKernels(
    services,
    { kernelOf: (id) => ofNotebooks.get(id) ?? null, hasLoaded: (id) => loaded.has(id) },
    {
      kernel: (id, path) => heard.push(["kernel", id, path]),
      gone: (id) => heard.push(["gone", id]),
      runs: (id, message) => heard.push(["runs", id, message.lines.length]),
      board: (id, message) => heard.push(["board", id, message.run_id]),
      page: (id, message) => heard.push(["page", id, message.run_id]),
    },
  );
});
afterEach(() => {
  open.rest();
  vi.useRealTimers();
});

describe("open kernels", () => {
  it("are heard where they have lepton, and let go of where not; nothing is executed in any", async () => {
    kernels = [kernel("k1"), kernel("k2", { hasLepton: false }), kernel("k3", { name: "ir" })];
    open.watch();
    await settle();
    expect(heard).toEqual([["kernel", "k1", "a/b.ipynb"]]);
    expect(connections.map(({ id }) => id)).toEqual(["k1", "k2"]);
    expect(to("k2")).toEqual([]);
    to("k1")[0]?.says(runsMessage("kernel", [runLine()]));
    expect(heard.at(-1)).toEqual(["runs", "k1", 1]);
    expect(connections.flatMap(({ executed }) => executed)).toEqual([]);
  });

  it("are spoken to over a subshell, again and again, and the disk is read by one", async () => {
    kernels = [kernel("k1"), kernel("k2")];
    open.watch();
    await settle();
    expect(to("k1")[0]?.sent[0]?.header.subshell_id).toBe("s1");
    expect([...wishes("k1"), ...wishes("k2")]).toMatchObject([{ disk: true }, { disk: false }]);
    to("k1")[0]?.says(runsMessage("kernel", []));
    to("k2")[0]?.says(runsMessage("kernel", []));
    await vi.advanceTimersByTimeAsync(3 * KEEP_ALIVE_MS);
    expect(wishes("k1")).toHaveLength(4);
    open.send("k1", { type: "StopListedRun", run_id: "r1" });
    expect(wishes("k1").at(-1)).toEqual({ type: "StopListedRun", run_id: "r1" });
  });

  it("are asked again only when something was run in them", async () => {
    kernels = [kernel("k1", { hasLepton: false })];
    open.watch();
    await settle();
    running.emit(null);
    await settle();
    expect(connections).toHaveLength(1);
    kernels = [kernel("k1", { last_activity: "2" })];
    running.emit(null);
    await settle();
    expect(heard).toEqual([["kernel", "k1", "a/b.ipynb"]]);
  });

  it("that are busy count as ours where the page has seen lepton loaded", async () => {
    kernels = [kernel("k1", { execution_state: "busy", hasLepton: false })];
    loaded.add("k1");
    open.watch();
    await settle();
    expect(heard).toEqual([["kernel", "k1", "a/b.ipynb"]]);
  });

  it("that say nothing count so too, whatever the server takes them for", async () => {
    kernels = [kernel("k1"), kernel("k2")];
    const requestCommInfo: Connection["requestCommInfo"] = () => new Promise(() => undefined);
    for (const id of ["k1", "k2"]) ofNotebooks.set(id, { id, status: "busy", requestCommInfo });
    loaded.add("k1");
    open.watch();
    await settle();
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toEqual([["kernel", "k1", "a/b.ipynb"]]);
  });

  it("are forgotten when they restart, unload lepton, or are shut down", async () => {
    kernels = [kernel("k1"), kernel("k2"), kernel("k3")];
    open.watch();
    await settle();
    heard = [];
    to("k1")[0]?.statusChanged.emit("restarting");
    to("k2")[0]?.says({}, "comm_close");
    await open.shutDown("k3");
    expect(heard).toEqual([
      ["gone", "k1"],
      ["gone", "k2"],
      ["gone", "k3"],
    ]);
    expect(connections.filter(({ isDisposed }) => !isDisposed)).toEqual([]);
  });

  it("are left alone while nobody looks, and shown as they were until they are heard again", async () => {
    kernels = [kernel("k1")];
    open.watch();
    await settle();
    open.rest();
    expect(to("k1")).toEqual([]);
    running.emit(null);
    await vi.advanceTimersByTimeAsync(5 * KEEP_ALIVE_MS);
    expect(connections).toHaveLength(1);
    expect(heard).toEqual([["kernel", "k1", "a/b.ipynb"]]);
    kernels = [];
    open.watch();
    expect(heard.at(-1)).toEqual(["gone", "k1"]);
  });

  it("tell of boards that are followed, over any of them where the run is on disk", async () => {
    kernels = [kernel("k1"), kernel("k2")];
    expect(open.follow("r1", null)).toBe(false);
    open.watch();
    await settle();
    open.follow("r1", "k2");
    open.follow("r2", null);
    expect(wishes("k2").at(-1)).toMatchObject({ boards: ["r1"] });
    expect(wishes("k1").at(-1)).toMatchObject({ boards: ["r2"] });
    open.unfollow("r1");
    expect(wishes("k2").at(-1)).toMatchObject({ boards: [] });
  });

  it("may be one of our own, in which alone something is executed", async () => {
    open.watch();
    await open.start();
    await settle();
    expect(heard).toEqual([["kernel", "new", null]]);
    expect(connections[0]?.executed).toHaveLength(1);
    expect(wishes("new")).toMatchObject([{ type: "WatchRuns", disk: true }]);
  });

  it("say why they cannot be ours, and are not left behind", async () => {
    nextAnswer = { status: "error", evalue: "No module named 'lepton_jupyter'" };
    open.watch();
    await expect(open.start()).rejects.toThrow("No module named");
    expect(connections[0]?.isShutDown).toBe(true);
    expect(heard).toEqual([]);
  });
});
