import { describe, expect, it } from "vitest";
import { sharing } from "./same_parts";

describe("sharing", () => {
  const before = {
    score: 0.8,
    log: [{ text: "a" }, { text: "b" }],
    rows: [
      { trial_id: 1, folds: [1, NaN] },
      { trial_id: 2, folds: [3, 4] },
    ],
  };

  it("gives the older value where nothing has changed", () => {
    expect(sharing(before, structuredClone(before))).toBe(before);
  });

  it("gives the newer value, whatever it is, beside parts that stand", () => {
    const after = { ...structuredClone(before), score: 0.9 };
    const shared = sharing(before, after);
    expect(shared).toEqual(after);
    expect(shared).not.toBe(before);
    expect(shared.log).toBe(before.log);
    expect(shared.rows).toBe(before.rows);
  });

  it("finds a trial again that has moved, and keeps of one that changed what did not", () => {
    const rows = [
      { trial_id: 3, folds: [] },
      { trial_id: 1, folds: [1, NaN], rank: 2 },
      { trial_id: 2, folds: [3, 4] },
    ];
    const shared = sharing(before.rows, rows);
    expect(shared).toEqual(rows);
    expect(shared[1]?.folds).toBe(before.rows[0]?.folds);
    expect(shared[2]).toBe(before.rows[1]);
  });

  it.each([
    [[1, 2], [1]],
    [[1], [1, 2]],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1 }, [1]],
    [null, { a: 1 }],
    [{ a: null }, { a: { b: 1 } }],
    [0, null],
  ])("tells %j from %j", (one, other) => {
    expect(sharing(one, other)).toEqual(other);
    expect(sharing(other, one)).toEqual(one);
  });
});
