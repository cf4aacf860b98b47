/** The part of JupyterLab's own modules that the extension uses: its packages are not installed to build it. */

/** A class of `@lumino/widgets`, as the page around us has it. */
export interface LuminoWidget {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  addClass(name: string): void;
  dispose(): void;
}
/** A widget that stands in the page's shell by itself, under a title. */
export interface ShellWidget extends LuminoWidget {
  id: string;
  readonly isVisible: boolean;
  readonly title: { label: string; caption: string; icon?: object; closable: boolean };
}
export interface LuminoWidgets {
  Widget: new () => LuminoWidget;
}
/** The same class, for those that stand in the shell and hear when they are shown. */
export interface LuminoShellWidgets {
  Widget: new () => ShellWidget & {
    onAfterShow(message: unknown): void;
    onAfterHide(message: unknown): void;
  };
}

/** `@jupyterlab/rendermime-interfaces`: what an output is drawn from. */
export interface MimeModel {
  readonly data: Record<string, unknown>;
}
export interface MimeRenderer extends LuminoWidget {
  renderModel(model: MimeModel): Promise<void>;
}
export interface MimeExtension {
  id: string;
  description: string;
  dataType: "json";
  rank: number;
  rendererFactory: {
    safe: boolean;
    mimeTypes: readonly string[];
    createRenderer(options: { mimeType: string }): MimeRenderer;
  };
}

/** A service is asked for by the very token object that its module exports. */
export type Token = object;

export interface Plugin {
  id: string;
  description: string;
  autoStart: boolean;
  requires?: Token[];
  optional?: Token[];
  activate(app: LabApplication, ...services: never[]): void;
}

export interface Command {
  label: string | (() => string);
  caption: string | (() => string);
  icon: object;
  isEnabled?: () => boolean;
  execute(args: Record<string, unknown>): Promise<void>;
}

export interface LabApplication {
  readonly commands: {
    addCommand(id: string, command: Command): unknown;
    execute(id: string, args?: Record<string, unknown>): Promise<unknown>;
    notifyCommandChanged(id?: string): void;
  };
  readonly shell: {
    activateById(id: string): void;
    add(widget: ShellWidget, area: string, options?: { rank?: number }): void;
  };
  readonly serviceManager: ServiceManager;
  readonly restored: Promise<unknown>;
}

export interface Signal<Sender, Value> {
  connect(slot: (sender: Sender, value: Value) => void): unknown;
  disconnect(slot: (sender: Sender, value: Value) => void): unknown;
}

// ---------------------------------------------------------------------------------------------- a notebook's outputs

export type MimeBundle = Record<string, unknown>;

/** One output as the file keeps it. */
export interface SavedOutput {
  output_type: string;
  data?: MimeBundle;
  [other: string]: unknown;
}

export interface OutputList {
  readonly length: number;
  get(index: number): { toJSON(): SavedOutput };
  set(index: number, output: SavedOutput): void;
}

export interface CellModel {
  readonly type: string;
  readonly outputs?: OutputList;
}

export interface NotebookModel {
  readonly cells: Iterable<CellModel>;
  dirty: boolean;
  toJSON(): SavedNotebook;
  readonly sharedModel: SharedNotebook;
  getMetadata(key: string): unknown;
}

/** The part of a notebook that is edited: what other people in it see too. */
export interface SharedNotebook {
  readonly cells: readonly SharedCell[];
  insertCell(index: number, cell: object): unknown;
}
export interface SharedCell {
  readonly cell_type: string;
  getSource(): string;
  setSource(source: string): void;
}

/** A notebook as its file keeps it. */
export interface SavedNotebook {
  cells: { outputs?: SavedOutput[]; [other: string]: unknown }[];
  [other: string]: unknown;
}

/** A cell as it is drawn: its outputs in the order of its model's. */
export interface CellWidget {
  readonly node: HTMLElement;
  readonly ready?: Promise<void>;
  readonly editor?: {
    setCursorPosition(place: { line: number; column: number }): void;
    focus(): void;
  } | null;
  readonly outputArea?: { readonly widgets: readonly { readonly node: HTMLElement }[] };
}

// ------------------------------------------------------------------------------------------------------- its kernel

