/** The points of a long stream: the newest of a fixed number, however long it runs. */

import type { StreamSecond } from "./stream_message";

/** A day and more of seconds. */
export const RING_POINTS = 100_000;
/** Points of which one block tells the extremes, the coarsest first; each divides the ones before it. */
const SIZES = [128, 32, 8] as const;
/** Seconds without a summary that break a line: older points stand for five seconds each. */
export const GAP_SECONDS = 7.5;

type Value = Exclude<keyof StreamSecond, "at">;
const VALUES: readonly Value[] = ["rows_per_second", "p50_milliseconds", "p99_milliseconds", "score"];

export class Ring {
  private points: StreamSecond[] = [];
  /** By size, of each whole block what is drawn where all of it shares a column of pixels. */
  private levels: StreamSecond[][][] = SIZES.map(() => []);

  constructor(private readonly most = RING_POINTS) {}

  /** Takes the points of a message that are newer than what is there; those of one that began anew replace all. */
  take(sent: readonly StreamSecond[]): void {
    const last = this.points.at(-1)?.at ?? -Infinity;
    const newest = sent.at(-1)?.at ?? -Infinity;
    if (newest < last) [this.points, this.levels] = [[], SIZES.map(() => [])];
    const from = newest < last ? -Infinity : last;
    for (const point of sent) if (point.at > from) this.points.push(point);
    // Cut rarely, and between blocks: moving a hundred thousand points each second would be felt.
    if (this.points.length > this.most * 1.1) {
      const gone = Math.floor((this.points.length - this.most) / SIZES[0]) * SIZES[0];
      this.points = this.points.slice(gone);
      this.levels = this.levels.map((blocks, level) => blocks.slice(gone / (SIZES[level] ?? 1)));
    }
    SIZES.forEach((size, level) => {
      const blocks = this.levels[level] ?? [];
      while ((blocks.length + 1) * size <= this.points.length) {
        blocks.push(outline(this.points.slice(blocks.length * size, (blocks.length + 1) * size)));
      }
    });
  }

  get length(): number {
    return Math.min(this.points.length, this.most);
  }

  get first(): number {
    return this.points[this.begin]?.at ?? 0;
  }

  get last(): number {
    return this.points.at(-1)?.at ?? 0;
  }

  /** Points from `low` to `high` seconds, and one beyond either end, so that lines reach the edges. */
  between(low: number, high: number): StreamSecond[] {
    return this.points.slice(...this.places(low, high));
  }

  /** The same for a line so many pixels wide: where a column of them holds a block of points, the block's outline. */
  drawn(low: number, high: number, pixels: number): StreamSecond[] {
    const [begin, end] = this.places(low, high);
    const level = SIZES.findIndex((each) => end - begin > pixels * each);
    const size = SIZES[level];
    const blocks = this.levels[level];
    if (size === undefined || blocks === undefined) return this.points.slice(begin, end);
    const from = Math.ceil(begin / size);
    const to = Math.floor(end / size);
    return [
      ...this.points.slice(begin, from * size),
      ...blocks.slice(from, to).flat(),
      ...this.points.slice(to * size, end),
    ];
  }

  /** The point at or before a time. */
  at(seconds: number): StreamSecond | null {
    const place = this.place(seconds);
    const exact = this.points[place];
    return exact?.at === seconds ? exact : (this.points[place - 1] ?? null);
  }

  private get begin(): number {
    return Math.max(0, this.points.length - this.most);
  }

  private places(low: number, high: number): [number, number] {
    return [Math.max(this.begin, this.place(low) - 1), Math.min(this.points.length, this.place(high) + 1)];
  }

  /** Where the first point lies that is not before `seconds`. */
  private place(seconds: number): number {
    let [low, high] = [0, this.points.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.points[middle]?.at ?? Infinity) < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The first and the last of some points, and between them two of their least and greatest values. */
function outline(points: StreamSecond[]): StreamSecond[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return points;
  // A pause breaks the line: it is drawn where it was.
  if (points.some((point, place) => point.at - (points[place - 1] ?? point).at > GAP_SECONDS)) return points;
  const [least, greatest] = [{ ...first }, { ...last, at: first.at }];
  for (const name of VALUES) {
    const known = points.map((point) => point[name]).filter((value) => value !== null);
    const [low, high] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : [null, null];
    Object.assign(least, { [name]: low });
    Object.assign(greatest, { [name]: high });
  }
  return [first, least, greatest, last];
}
