/**
 * A line in a new cell of its own, run there, where a page lets a widget reach its notebook.
 *
 * JupyterLab and Notebook 7 give each widget its manager, and that knows the views of a model; a view's Lumino widget
 * has parents, among them the cell and the notebook. So nothing is read from the page's markup. What is used of them is
 * told by its shape, and where anything is missing the answer is null: other pages then let the kernel run the line.
 */

interface CellModel {
  readonly type: string;
  readonly sharedModel?: { setSource(source: string): void };
}
interface CodeCell {
  readonly model: CellModel;
  readonly constructor: { execute(cell: CodeCell, session: object): Promise<unknown> };
}
interface Notebook {
  readonly widgets: readonly CodeCell[];
  activeCellIndex: number;
  readonly node: HTMLElement;
  readonly model: {
    readonly sharedModel: { insertCell(index: number, cell: object): unknown };
  };
}

/** A place where a cell can be put, below the one that shows the form. */
export interface CellBelow {
  /** Puts a line there and runs it; true once it has run without an error. */
  run(line: string, placed: () => void): Promise<boolean>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function get(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

function isCodeCell(value: unknown): value is CodeCell {
  return (
    isObject(value) &&
    get(value, "model", "type") === "code" &&
    typeof get(value, "constructor", "execute") === "function"
  );
}

function isNotebook(value: unknown): value is Notebook {
  return (
    isObject(value) &&
    Array.isArray(value["widgets"]) &&
    typeof value["activeCellIndex"] === "number" &&
    typeof get(value, "model", "sharedModel", "insertCell") === "function"
  );
}

/** The Lumino widgets around the view that `el` belongs to, from the inside out. */
async function parentsOf(manager: unknown, modelId: string, el: HTMLElement): Promise<unknown[]> {
  const getModel = get(manager, "get_model");
  if (typeof getModel !== "function") return [];
  const model: unknown = await getModel.call(manager, modelId);
  const views = get(model, "views");
  for (const pending of isObject(views) ? Object.values(views) : []) {
    const view: unknown = await pending;
    const node = get(view, "el");
    if (!(node instanceof HTMLElement) || !node.contains(el)) continue;
    const parents: unknown[] = [];
    for (let widget = get(view, "luminoWidget"); isObject(widget); widget = widget["parent"]) {
      parents.push(widget);
    }
    return parents;
  }
  return [];
}

/** What IPython's `set_next_input` wants in the place of the line that ran; JupyterLab hears it of its own runs alone. */
function nextInput(reply: unknown): string | null {
  const payload = get(reply, "content", "payload");
  for (const each of Array.isArray(payload) ? payload : []) {
    const text = get(each, "text");
    if (
      get(each, "source") === "set_next_input" &&
      get(each, "replace") === true &&
      typeof text === "string"
    ) {
      return text;
    }
  }
  return null;
}

/** The place below the cell that shows `el`, or null where this page does not let one reach it. */
export async function cellBelow(
  manager: unknown,
  modelId: string,
  el: HTMLElement,
): Promise<CellBelow | null> {
  const parents = await parentsOf(manager, modelId, el);
  const cell = parents.find(isCodeCell);
  const notebook = parents.find(isNotebook);
  const session = get(manager, "context", "sessionContext");
  if (cell === undefined || notebook === undefined || !isObject(session)) return null;
  return {
    run: async (line, placed) => {
      const index = notebook.widgets.indexOf(cell) + 1;
      notebook.model.sharedModel.insertCell(index, {
        cell_type: "code",
        source: line,
        metadata: { trusted: true },
      });
      const added = notebook.widgets[index];
      if (!isCodeCell(added)) return false;
      notebook.activeCellIndex = index;
      placed();
      const reply = await added.constructor.execute(added, session);
      const becomes = nextInput(reply);
      if (becomes !== null) added.model.sharedModel?.setSource(becomes);
      return get(reply, "content", "status") === "ok";
    },
  };
}