export interface Kernel {
  readonly id: string;
  readonly status: string;
  requestCommInfo(content: { target_name: string }): Promise<{
    content: { status: string; comms?: Record<string, unknown> };
  }>;
}

/** A message of the kernel's protocol. */
export interface KernelMessage {
  header: { msg_type: string; [other: string]: unknown };
  content: Record<string, unknown>;
  [other: string]: unknown;
}

/** A connection of our own to a kernel. */
export interface KernelConnection extends Kernel {
  readonly clientId: string;
  readonly username: string;
  readonly isDisposed: boolean;
  /** Settled when the kernel has said what it is. */
  readonly info: Promise<unknown>;
  readonly supportsSubshells?: boolean;
  subshellId: string | null;
  readonly iopubMessage: Signal<unknown, KernelMessage>;
  readonly statusChanged: Signal<unknown, string>;
  requestCreateSubshell(content: object): { done: Promise<{ content: { subshell_id: string } }> };
  sendShellMessage(message: object, expectReply: boolean, disposeOnDone: boolean): unknown;
  requestExecute(content: { code: string; silent: boolean; store_history: boolean }): {
    done: Promise<{ content: Record<string, unknown> }>;
  };
  shutdown(): Promise<void>;
  dispose(): void;
}

/** What the server says of a kernel. */
export interface KernelModel {
  readonly id: string;
  readonly name: string;
  readonly last_activity?: string;
  readonly execution_state?: string;
}

export interface ServiceManager {
  readonly kernels: {
    readonly runningChanged: Signal<unknown, unknown>;
    running(): Iterable<KernelModel>;
    connectTo(options: { model: KernelModel; handleComms: boolean }): KernelConnection;
    startNew(what: { name: string }, options: { handleComms: boolean }): Promise<KernelConnection>;
    shutdown(id: string): Promise<void>;
  };
  readonly sessions: {
    readonly runningChanged: Signal<unknown, unknown>;
    running(): Iterable<{
      readonly path: string;
      readonly type: string;
      readonly kernel: { id: string } | null;
    }>;
  };
  readonly kernelspecs: {
    readonly specs: {
      readonly default: string;
      readonly kernelspecs: Record<string, { readonly language: string } | undefined>;
    } | null;
  };
}

export interface SessionContext {
  readonly ready: Promise<void>;
  readonly session: { readonly kernel: Kernel | null } | null;
  readonly kernelChanged: Signal<unknown, unknown>;
  readonly statusChanged: Signal<unknown, string>;
}

export interface Notebook {
  readonly node: HTMLElement;
  readonly widgets: readonly CellWidget[];
  readonly activeCell: CellWidget | null;
  activeCellIndex: number;
  mode: "command" | "edit";
  deselectAll(): void;
  scrollToItem?(index: number, where: "center"): Promise<void>;
}

export interface NotebookPanel {
  readonly id: string;
  readonly content: Notebook;
  readonly context: {
    readonly ready: Promise<void>;
    readonly path: string;
    readonly model: NotebookModel;
  };
  readonly sessionContext: SessionContext;
}

/** `NotebookActions` of `@jupyterlab/notebook`: what is done in notebooks, whoever does it. */
export interface NotebookActions {
  readonly executed: Signal<
    unknown,
    { notebook: Notebook; cell: { model: { sharedModel: SharedCell } }; success?: boolean }
  >;
}

export interface NotebookTracker {
  readonly currentWidget: NotebookPanel | null;
  readonly widgetAdded: Signal<unknown, NotebookPanel>;
  forEach(callback: (panel: NotebookPanel) => void): void;
}

// ------------------------------------------------------------------------------------------ what a page may not have

/** `ITranslator`: which language the page speaks. */
export interface Translator {
  readonly languageCode: string;
}

/** `ISettingRegistry`: what a person has set, by the id of a plugin. */
export interface SettingRegistry {
  load(
    plugin: string,
  ): Promise<{ readonly composite: Record<string, unknown>; readonly changed: Signal<unknown, unknown> }>;
}

/** `IRenderMimeRegistry`: draws what is no document of ours, as in an output. */
export interface RenderMime {
  createModel(options: { data: Record<string, unknown>; trusted: boolean }): object;
  createRenderer(type: string): LuminoWidget & { renderModel(model: object): Promise<void> };
}
