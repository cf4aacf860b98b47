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
});
