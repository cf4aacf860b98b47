import { describe, expect, it } from "vitest";
import document from "../../../tests/golden/EvaluationMessage.json";
import { calledOf, cheapest, costOf, decisions, nearest, precisionOf, recallOf, rowsOf } from "./decision";
import { readEvaluation } from "./evaluation_message";
import type { EvaluationMessage } from "./evaluation_message";

function must(): EvaluationMessage {
  const message = readEvaluation(document);
  if (message === null) throw new Error("A golden evaluation cannot be read.");
  return message;
}

const message = must();
const [curve] = message.roc;
const all = curve === undefined ? [] : decisions(message, curve);

describe("the decisions of a curve", () => {
  it("hold all rows at each threshold, and fall from none that is called to all", () => {
    expect(new Set(all.map(rowsOf))).toEqual(new Set([message.n_rows]));
    expect(all.map((each) => each.threshold)).toEqual(
      [...all.map((each) => each.threshold)].sort((a, b) => b - a),
    );
    expect(calledOf(all[0] ?? ({} as never))).toBe(0);
    expect(calledOf(all.at(-1) ?? ({} as never))).toBe(1);
  });

  it("hold the one in force as it was counted", () => {
    const choice = message.threshold;
    const found = all[nearest(all, choice?.threshold ?? NaN)];
    const line = choice?.lines.find((each) => each.name === "chosen");
    expect(found?.threshold).toBe(choice?.threshold);
    expect(found?.truePositives).toBe(line?.true_positives);
    expect(found && precisionOf(found)).toBeGreaterThan(0);
    expect(found && recallOf(found)).toBeGreaterThan(0);
  });

  it.each([
    { falsePositive: 1, falseNegative: 1 },
    { falsePositive: 1, falseNegative: 50 },
    { falsePositive: 50, falseNegative: 1 },
  ])("cost least where no other costs less: %o", (costs) => {
    const least = costOf(all[cheapest(all, costs)] ?? ({} as never), costs);
    expect(all.every((each) => costOf(each, costs) >= least)).toBe(true);
  });

  it("call fewer where a false one costs more", () => {
    const called = (falsePositive: number): number =>
      calledOf(all[cheapest(all, { falsePositive, falseNegative: 1 })] ?? ({} as never));
    expect(called(50)).toBeLessThanOrEqual(called(1));
    expect(called(1)).toBeLessThanOrEqual(called(0.01));
  });
});
