/**
 * What the models of all panels have in common: who listens, how wide the place is, and whether a kernel is there.
 *
 * Their own fields bear a `#`: a minifier shortens such names.
 */

/** Below this width in pixels a panel is one column. */
export const NARROW = 720;

export class PanelModel {
  readonly #listeners = new Set<() => void>();
  #widthPixels = 900;

  /** Calls `listener` after each change; the returned function ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setWidth(pixels: number): void {
    const width = Math.round(pixels);
    if (width <= 0 || width === this.#widthPixels) return;
    this.#widthPixels = width;
    this.emit();
  }

  get width(): number {
    return this.#widthPixels;
  }

  get isNarrow(): boolean {
    return this.#widthPixels < NARROW;
  }

  /** Draws again what is shown: its words are in another language. */
  refresh(): void {
    this.emit();
  }

  protected emit(): void {
    for (const listener of this.#listeners) listener();
  }
}

export interface KernelHost<Command> {
  /** Sends a command to the kernel; false when nobody is there. */
  send(command: Command): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The model of a panel that a kernel keeps up to date. */
export class LivePanelModel<Command> extends PanelModel {
  #connected = true;

  constructor(protected readonly host: KernelHost<Command>) {
    super();
  }

  setConnected(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.emit();
  }

  protected get isConnected(): boolean {
    return this.#connected;
  }

  protected command(command: Command): boolean {
    const sent = this.host.send(command);
    if (!sent) this.setConnected(false);
    return sent;
  }
}
