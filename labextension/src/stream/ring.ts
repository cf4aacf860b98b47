/** The points of a long stream: the newest of a fixed number, however long it runs. */

import type { StreamSecond } from "./stream_message";

/** A day and more of seconds. */
export const RING_POINTS = 100_000;

export class Ring {
  private points: StreamSecond[] = [];

  constructor(private readonly most = RING_POINTS) {}

  /** Takes the points of a message that are newer than what is there; those of one that began anew replace all. */
  take(sent: readonly StreamSecond[]): void {
    const last = this.points.at(-1)?.at ?? -Infinity;
    const newest = sent.at(-1)?.at ?? -Infinity;
    if (newest < last) this.points = [];
    const from = newest < last ? -Infinity : last;
    for (const point of sent) if (point.at > from) this.points.push(point);
    // Cut rarely: moving a hundred thousand points each second would be felt.
    if (this.points.length > this.most * 1.1) this.points = this.points.slice(-this.most);
  }

  get length(): number {
    return Math.min(this.points.length, this.most);
  }

  get first(): number {
    return this.points[Math.max(0, this.points.length - this.most)]?.at ?? 0;
  }

  get last(): number {
    return this.points.at(-1)?.at ?? 0;
  }

  /** Points from `low` to `high` seconds, and one beyond either end, so that lines reach the edges. */
  between(low: number, high: number): StreamSecond[] {
    const begin = Math.max(0, this.points.length - this.most, this.place(low) - 1);
    return this.points.slice(begin, this.place(high) + 1);
  }

  /** The point at or before a time. */
  at(seconds: number): StreamSecond | null {
    const place = this.place(seconds);
    const exact = this.points[place];
    return exact?.at === seconds ? exact : (this.points[place - 1] ?? null);
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
