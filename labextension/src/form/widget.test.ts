import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goldenForm } from "../fixtures/golden";
import type { FormCommand } from "../messages";
import widget from "./widget";

/** As the page's side of an ipywidgets model. */
class PageModel {
  head: unknown = goldenForm();
  sent: FormCommand[] = [];
  isClosed = false;
  private readonly callbacks = new Map<string, Set<() => void>>();

  get(name: "head" | "own_id"): unknown {
    return name === "head" ? this.head : "m1";
  }
  on(event: string, callback: () => void): void {
    this.callbacks.set(event, (this.callbacks.get(event) ?? new Set()).add(callback));
  }
  off(event: string, callback: () => void): void {
    this.callbacks.get(event)?.delete(callback);
  }
  send(command: FormCommand): void {
    if (this.isClosed) throw new Error("Comm is closed");
    this.sent.push(command);
  }
  trigger(event: string): void {
    this.callbacks.get(event)?.forEach((callback) => {
      callback();
    });
  }
  get listening(): number {
    return [...this.callbacks.values()].reduce((sum, each) => sum + each.size, 0);
  }
}

describe("the form's widget", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  function place(model: PageModel): { el: HTMLElement; undo: () => void } {
    const el = document.body.appendChild(document.createElement("div"));
    return { el, undo: widget.render({ model, el }) };
  }

  it("draws the state it finds, at once, and the next one within a frame", () => {
    const model = new PageModel();
    const { el, undo } = place(model);
    expect(el.querySelector("code")?.textContent).toBe(goldenForm().line);
    model.head = { ...goldenForm(), line: "another line" };
    model.trigger("change:head");
    vi.advanceTimersByTime(50);
    expect(el.querySelector("code")?.textContent).toBe("another line");
    undo();
  });

  it("lets the kernel run the line in a page that has no notebook to reach", async () => {
    const model = new PageModel();
    const { el, undo } = place(model);
    el.querySelector("form")?.requestSubmit();
    await vi.runAllTimersAsync();
    expect(model.sent).toMatchObject([{ type: "StartForm", choices: { frame: "telco" } }]);
    undo();
  });

  it("tells a closed comm and a dead view", async () => {
    const model = new PageModel();
    const { el, undo } = place(model);
    model.isClosed = true;
    el.querySelector("form")?.requestSubmit();
    await vi.runAllTimersAsync();
    expect(el.textContent).toContain("The kernel is silent");
    undo();
  });

  it("gives the controls of two forms different ids, and lets go of everything", () => {
    const models = [new PageModel(), new PageModel()];
    const placed = models.map(place);
    const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { undo, el } of placed) {
      undo();
      expect(el.childNodes).toHaveLength(0);
    }
    expect(models.map((model) => model.listening)).toEqual([0, 0]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
