import { afterEach, describe, expect, it, vi } from "vitest";
import { answerWithWords, followWords, tellWordsChanged } from "./panel_words";

const english = () => ({
  stop: "Stop",
  left: (time: string) => `${time} left`,
  states: { running: "Running", stopped: "Stopped" },
});
const CHINESE = {
  stop: "停止",
  left: (time: string) => `剩余 ${time}`,
  states: { running: "运行中" },
  other: "多余",
};

const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

describe("a panel's words", () => {
  let unfollow: (() => void) | null = null;
  afterEach(() => unfollow?.());

  it("stay as they are where nobody answers", async () => {
    const texts = english();
    unfollow = followWords(document.implementation.createHTMLDocument(), "search", texts, vi.fn());
    await settled();
    expect(texts.stop).toBe("Stop");
  });

  it("are those of the page, as far as it knows them, now and after each change", async () => {
    const page = document.implementation.createHTMLDocument();
    let words: object = CHINESE;
    answerWithWords(page, (panel) => Promise.resolve(panel === "search" ? words : undefined));
    const [texts, redraw] = [english(), vi.fn()];
    unfollow = followWords(page, "search", texts, redraw);
    await settled();
    expect([texts.stop, texts.left("5 s"), texts.states]).toEqual([
      "停止",
      "剩余 5 s",
      { running: "运行中", stopped: "Stopped" },
    ]);
    expect(texts).not.toHaveProperty("other");
    words = { ...english(), stop: 7 };
    tellWordsChanged(page);
    await settled();
    // What is no sentence is left alone.
    expect([texts.stop, texts.left("5 s")]).toEqual(["停止", "5 s left"]);
    expect(redraw).toHaveBeenCalledTimes(2);
    unfollow();
    tellWordsChanged(page);
    await settled();
    expect(redraw).toHaveBeenCalledTimes(2);
  });
});
