import { describe, expect, it } from "vitest";
import { cellBelow } from "./notebook_cell";

/** As JupyterLab's cells, as far as they are reached. */
class Cell {
  static ran: Cell[] = [];
  static status = "ok";
  static execute(cell: Cell): Promise<unknown> {
    Cell.ran.push(cell);
    return Promise.resolve({ content: { status: Cell.status, payload: Cell.payload } });
  }
  static payload: unknown = [];
  model = {
    type: "code",
    sharedModel: {
      setSource: (source: string): void => {
        this.source = source;
      },
    },
  };
  parent: unknown;
  constructor(
    public source: string,
    parent: unknown,
  ) {
    this.parent = parent;
  }
}

class Notebook {
  widgets: Cell[] = [];
  activeCellIndex = 0;
  node = document.createElement("div");
  parent = null;
  model = {
    sharedModel: {
      insertCell: (index: number, cell: { source: string }): void => {
        this.widgets.splice(index, 0, new Cell(cell.source, this));
      },
    },
  };
}

function page() {
  Cell.ran = [];
  Cell.status = "ok";
  const notebook = new Notebook();
  notebook.widgets = ["import pandas", "%lepton", "later"].map((source) => new Cell(source, notebook));
  const outer = document.createElement("div");
  const el = outer.appendChild(document.createElement("div"));
  const output = { parent: notebook.widgets[1] };
  const view = { el: outer, luminoWidget: { parent: output } };
  const elsewhere = { el: document.createElement("div"), luminoWidget: { parent: null } };
  const manager = {
    get_model: (id: string) =>
      Promise.resolve(
        id === "m1" ? { views: { a: Promise.resolve(elsewhere), b: Promise.resolve(view) } } : {},
      ),
    context: { sessionContext: {} },
  };
  return { notebook, el, manager };
}

describe("cellBelow", () => {
  it("puts the line below the form's cell and runs it", async () => {
    const { notebook, el, manager } = page();
    const below = await cellBelow(manager, "m1", el);
    let placed = false;
    const ran = await below?.run("run = %lepton fit df", () => (placed = true));
    expect(notebook.widgets.map((cell) => cell.source)).toEqual([
      "import pandas",
      "%lepton",
      "run = %lepton fit df",
      "later",
    ]);
    expect(Cell.ran).toEqual([notebook.widgets[2]]);
    expect([ran, placed, notebook.activeCellIndex]).toEqual([true, true, 2]);
  });

  it.each([
    [[{ source: "set_next_input", text: "fit()", replace: true }], "fit()"],
    [[{ source: "set_next_input", text: "fit()", replace: false }], "line"],
    [[{ source: "page", data: {} }, null, { source: "set_next_input", replace: true }], "line"],
    ["none", "line"],
  ])("lets the kernel put something else in the place of the line: %j", async (payload, source) => {
    const { notebook, el, manager } = page();
    Cell.payload = payload;
    const below = await cellBelow(manager, "m1", el);
    expect(await below?.run("line", () => undefined)).toBe(true);
    expect(notebook.widgets[2]?.source).toBe(source);
    Cell.payload = [];
  });

  it("tells a line that failed", async () => {
    const { el, manager } = page();
    Cell.status = "error";
    const below = await cellBelow(manager, "m1", el);
    expect(await below?.run("run = %lepton fit df", () => undefined)).toBe(false);
  });

  it.each([
    ["no manager", () => undefined],
    ["a manager of another kind", () => ({})],
    [
      "a model that is gone",
      ({ manager }: ReturnType<typeof page>) => ({ ...manager, get_model: () => null }),
    ],
    ["no notebook around it", ({ manager }: ReturnType<typeof page>) => ({ ...manager, context: {} })],
  ])("finds no place with %s", async (_, change) => {
    const whole = page();
    expect(await cellBelow(change(whole), "m1", whole.el)).toBeNull();
  });
});
