/** Lines of more points than the screen has columns: of each column the first, the least, the most and the last. */

import { px } from "./scales";

/** Points beyond which columns are whole pixels. */
const MANY = 2_000;

interface Column {
  at: number;
  first: number;
  least: number;
  most: number;
  last: number;
}

/**
 * Path data of a line through values over time, in pixels.
 *
 * A peak of one second is seen however far one looks back, since no column leaves out its extremes. A point without a
 * value, and a pause of more than `gap`, breaks the line: nothing is guessed.
 */
export function thinnedLine<T>(
  points: readonly T[],
  time: (point: T) => number,
  value: (point: T) => number | null,
  x: (time: number) => number,
  y: (value: number) => number,
  gap: number,
): string {
  // Of so many points a column of half a pixel would tell no more than one of a whole.
  const columns = points.length > MANY ? 1 : 2;
  let path = "";
  let column: Column | null = null;
  let before = -Infinity;
  let isBroken = true;
  const draw = (): void => {
    if (column === null) return;
    const { at, first, least, most, last } = column;
    path += `${isBroken ? "M" : "L"}${px(at)} ${px(y(first))}`;
    if (least < Math.min(first, last)) path += `V${px(y(least))}`;
    if (most > Math.max(first, last)) path += `V${px(y(most))}`;
    if (last !== first || least < first || most > first) path += `V${px(y(last))}`;
    // A line of one point would not be seen.
    if (isBroken) path += "h.1";
    isBroken = false;
    column = null;
  };
  for (const point of points) {
    const at = time(point);
    const found = value(point);
    if (found === null || !Number.isFinite(found) || at - before > gap) {
      draw();
      isBroken = true;
    }
    before = at;
    if (found === null || !Number.isFinite(found)) continue;
    const pixel = Math.round(x(at) * columns) / columns;
    if (column !== null && column.at === pixel) {
      column.least = Math.min(column.least, found);
      column.most = Math.max(column.most, found);
      column.last = found;
    } else {
      draw();
      column = { at: pixel, first: found, least: found, most: found, last: found };
    }
  }
  draw();
  return path;
}
