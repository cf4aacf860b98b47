import { afterEach, describe, expect, it } from "vitest";
import { acceptTables, fitLine, relativePath } from "./dropped_file";
import type { NotebookPanel } from "./host";
import { SETTINGS } from "./settings";

describe("the path of a dropped file", () => {
  it.each([
    ["data.csv", "a.ipynb", "data.csv"],
    ["data/x.csv", "data/a.ipynb", "x.csv"],
    ["data/x.csv", "work/deep/a.ipynb", "../../data/x.csv"],
    ["RTC:data/x.csv", "data/sub/a.ipynb", "../x.csv"],
    ["data", "data/a.ipynb", "../data"],
  ])("%s seen from %s is %s", (file, notebook, path) => {
    expect(relativePath(file, notebook)).toBe(path);
  });

  it("is quoted, whatever its name", () => {
    expect(fitLine("my table.csv")).toBe('run = %lepton fit "my table.csv" --target ');
    expect(fitLine('5" pipes.csv')).toBe("run = %lepton fit '5\" pipes.csv' --target ");
  });
});

/** A notebook with the cells it is given, and drags over its second cell. */
function open(sources: string[], isLoaded = false) {
  const node = document.createElement("div");
  const widgets = sources.map(() => ({ node: node.appendChild(document.createElement("div")) }));
  const cells = sources.map((source) => cell(source));
  const shared = {
    cells,
    insertCell: (index: number, { source }: { source: string }) => cells.splice(index, 0, cell(source)),
  };
  const content = { node, widgets, activeCellIndex: 0, mode: "command", deselectAll: () => undefined };
  const panel = { content, context: { path: "a/b.ipynb", model: { sharedModel: shared } } };
  acceptTables(panel as unknown as NotebookPanel, { isLoadedIn: () => isLoaded });
  const drag = (type: string, files: unknown) => {
    const mimeData = { hasData: () => files !== undefined, getData: () => files };
    const event = Object.assign(new Event(type, { bubbles: true, cancelable: true }), {
      mimeData,
      proposedAction: "copy",
      dropAction: "none",
    });
    widgets[1]?.node.dispatchEvent(event);
    return event;
  };
  return { drag, content, sources: () => cells.map((each) => each.getSource()) };
}

function cell(text: string) {
  let source = text;
  return {
    cell_type: "code",
    getSource: () => source,
    setSource: (newer: string) => {
      source = newer;
    },
  };
}

afterEach(() => {
  SETTINGS.budget = "";
});

describe("a file that is dropped into a notebook", () => {
  it("becomes a cell below the one it was dropped on", () => {
    const { drag, sources, content } = open(["1", "1 + 1", "2"], true);
    expect(drag("lm-dragover", ["a/t.parquet"]).dropAction).toBe("copy");
    drag("lm-drop", ["a/t.parquet"]);
    expect(sources()[2]).toBe('run = %lepton fit "t.parquet" --target ');
    expect(content.activeCellIndex).toBe(2);
    expect(content.mode).toBe("edit");
  });

  it("takes an empty cell as its own, and loads the extension where no cell did", () => {
    const { drag, sources } = open(["x = 1", " "]);
    drag("lm-drop", ["t.csv.gz"]);
    expect(sources()).toEqual([
      "x = 1",
      '%load_ext lepton_jupyter\nrun = %lepton fit "../t.csv.gz" --target ',
    ]);
  });

  it("sets the budget that is set in JupyterLab, where it loads the extension", () => {
    SETTINGS.budget = "2m";
    const fresh = open(["1", ""]);
    fresh.drag("lm-drop", ["t.csv"]);
    expect(fresh.sources()[1]).toContain('%load_ext lepton_jupyter\n%config Lepton.budget = "2m"\nrun =');
    const loaded = open(["1", ""], true);
    loaded.drag("lm-drop", ["t.csv"]);
    expect(loaded.sources()[1]).not.toContain("%config");
  });

  it.each([["notes.txt"], [undefined], [[7]]])(
    "is left to the notebook where it is no table: %s",
    (files) => {
      const { drag, sources } = open(["1", "2"]);
      const event = drag("lm-drop", typeof files === "string" ? [files] : files);
      expect(event.defaultPrevented).toBe(false);
      expect(sources()).toEqual(["1", "2"]);
    },
  );
});
