import { afterEach, describe, expect, it } from "vitest";
import { KERNELS, placeLine } from "../placed_line";
import type { NotebookPanel } from "./host";
import { placeLines, tellKernels } from "./placed_lines";

interface Inserted {
  index: number;
  source: string;
}

/** A notebook of two cells; the second holds a board. */
function notebook({ hasKernel }: { hasKernel: boolean }) {
  const node = document.body.appendChild(document.createElement("div"));
  const cells = [0, 1].map(() => ({ node: node.appendChild(document.createElement("div")) }));
  const board = cells[1]?.node.appendChild(document.createElement("div")) ?? node;
  const inserted: Inserted[] = [];
  const listeners: (() => void)[] = [];
  const panel = {
    content: { node, widgets: cells, activeCellIndex: 0, mode: "command", deselectAll: () => undefined },
    context: {
      model: {
        sharedModel: {
          cells: cells.map(() => ({ cell_type: "code", getSource: () => "x = 1" })),
          insertCell: (index: number, { source }: { source: string }) => inserted.push({ index, source }),
        },
      },
    },
    sessionContext: {
      session: { kernel: hasKernel ? {} : null },
      ready: Promise.resolve(),
      kernelChanged: { connect: (listener: () => void) => listeners.push(listener) },
    },
  };
  return { panel: panel as unknown as NotebookPanel, board, inserted, listeners };
}

describe("lines that boards have written", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("enter the notebook around the board, below its cell, and are run where this is wanted", () => {
    const page = document.implementation.createHTMLDocument();
    const { panel, board, inserted } = notebook({ hasKernel: true });
    const other = notebook({ hasKernel: true });
    page.body.append(panel.content.node, other.panel.content.node);
    let runs = 0;
    const notebooks = {
      forEach: (call: (each: NotebookPanel) => void) => {
        [other.panel, panel].forEach(call);
      },
    };
    let isLoaded = true;
    placeLines(page, notebooks, { isLoadedIn: () => isLoaded }, () => (runs += 1));
    expect(placeLine(board, "", false)).toBe(true);
    expect(inserted).toEqual([]);
    expect(placeLine(board, "run = 1", true)).toBe(true);
    expect(placeLine(board, "predictions = ", false)).toBe(true);
    isLoaded = false;
    expect(placeLine(board, "run = 2", true)).toBe(true);
    expect(inserted).toEqual([
      { index: 2, source: "run = 1" },
      { index: 2, source: "predictions = " },
      { index: 2, source: "%load_ext lepton_jupyter\nrun = 2" },
    ]);
    expect(runs).toBe(2);
    expect(other.inserted).toEqual([]);
  });

  it("are taken by nobody where there is no kernel, no notebook around the board, or no extension", () => {
    const page = document.implementation.createHTMLDocument();
    const { panel, board, inserted } = notebook({ hasKernel: false });
    const alone = page.body.appendChild(page.createElement("div"));
    page.body.append(panel.content.node);
    expect(placeLine(board, "run = 1", true)).toBe(false);
    placeLines(
      page,
      {
        forEach: (call) => {
          [panel].forEach(call);
        },
      },
      { isLoadedIn: () => true },
      () => undefined,
    );
    expect(placeLine(board, "run = 1", true)).toBe(false);
    expect(placeLine(alone, "run = 1", true)).toBe(false);
    page.dispatchEvent(new CustomEvent("lepton-line", { detail: { line: 3, runs: true } }));
    page.dispatchEvent(new CustomEvent("lepton-line"));
    expect(inserted).toEqual([]);
  });

  it("can be taken as soon as the kernel is there: boards are told", async () => {
    const page = document.implementation.createHTMLDocument();
    const { panel, listeners } = notebook({ hasKernel: true });
    let told = 0;
    page.addEventListener(KERNELS, () => (told += 1));
    tellKernels(page, panel);
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toBe(1);
    listeners.forEach((listener) => {
      listener();
    });
    expect(told).toBe(2);
  });
});
