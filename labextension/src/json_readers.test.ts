import { describe, expect, it } from "vitest";
import { attempt, count, list, number, optional, shape, text } from "./json_readers";

interface Line {
  text: string;
}
interface Row {
  trial_id: number;
  rank: number;
  folds: number[];
}
interface Document {
  score: number;
  best: Line | null;
  log: Line[];
  rows: Row[];
}

const line = shape<Line>({ text });
const read = shape<Document>({
  score: number,
  best: optional(line),
  log: list(line),
  rows: list(shape<Row>({ trial_id: count, rank: count, folds: list(number) })),
});

describe("a reader that is given what it read before", () => {
  const document = {
    score: 0.8,
    best: { text: "a" },
    log: [{ text: "a" }, { text: "b" }],
    rows: [
      { trial_id: 1, rank: 1, folds: [1, null] },
      { trial_id: 2, rank: 2, folds: [3, 4] },
    ],
  };
  const before = read(document);

  it("gives that where nothing has changed", () => {
    expect(read(structuredClone(document), before)).toBe(before);
  });

  it("gives what is new beside parts that stand", () => {
    const after = read({ ...structuredClone(document), score: null }, before);
    expect(after).toEqual({ ...before, score: NaN });
    expect(after.best).toBe(before.best);
    expect(after.log).toBe(before.log);
    expect(after.rows).toBe(before.rows);
  });

  it("finds a trial again that has moved, and keeps of one that changed what did not", () => {
    const [first, second] = document.rows;
    const rows = [{ trial_id: 3, rank: 1, folds: [] }, { ...first, rank: 2 }, structuredClone(second)];
    const after = read({ ...document, rows }, before);
    expect(after.rows[1]).toEqual({ trial_id: 1, rank: 2, folds: [1, NaN] });
    expect(after.rows[1]?.folds).toBe(before.rows[0]?.folds);
    expect(after.rows[2]).toBe(before.rows[1]);
  });

  it.each([
    { log: [] },
    { log: [{ text: "a" }] },
    { log: [...document.log, { text: "c" }] },
    { log: [...document.log].reverse() },
    { rows: [...document.rows].reverse() },
    { rows: document.rows.slice(1) },
    { best: null },
    { best: { text: "" } },
    { score: 0 },
  ])("gives %j as it is", (change) => {
    const changed = read({ ...document, ...change });
    expect(read({ ...document, ...change }, before)).toEqual(changed);
    expect(read(document, changed)).toEqual(before);
  });

  it("refuses what is no such document, whatever was read before", () => {
    expect(attempt(read, { ...document, rows: [{ trial_id: "1" }] }, before)).toBeNull();
  });
});
