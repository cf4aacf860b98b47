import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { pagedBoard } from "../fixtures/board_pages";
import { golden, goldenNames } from "../fixtures/golden";
import { HOSTILE, badNames, cutAt, manyRows, unscored } from "../fixtures/variants";
import type { Command, RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import { SearchPanel } from "./component";
import { SearchModel } from "./model";
import { exportLine } from "./run_lines";
import { WHOLE_BOARD } from "./row_window";

let cleanUp: (() => void) | null = null;
afterEach(() => cleanUp?.());

function show(message: unknown, width = 900, place?: (line: string, runs: boolean) => boolean) {
  const sent: Command[] = [];
  const clock = { now: 1_000_000 };
  const model = new SearchModel({
    now: () => clock.now,
    send: (command) => {
      sent.push(command);
      return true;
    },
    ...(place && { place }),
  });
  model.setWidth(width);
  model.receive(message);
  const root = document.body.appendChild(document.createElement("div"));
  const draw = (): void => {
    void act(() => {
      render(<SearchPanel model={model} />, root);
    });
  };
  draw();
  const unsubscribe = model.subscribe(draw);
  cleanUp = () => {
    unsubscribe();
    render(null, root);
    root.remove();
  };
  return { root, model, sent, clock };
}

/** Until the board has followed a message: it is drawn a frame after the rest. */
const boardDrawn = () =>
  act(
    () =>
      new Promise<void>(
        (done) =>
          void requestAnimationFrame(() => {
            done();
          }),
      ),
  );

const text = (root: Element, selector: string): string => root.querySelector(selector)?.textContent ?? "";
const buttons = (root: Element): string[] =>
  [...root.querySelectorAll(".lepton-actions button")].map((b) => b.textContent);
const rows = (root: Element): HTMLElement[] => [
  ...root.querySelectorAll<HTMLElement>(".lepton-board tr[tabindex]"),
];

function isFaultless(root: Element): void {
  expect(root.innerHTML).not.toMatch(/NaN|Infinity|undefined|\[object/);
}

const RUNNING: RunPanelMessage = { ...golden(), notices: [] };

describe("SearchPanel", () => {
  it.each(goldenNames())("draws %s whole, in both tabs, wide and narrow", (name) => {
    for (const width of [900, 400]) {
      const { root, model } = show(golden(name), width);
      isFaultless(root);
      model.selectTab("front");
      isFaultless(root);
      const { length } = golden(name).rows;
      expect(rows(root)).toHaveLength(length > WHOLE_BOARD ? 16 : length);
      cleanUp?.();
    }
  });

  it("says how good, how sure and how long yet in one line", () => {
    const { root } = show({
      ...RUNNING,
      score: 0.8604,
      score_error: 0.0087,
      elapsed_seconds: 23,
      n_trials: 41,
    });
    expect(text(root, ".lepton-score")).toBe("0.860±0.009AUC on churn");
    expect(text(root, ".lepton-left")).toBe("7 s leftof 30, 41 trials");
    expect(text(root, ".lepton-head")).toContain("over linear");
  });

  it.each([
    ["starting", ["Stop"]],
    ["waiting", ["Stop"]],
    ["running", ["Stop", "+30 s"]],
    ["stopping", ["Stop"]],
    ["stopped", ["Resume", "Predict", "Export"]],
    ["failed", ["Resume", "Predict", "Export"]],
    ["finished", ["Resume", "Predict", "Export"]],
    ["saved", ["Resume", "Predict", "Export"]],
  ] as const)("offers only what can be done while %s", (state, offered) => {
    const { root } = show({ ...RUNNING, state, detail: "because" });
    expect(buttons(root)).toEqual(offered);
    isFaultless(root);
  });

  it("sends Stop and +30 s, and Stop only once", () => {
    const { root, sent } = show(RUNNING);
    root.querySelectorAll<HTMLElement>(".lepton-actions button")[1]?.click();
    root.querySelectorAll<HTMLElement>(".lepton-actions button")[0]?.click();
    expect(sent).toEqual([{ type: "ExtendBudget", seconds: 30 }, { type: "StopRun" }]);
    expect(root.querySelector<HTMLButtonElement>(".lepton-actions button")?.disabled).toBe(true);
  });

  it("has no +30 s where no time was given", () => {
    const { root } = show({ ...RUNNING, budget_seconds: null, budget_trials: 60, n_trials: 41 });
    expect(buttons(root)).toEqual(["Stop"]);
    expect(text(root, ".lepton-left")).toContain("19 trials left");
  });

  it("ticks between messages", () => {
    const { root, model, clock } = show({ ...RUNNING, elapsed_seconds: 23 });
    clock.now += 2_000;
    model.tick();
    expect(text(root, ".lepton-left b")).toBe("5 s left");
  });

  it("names the silence of a kernel and offers nothing", () => {
    const { root, model } = show(RUNNING);
    model.setConnected(false);
    expect(text(root, ".lepton-state")).toBe("Kernel silent");
    expect(buttons(root)).toEqual([]);
    expect(root.querySelector(".lepton-time.lepton-is-still")).not.toBeNull();
  });

  it("keeps text from data as text", () => {
    const { root, model } = show(badNames(RUNNING));
    model.selectTab("front");
    expect(root.querySelectorAll("img, script, iframe")).toHaveLength(0);
    for (const where of [".lepton-score", ".lepton-board", "details table", ".lepton-log"]) {
      expect(text(root, where)).toContain(HOSTILE);
    }
    model.selectTab("path");
    expect(text(root, "option")).toContain(HOSTILE);
  });

  it("has ticks at whole numbers only where a parameter has no others", () => {
    const [path] = RUNNING.paths;
    const points = [5, 6, 7].map((y, index) => ({
      trial_id: index,
      x: 0.1 * (index + 1),
      y,
      score: 0.85,
      accepted: true,
      step_size: 1,
    }));
    const paths = path === undefined ? [] : [{ ...path, x_log: false, y_log: false, points }];
    const { root } = show({ ...RUNNING, paths });
    const labels = [...root.querySelectorAll("[aria-label^='Path of'] text[text-anchor='end']")];
    const ticks = labels.map((each) => Number(each.textContent)).filter(Number.isFinite);
    expect(ticks).toEqual([5, 6, 7]);
  });

  it("shows a failure in its own words and no empty pictures", () => {
    const { root } = show(golden("RunPanelMessage.failed.json"));
    expect(text(root, ".lepton-sentence")).toContain("Choose another target.");
    expect(root.querySelector(".lepton-cols")).toBeNull();
    expect(root.querySelector("details")).not.toBeNull();
  });

  it("promises the first score instead of an empty board", () => {
    const { root } = show(unscored(RUNNING));
    expect(text(root, ".lepton-void")).toBe("First score in about 1 s");
    expect(root.querySelectorAll(".lepton-board thead th")).toHaveLength(9);
  });

  it("says that nothing is better than linear yet", () => {
    const first = cutAt(RUNNING, RUNNING.history[0]?.elapsed_seconds ?? 0);
    const { root } = show({
      ...first,
      rows: first.rows.filter((row) => row.family === "linear"),
      gain: null,
    });
    expect(text(root, ".lepton-head")).toContain("linear baseline, nothing better yet");
  });

  it("turns the pictures so that better is up, and says so, where lower is better", () => {
    const { root } = show(golden("RunPanelMessage.saved-regression.json"));
    expect(root.textContent).toContain("lower is better");
    expect(text(root, ".lepton-head")).toContain("under linear");
    expect(root.querySelector("thead th[aria-sort]")?.getAttribute("aria-sort")).toBe("ascending");
  });

  it("sorts the board by the column whose head is pressed, and says which way", async () => {
    const { root } = show({ ...RUNNING, rows: RUNNING.rows.slice(0, 20) });
    const ranks = (): (string | null)[] =>
      [...root.querySelectorAll(".lepton-board tbody td:first-child")].map((each) => each.textContent);
    const before = ranks();
    const heads = [...root.querySelectorAll<HTMLElement>("thead button")];
    const size = heads.find((each) => each.textContent === "Size");
    size?.click();
    await Promise.resolve();
    expect(size?.closest("th")?.getAttribute("aria-sort")).toBe("ascending");
    expect(root.querySelectorAll("thead th[aria-sort]")).toHaveLength(1);
    expect(ranks()).not.toEqual(before);
    expect([...ranks()].sort()).toEqual([...before].sort());
  });

  it("speaks another language as soon as its words are there, in tabs and in what stands still too", () => {
    const { root, model } = show(RUNNING);
    const texts = TEXTS as { path: string; columns: string; log: string };
    const { path, columns, log } = texts;
    try {
      Object.assign(texts, { path: "路径", columns: "对数据的处理", log: "日志" });
      model.refresh();
      expect(text(root, '[role="tab"]')).toBe("路径");
      expect([...root.querySelectorAll("summary > :first-child")].map((each) => each.textContent)).toEqual([
        "对数据的处理",
        "日志",
      ]);
    } finally {
      Object.assign(texts, { path, columns, log });
    }
  });

  it("switches tabs by keyboard and keeps one tab stop", () => {
    const { root, model } = show(RUNNING);
    const tabs = [...root.querySelectorAll<HTMLElement>("[role=tab]")];
    tabs[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    expect(model.tab).toBe("front");
    expect(tabs.map((tab) => tab.tabIndex)).toEqual([-1, 0]);
    expect(document.activeElement).toBe(tabs[1]);
  });

  it("moves through the board by keyboard, from one tab stop, and keeps the focus over updates", async () => {
    const { root, model } = show(manyRows(RUNNING, 39));
    const all = rows(root);
    expect(all).toHaveLength(WHOLE_BOARD);
    expect(all.filter((row) => row.tabIndex === 0)).toHaveLength(1);
    all[0]?.focus();
    const press = (key: string): void => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    };
    press("ArrowDown");
    expect(document.activeElement).toBe(all[1]);
    press("End");
    expect(document.activeElement).toBe(all[39]);
    press("Enter");
    expect(root.querySelectorAll(".lepton-more")).toHaveLength(1);
    model.receive({ ...manyRows(RUNNING, 39), sequence: 999 });
    await boardDrawn();
    expect(document.activeElement).toBe(all[39]);
  });

  it("draws of a thousand models those in sight, and all of them by scrolling or by keyboard", () => {
    const { root, model } = show(manyRows(RUNNING, 1000));
    const places = (): (string | null)[] => rows(root).map((row) => row.getAttribute("aria-rowindex"));
    expect(root.querySelector(".lepton-board table")?.getAttribute("aria-rowcount")).toBe("1002");
    expect(places()).toHaveLength(16);
    model.scrollBoard(200 * 32);
    expect(places()).toHaveLength(21);
    model.scrollBoard(500 * 32);
    expect(places()).toContain("502");
    // The ensemble stays above.
    expect(places()[0]).toBe("2");
    rows(root)[1]?.focus();
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("1002");
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
    expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("2");
    isFaultless(root);
  });

  it("patches rows instead of building them again, a frame after the rest of a message", async () => {
    const few = RUNNING.rows.slice(0, 20);
    const { root, model } = show({ ...RUNNING, rows: few });
    const before = rows(root).at(-1);
    const moved = [...few.slice(0, 1), ...few.slice(1).reverse()];
    model.receive({ ...RUNNING, rows: moved, score: 0.9123 });
    expect(text(root, ".lepton-big")).toBe("0.912");
    expect(rows(root).at(-1)).toBe(before);
    await boardDrawn();
    expect(rows(root)[1]).toBe(before);
  });

  it("asks for further models when the end of what it holds is scrolled to, and shows them", () => {
    const { head, page } = pagedBoard(RUNNING, 350);
    const { root, model, sent } = show(head);
    model.scrollBoard(20 * 32);
    expect(sent).toEqual([]);
    expect(text(root, ".lepton-board-bar")).toContain("first 101 of 351 models");
    model.scrollBoard(90 * 32);
    for (const after of [100, 220, 340]) {
      expect(sent.at(-1)).toEqual({ type: "AskBoardPage", after_rank: after });
      model.receivePage(page(after));
    }
    expect(sent).toHaveLength(3);
    expect(text(root, ".lepton-board-bar")).toContain("350 models");
    model.scrollBoard(340 * 32);
    expect(rows(root).at(-1)?.getAttribute("aria-rowindex")).toBe("352");
    isFaultless(root);
  });

  it("asks nobody for what a file does not hold, and says how many there were", () => {
    const { head } = pagedBoard(RUNNING, 350);
    const { root, model, sent } = show({ ...head, state: "saved" });
    model.setConnected(false);
    model.scrollBoard(90 * 32);
    model.filterBy({ text: "lightgbm" });
    expect(sent).toEqual([]);
    expect(text(root, ".lepton-board-bar")).toMatch(/\d+ of the first 101 models, 351 in all/);
  });

  it("filters by words and by export, and says politely how many models are shown", () => {
    const { root, model } = show(RUNNING);
    const field = root.querySelector<HTMLInputElement>(".lepton-filter input");
    expect(field?.getAttribute("aria-label")).toBe("Filter models");
    if (field === null) return;
    field.value = "lightgbm";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const found = rows(root).length;
    expect(found).toBeLessThan(RUNNING.rows.length);
    expect(text(root, "[aria-live]")).toBe(`${found} of ${RUNNING.n_rows} models`);
    expect(text(root, ".lepton-board-bar")).toContain(`${found} of ${RUNNING.n_rows} models`);
    const select = root.querySelector<HTMLSelectElement>(".lepton-filter select");
    expect([...(select?.options ?? [])].map((each) => each.text)).toEqual([
      "any export",
      "lightgbm",
      "onnx",
      "pmml",
      "treelite",
    ]);
    model.filterBy({ text: "logistic", format: "lightgbm" });
    expect(rows(root)).toHaveLength(0);
    expect(text(root, ".lepton-void")).toBe("No model matches");
    // Escape empties the field, and the next one leaves the panel.
    const heard: string[] = [];
    const listen = (event: KeyboardEvent): void => void heard.push(event.key);
    document.addEventListener("keydown", listen);
    const escape = (): boolean =>
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    escape();
    expect(field.value).toBe("");
    expect(heard).toEqual([]);
    escape();
    document.removeEventListener("keydown", listen);
    expect(heard).toEqual(["Escape"]);
    expect(rows(root).length).toBeGreaterThan(0);
    isFaultless(root);
  });

  it("offers no filter for a board that is seen at once, and no export where none is known", () => {
    const few = RUNNING.rows.slice(0, 5);
    expect(show({ ...RUNNING, rows: few, n_rows: 5 }).root.querySelector(".lepton-filter")).toBeNull();
    cleanUp?.();
    const old = RUNNING.rows.map((row) => ({ ...row, exports: undefined }));
    const { root } = show({ ...RUNNING, rows: old });
    expect(root.querySelector(".lepton-filter input")).not.toBeNull();
    expect(root.querySelector(".lepton-filter select")).toBeNull();
  });

  it("says how many models there are when not all are shown", () => {
    const { root } = show(manyRows(RUNNING, 60));
    expect(text(root, ".lepton-board-bar")).toContain("first 61 of 120 models");
  });

  it("is a group that keeps the notebook's shortcuts out, with one polite live region", () => {
    const { root } = show(RUNNING);
    const panel = root.querySelector(".lepton");
    expect(panel?.getAttribute("data-lm-suppress-shortcuts")).toBe("true");
    expect(panel?.getAttribute("role")).toBe("group");
    expect(root.querySelectorAll("[aria-live]")).toHaveLength(1);
    expect(root.querySelectorAll("[id]")).toHaveLength(0);
    expect(root.querySelector("table caption")).not.toBeNull();
    for (const picture of root.querySelectorAll("svg:not([aria-hidden])")) {
      expect(picture.getAttribute("aria-label")).toBeTruthy();
    }
  });

  it("shows a sentence for what it cannot read", () => {
    const { root } = show({ type: "RunPanelMessage", version: 2 });
    expect(root.textContent).toContain("another version of lepton-jupyter");
  });

  it("stands any beginning of a run", () => {
    for (const seconds of [-1, 0.4, 0.7, 2, 5, 12]) {
      const { root, model } = show(cutAt(RUNNING, seconds));
      isFaultless(root);
      model.selectTab("front");
      isFaultless(root);
      cleanUp?.();
    }
  });

  it("stands numbers that are missing", () => {
    const row = RUNNING.rows[1];
    const { root, model } = show({
      ...RUNNING,
      score_error: null,
      rows: [
        {
          ...row,
          score: null,
          gap: null,
          fit_seconds: null,
          row_milliseconds: null,
          fold_scores: [null],
          difference: null,
        },
      ],
      history: RUNNING.history.map((point) => ({ ...point, score: null, best_error: null })),
    });
    isFaultless(root);
    model.selectTab("front");
    isFaultless(root);
  });
});

const ENDED: RunPanelMessage = { ...RUNNING, state: "finished" };

function slide(root: Element, place: number): HTMLInputElement {
  const slider = root.querySelector<HTMLInputElement>('[type="range"]');
  if (slider === null) throw new Error("There is no slider.");
  slider.value = String(place);
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  return slider;
}

function press(root: Element, words: string): void {
  const button = [...root.querySelectorAll("button")].find((each) => each.textContent === words);
  if (button === undefined) throw new Error(`There is no button ${words}.`);
  button.click();
}

describe("a run that is over", () => {
  it("gives its lines to the notebook: Resume and Export are run, Predict waits for a table", () => {
    const placed: [string, boolean][] = [];
    const { root } = show(ENDED, 900, (line, runs) => {
      if (line !== "") placed.push([line, runs]);
      return true;
    });
    press(root, "Resume");
    press(root, "Predict");
    press(root, "Export");
    expect(placed).toEqual([
      [`run = %lepton resume ${ENDED.run_id} --budget 30s`, true],
      [`predictions = %lepton predict --run ${ENDED.run_id} `, false],
      [exportLine(ENDED, null), true],
    ]);
    expect(root.querySelector(".lepton-line")).toBeNull();
  });

  it("shows a line that nobody takes, to be copied", () => {
    const { root } = show(ENDED);
    press(root, "Resume");
    expect(text(root, ".lepton-line pre")).toBe(`run = %lepton resume ${ENDED.run_id} --budget 30s`);
  });

  it("offers to go on only where a kernel is: its own, or that of the notebook", () => {
    let hasKernel = false;
    const { root, model } = show(ENDED, 900, () => hasKernel);
    model.setConnected(false);
    expect(buttons(root)).toEqual([]);
    hasKernel = true;
    model.refresh();
    expect(buttons(root)).toEqual(["Resume", "Predict", "Export"]);
  });

  it("offers no prediction where there is no model, and nothing for a run whose name is no word", () => {
    expect(buttons(show({ ...ENDED, state: "failed", score: null, rows: [] }).root)).toEqual(["Resume"]);
    const { root, model } = show({ ...ENDED, run_id: HOSTILE });
    model.selectTab("front");
    expect(buttons(root)).toEqual([]);
    expect(root.textContent).not.toContain("Use this model");
  });
});

describe("the slider along the front", () => {
  it.each([900, 400])(
    "stops at each model from the fastest to the best, which it begins with, %i px wide",
    (width) => {
      const placed: string[] = [];
      const { root, model } = show(ENDED, width, (line) => {
        if (line !== "") placed.push(line);
        return true;
      });
      model.selectTab("front");
      const { front } = model;
      expect(front.length).toBeGreaterThan(3);
      for (const [place, row] of front.entries()) {
        const slider = slide(root, place);
        expect(slider.max).toBe(String(front.length - 1));
        expect(model.chosenModel).toBe(row);
        const said = slider.getAttribute("aria-valuetext") ?? "";
        expect(said).toContain(`${row.members.length > 0 ? "Ensemble of 4" : row.label}: AUC 0.8`);
        expect(said).toContain("ms a row");
        expect(said).toContain(place === front.length - 1 ? "the best" : "to the best");
        expect(text(root, ".lepton-choice")).toBe(said);
        expect(root.querySelectorAll(".lepton-chosen")).toHaveLength(1);
        if (row.trial_id === null) expect(root.textContent).not.toContain("As code");
        else {
          press(root, "As code");
          expect(placed.at(-1)).toContain(`set_next_input(run.as_code(${row.trial_id}), replace=True)`);
        }
        press(root, "Export");
        expect(placed.at(-1)).toBe(exportLine(ENDED, row.trial_id));
        press(root, "Use this model");
        expect(placed.at(-1)).toContain(
          row.trial_id === null ? "run.choose()" : `run.choose(trial=${row.trial_id})`,
        );
        const before = front[place - 1];
        if (before !== undefined) {
          expect(row.row_milliseconds).toBeGreaterThanOrEqual(before.row_milliseconds);
          expect(row.score).toBeGreaterThan(before.score);
        }
      }
      isFaultless(root);
    },
  );

  it("can be moved while the search goes on, but gives no model yet", () => {
    const { root, model } = show(RUNNING);
    model.selectTab("front");
    slide(root, 1);
    expect(model.chosenModel).toBe(model.front[1]);
    expect(root.textContent).not.toContain("Use this model");
    // What was chosen stays chosen, until it is beaten.
    model.receive({ ...RUNNING, sequence: RUNNING.sequence + 1 });
    expect(model.chosenModel?.trial_id).toBe(model.front[1]?.trial_id);
    const beaten = model.front[1]?.trial_id;
    model.receive({
      ...RUNNING,
      rows: RUNNING.rows.map((row) => (row.trial_id === beaten ? { ...row, on_frontier: false } : row)),
    });
    expect(model.chosenModel).toBe(model.front.at(-1));
  });

  it("leads to the best also where lower is better", () => {
    const { model } = show(golden("RunPanelMessage.saved-regression.json"));
    const scores = model.front.map((row) => row.score);
    expect(scores.length).toBeGreaterThan(2);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });
});

describe("the slider along the path", () => {
  it("shows the steps until then, and follows the path again at its end", () => {
    const { root, model } = show(RUNNING);
    const all = (model.path?.points.length ?? 0) - 1;
    expect(text(root, ".lepton-counts b")).toBe(`${all} steps`);
    const marks = root.querySelectorAll(".lepton-rejected").length;
    const ticks = text(root, '[role="tabpanel"] svg g');
    slide(root, 5);
    const { points = [] } = model.path ?? {};
    const accepted = points.slice(1, 6).filter((point) => point.accepted).length;
    expect(text(root, ".lepton-counts")).toContain(
      `5 of ${all} steps${accepted} accepted${5 - accepted} rejected`,
    );
    expect(root.querySelectorAll(".lepton-rejected")).toHaveLength(5 - accepted);
    expect(5 - accepted).toBeLessThan(marks);
    expect(text(root, '[role="tabpanel"] svg g')).toBe(ticks); // the axes stand
    isFaultless(root);
    // Where one looks at the past, it stays while the search goes on.
    const [first, ...others] = RUNNING.paths;
    const last = first?.points.at(-1);
    if (first === undefined || last === undefined) throw new Error("There is no path.");
    const longer = { ...first, points: [...first.points, { ...last, trial_id: 999 }] };
    model.receive({ ...RUNNING, sequence: 999, paths: [longer, ...others] });
    expect(model.pathStep).toBe(5);
    slide(root, all + 1);
    model.receive({ ...RUNNING, sequence: 1000 });
    expect(model.pathStep).toBe(all);
    expect(text(root, ".lepton-counts b")).toBe(`${all} steps`);
  });

  it("begins at the end of another learner's path", () => {
    const { root, model } = show(RUNNING);
    slide(root, 2);
    const other = model.paths[1];
    if (other === undefined) throw new Error("There is one path.");
    model.selectLearner(other.learner);
    expect(model.pathStep).toBe(other.points.length - 1);
  });
});
