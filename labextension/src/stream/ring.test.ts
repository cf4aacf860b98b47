import { describe, expect, it } from "vitest";
import { Ring } from "./ring";
import type { StreamSecond } from "./stream_message";

const point = (at: number): StreamSecond => ({
  at,
  rows_per_second: at,
  p50_milliseconds: 1,
  p99_milliseconds: 2,
  score: null,
});
const points = (from: number, to: number): StreamSecond[] =>
  Array.from({ length: to - from + 1 }, (_, k) => point(from + k));

describe("Ring", () => {
  it("takes only what is new of a message that repeats itself", () => {
    const ring = new Ring();
    ring.take(points(1, 10));
    ring.take(points(5, 12));
    expect(ring.length).toBe(12);
    expect([ring.first, ring.last]).toEqual([1, 12]);
  });

  it("keeps the newest of many", () => {
    const ring = new Ring(100);
    for (let at = 1; at <= 1_000; at += 1) ring.take([point(at)]);
    expect(ring.length).toBe(100);
    expect(ring.first).toBe(901);
    expect(ring.between(0, 2_000).length).toBe(100);
  });

  it("begins anew with a stream that did", () => {
    const ring = new Ring();
    ring.take(points(100, 110));
    ring.take(points(1, 3));
    expect([ring.first, ring.last, ring.length]).toEqual([1, 3, 3]);
  });

  it("gives a stretch with one point beyond either end, and the point at or before a time", () => {
    const ring = new Ring();
    ring.take(points(1, 10));
    expect(ring.between(3, 5).map((each) => each.at)).toEqual([2, 3, 4, 5]);
    expect(ring.between(20, 30).map((each) => each.at)).toEqual([10]);
    expect(ring.at(4.5)?.at).toBe(4);
    expect(ring.at(4)?.at).toBe(4);
    expect(ring.at(0)).toBeNull();
  });

  it.each([1_000, 30_000, 100_000])("draws the peaks and pauses of %i points by a few thousand", (count) => {
    const ring = new Ring();
    const sent = points(1, count).map((each) => ({ ...each, rows_per_second: 100 }));
    const peak = sent[Math.floor(count / 2)];
    if (peak === undefined) throw new Error("There is no such point.");
    peak.rows_per_second = 9_999;
    peak.score = 0.1;
    ring.take([...sent, point(count + 500), point(count + 501)]);
    const drawn = ring.drawn(0, count + 501, 900);
    expect(drawn.length).toBeLessThan(15_000);
    expect(drawn.some((each) => each.rows_per_second === 9_999 && Math.abs(each.at - peak.at) < 128)).toBe(
      true,
    );
    expect(drawn.some((each) => each.score === 0.1)).toBe(true);
    expect([drawn[0]?.at, drawn.at(-1)?.at]).toEqual([Math.max(1, count + 3 - 100_000), count + 501]);
    expect(drawn.map((each) => each.at)).toEqual(drawn.map((each) => each.at).sort((a, b) => a - b));
    // The pause is where it was.
    expect(drawn.some((each, place) => each.at - (drawn[place - 1] ?? each).at === 500)).toBe(true);
  });

  it("draws the same after old points have gone", () => {
    const [short, long] = [new Ring(5_000), new Ring()];
    for (let at = 1; at <= 9_000; at += 50) {
      short.take(points(at, at + 49));
      long.take(points(at, at + 49));
    }
    const from = short.first;
    const values = (ring: Ring): number[] =>
      ring.drawn(from + 100, 9_000, 10).map((each) => each.rows_per_second);
    expect(Math.max(...values(short))).toBe(Math.max(...values(long)));
    expect(values(short).length).toBeLessThan(600);
  });
});
