import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { goldenDocument, goldenNames } from "../fixtures/golden";
import { badPlan, shopPlan } from "../fixtures/preparations";
import type { LineOutcome } from "../line_actions";
import { PlanPanel } from "./component";
import { PlanModel } from "./model";
import { readPreparation } from "./plan_message";
import type { PlanCommand, PreparationMessage } from "./plan_message";

let cleanUp: (() => void) | null = null;
afterEach(() => cleanUp?.());

function golden(name = "PreparationMessage.edited.json"): PreparationMessage {
  const message = readPreparation(goldenDocument(name));
  if (message === null) throw new Error(`${name} cannot be read.`);
  return message;
}

function show(message: unknown, options: { width?: number; outcome?: LineOutcome } = {}) {
  const { width = 900, outcome = "done" } = options;
  const sent: PlanCommand[] = [];
  const lines: string[] = [];
  const model = new PlanModel({
    now: () => 1_000_000,
    send: (command) => {
      sent.push(command);
      return true;
    },
    runInCell: (line, placed) => {
      lines.push(line);
      if (outcome !== "unavailable") placed();
      return Promise.resolve(outcome);
    },
    copy: () => Promise.resolve(true),
  });
  model.setWidth(width);
  model.receive(message);
  const root = document.body.appendChild(document.createElement("div"));
  const draw = (): void => {
    void act(() => {
      render(<PlanPanel model={model} id="p" />, root);
    });
  };
  draw();
  const unsubscribe = model.subscribe(draw);
  cleanUp = () => {
    unsubscribe();
    render(null, root);
    root.remove();
  };
  return { root, model, sent, lines };
}

const text = (root: Element, selector: string): string => root.querySelector(selector)?.textContent ?? "";
const button = (root: Element, label: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find((each) => each.textContent === label);
  if (found === undefined) throw new Error(`There is no button ${label}.`);
  return found;
};
const row = (root: Element, name: string): Element => {
  const found = [...root.querySelectorAll("tbody tr")].find((each) => text(each, "th bdi") === name);
  if (found === undefined) throw new Error(`There is no column ${name}.`);
  return found;
};
const box = (root: Element, kind: string): HTMLInputElement => {
  const found = root.querySelector(`#p-kind-${kind}`);
  if (!(found instanceof HTMLInputElement)) throw new Error(`There is no switch ${kind}.`);
  return found;
};
const settled = async (): Promise<void> => {
  await act(() => Promise.resolve());
};

