/**
 * One kernel that has lepton loaded: what it tells of its runs, and what it is asked to do with them.
 *
 * The connection is one of our own, over a subshell of the kernel (JEP 91), so that what is sent is heard while a cell
 * is busy. It does not handle comms as widgets do: a second connection that did would close the comms it does not know
 * (jupyterlab#6929). Nothing is ever executed.
 */

import { readRunsMessage } from "../runs/messages";
import type { RunBoardMessage, RunBoardPageMessage, RunsCommand, RunsMessage } from "../runs/messages";
import type { KernelConnection, KernelMessage } from "./host";
import { isGone } from "./kernel_status";

/** Target of the comm that the package registers, and its id: the twin of `lepton_jupyter/widgets/runs_comm.py`. */
export const RUNS_TARGET = "lepton.runs";

export interface Hearer {
  runs(message: RunsMessage): void;
  board(message: RunBoardMessage): void;
  page(message: RunBoardPageMessage): void;
  /** The kernel has let go of lepton, or is gone. */
  gone(): void;
}

/** Whether a kernel has lepton loaded: it lists a comm of our target. To list is not to execute. */
export async function hasRuns(kernel: {
  requestCommInfo(content: {
    target_name: string;
  }): Promise<{ content: { comms?: Record<string, unknown> } }>;
}): Promise<boolean> {
  const { content } = await kernel.requestCommInfo({ target_name: RUNS_TARGET });
  return Object.keys(content.comms ?? {}).includes(RUNS_TARGET);
}

export class KernelRuns {
  private isOver = false;
  /** Milliseconds since the epoch of its last message; 0 before the first. */
  heardAt = 0;
  readonly openedAt: number;

  constructor(
    private readonly connection: KernelConnection,
    private readonly hearer: Hearer,
    private readonly now: () => number,
  ) {
    this.openedAt = now();
    connection.iopubMessage.connect(this.hear);
    connection.statusChanged.connect(this.follow);
  }

  /** Makes the subshell; a kernel that has none hears us when its cell is done. */
  async open(): Promise<void> {
    await this.connection.info;
    if (this.isOver || this.connection.supportsSubshells !== true || this.connection.subshellId !== null)
      return;
    const { content } = await this.connection.requestCreateSubshell({}).done;
    this.connection.subshellId = content.subshell_id;
  }

  send(command: RunsCommand): void {
    if (this.isOver) return;
    const { clientId: session, username, subshellId } = this.connection;
    const header = {
      msg_id: crypto.randomUUID(),
      msg_type: "comm_msg",
      session,
      username,
      subshell_id: subshellId,
      date: new Date(this.now()).toISOString(),
      version: "5.2",
    };
    const message = {
      channel: "shell",
      header,
      parent_header: {},
      metadata: {},
      content: { comm_id: RUNS_TARGET, data: command },
      buffers: [],
    };
    try {
      this.connection.sendShellMessage(message, false, true);
    } catch {
      // A kernel that has just died: its status says so.
    }
  }

  /** Lets go of the kernel, and of the subshell. */
  dispose(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.connection.iopubMessage.disconnect(this.hear);
    this.connection.statusChanged.disconnect(this.follow);
    // A subshell ends with its kernel.
    if (isGone(this.connection.status)) this.connection.subshellId = null;
    try {
      this.connection.dispose();
    } catch {
      // As above.
    }
  }

  private readonly hear = (_sender: unknown, { header, content }: KernelMessage): void => {
    if (content["comm_id"] !== RUNS_TARGET) return;
    if (header.msg_type === "comm_close") this.hearer.gone();
    if (header.msg_type !== "comm_msg") return;
    const message = readRunsMessage(content["data"]);
    if (message === null) return;
    this.heardAt = this.now();
    if (message.type === "RunsMessage") this.hearer.runs(message);
    else if (message.type === "RunBoardMessage") this.hearer.board(message);
    else this.hearer.page(message);
  };

  private readonly follow = (_sender: unknown, status: string): void => {
    if (isGone(status)) this.hearer.gone();
  };
}
