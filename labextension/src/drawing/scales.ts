/** From values to pixels, and the round numbers along the way. */

export interface Scale {
  (value: number): number;
  domain: readonly [number, number];
  ticks: readonly number[];
}

/** Up to `count` steps of 1, 2 or 5 times a power of ten. */
export function niceStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor <= 1.0001 ? 1 : factor <= 2.0001 ? 2 : factor <= 5.0001 ? 5 : 10);
}

/** Decimals that tell the ticks of a step apart. */
export function stepDecimals(step: number): number {
  return Math.min(9, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function ticksWithin(low: number, high: number, step: number): number[] {
  const ticks = [];
  const slack = step * 1e-6;
  for (let k = Math.ceil((low - slack) / step); k * step <= high + slack; k += 1) ticks.push(k * step);
  return ticks;
}

/** A linear scale from `domain` to `range`; a domain without width is widened. */
export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  count: number,
): Scale {
  let [low, high] = domain;
  if (!(high > low)) {
    const pad = Math.abs(low) * 0.05 || 1;
    [low, high] = [low - pad, high + pad];
  }
  const factor = (range[1] - range[0]) / (high - low);
  const scale = (value: number): number => range[0] + (value - low) * factor;
  return Object.assign(scale, {
    domain: [low, high] as const,
    ticks: ticksWithin(low, high, niceStep(high - low, count)),
  });
}

/** A logarithmic scale; the domain is positive. Ticks are 1, 2, 5 of each decade, or finer where there is room. */
export function logScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  count: number,
): Scale {
  let [low, high] = domain;
  if (!(high > low * 1.0001)) [low, high] = [low / 2, low * 2];
  const factor = (range[1] - range[0]) / Math.log(high / low);
  const scale = (value: number): number => range[0] + Math.log(value / low) * factor;
  return Object.assign(scale, { domain: [low, high] as const, ticks: logTicks(low, high, count) });
}

function logTicks(low: number, high: number, count: number): number[] {
  const decades = ticksWithin(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)), 1).map(
    (k) => 10 ** k,
  );
  const inside = (value: number): boolean => value >= low * 0.999 && value <= high * 1.001;
  const candidates = [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]].map((digits) =>
    decades
      .flatMap((decade) => digits.map((digit) => Number((digit * decade).toPrecision(6))))
      .filter(inside),
  );
  const fitting = candidates.find((ticks) => ticks.length <= count);
  if (fitting !== undefined && fitting.length >= 2) return fitting;
  const sparse = candidates.at(-1) ?? [];
  if (sparse.length > count) {
    const every = Math.ceil(sparse.length / count);
    return sparse.filter((_, index) => index % every === 0);
  }
  const narrow = candidates[0] ?? [];
  // Within half a decade round linear steps are the readable ones.
  return narrow.length >= 2 ? narrow : ticksWithin(low, high, niceStep(high - low, count));
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400];

/** Ticks of a time axis from 0 in steps a clock has, and their labels. */
export function timeTicks(seconds: number, count: number): { at: number; label: string }[] {
  const step = TIME_STEPS.find((each) => seconds / each <= count) ?? 86400;
  return ticksWithin(0, seconds, seconds < 1 ? niceStep(seconds, count) : step).map((at) => ({
    at,
    label: timeLabel(at, step),
  }));
}

function timeLabel(at: number, step: number): string {
  if (at === 0) return "0";
  if (step >= 3600) return `${at / 3600} h`;
  if (step >= 60) return `${at / 60} min`;
  return `${Number(at.toPrecision(3))} s`;
}

/** Moves labels apart to at least `gap` pixels, keeping their order; each says where it wants to be. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let floor = low;
  for (const index of order) {
    placed[index] = Math.max(floor, wanted[index] ?? 0);
    floor = (placed[index] ?? 0) + gap;
  }
  let ceiling = high;
  for (const index of order.reverse()) {
    placed[index] = Math.min(ceiling, placed[index] ?? 0);
    ceiling = (placed[index] ?? 0) - gap;
  }
  return placed;
}

/** Coordinates for a path: one decimal is finer than a screen. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
