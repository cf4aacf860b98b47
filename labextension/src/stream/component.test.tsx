import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { goldenDocument, goldenNames } from "../fixtures/golden";
import { badStream, longStream } from "../fixtures/streams";
import type { StreamCommand } from "../messages";
import { StreamPanel } from "./component";
import { StreamModel } from "./model";
import { readStreamMessage } from "./stream_message";
import type { StreamMessage } from "./stream_message";

let cleanUp: (() => void) | null = null;
afterEach(() => cleanUp?.());

function golden(name = "StreamMessage.json"): StreamMessage {
  const message = readStreamMessage(goldenDocument(name));
  if (message === null) throw new Error(`${name} cannot be read.`);
  return message;
}

function show(message: unknown, width = 900) {
  const sent: StreamCommand[] = [];
  const model = new StreamModel({
    now: () => 1_000_000,
    send: (command) => {
      sent.push(command);
      return true;
    },
  });
  model.setWidth(width);
  model.receive(message);
  const root = document.body.appendChild(document.createElement("div"));
  const draw = (): void => {
    void act(() => {
      render(<StreamPanel model={model} />, root);
    });
  };
  draw();
  const unsubscribe = model.subscribe(draw);
  cleanUp = () => {
    unsubscribe();
    render(null, root);
    root.remove();
  };
  return { root, model, sent };
}

const text = (root: Element, selector: string): string => root.querySelector(selector)?.textContent ?? "";
const button = (root: Element, label: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find((each) => each.textContent === label);
  if (found === undefined) throw new Error(`There is no button ${label}.`);
  return found;
};
const labels = (root: Element): string[] =>
  [...root.querySelectorAll(".lepton-actions button")].map((each) => each.textContent);

describe("StreamPanel", () => {
  it.each(goldenNames("StreamMessage"))("draws %s whole, wide and narrow", (name) => {
    for (const width of [900, 400]) {
      const { root } = show(golden(name), width);
      expect(root.innerHTML).not.toMatch(/NaN|Infinity|undefined|\[object/);
      expect(text(root, ".lepton-flow")).toContain("redis://localhost/orders");
    }
  });

  it("says how it stands, what it promises and its figures", () => {
    const { root } = show({ ...golden(), rows_per_second: 1240, lag: 212, n_labels: 375, score: 0.871 });
    expect(text(root, ".lepton-state")).toBe("Running");
    expect(text(root, ".lepton-badge")).toBe("effectively-once");
    const figures = text(root, ".lepton-stats");
    expect(figures).toContain("AUC, 375 labels0.871");
    expect(figures).toContain("Rows a second1,240");
    expect(figures).toContain("Lag212 rows");
  });

  it("pauses, goes on and stops", () => {
    const { root, model, sent } = show(golden());
    button(root, "Pause").click();
    expect(sent.at(-1)).toEqual({ type: "PauseStream" });
    model.receive({ ...golden(), state: "paused" });
    expect(labels(root)).toEqual(["Resume", "Stop"]);
    button(root, "Resume").click();
    expect(sent.at(-1)).toEqual({ type: "ContinueStream" });
    button(root, "Stop").click();
    expect(sent.at(-1)).toEqual({ type: "StopRun" });
    expect(text(root, ".lepton-state")).toBe("Stopping");
    expect(button(root, "Stop").disabled).toBe(true);
    model.receive({ ...golden(), state: "stopped" });
    expect(labels(root)).toEqual([]);
    expect(text(root, ".lepton-actions")).toBe(`%lepton resume ${golden().run_id}`);
    expect(text(root, "[role=status]")).toBe("Stream: Stopped");
  });

  it("says why it failed, and what it waits for", () => {
    const { root, model } = show(golden("StreamMessage.failed.json"));
    expect(text(root, ".lepton-foot")).toContain("the sensor is gone");
    model.receive({ ...golden(), state: "waiting", sentence: "redis://localhost/scored does not answer." });
    expect(text(root, ".lepton-state")).toBe("Waiting");
    expect(text(root, ".lepton-foot")).toContain("does not answer");
  });

  it("stands still when its kernel is gone", () => {
    const { root, model } = show(golden());
    model.setConnected(false);
    expect(text(root, ".lepton-state")).toBe("Kernel silent");
    expect(labels(root)).toEqual([]);
  });

  it("follows the newest seconds, looks closer where one drags, and comes back", () => {
    const { root, model } = show(longStream(golden(), 900));
    expect(model.window).toEqual([300, 900]);
    button(root, "2 min").click();
    expect(model.window).toEqual([780, 900]);
    button(root, "all").click();
    expect(model.window).toEqual([1, 900]);
    model.drawFrom(400);
    model.drawTo(460);
    expect(root.querySelector(".lepton-chosen")).not.toBeNull();
    model.endDrawing(1);
    expect(model.window).toEqual([400, 460]);
    expect(root.querySelector(".lepton-chosen")).toBeNull();
    model.receive(longStream(golden(), 905));
    expect(model.window).toEqual([400, 460]);
    button(root, "Follow").click();
    expect(model.window).toEqual([1, 905]);
  });

  it("is read by arrow keys, one second after the other", () => {
    const { root } = show(longStream(golden(), 60));
    const chart = root.querySelector<HTMLElement>(".lepton-chart");
    const press = (key: string): void => {
      chart?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    };
    press("ArrowLeft");
    const newest = text(root, ".lepton-reading-line");
    expect(newest).toMatch(/^14:32:44: AUC 0\.8\d+ · [\d,]+ rows\/s · p50 .* ms, p99 .* ms$/);
    press("ArrowLeft");
    expect(text(root, ".lepton-reading-line")).toMatch(/^14:32:43/);
    press("Home");
    expect(text(root, ".lepton-reading-line").trim()).toBe("");
  });

  it("shows results while they are asked for, and forgets them", () => {
    const { root, model, sent } = show(golden());
    const rows = {
      type: "StreamRows",
      columns: ["order_id", "churn", "p_yes", "amount", "city"],
      rows: [
        ["c-1", "yes", 0.83, 12, "<b>Berlin</b>"],
        ["c-2", "no", 0.0712345, null, "مرحبا"],
      ],
    };
    model.receiveRows(rows);
    expect(root.querySelector("table")).toBeNull();
    button(root, "Show").click();
    expect(sent.at(-1)).toEqual({ type: "AskRows" });
    model.receiveRows(rows);
    expect(text(root, "tbody tr")).toBe("c-1yes0.83");
    expect(root.textContent).toContain("2 more columns");
    const bars = [...root.querySelectorAll<HTMLElement>(".lepton-share > span")].map(
      (each) => each.style.width,
    );
    expect(bars).toEqual(["83%", "7.1%"]);
    root.querySelector<HTMLElement>("tbody tr")?.click();
    expect(text(root, ".lepton-opened")).toContain("<b>Berlin</b>");
    expect(root.querySelector("tbody b")).toBeNull();
    model.tick();
    expect(sent.filter((each) => each.type === "AskRows")).toHaveLength(2);
    button(root, "Hide").click();
    expect(root.textContent).not.toContain("c-1");
    model.tick();
    expect(sent.filter((each) => each.type === "AskRows")).toHaveLength(2);
  });

  it("takes every text as text", () => {
    const { root } = show(badStream(longStream(golden(), 30)), 400);
    expect(root.querySelector("img")).toBeNull();
    expect(root.textContent).toContain("<img src=x onerror=alert(1)>");
  });

  it("says that it cannot read a message of another version", () => {
    const { root } = show({ type: "StreamMessage", state: "dancing" });
    expect(root.textContent).toContain("another version");
  });
});
