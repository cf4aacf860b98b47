import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goldenForm } from "../fixtures/golden";
import { PageModel } from "../fixtures/page_model";
import type { FormCommand } from "./form_message";
import { FORM_CATALOGUES } from "../lab/form_texts_zh";
import { FORM_TEXTS } from "./form_texts";
import widget from "./widget";

const pageModel = (): PageModel<FormCommand> => new PageModel(goldenForm());

describe("the form's widget", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  function place(model: PageModel<FormCommand>): { el: HTMLElement; undo: () => void } {
    const el = document.body.appendChild(document.createElement("div"));
    return { el, undo: widget.render({ model, el }) };
  }

  it("draws the state it finds, at once, and the next one within a frame", () => {
    const model = pageModel();
    const { el, undo } = place(model);
    expect(el.querySelector("code")?.textContent).toBe(goldenForm().line);
    model.head = { ...goldenForm(), line: "another line" };
    model.trigger("change:head");
    vi.advanceTimersByTime(50);
    expect(el.querySelector("code")?.textContent).toBe("another line");
    undo();
  });

  it("lets the kernel run the line in a page that has no notebook to reach", async () => {
    const model = pageModel();
    const { el, undo } = place(model);
    el.querySelector("form")?.requestSubmit();
    await vi.runAllTimersAsync();
    expect(model.sent).toMatchObject([{ type: "StartForm", choices: { frame: "telco" } }]);
    undo();
  });

  it("tells a closed comm and a dead view", async () => {
    const model = pageModel();
    const { el, undo } = place(model);
    model.isClosed = true;
    el.querySelector("form")?.requestSubmit();
    await vi.runAllTimersAsync();
    expect(el.textContent).toContain("The kernel is silent");
    undo();
  });

  it("takes the words of the page's language", async () => {
    const english = { ...FORM_TEXTS };
    const listen = (event: Event): void => {
      const { panel, take } = (event as CustomEvent<{ panel: string; take: (words: object) => void }>).detail;
      if (panel === "form") take(FORM_CATALOGUES["zh-CN"]);
    };
    document.addEventListener("lepton-ask-words", listen);
    const { el, undo } = place(pageModel());
    await vi.runAllTimersAsync();
    expect(el.querySelector("form")?.getAttribute("aria-label")).toBe("开始搜索");
    expect(el.textContent).toContain("测试表");
    document.removeEventListener("lepton-ask-words", listen);
    undo();
    Object.assign(FORM_TEXTS, english);
  });

  it("gives the controls of two forms different ids, and lets go of everything", () => {
    const models = [pageModel(), pageModel()];
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
