import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  ALL_LINES,
  HOSTILE_LINES,
  NOW,
  ended,
  panelStates,
  recordingHost,
  runLine,
  runsMessage,
} from "../fixtures/runs";
import { speak } from "../lab/lab_texts";
import { RunsList } from "./component";
import { RunsModel } from "./model";
import { timeWords } from "./times";

let host: ReturnType<typeof recordingHost>;
let model: RunsModel;
let el: HTMLElement;

beforeEach(() => {
  host = recordingHost();
  model = new RunsModel(host);
  el = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, el);
  el.remove();
  speak("en");
});

const draw = (): void => {
  render(<RunsList model={model} />, el);
};
const rows = (): HTMLElement[] => [...el.querySelectorAll<HTMLElement>(".lepton-runs-row")];
const button = (name: string): HTMLElement | undefined =>
  [...el.querySelectorAll<HTMLElement>("button")].find(
    (each) => (each.getAttribute("aria-label") ?? each.textContent) === name,
  );

describe("the panel of runs", () => {
  it("says of each run its name, score, state, what it is about, and when", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("kernel", ALL_LINES));
    draw();
    const words = rows().map((row) =>
      [...row.querySelectorAll(".lepton-runs-line > *")].map((each) => each.textContent),
    );
    expect(words[0]).toEqual(["churn-3", "0.866", "Running · AUC on churn", "20 s left"]);
    expect(words[3]).toEqual(["digits", "0.971", "Stopping · AUC on churn", "20 s left"]);
    expect(words[4]).toEqual([
      "orders",
      "0.871",
      "Running · Stream · redis://localhost/orders",
      "for 4 min 14 s",
    ]);
    expect(words[6]).toEqual(["telco", "Running · Preparation · data/*.parquet", "for 10 s"]);
    expect(words[7]).toEqual(["houses", "23,145", "Running · RMSE on price", "12 of 60 trials"]);
  });

  it("opens a run, stops it, goes to its notebook and begins another", () => {
    model.setKernel("k1", "a/b.ipynb");
    model.receive("k1", runsMessage("kernel", [runLine({ run_id: "r1" }), ended({ run_id: "r2" })]));
    draw();
    rows()[1]?.click();
    button("Stop churn and keep the best so far")?.click();
    button("b.ipynb")?.click();
    button("New search")?.click();
    expect(host.asked).toEqual([["open", "r2"], ["stop", "k1", "r1"], ["notebook", "a/b.ipynb"], ["new"]]);
    expect(el.querySelectorAll(".lepton-runs-stop")).toHaveLength(1);
    draw();
    expect(el.querySelector<HTMLButtonElement>(".lepton-runs-stop")?.disabled).toBe(true);
  });

  it("offers to start a kernel where none has lepton, and says what went wrong", () => {
    draw();
    button("Start a kernel")?.click();
    expect(host.asked).toEqual([["start"]]);
    model.setStarting({ state: "failed", sentence: "It would not." });
    draw();
    expect(el.querySelector('[role="alert"]')?.textContent).toBe("It would not.");
  });

  it("can shut down a kernel that has no notebook", () => {
    model.setKernel("k1", null);
    draw();
    button("Shut down")?.click();
    expect(host.asked).toEqual([["shut down", "k1"]]);
  });

  it("shows names as text", () => {
    model.setKernel("k1", "<img src=x onerror=alert(1)>.ipynb");
    model.receive("k1", runsMessage("kernel", HOSTILE_LINES));
    draw();
    expect(el.querySelector("img, script")).toBeNull();
    expect(el.textContent).toContain("<img src=x");
  });

  it("moves between rows by arrows", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("kernel", ALL_LINES));
    draw();
    const press = (key: string): void => {
      document.activeElement?.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
      );
    };
    rows()[0]?.focus();
    press("ArrowDown");
    expect(document.activeElement).toBe(rows()[1]);
    press("ArrowUp");
    press("ArrowUp");
    expect(document.activeElement).toBe(rows()[0]);
  });

  it("speaks Chinese", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("kernel", [runLine()]));
    speak("zh-CN");
    draw();
    expect(rows()[0]?.textContent).toContain("运行中 · churn 的 AUC");
    expect(button("停止 churn，保留目前最好的模型")).toBeDefined();
  });

  it("tells those who hear the page of an end", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("kernel", [runLine()]));
    model.receive("k1", runsMessage("kernel", [ended()]));
    draw();
    expect(el.querySelector('[role="status"]')?.textContent).toBe("churn: Finished");
  });

  it.each(panelStates(recordingHost))("draws %s", (_name, shown) => {
    render(<RunsList model={shown} />, el);
    expect(el.querySelector("h2")?.textContent).toBe("Runs");
  });
});

describe("the time of a run", () => {
  const words = (more: Parameters<typeof runLine>[0]): string =>
    timeWords({ line: ended(more), kernel: null, sinceSeconds: 0, isStopping: false }, NOW);

  it("is that of the day today, and the day before that", () => {
    expect(words({})).toMatch(/^\d\d:\d\d$/);
    expect(words({ started_at: "2026-11-21T12:00:00Z" })).toBe("21 Nov");
    expect(words({ started_at: "2025-11-21T12:00:00Z" })).toBe("21 Nov 2025");
    expect(words({ started_at: "" })).toBe("");
  });

  it("is what is left while it goes on", () => {
    const at = (sinceSeconds: number, more = {}): string =>
      timeWords({ line: runLine(more), kernel: "k", sinceSeconds, isStopping: false }, NOW);
    expect(at(3.2)).toBe("17 s left");
    expect(at(60)).toBe("finishing");
    expect(at(60, { state: "waiting" })).toBe("20 s left");
  });
});
