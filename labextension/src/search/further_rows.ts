/**
 * Rows of a long board that its messages do not hold: asked for, page after page, once a person wants to see them.
 *
 * While a run goes on, models come at any rank and all are compared anew with a better best; so what changed is asked
 * for again, but not at every message. Meanwhile a row stays as it was seen last.
 */

import type { BoardPage, BoardRow, RunPanelMessage } from "../messages";

/** Milliseconds after which an answer is no longer expected, and between two looks at all pages. */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 3_000;

/** What a board's rows depend on. */
const stamp = ({ n_rows: count, score, state }: RunPanelMessage): string => `${count} ${score} ${state}`;

const lastRank = (rows: BoardRow[]): number => Math.max(0, ...rows.map((row) => row.rank ?? 0));

export class FurtherRows {
  readonly #seen = new Map<number | null, BoardRow>();
  #isWanted = false;
  /** Rank after which rows are awaited, since when, and what the board was like when the first page was asked for. */
  #awaited: number | null = null;
  #askedAt = -Infinity;
  #asked = "";
  #known = "";

  constructor(
    private readonly ask: (afterRank: number) => void,
    private readonly now: () => number,
  ) {}

  /** From now on all rows are wanted. */
  want(head: RunPanelMessage): void {
    this.#isWanted = true;
    this.follow(head);
  }

  /** Asks for what is missing or old beside the newest message. */
  follow(head: RunPanelMessage): void {
    const rests = this.now() - this.#askedAt < (this.#awaited === null ? AGAIN_MS : PATIENCE_MS);
    const isWhole = head.rows.length >= head.n_rows || this.#known === stamp(head);
    if (!this.#isWanted || rests || isWhole) return;
    this.#asked = stamp(head);
    this.#send(lastRank(head.rows));
  }

  /** Takes a page that was asked for; whether it was. */
  receive(page: BoardPage): boolean {
    if (page.after_rank !== this.#awaited) return false;
    for (const row of page.rows) this.#seen.set(row.trial_id, row);
    const last = lastRank(page.rows);
    if (last > page.after_rank && last < page.n_ranked) this.#send(last);
    else {
      this.#awaited = null;
      this.#known = this.#asked;
    }
    return true;
  }

  /** Rows of a message, and those beyond them: before the constant baselines, which close the board. */
  beside({ rows, greater_is_better: greater }: RunPanelMessage): BoardRow[] {
    if (this.#seen.size === 0) return rows;
    const held = new Set(rows.map((row) => row.trial_id));
    const closing = rows.filter((row) => row.rank === null && row.members.length === 0);
    const ahead = rows.slice(0, rows.length - closing.length);
    const from = lastRank(rows) + 1;
    const sign = greater ? -1 : 1;
    const further = [...this.#seen.values()]
      .filter((row) => !held.has(row.trial_id))
      .sort((one, other) => sign * (one.score - other.score) || (one.rank ?? 0) - (other.rank ?? 0))
      .map((row, place) => (row.rank === from + place ? row : { ...row, rank: from + place }));
    return [...ahead, ...further, ...closing];
  }

  #send(afterRank: number): void {
    this.#awaited = afterRank;
    this.#askedAt = this.now();
    this.ask(afterRank);
  }
}
