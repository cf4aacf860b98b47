import { describe, expect, it } from "vitest";
import { golden } from "../fixtures/golden";
import type { RunPanelMessage } from "../messages";
import { BY_SCORE, direction, nextOrder, orderedRows } from "./row_order";

const trials = (message: RunPanelMessage, ...args: Parameters<typeof nextOrder>): (number | null)[] =>
  orderedRows(message, nextOrder(...args)).map((row) => row.trial_id);

describe("the order of rows", () => {
  it("is the kernel's at first", () => {
    expect(orderedRows(golden(), BY_SCORE)).toEqual(golden().rows);
  });

  it("begins with what is cheapest, then with what is dearest; the ensemble stays at the top", () => {
    const message = golden();
    const bySize = nextOrder(BY_SCORE, "size");
    const [ensemble, ...models] = orderedRows(message, bySize);
    expect(ensemble?.members.length).toBeGreaterThan(0);
    const sizes = models.map((row) => row.size_bytes);
    expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
    expect(new Set(sizes).size).toBeGreaterThan(1);
    expect(direction(bySize, message)).toBe("ascending");
    const dearest = orderedRows(message, nextOrder(bySize, "size"));
    expect(dearest.slice(1).map((row) => row.size_bytes)).toEqual(sizes.reverse());
    expect(direction(nextOrder(bySize, "size"), message)).toBe("descending");
  });

  it("knows that a loss is better when it is small", () => {
    const message = { ...golden(), greater_is_better: false };
    const byTrain = nextOrder(BY_SCORE, "train");
    expect(direction(byTrain, message)).toBe("ascending");
    const scores = orderedRows(message, byTrain)
      .filter((row) => row.members.length === 0)
      .map((row) => row.train_score);
    expect(scores).toEqual([...scores].sort((one, other) => one - other));
  });

  it("puts what is not known at the end, whichever way", () => {
    const { rows } = golden();
    const unknown = rows.at(3)?.trial_id ?? null;
    const message = {
      ...golden(),
      rows: rows.map((row) => (row.trial_id === unknown ? { ...row, fit_seconds: NaN } : row)),
    };
    expect(trials(message, BY_SCORE, "fit").at(-1)).toBe(unknown);
    expect(trials(message, nextOrder(BY_SCORE, "fit"), "fit").at(-1)).toBe(unknown);
  });
});
