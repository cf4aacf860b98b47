/**
 * Readers of JSON that comes from elsewhere: each takes an `unknown` and gives a value of its type, or says what it had
 * expected. Documents enter the page through them and nowhere else.
 */

export type Reader<T> = (value: unknown) => T;

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
  return (value) => (value === null ? null : read(value));
}

/** A field that documents of older versions lack. */
export function since<T>(read: Reader<T>, before: T): Reader<T> {
  return (value) => (value === undefined ? before : read(value));
}

export function list<T>(read: Reader<T>): Reader<T[]> {
  return (value) => (Array.isArray(value) ? value.map(read) : mismatch("a list"));
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
  return (value) => {
    if (!isRecord(value)) return mismatch("an object");
    const found: Record<string, unknown> = {};
    for (const [name, read] of readers) found[name] = read(value[name]);
    // Entry by entry the type of T: `fields` has one reader for each of its keys.
    return found as T;
  };
}

/** What a reader makes of a document; null where it is another one. */
export function attempt<T>(read: Reader<T>, value: unknown): T | null {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof Mismatch) return null;
    throw error;
  }
}
