/** Ticks of an axis of clock times. */

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
const DAY = 86_400;

/** Seconds of the day of "14:32:07"; 0 of what is no clock time. */
export function secondsOfDay(clock: string): number {
  const [hours, minutes, seconds] = clock.split(":").map(Number);
  const all = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return Number.isFinite(all) ? all : 0;
}

/** A clock time so many seconds after midnight, with seconds where they tell something. */
export function clockTime(seconds: number, withSeconds: boolean): string {
  const day = ((Math.floor(seconds) % DAY) + DAY) % DAY;
  const parts = [Math.floor(day / 3600), Math.floor(day / 60) % 60, ...(withSeconds ? [day % 60] : [])];
  return parts.map((each) => String(each).padStart(2, "0")).join(":");
}

/** Round clock times from `low` to `high` seconds after a start, at most `count` of them. */
export function clockTicks(
  low: number,
  high: number,
  start: number,
  count: number,
): { at: number; label: string }[] {
  const step = STEPS.find((each) => (high - low) / each <= count) ?? DAY;
  const ticks = [];
  for (let at = Math.ceil((start + low) / step) * step - start; at <= high; at += step) {
    ticks.push({ at, label: clockTime(start + at, step < 60) });
  }
  return ticks;
}
