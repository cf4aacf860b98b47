import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askPanel } from "../asked_panel";
import { goldenDocument } from "../fixtures/golden";
import { PageModel } from "../fixtures/page_model";
import type { PlanCommand } from "./plan_message";
import widget from "./widget";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("the module of a preparation", () => {
  it("draws at once, says that it looks while something goes on, and lets go of everything", () => {
    const kernel = new PageModel<PlanCommand>(goldenDocument("PreparationMessage.running.json"));
    const el = document.body.appendChild(document.createElement("div"));
    const undo = widget.render({ model: kernel, el });
    expect(el.querySelector(".lepton-state")?.textContent).toBe("Looking at all rows");
    expect(document.head.querySelectorAll("style.lepton-plan-style")).toHaveLength(1);
    vi.advanceTimersByTime(20_500);
    expect(kernel.sent).toEqual([{ type: "KeepAlive" }, { type: "KeepAlive" }, { type: "KeepAlive" }]);
    expect(askPanel(document.body)).toBe(kernel.head);
    kernel.head = goldenDocument("PreparationMessage.json");
    kernel.trigger("change:head");
    vi.advanceTimersByTime(20_500);
    expect(kernel.sent).toHaveLength(3);
    undo();
    expect(el.textContent).toBe("");
    expect(kernel.listening).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