describe("PlanPanel", () => {
  it.each(goldenNames("PreparationMessage"))("draws %s whole, wide and narrow", (name) => {
    for (const width of [900, 400]) {
      const { root } = show(golden(name), { width });
      expect(root.innerHTML).not.toMatch(/NaN|Infinity|undefined|\[object/);
      expect(text(root, ".lepton-plan-table")).toBe("data/*.parquet");
      expect(root.querySelectorAll("tbody tr")).toHaveLength(4);
    }
  });

  it("says how far it is, how fast, and what each worker uses", () => {
    const { root } = show(golden("PreparationMessage.running.json"));
    expect(text(root, ".lepton-state")).toBe("Looking at all rows");
    expect(text(root, ".lepton-stats")).toContain("Partitions12 of 40");
    expect(text(root, ".lepton-stats")).toContain("Rows a second24,000,000");
    const bar = root.querySelector('[role="progressbar"]');
    expect(bar?.getAttribute("aria-valuetext")).toBe("12 of 40 partitions");
    expect([...root.querySelectorAll(".lepton-memory .lepton-sr")].map((each) => each.textContent)[0]).toBe(
      "worker 2: 410 MB of 1.1 GB",
    );
    expect(root.querySelector(".lepton-run, .lepton-kinds")).toBeNull();
  });

  it("tells the result, and which partitions were left out", () => {
    const { root, model } = show(golden("PreparationMessage.running.json"));
    model.receive(golden("PreparationMessage.json"));
    expect(text(root, ".lepton-detail")).toContain("39,000,000 rows and 3 columns in 5 s");
    expect(text(root, ".lepton-notices")).toContain("cut short");
    expect(text(root, ".lepton-sr[role=status]")).toContain("Prepared: 39,000,000 rows");
  });

  it("is stopped by one press, and says that nothing is kept", () => {
    const { root, model, sent } = show(golden("PreparationMessage.running.json"));
    button(root, "Stop").click();
    expect(sent).toEqual([{ type: "StopRun" }]);
    expect(text(root, ".lepton-state")).toBe("Stopping");
    expect(button(root, "Stop").disabled).toBe(true);
    model.receive(golden("PreparationMessage.stopped.json"));
    expect(text(root, ".lepton-state")).toBe("Stopped");
    expect(text(root, ".lepton-detail")).toBe("Looking at all rows · nothing of it is kept");
    expect(text(root, ".lepton-stats")).toContain("Partitions12 of 40");
    expect(text(root, ".lepton-sr[role=status]")).toBe("Stopped: nothing of it is kept");
    expect(root.querySelector(".lepton-head button")).toBeNull();
  });

  it("offers no Stop where nobody would hear it, or nothing goes on", () => {
    const { root, model } = show(golden("PreparationMessage.running.json"));
    model.setConnected(false);
    expect(root.querySelector(".lepton-head button")).toBeNull();
    for (const name of ["PreparationMessage.json", "PreparationMessage.planned.json"]) {
      expect(show(golden(name)).root.querySelector(".lepton-head button")).toBeNull();
    }
  });

  it("says why it failed", () => {
    const { root } = show(golden("PreparationMessage.failed.json"));
    expect(text(root, ".lepton-state")).toBe("Failed");
    expect(text(root, ".lepton-detail")).toContain("part-007.parquet");
  });

  it("is honest about an empty plan, one that is made, and a kernel that is gone", () => {
    const bare = { ...golden("PreparationMessage.planned.json"), columns: [], n_columns: 0 };
    expect(text(show({ ...bare, table: "" }).root, ".lepton-state")).toBe("No plan");
    expect(text(show(bare).root, ".lepton-state")).toBe("Planning");
    const { root, model } = show(golden("PreparationMessage.running.json"));
    model.setConnected(false);
    expect(text(root, ".lepton-state")).toBe("Kernel silent");
    expect(text(show({ type: "PreparationMessage" }).root, ".lepton-head")).toContain("another version");
  });

  it("shows markup and long names as text", () => {
    const { root } = show(badPlan(shopPlan(golden())), { width: 400 });
    expect(root.querySelector("img, script")).toBeNull();
    expect(root.textContent).toContain("<img src=x onerror=alert(1)>");
  });
});

describe("a plan that is changed", () => {
  it("switches a step of one column at once and asks for the plan", () => {
    const { root, model, sent } = show(shopPlan(golden()));
    const first = row(root, "income").querySelectorAll("input")[1];
    expect(first?.checked).toBe(true);
    first?.click();
    expect(sent).toEqual([
      {
        type: "ChooseInPlan",
        revision: 1,
        choices: { without: ["income:outliers"], options: {}, drop_leaks: false },
        find: "",
      },
    ]);
    expect(row(root, "income").querySelectorAll("input")[1]?.checked).toBe(false);
    expect(model.isPending).toBe(true);
    // An answer to what was chosen before changes nothing of it.
    model.receive(shopPlan(golden()));
    expect(row(root, "income").querySelectorAll("input")[1]?.checked).toBe(false);
  });

  it("cannot switch a column's step on that is switched off for all", () => {
    const { root } = show(shopPlan(golden()));
    box(root, "outliers").click();
    const boxes = [...row(root, "income").querySelectorAll("input")];
    expect(boxes.map((each) => [each.checked, each.disabled])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it("offers no switch for what does not apply anyway", () => {
    const plan = shopPlan(golden());
    const columns = plan.columns.map((each) =>
      each.name === "city" ? { ...each, steps: each.steps.map((step) => ({ ...step, on: false })) } : each,
    );
    const { root } = show({ ...plan, columns });
    expect(row(root, "city").querySelectorAll("input")).toHaveLength(0);
    expect(row(root, "paid_back").querySelector("input")?.disabled).toBe(true);
    box(root, "leaks").click();
    expect(row(root, "paid_back").querySelector("input")?.checked).toBe(true);
  });

  it("chooses what is made of a column, and takes it back", () => {
    const { root, sent } = show(shopPlan(golden()));
    const select = row(root, "city").querySelector("td:last-child select");
    if (!(select instanceof HTMLSelectElement)) throw new Error("There is no choice.");
    expect([...select.options].map((each) => each.textContent)).toEqual([
      "as it is",
      "one-hot",
      "ordinal",
      "counts",
      "hashed words",
      "TF-IDF",
      "embeddings",
    ]);
    select.value = "4";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    expect(sent.at(-1)).toMatchObject({ choices: { options: { text: ["city:hashed"] } } });
    button(root, "Undo changes").click();
    expect(sent.at(-1)).toMatchObject({ revision: 2, choices: { options: {} } });
  });

  it("is prepared in a cell of its own, once the line for it is there", async () => {
    const plan = shopPlan(golden());
    const { root, model, sent, lines } = show(plan);
    box(root, "typos").click();
    button(root, "Prepare").click();
    expect(lines).toEqual([]);
    expect(text(root, ".lepton-foot.lepton-is-sentence")).toContain("Starts when");
    const editing = plan.editing;
    if (editing === null) throw new Error("There is nothing to change.");
    const line = `${editing.line} --without-step typos`;
    const choices = { ...editing.choices, without: ["typos"] };
    model.receive({ ...plan, editing: { ...editing, revision: 1, choices, line } });
    expect(lines).toEqual([line]);
    expect(button(root, "Prepare").disabled).toBe(true);
    await settled();
    expect(sent.at(-1)).toEqual({ type: "LineStarted", line });
    expect(text(root, ".lepton-foot.lepton-is-sentence")).toContain("Done in the cell below");
  });

  it("is prepared by the kernel where the page lets no widget reach its notebook", async () => {
    const { root, sent } = show(shopPlan(golden()), { outcome: "unavailable" });
    button(root, "Prepare").click();
    await settled();
    expect(sent.at(-1)).toMatchObject({ type: "StartPreparation", revision: 0 });
  });

  it("is not prepared where no line can be written, and says why", () => {
    const plan = shopPlan(golden());
    const { root } = show({ ...plan, editing: { ...plan.editing, line: "", problem: "Rename the column." } });
    expect(button(root, "Prepare").disabled).toBe(true);
    expect(button(root, "Copy as code").disabled).toBe(true);
    expect(text(root, ".lepton-foot.lepton-is-sentence")).toBe("Rename the column.");
  });

  it("copies its line", async () => {
    const { root } = show(shopPlan(golden()));
    button(root, "Copy as code").click();
    await settled();
    expect(button(root, "Copied")).toBeTruthy();
  });

  it("asks the kernel for columns that are not in the message, and filters those that are", () => {
    const plan = shopPlan(golden());
    const { root, model, sent } = show(plan);
    model.find("Cit");
    expect(sent).toEqual([]);
    expect(root.querySelectorAll("tbody tr")).toHaveLength(1);
    model.find("");
    model.showOnly("out");
    expect(text(root, "tbody")).toContain("country");
    expect(root.querySelectorAll("tbody tr")).toHaveLength(1);
    model.showOnly("all");
    model.receive({ ...plan, n_hidden: 300 });
    model.find("zip");
    expect(sent.at(-1)).toMatchObject({ type: "ChooseInPlan", find: "zip" });
    expect(text(root, "tbody")).toBe("No column is called so");
  });

  it("can be changed no more where its kernel is gone", () => {
    const { root, model } = show(shopPlan(golden()));
    model.setConnected(false);
    expect(root.querySelectorAll("input[type=checkbox], select, .lepton-run")).toHaveLength(0);
    expect(text(root, ".lepton-foot.lepton-is-sentence")).toContain("run this cell again");
  });
});
