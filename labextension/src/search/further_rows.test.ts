import { describe, expect, it } from "vitest";
import { pagedBoard } from "../fixtures/board_pages";
import { golden } from "../fixtures/golden";
import { FurtherRows } from "./further_rows";

function setUp(count = 350) {
  const board = pagedBoard(golden(), count);
  const asked: number[] = [];
  const clock = { now: 1_000_000 };
  const further = new FurtherRows(
    (after) => asked.push(after),
    () => clock.now,
  );
  /** Answers all that is asked, page after page. */
  const answer = (): void => {
    for (let place = 0; place < asked.length; place += 1) further.receive(board.page(asked[place] ?? 0));
  };
  return { ...board, asked, clock, further, answer };
}

describe("rows beyond a message", () => {
  it("are not asked for before somebody wants them", () => {
    const { head, asked, further } = setUp();
    further.follow(head);
    expect(asked).toEqual([]);
    expect(further.beside(head)).toBe(head.rows);
  });

  it("come page after page until the board is whole", () => {
    const { head, whole, asked, further, answer } = setUp();
    further.want(head);
    answer();
    expect(asked).toEqual([100, 220, 340]);
    expect(further.beside(head)).toEqual(whole.rows);
  });

  it("are asked for once, and again only when an answer has failed to come", () => {
    const { head, asked, clock, further } = setUp();
    further.want(head);
    further.want(head);
    expect(asked).toEqual([100]);
    clock.now += 11_000;
    further.follow(head);
    expect(asked).toEqual([100, 100]);
  });

  it("leave alone what nobody asked for", () => {
    const { head, page, further } = setUp();
    expect(further.receive(page(100))).toBe(false);
    further.want(head);
    expect(further.receive(page(220))).toBe(false);
    expect(further.beside(head)).toBe(head.rows);
  });

  it("are not asked for where the message holds all", () => {
    const { whole, asked, further } = setUp(60);
    further.want({ ...whole, n_rows: whole.rows.length });
    expect(asked).toEqual([]);
  });

  it("are asked for anew after a while when the board has changed, and not before", () => {
    const { head, asked, clock, further, answer } = setUp();
    further.want(head);
    answer();
    asked.length = 0;
    clock.now += 60_000;
    further.follow({ ...head, sequence: head.sequence + 9 });
    expect(asked).toEqual([]);
    further.follow({ ...head, n_rows: head.n_rows + 1 });
    further.follow({ ...head, n_rows: head.n_rows + 2 });
    expect(asked).toEqual([100]);
  });

  it("go on where a model has come between that they do not hold", () => {
    const { head, further, answer } = setUp();
    further.want(head);
    answer();
    const [ensemble, first, ...others] = head.rows;
    if (ensemble === undefined || first === undefined) throw new Error("The board is empty.");
    // A new best pushes the last row out of the message: no row is there twice, and ranks have no gap.
    const best = { ...first, trial_id: 99_999, score: first.score + 0.01 };
    const models = [best, first, ...others].slice(0, 100);
    const next = { ...head, rows: [ensemble, ...models.map((row, place) => ({ ...row, rank: place + 1 }))] };
    const ranks = further.beside(next).flatMap((row) => (row.rank === null ? [] : [row.rank]));
    expect(ranks).toEqual(ranks.map((_, place) => place + 1));
    const trials = further.beside(next).map((row) => row.trial_id);
    expect(new Set(trials).size).toBe(trials.length);
  });

  it("stand before the constant baselines, which close the board", () => {
    const { head, further, answer } = setUp();
    const baseline = { ...head.rows[1], rank: null, trial_id: 7 } as (typeof head.rows)[number];
    const closed = { ...head, rows: [...head.rows, baseline] };
    further.want(closed);
    answer();
    expect(further.beside(closed).at(-1)).toBe(baseline);
    expect(further.beside(closed)).toHaveLength(352);
  });

  it("are sorted by a loss where that is the metric", () => {
    const { head, page, further } = setUp();
    const loss = { ...head, greater_is_better: false };
    further.want(loss);
    const rows = page(100).rows.map((row, place) => ({ ...row, score: 1 + place }));
    further.receive({ ...page(100), n_ranked: 220, rows: [...rows].reverse() });
    const scores = further.beside(loss).slice(101);
    expect(scores.map((row) => row.score)).toEqual(rows.map((row) => row.score));
  });
});
