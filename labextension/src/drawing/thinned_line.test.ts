import { describe, expect, it } from "vitest";
import { thinnedLine } from "./thinned_line";

interface Point {
  at: number;
  value: number | null;
}

const line = (points: Point[], width = 100, gap = 5): string => {
  const last = points.at(-1)?.at ?? 1;
  return thinnedLine(
    points,
    (point) => point.at,
    (point) => point.value,
    (time) => (time / last) * width,
    (value) => value,
    gap,
  );
};

describe("thinnedLine", () => {
  it("joins points", () => {
    expect(line([0, 1, 2].map((at) => ({ at, value: at * 10 })))).toBe("M0 0h.1L50 10L100 20");
  });

  it("breaks where a value is missing and where time is", () => {
    const points = [0, 1, 2, 3, 20].map((at) => ({ at, value: at === 2 ? null : 1 }));
    expect(line(points).match(/M/g)).toHaveLength(3);
  });

  it("shows a peak of one second among a hundred thousand", () => {
    const points = Array.from({ length: 100_000 }, (_, at) => ({ at, value: at === 54_321 ? 900 : 5 }));
    const path = line(points, 400);
    expect(path).toContain("V900");
    expect(path.length).toBeLessThan(20_000);
  });

  it("draws nothing of nothing, and no NaN", () => {
    expect(line([])).toBe("");
    expect(line([{ at: 1, value: NaN }])).toBe("");
  });
});
