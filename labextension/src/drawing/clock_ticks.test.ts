import { describe, expect, it } from "vitest";
import { clockTicks, clockTime, secondsOfDay } from "./clock_ticks";

describe("clock times", () => {
  it("are read and written, past midnight too", () => {
    expect(secondsOfDay("14:32:07")).toBe(52_327);
    expect(secondsOfDay("")).toBe(0);
    expect(clockTime(52_327, true)).toBe("14:32:07");
    expect(clockTime(86_400 + 60, false)).toBe("00:01");
  });

  it("are round, however a stream began", () => {
    const ticks = clockTicks(0, 600, secondsOfDay("14:21:47"), 5);
    expect(ticks.map((tick) => tick.label)).toEqual(["14:22", "14:24", "14:26", "14:28", "14:30"]);
    expect(ticks[0]?.at).toBe(13);
    expect(clockTicks(0, 4, 0, 4).map((tick) => tick.label)[1]).toBe("00:00:01");
  });
});
