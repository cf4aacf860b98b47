import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pagedBoard } from "../fixtures/board_pages";
import { golden } from "../fixtures/golden";
import { PageModel } from "../fixtures/page_model";
import type { Command } from "../messages";
import { NEWS, askPanel } from "../asked_panel";
import { takeLines } from "../placed_line";
import widget from "./widget";

const pageModel = (): PageModel<Command> => new PageModel(golden());

describe("the widget", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  function place(model: PageModel<Command>): { el: HTMLElement; undo: () => void } {
    const el = document.body.appendChild(document.createElement("div"));
    return { el, undo: widget.render({ model, el }) };
  }

  it("draws the state it finds, at once, and the next one within a frame", () => {
    const model = pageModel();
    const { el, undo } = place(model);
    expect(el.querySelector(".lepton-big")).not.toBeNull();
    model.head = { ...golden(), score: 0.9123, score_error: 0.002 };
    model.trigger("change:head");
    vi.advanceTimersByTime(50);
    expect(el.querySelector(".lepton-big")?.textContent).toBe("0.912");
    undo();
  });

  it("shows the rows that come beside the state", () => {
    const { head, page } = pagedBoard(golden(), 130);
    const model = new PageModel<Command>(head);
    const { el, undo } = place(model);
    const board = el.querySelector(".lepton-board");
    if (board === null) throw new Error("There is no board.");
    board.scrollTop = 90 * 32;
    board.dispatchEvent(new Event("scroll"));
    expect(model.sent.at(-1)).toEqual({ type: "AskBoardPage", after_rank: 100 });
    model.trigger("msg:custom", page(100));
    vi.advanceTimersByTime(50);
    expect(el.querySelector("table[aria-rowcount]")?.getAttribute("aria-rowcount")).toBe("132");
    undo();
  });

  it("gives the lines of a run that is over to whoever takes them in its page", () => {
    const { el, undo } = place(new PageModel<Command>({ ...golden(), state: "finished" }));
    const taken: string[] = [];
    takeLines(document, (from, line, runs) => {
      if (line !== "" && el.contains(from)) taken.push(`${line} ${runs}`);
      return true;
    });
    [...el.querySelectorAll("button")].find((each) => each.textContent === "Resume")?.click();
    expect(taken).toEqual([`run = %lepton resume ${golden().run_id} --budget 30s true`]);
    vi.advanceTimersByTime(50);
    expect(el.querySelector(".lepton-line")).toBeNull();
    undo();
  });

  it("says every ten seconds that somebody looks", () => {
    const model = pageModel();
    const { undo } = place(model);
    expect(model.sent).toEqual([{ type: "KeepAlive" }]);
    vi.advanceTimersByTime(30_000);
    expect(model.sent).toHaveLength(4);
    undo();
    vi.advanceTimersByTime(30_000);
    expect(model.sent).toHaveLength(4);
  });

  it("tells a closed comm and a dead view", () => {
    const model = pageModel();
    const { el, undo } = place(model);
    model.isClosed = true;
    vi.advanceTimersByTime(10_100);
    expect(el.textContent).toContain("Kernel silent");
    undo();

    const other = pageModel();
    const view = place(other);
    view.el.classList.add("jupyter-widgets-disconnected");
    other.trigger("comm_live_update");
    vi.advanceTimersByTime(50);
    expect(view.el.textContent).toContain("Kernel silent");
    view.undo();
  });

  it("tells who asks in the page what it shows", () => {
    const model = pageModel();
    const { undo } = place(model);
    expect(askPanel(document.body)).toBe(model.head);
    const hear = vi.fn();
    document.addEventListener(NEWS, hear);
    model.trigger("change:head");
    expect(hear).toHaveBeenCalledTimes(1);
    undo();
    expect(askPanel(document.body)).toBeUndefined();
  });

  it("lets go of everything", () => {
    const model = pageModel();
    const { el, undo } = place(model);
    expect(model.listening).toBeGreaterThan(0);
    undo();
    expect(model.listening).toBe(0);
    expect(el.childNodes).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("adds one style sheet for any number of panels", () => {
    const undo = [place(pageModel()), place(pageModel())].map((each) => each.undo);
    expect(document.head.querySelectorAll("style.lepton-style")).toHaveLength(1);
    undo.forEach((each) => {
      each();
    });
  });
});
