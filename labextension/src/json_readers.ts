/**
 * Readers of JSON that comes from elsewhere: each takes an `unknown` and gives a value of its type, or says what it had
 * expected. Documents enter the page through them and nowhere else.
 *
 * A reader that is given what it read before gives those of its parts again that are as they were, so that whoever
 * draws them sees at a glance that there is nothing to draw.
 */

export type Reader<T> = (value: unknown, before?: unknown) => T;

/** What tells the members of a list apart, wherever they stand in it. */
const KEY = "trial_id";

class Mismatch extends Error {}

function mismatch(expected: string): never {
  throw new Mismatch(expected);
}

export const text: Reader<string> = (value) => (typeof value === "string" ? value : mismatch("a text"));
export const flag: Reader<boolean> = (value) =>
  typeof value === "boolean" ? value : mismatch("true or false");
export const count: Reader<number> = (value) =>
  typeof value === "number" && Number.isInteger(value) ? value : mismatch("a whole number");
export const number: Reader<number> = (value) =>
  value === null ? NaN : typeof value === "number" ? value : mismatch("a number");

export function optional<T>(read: Reader<T>): Reader<T | null> {
  return (value, before) => (value === null ? null : read(value, before));
}

/** A field that documents of older versions lack. */
export function since<T>(read: Reader<T>, otherwise: T): Reader<T> {
  return (value, before) => (value === undefined ? otherwise : read(value, before));
}

export function list<T>(read: Reader<T>): Reader<T[]> {
  return (value, before) => {
    if (!Array.isArray(value)) return mismatch("a list");
    const known: unknown[] = Array.isArray(before) ? before : [];
    const counterpart = counterparts(known);
    const found = value.map((each: unknown, place) => read(each, counterpart(each, place)));
    return isAsBefore(known, found) ? known : found;
  };
}

function isAsBefore<T>(known: unknown[], found: T[]): known is T[] {
  return known.length === found.length && found.every((each, place) => Object.is(each, known[place]));
}

/** What a member of a list was before: what bore its key, else what stood in its place. */
function counterparts(known: unknown[]): (each: unknown, place: number) => unknown {
  let byKey: Map<unknown, unknown> | undefined;
  return (each, place) => {
    const there = known[place];
    if (!isRecord(each) || !(KEY in each) || (isRecord(there) && there[KEY] === each[KEY])) return there;
    byKey ??= new Map(known.filter(isRecord).map((one) => [one[KEY], one]));
    return byKey.get(each[KEY]);
  };
}

export function record<T>(read: Reader<T>): Reader<Record<string, T>> {
  return (value) =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, read(each)]))
      : mismatch("an object");
}

export function one<T extends string>(known: readonly T[]): Reader<T> {
  return (value) => known.find((each) => each === value) ?? mismatch(known.join(" | "));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fields that are not named are left out: a newer version may send more. */
export function shape<T extends object>(fields: { [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  const readers = Object.entries<Reader<unknown>>(fields);
  return (value, before) => {
    if (!isRecord(value)) return mismatch("an object");
    const known = isRecord(before) ? before : null;
    const found: Record<string, unknown> = {};
    let isSame = known !== null;
    for (const [name, read] of readers) {
      const part = read(value[name], known?.[name]);
      isSame &&= Object.is(part, known?.[name]);
      found[name] = part;
    }
    // Entry by entry the type of T: `fields` has one reader for each of its keys.
    return (isSame ? known : found) as T;
  };
}

/** What a reader makes of a document; null where it is another one. */
export function attempt<T>(read: Reader<T>, value: unknown, before?: T | null): T | null {
  try {
    return read(value, before);
  } catch (error) {
    if (error instanceof Mismatch) return null;
    throw error;
  }
}
