/** What all rows of the board share: decimals, and the scales of their small pictures. */

import { linearScale } from "../drawing/scales";
import { decimalsOfTable } from "../formats";
import type { RunPanelMessage } from "../messages";

/** Width in pixels of the picture of an interval. */
export const INTERVAL_WIDTH = 96;

export interface BoardScales {
  /** The same text for scales that are alike. */
  key: string;
  decimals: number;
  difference: (value: number) => number;
  lowest: number;
  baseline: number;
  fold: (value: number) => number;
  /** Whether a held-out table was scored. */
  tested: boolean;
}

/** Of values that are sorted. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

function sorted(values: number[]): Float64Array {
  return Float64Array.from(values.filter(Number.isFinite)).sort();
}

/** Scales of a message's rows; those before where nothing of them has changed, so that no picture is drawn again. */
export function boardScales(message: RunPanelMessage, before: BoardScales | null): BoardScales {
  const { rows, gain, greater_is_better: greater } = message;
  const baseline = gain === null ? NaN : -gain.gain;
  const lower = sorted(rows.map((row) => row.difference - (row.difference_error || 0)));
  const upper = sorted(rows.map((row) => row.difference + (row.difference_error || 0)));
  // The worst quarter may fall off the scale: it is hopeless, and would flatten the rest.
  const quarter = quantile(lower, 0.25);
  const lowest = Math.min(
    baseline < 0 ? Math.min(baseline * 1.1, Math.max(quarter, baseline * 1.6)) : quarter,
    -1e-9,
  );
  const highest = Math.max(0, Math.min(quantile(upper, 0.9), -lowest * 0.4));
  const low = Number.isFinite(lowest) ? lowest : -1;
  const folds = sorted(rows.flatMap((row) => row.fold_scores));
  const [hard, easy] = [quantile(folds, 0.1), quantile(folds, 1)];
  const foldRange = greater ? ([hard, easy] as const) : ([quantile(folds, 0.9), quantile(folds, 0)] as const);
  const foldScale = linearScale([0, 1], [26, 6], 2);
  const width = foldRange[1] - foldRange[0];
  const decimals = decimalsOfTable(rows.slice(0, 1).map((row) => row.score));
  const tested = rows.some((each) => each.test_score !== null);
  const key = [decimals, low, highest, baseline, ...foldRange, tested].join();
  if (before?.key === key) return before;
  return {
    key,
    decimals,
    difference: linearScale([low, highest > 0 ? highest : -low * 0.08], [6, INTERVAL_WIDTH - 5], 2),
    lowest: low,
    baseline,
    tested,
    fold: (score) => foldScale(Math.min(1, Math.max(0, width === 0 ? 0.5 : (score - foldRange[0]) / width))),
  };
}
