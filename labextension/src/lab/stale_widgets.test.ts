import { describe, expect, it } from "vitest";
import { Notebook } from "../fixtures/notebook";
import type { Kernel } from "./host";
import { PLAN_TYPE as PLAN, RUN_TYPE as RUN, STREAM_TYPE as STREAM, VIEW_TYPE as VIEW } from "./run_outputs";
import { keepBoards } from "./saved_boards";
import { sweep } from "./stale_widgets";

const run = (id: string) => ({ [VIEW]: { model_id: id }, [RUN]: {}, "text/html": "" });

function kernelWith(...alive: string[]): Kernel {
  const comms = Object.fromEntries(alive.map((id) => [id, {}]));
  return {
    id: "k",
    status: "idle",
    requestCommInfo: () => Promise.resolve({ content: { status: "ok", comms } }),
  };
}

const nothing = (): [undefined] => [undefined];

describe("the sweeper", () => {
  it("leaves a widget that its kernel knows and replaces one that it does not", async () => {
    const notebook = new Notebook([run("alive"), run("gone"), run("")]);
    await sweep(notebook, kernelWith("alive"), nothing);
    expect(notebook.types).toEqual([
      [VIEW, RUN, "text/html"],
      [RUN, "text/html"],
      [RUN, "text/html"],
    ]);
  });

  it("replaces all of them where there is no kernel, and nothing that is no run of ours", async () => {
    const other = { [VIEW]: { model_id: "slider" }, "text/plain": "IntSlider()" };
    const notebook = new Notebook([run("gone"), other]);
    await sweep(notebook, null, nothing);
    expect(notebook.types).toEqual([[RUN, "text/html"], Object.keys(other)]);
  });

  it("replaces those of preparations and streams too", async () => {
    const others = [PLAN, STREAM].map((type) => ({
      [VIEW]: { model_id: "gone" },
      [type]: {},
      "text/html": "",
    }));
    const notebook = new Notebook(others);
    await sweep(notebook, kernelWith("alive"), nothing);
    expect(notebook.types).toEqual([
      [PLAN, "text/html"],
      [STREAM, "text/html"],
    ]);
  });

  it("keeps a plan as it was shown last, as one that nobody can change", async () => {
    const notebook = new Notebook([{ [VIEW]: { model_id: "gone" }, [PLAN]: { n_rows: 0 }, "text/html": "" }]);
    await sweep(notebook, null, () => [{ type: "PreparationMessage", n_rows: 3, editing: { line: "" } }]);
    const saved = notebook.cells[0]?.outputs.saved[0]?.data?.[PLAN];
    expect(saved).toEqual({ type: "PreparationMessage", n_rows: 3, editing: null });
  });

  it("leaves a widget whose state is in the file", async () => {
    const widgets = { "application/vnd.jupyter.widget-state+json": { state: { kept: {} } } };
    const notebook = new Notebook([run("kept"), run("gone")], { widgets });
    await sweep(notebook, kernelWith(), nothing);
    expect(notebook.types[0]).toContain(VIEW);
    expect(notebook.types[1]).not.toContain(VIEW);
  });

  it("leaves an output that came while the kernel was asked, and what was saved counts as saved", async () => {
    const notebook = new Notebook([run("gone")]);
    const asked = sweep(notebook, kernelWith(), nothing);
    notebook.cells[0]?.outputs.set(0, { output_type: "display_data", data: run("new") });
    await asked;
    expect(notebook.types[0]).toContain(VIEW);
    expect(notebook.dirty).toBe(false);
  });

  it("keeps what the panel showed last, as a board of a run that is over", async () => {
    const notebook = new Notebook([run("one"), run("two"), run("three")]);
    const shown = [{ state: "running", score: 1 }, { state: "failed", score: 2 }, { state: "of tomorrow" }];
    await sweep(notebook, null, ({ cell }) => [shown[cell]]);
    expect([0, 1, 2].map((cell) => notebook.document(cell))).toEqual([
      { state: "saved", score: 1 },
      { state: "failed", score: 2 },
      {},
    ]);
  });
});

describe("a notebook that is saved while its run goes on", () => {
  it("keeps the board of that moment, and its outputs are not touched", () => {
    const notebook = new Notebook([run("one"), { "text/plain": "1" }]);
    keepBoards(notebook, () => [{ state: "running", score: 1 }]);
    const [first, second] = notebook.toJSON().cells;
    expect(first?.outputs?.[0]?.data?.[RUN]).toEqual({ state: "saved", score: 1 });
    expect(first?.outputs?.[0]?.data).toHaveProperty([VIEW]);
    expect(second?.outputs?.[0]?.data).toEqual({ "text/plain": "1" });
    expect(notebook.document(0)).toEqual({});
  });

  it("keeps the HTML of the end too, where the panel has it", () => {
    const notebook = new Notebook([{ ...run("one"), "text/html": "<b>Starting</b>" }]);
    keepBoards(notebook, () => [{ state: "finished" }, { "text/html": "<b>Finished</b>" }]);
    const [first] = notebook.toJSON().cells;
    expect(first?.outputs?.[0]?.data).toMatchObject({
      "text/html": "<b>Finished</b>",
      [RUN]: { state: "finished" },
    });
  });
});
