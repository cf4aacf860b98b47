import { describe, expect, it } from "vitest";
import { answerWith } from "../asked_panel";
import { golden } from "../fixtures/golden";
import { Notebook } from "../fixtures/notebook";
import type { MimeBundle, NotebookPanel, NotebookTracker } from "./host";
import { findCell, goTo, savedLines, startOf } from "./notebook_runs";
import { RUN_TYPE } from "./run_outputs";

const PREPARATION = "application/vnd.lepton.preparation+json";
const board = (run_id: string, more: object = {}): MimeBundle => ({
  [RUN_TYPE]: { ...golden(), run_id, state: "finished", ...more },
});

function panel(id: string, bundles: MimeBundle[]): NotebookPanel {
  const widgets = bundles.map(() => ({ node: document.createElement("div") }));
  const content = { widgets, activeCellIndex: 0, deselectAll: () => undefined };
  return { id, content, context: { model: new Notebook(bundles) } } as unknown as NotebookPanel;
}

function open(...panels: NotebookPanel[]): NotebookTracker {
  return {
    forEach: (call: (each: NotebookPanel) => void) => {
      panels.forEach(call);
    },
  } as NotebookTracker;
}

describe("runs of open notebooks", () => {
  it("are found in the last cell that shows them, of whichever kind they are", () => {
    const one = panel("one", [board("r1"), { "text/plain": "1" }, board("r1")]);
    const two = panel("two", [{ [PREPARATION]: { run_id: "p1" } }]);
    expect(findCell(open(one, two), "r1")).toEqual({ panel: one, index: 2 });
    expect(findCell(open(one, two), "p1")).toEqual({ panel: two, index: 0 });
    expect(findCell(open(one, two), "r2")).toBeNull();
  });

  it("are found by their live panel too", () => {
    const one = panel("one", [{ "text/plain": "1" }]);
    const live = one.content.widgets[0]?.node.appendChild(document.createElement("div"));
    if (live === undefined) throw new Error("There is no cell.");
    live.className = "lepton";
    answerWith(live, () => ({ run_id: "r9" }));
    expect(findCell(open(one), "r9")?.index).toBe(0);
  });

  it("are gone to", () => {
    const one = panel("one", [board("r1"), board("r2")]);
    const activated: string[] = [];
    const cell = one.content.widgets[1];
    let scrolled = 0;
    if (cell !== undefined) cell.node.scrollIntoView = () => (scrolled += 1);
    goTo({ panel: one, index: 1 }, (id) => activated.push(id));
    expect([activated, one.content.activeCellIndex, scrolled]).toEqual([["one"], 1, 1]);
  });

  it("are listed once each by their saved boards, the newest first", () => {
    const one = panel("one", [
      board("20261101-100000-a-0000"),
      board("20261126-100000-b-0000", { state: "running" }),
    ]);
    const two = panel("two", [board("20261101-100000-a-0000"), { [RUN_TYPE]: { run_id: "nonsense" } }]);
    expect(savedLines(open(one, two)).map(({ run_id, state }) => [run_id, state])).toEqual([
      ["20261126-100000-b-0000", "saved"],
      ["20261101-100000-a-0000", "finished"],
    ]);
  });

  it("begin when their id says", () => {
    expect(startOf("20261126-091502-churn-7a1f")).toBe("2026-11-26T09:15:02Z");
    expect(startOf("r1")).toBe("");
  });
});
