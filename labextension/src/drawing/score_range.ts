/** Which part of the score axis a picture shows: what competes with the best, not the hopeless. */

export interface ScoreRange {
  /** Bounds in oriented scores: greater is better. */
  low: number;
  high: number;
  /** Whether something lies below `low`. */
  isCut: boolean;
}

/** Scores turned so that greater is better, whatever the metric. */
export function orientation(greaterIsBetter: boolean): (score: number) => number {
  return greaterIsBetter ? (score) => score : (score) => -score;
}

/**
 * The best that an oriented score can be: 1 for scikit-learn's scores (AUC, accuracy, R², …), 0 for its losses, turned.
 * A picture that went beyond would promise what cannot be.
 */
export function perfectScore(greaterIsBetter: boolean): number {
  return greaterIsBetter ? 1 : 0;
}

/**
 * The range around the best, in oriented scores. It reaches down about twice as far as the anchor (the baseline to
 * beat) or the error of the best lies below it. One failed trial therefore does not flatten all others into a line.
 */
export function scoreRange(
  scores: readonly number[],
  error: number,
  anchor: number,
  perfect = Infinity,
): ScoreRange {
  const finite = scores.filter(Number.isFinite);
  const best = finite.length > 0 ? Math.max(...finite) : Number.isFinite(anchor) ? anchor : 0;
  const width = Number.isFinite(error) && error > 0 ? error : 0;
  const sorted = [...finite].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? best;
  let reach = Math.max(Number.isFinite(anchor) ? best - anchor : 0, 1.6 * width);
  if (reach <= 0) reach = best - median;
  if (reach <= 0) reach = Math.abs(best) * 0.02 || 1;
  const lowest = Math.min(best, ...finite, Number.isFinite(anchor) ? anchor : best);
  const floor = best - 2.2 * reach;
  const isCut = lowest < floor - 0.4 * reach;
  const high = Math.max(best + width, Number.isFinite(anchor) ? anchor : best);
  // No empty space either: the picture ends where its lowest score is.
  const shown = finite.filter((score) => score >= floor);
  const low = isCut
    ? Math.min(best - width, anchor >= floor ? anchor : best, ...shown)
    : Math.min(lowest, best - width);
  const pad = 0.06 * (high - low || reach);
  // A hair beyond the perfect score, so that a mark on it is whole.
  return { low: low - pad, high: Math.min(high + pad, Math.max(best, perfect) + 0.2 * pad), isCut };
}
