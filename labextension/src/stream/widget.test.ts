import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goldenDocument } from "../fixtures/golden";
import { PageModel } from "../fixtures/page_model";
import type { StreamCommand } from "../messages";
import widget from "./widget";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

describe("the stream's module", () => {
  it("draws at once, says that it looks, and lets go of everything", () => {
    const kernel = new PageModel<StreamCommand>(goldenDocument("StreamMessage.json"));
    const el = document.body.appendChild(document.createElement("div"));
    const undo = widget.render({ model: kernel, el });
    expect(el.querySelector(".lepton-state")?.textContent).toBe("Running");
    expect(document.head.querySelectorAll("style.lepton-stream-style")).toHaveLength(1);
    expect(kernel.sent).toEqual([{ type: "KeepAlive" }]);
    vi.advanceTimersByTime(20_500);
    expect(kernel.sent).toHaveLength(3);
    undo();
    expect(el.textContent).toBe("");
    expect(kernel.listening).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has one style sheet for two panels", () => {
    for (let n = 0; n < 2; n += 1) {
      const el = document.body.appendChild(document.createElement("div"));
      widget.render({ model: new PageModel<StreamCommand>(goldenDocument("StreamMessage.json")), el });
    }
    expect(document.head.querySelectorAll("style.lepton-style")).toHaveLength(1);
    expect(document.head.querySelectorAll("style.lepton-stream-style")).toHaveLength(1);
  });
});
