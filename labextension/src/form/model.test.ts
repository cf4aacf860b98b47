import { describe, expect, it } from "vitest";
import { goldenDocument, goldenForm } from "../fixtures/golden";
import type { FormCommand, FormMessage } from "./form_message";
import { FORM_TEXTS } from "./form_texts";
import { FormModel } from "./model";
import type { LineOutcome } from "../line_actions";

function setUp(message: unknown = goldenForm()) {
  const host = {
    sent: [] as FormCommand[],
    lines: [] as string[],
    alive: true,
    finish: null as ((outcome: LineOutcome) => void) | null,
    place: (): void => undefined,
  };
  const model = new FormModel({
    send: (command) => {
      if (host.alive) host.sent.push(command);
      return host.alive;
    },
    runInCell: (line, placed) => {
      host.lines.push(line);
      host.place = placed;
      return new Promise((resolve) => {
        host.finish = resolve;
      });
    },
    copy: () => Promise.resolve(true),
  });
  model.receive(message);
  return { host, model };
}

/** As the kernel answers the newest command. */
function answer(model: FormModel, sent: FormCommand[], part: Partial<FormMessage> = {}): void {
  const last = sent.at(-1);
  if (last?.type !== "ChooseInForm") throw new Error("Nothing was asked.");
  model.receive({
    ...goldenForm(),
    revision: last.revision,
    choices: last.choices,
    find: last.find,
    ...part,
  });
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("FormModel", () => {
  it("shows a choice at once and asks for its line", () => {
    const { host, model } = setUp();
    model.chooseTarget("fee");
    expect(model.choices?.target).toBe("fee");
    expect(model.isPending).toBe(true);
    expect(host.sent).toMatchObject([{ type: "ChooseInForm", revision: 4, choices: { target: "fee" } }]);
    answer(model, host.sent, { line: "the new line" });
    expect(model.isPending).toBe(false);
    expect(model.state?.line).toBe("the new line");
  });

  it("keeps the newest choice while older answers come in", () => {
    const { host, model } = setUp();
    model.chooseTarget("fee");
    const [first] = host.sent;
    model.chooseTarget("churn");
    if (first?.type === "ChooseInForm") {
      model.receive({ ...goldenForm(), revision: first.revision, choices: first.choices });
    }
    expect(model.choices?.target).toBe("churn");
    expect(model.isPending).toBe(true);
  });

  it("takes the target that was suggested", () => {
    const { host, model } = setUp();
    model.chooseFrame("later");
    expect(host.sent.at(-1)).toMatchObject({ choices: { frame: "later", target: "" } });
    const choices = { ...goldenForm().choices, frame: "later", target: "price" };
    answer(model, host.sent, { choices });
    expect(model.choices?.target).toBe("price");
  });

  it("lets go of another table's columns, and keeps the rest", () => {
    const { model } = setUp();
    expect(model.choices?.options).toHaveProperty("--drop");
    model.chooseFrame("later");
    expect(model.choices?.options).toEqual({ "--folds": ["5"] });
  });

  it("steps through the budgets and stops at the ends", () => {
    const { model } = setUp();
    const seen = [1, 1, 1, 1, 1, -1, -Infinity, -1, Infinity].map((step) => {
      model.stepBudget(step);
      return model.choices?.budget_seconds;
    });
    expect(seen).toEqual([60, 120, 300, 600, 600, 300, 10, 10, 600]);
  });

  it("leaves out options that are emptied", () => {
    const { model } = setUp();
    model.setOption("--folds", [""]);
    model.removeFromOption("--drop", "总 价");
    model.addToOption("--drop", "customer_id");
    expect(model.choices?.options).toEqual({ "--drop": ["customer_id"] });
  });

  it("puts the line into a cell and says so to the kernel once it has run", async () => {
    const { host, model } = setUp();
    model.start();
    expect(host.lines).toEqual([goldenForm().line]);
    expect(model.canStart).toBe(false);
    host.place();
    expect(model.sentence).toContain("cell below");
    host.finish?.("done");
    await later();
    expect(host.sent).toEqual([{ type: "LineStarted", line: goldenForm().line }]);
    expect(model.canStart).toBe(true);
  });

  it("asks in its own words for what is not chosen yet", () => {
    const { model } = setUp();
    const { choices } = goldenForm();
    model.receive({ ...goldenForm(), choices: { ...choices, frame: "" }, problem: "Choose a table." });
    expect(model.sentence).toBe(FORM_TEXTS.wantsTable);
    model.receive({ ...goldenForm(), choices: { ...choices, target: "" }, problem: "Type a name." });
    expect(model.sentence).toBe(FORM_TEXTS.wantsTarget);
    model.receive({ ...goldenForm(), problem: "churn is constant" });
    expect(model.sentence).toBe("churn is constant");
  });

  it("lets the kernel run the line where the page cannot", async () => {
    const { host, model } = setUp();
    model.start();
    host.finish?.("unavailable");
    await later();
    expect(host.sent).toEqual([{ type: "StartForm", revision: 3, choices: goldenForm().choices }]);
    model.receive({ ...goldenForm(), state: "queued", detail: "Starts when it ends." });
    expect(model.canStart).toBe(false);
    expect(model.sentence).toBe(FORM_TEXTS.awaitsKernel);
    model.receive({ ...goldenForm(), state: "failed", detail: "no such column" });
    expect(model.sentence).toBe("no such column");
    expect(model.isProblem).toBe(true);
  });

  it("says that a line failed, and starts again after it", async () => {
    const { host, model } = setUp();
    model.start();
    host.finish?.("failed");
    await later();
    expect(model.sentence).toContain("the cell below says why");
    expect(model.isProblem).toBe(true);
    expect(model.canStart).toBe(true);
  });

  it("waits with Start for the line of the newest choice, and runs that", () => {
    const { host, model } = setUp();
    model.stepBudget(1);
    model.start();
    expect(host.lines).toEqual([]);
    expect(model.sentence).toBe("Starts when the cell that is running has ended.");
    answer(model, host.sent, { line: "run = %lepton fit telco --target churn" });
    expect(host.lines).toEqual(["run = %lepton fit telco --target churn"]);
  });

  it("does not start what turns out to be wrong", () => {
    const { host, model } = setUp();
    model.chooseTarget("customer_id");
    model.start();
    answer(model, host.sent, { problem: "too many classes" });
    expect(host.lines).toEqual([]);
    expect(model.sentence).toBe("too many classes");
    expect(model.canStart).toBe(false);
  });

  it("asks for what is missing without complaining", () => {
    const { model } = setUp(goldenForm("FormMessage.empty.json"));
    expect(model.canStart).toBe(false);
    expect(model.isProblem).toBe(false);
    expect(model.sentence).toContain("pd.read_csv");
  });

  it("filters columns here where all are known, and asks where they are not", () => {
    const { host, model } = setUp();
    model.openList("target", "价");
    expect(model.suggestions).toEqual([{ name: "总 价", note: "number" }]);
    expect(host.sent).toEqual([]);
    model.receive({ ...goldenForm(), n_columns: 5000, n_matching: 5000 });
    model.openList("target", "col 49");
    expect(host.sent).toMatchObject([{ type: "ChooseInForm", find: "col 49" }]);
    expect(model.moreColumns).toBe(4996);
  });

  it("chooses what is typed once the kernel has found it", () => {
    const { host, model } = setUp({ ...goldenForm(), n_columns: 5000, n_matching: 5000 });
    model.openList("target", "col 49");
    let chosen: string | null = "";
    model.whenFound(() => (chosen = model.active));
    expect(chosen).toBe("");
    // An answer to fewer letters comes first and holds nothing that matches.
    model.receive({ ...goldenForm(), columns: [{ name: "col 4", kind: "number" }], n_columns: 5000 });
    expect(chosen).toBe("");
    answer(model, host.sent, {
      columns: [{ name: "col 49", kind: "number" }],
      n_columns: 5000,
      n_matching: 1,
    });
    expect(chosen).toBe("col 49");
  });

  it("offers no column twice", () => {
    const { model } = setUp();
    model.openList("--drop");
    expect(model.suggestions.map(({ name }) => name)).toEqual(["הכנסה", "churn"]);
  });

  it("opens a list at what is chosen", () => {
    const { model } = setUp();
    model.openList("target");
    expect(model.active).toBe("churn");
    model.moveInList(1);
    expect(model.active).toBe("customer_id");
  });

  it("moves round the open list", () => {
    const { model } = setUp();
    model.openList("--learners");
    const seen = [1, 1, 1, -1].map((step) => {
      model.moveInList(step);
      return model.active;
    });
    expect(seen).toEqual(["linear", "lightgbm", "linear", "lightgbm"]);
    model.closeList();
    expect(model.suggestions).toEqual([]);
  });

  it("knows a dead kernel by what cannot be sent", () => {
    const { host, model } = setUp();
    host.alive = false;
    model.stepBudget(1);
    expect(model.isConnected).toBe(false);
    expect(model.canStart).toBe(false);
    expect(model.sentence).toContain("silent");
  });

  it.each([null, "form", { type: "RunPanelMessage" }, { ...goldenForm(), state: "paused" }])(
    "does not take %j for a form",
    (document) => {
      const { model } = setUp(document);
      expect(model.isUnreadable).toBe(true);
      model.receive(goldenDocument("FormMessage.json"));
      expect(model.isUnreadable).toBe(false);
    },
  );
});
