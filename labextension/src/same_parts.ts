/**
 * Keeps what a newer message says again: its parts that are as they were *are* those of the message before, so that
 * whoever draws them sees at a glance that there is nothing to draw.
 */

import { isRecord } from "./json_readers";

/** What tells the members of a list apart, wherever they stand in it. */
const KEY = "trial_id";

/** `after`, with each part that equals its counterpart in `before` replaced by that. */
export function sharing<T>(before: unknown, after: T): T {
  const shared: unknown = Array.isArray(after)
    ? sharedList(before, after)
    : isRecord(after)
      ? sharedRecord(before, after)
      : after;
  // Part by part the same value as `after`.
  return shared as T;
}

function sharedList(before: unknown, after: unknown[]): unknown[] {
  if (!Array.isArray(before)) return after;
  const known: unknown[] = before;
  const byKey = new Map(known.filter(isRecord).map((each) => [each[KEY], each]));
  const shared = after.map((each, place) =>
    sharing(isRecord(each) && KEY in each ? byKey.get(each[KEY]) : known[place], each),
  );
  const isSame =
    known.length === shared.length && shared.every((each, place) => Object.is(each, known[place]));
  return isSame ? known : shared;
}

function sharedRecord(before: unknown, after: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(before)) return after;
  let isSame = true;
  const shared: Record<string, unknown> = {};
  for (const name in after) {
    shared[name] = sharing(before[name], after[name]);
    isSame &&= Object.is(shared[name], before[name]);
  }
  // A field that is gone is a change too.
  return isSame && Object.keys(before).every((name) => name in after) ? before : shared;
}
