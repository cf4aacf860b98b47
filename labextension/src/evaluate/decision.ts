/** What a threshold does to the evaluated rows, from the ROC curve: each of its points is one threshold. */

import type { EvaluationMessage, RocCurve } from "./evaluation_message";

/** Rows by what was called and what was true, at one threshold. */
export interface Decision {
  threshold: number;
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
}

/** What a wrong row costs, in units of the person who says so. */
export interface Costs {
  falsePositive: number;
  falseNegative: number;
}

/** One decision for each point of the curve, from calling no row positive to calling all, and the one in force. */
export function decisions(message: EvaluationMessage, curve: RocCurve): Decision[] {
  const positives = Math.round(message.n_rows * message.positive_share);
  const negatives = message.n_rows - positives;
  const all = curve.thresholds.map((threshold, place) => {
    const truePositives = Math.round(positives * (curve.true_positive_rate[place] ?? 0));
    const falsePositives = Math.round(negatives * (curve.false_positive_rate[place] ?? 0));
    return {
      // The first point calls none: no probability reaches its threshold.
      threshold: Number.isFinite(threshold) ? threshold : 1,
      truePositives,
      falsePositives,
      falseNegatives: positives - truePositives,
      trueNegatives: negatives - falsePositives,
    };
  });
  const line = message.threshold?.lines.find((each) => each.name === "chosen");
  if (line === undefined) return all;
  const exact: Decision = {
    threshold: line.threshold,
    truePositives: line.true_positives,
    falsePositives: line.false_positives,
    falseNegatives: line.false_negatives,
    trueNegatives: line.true_negatives,
  };
  return [...all.filter((each) => each.threshold !== exact.threshold), exact].sort(
    (one, other) => other.threshold - one.threshold,
  );
}

/** Place of the decision whose threshold is nearest. */
export function nearest(all: readonly Decision[], threshold: number): number {
  let best = 0;
  all.forEach((each, place) => {
    const distance = Math.abs(each.threshold - threshold);
    if (distance < Math.abs((all[best]?.threshold ?? 0) - threshold)) best = place;
  });
  return best;
}

export const precisionOf = ({ truePositives, falsePositives }: Decision): number =>
  truePositives / (truePositives + falsePositives);

export const recallOf = ({ truePositives, falseNegatives }: Decision): number =>
  truePositives / (truePositives + falseNegatives);

/** Share of the negatives that are called positive. */
export const alarmsOf = ({ falsePositives, trueNegatives }: Decision): number =>
  falsePositives / (falsePositives + trueNegatives);

/** Share of all rows that are called positive. */
export const calledOf = (each: Decision): number => (each.truePositives + each.falsePositives) / rowsOf(each);

export const rowsOf = (each: Decision): number =>
  each.truePositives + each.falsePositives + each.falseNegatives + each.trueNegatives;

/** What the wrong rows of 1,000 cost. */
export function costOf(each: Decision, { falsePositive, falseNegative }: Costs): number {
  return (1000 * (each.falsePositives * falsePositive + each.falseNegatives * falseNegative)) / rowsOf(each);
}

/** Place of the decision that costs least; of equals the one that calls fewest positive. */
export function cheapest(all: readonly Decision[], costs: Costs): number {
  let best = 0;
  all.forEach((each, place) => {
    const found = all[best];
    if (found !== undefined && costOf(each, costs) < costOf(found, costs)) best = place;
  });
  return best;
}
