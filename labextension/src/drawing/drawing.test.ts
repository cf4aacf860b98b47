import { describe, expect, it } from "vitest";
import { boxesAlong, fitText, freestSpot, overlaps, spotsAround, textWidth } from "./labels";
import { linearScale, logScale, spread, timeTicks } from "./scales";
import { orientation, perfectScore, scoreRange } from "./score_range";

describe("scales", () => {
  it("puts round ticks inside the domain", () => {
    const scale = linearScale([0.827, 0.871], [250, 10], 5);
    expect(scale.ticks.map((tick) => tick.toFixed(2))).toEqual(["0.83", "0.84", "0.85", "0.86", "0.87"]);
    expect([scale(0.827), scale(0.871)]).toEqual([250, 10]);
  });

  it("widens a domain without width", () => {
    expect(linearScale([3, 3], [0, 100], 4)(3)).toBeCloseTo(50);
    expect(logScale([3, 3], [0, 100], 4)(3)).toBeCloseTo(50);
  });

  it("keeps logarithmic ticks few, round and inside", () => {
    for (const [low, high] of [
      [0.02, 10],
      [4, 64],
      [1e-8, 1e6],
      [0.9, 1.1],
    ] as const) {
      const { ticks } = logScale([low, high], [0, 300], 6);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every((tick) => tick >= low * 0.99 && tick <= high * 1.01)).toBe(true);
    }
  });

  it("steps like a clock", () => {
    expect(timeTicks(30, 4).map(({ label }) => label)).toEqual(["0", "10 s", "20 s", "30 s"]);
    expect(timeTicks(900, 4).map(({ label }) => label)).toEqual(["0", "5 min", "10 min", "15 min"]);
  });

  it("moves labels apart and keeps their order", () => {
    const placed = spread([100, 101, 20], 13, 0, 110);
    expect(placed[2]).toBe(20);
    expect((placed[1] ?? 0) - (placed[0] ?? 0)).toBeGreaterThanOrEqual(13);
    expect(placed[1]).toBeLessThanOrEqual(110);
  });
});

describe("scoreRange", () => {
  it("does not reach beyond a perfect score", () => {
    const range = scoreRange([0.996, 0.99], 0.009, 0.99, perfectScore(true));
    expect(range.high).toBeGreaterThanOrEqual(1);
    expect(range.high).toBeLessThan(1.001);
    const turned = scoreRange([-0.01, -0.05], 0.03, -0.05, perfectScore(false));
    expect(turned.high).toBeLessThan(0.005);
  });

  it("does not let one hopeless trial flatten the rest", () => {
    const range = scoreRange([0.86, 0.855, 0.85, 0.846, 0.5], 0.009, 0.846);
    expect(range.isCut).toBe(true);
    expect(range.low).toBeGreaterThan(0.8);
    expect(range.low).toBeLessThanOrEqual(0.846);
    expect(range.high).toBeGreaterThanOrEqual(0.869);
  });

  it("shows everything when everything is near", () => {
    const range = scoreRange([0.86, 0.85], NaN, 0.846);
    expect(range).toMatchObject({ isCut: false });
    expect(range.low).toBeLessThan(0.846);
  });

  it("shows the cheaper error at the top when lower is better", () => {
    const orient = orientation(false);
    const range = scoreRange([693, 507].map(orient), 13, orient(693));
    expect(range.high).toBeGreaterThanOrEqual(-507 + 13);
    expect(range.low).toBeLessThanOrEqual(-693);
  });

  it("stands a single score, and none", () => {
    for (const range of [scoreRange([0.8], NaN, NaN), scoreRange([], NaN, NaN)]) {
      expect(range.high).toBeGreaterThan(range.low);
    }
  });
});

describe("labels", () => {
  const bounds = { x: 0, y: 0, width: 200, height: 100 };

  it("gives Chinese letters the width they take", () => {
    expect(textWidth("客户总价")).toBe(4 * textWidth("客"));
    expect(textWidth("客户")).toBeGreaterThan(1.5 * textWidth("ab"));
    expect(fitText("客户的月度总消费金额", 60)).toBe("客户的月…");
    expect(fitText("monthly_charges", 60)).toBe("monthly_…");
    expect(fitText("客户", 60)).toBe("客户");
  });

  it("finds the free side of a mark", () => {
    const line = boxesAlong([
      { x: 50, y: 50 },
      { x: 150, y: 50 },
    ]);
    const spot = freestSpot(spotsAround(50, 50, 5, 40), 40, line, bounds);
    expect(spot).not.toBeNull();
    expect(spot !== null && line.some((box) => overlaps(box, spot))).toBe(false);
  });

  it("gives nothing rather than a label over others, unless it is told to", () => {
    const everything = [bounds];
    expect(freestSpot(spotsAround(50, 50, 5, 40), 40, everything, bounds)).toBeNull();
    expect(freestSpot(spotsAround(50, 50, 5, 40), 40, everything, bounds, Infinity)).not.toBeNull();
  });
});
