import { describe, expect, it } from "vitest";
import { WHOLE_BOARD, rowWindow } from "./row_window";

describe("the rows of a board that are drawn", () => {
  it("are all of a short one", () => {
    expect(rowWindow(WHOLE_BOARD, 0)).toEqual({ begin: 0, end: WHOLE_BOARD });
  });

  it.each([0, 1, 7, 8, 100, 500, 987, 999, 5000])("hold what is in sight %i rows down", (scrolled) => {
    const { begin, end } = rowWindow(1000, scrolled);
    expect(end - begin).toBeLessThan(40);
    expect(begin).toBeLessThanOrEqual(Math.min(scrolled, 999));
    expect(end).toBeGreaterThanOrEqual(Math.min(1000, scrolled + 12));
  });

  it("stay where they are during a small scroll", () => {
    expect(rowWindow(1000, 102)).toEqual(rowWindow(1000, 105));
  });
});
