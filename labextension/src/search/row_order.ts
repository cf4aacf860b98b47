/** The order of the leaderboard's rows: by score as they come, or by another column that a person has chosen. */

import type { BoardRow, RunPanelMessage } from "../messages";

export type SortColumn = "score" | "train" | "test" | "fit" | "row" | "size";

export interface RowOrder {
  column: SortColumn;
  /** Worst first. */
  reversed: boolean;
}

export const BY_SCORE: RowOrder = { column: "score", reversed: false };

const COSTS = {
  fit: (row: BoardRow) => row.fit_seconds,
  row: (row: BoardRow) => row.row_milliseconds,
  size: (row: BoardRow) => row.size_bytes,
};

/** A column once more turns its order round; another one begins with what is best in it. */
export function nextOrder(order: RowOrder, column: SortColumn): RowOrder {
  return { column, reversed: order.column === column && !order.reversed };
}

/** Whether the greatest value of a column is at the top, as `aria-sort` names it. */
export function direction(order: RowOrder, message: RunPanelMessage): "ascending" | "descending" {
  const greatestIsBest = !(order.column in COSTS) && message.greater_is_better;
  return greatestIsBest === order.reversed ? "ascending" : "descending";
}

/** Rows in an order: the ensemble stays at the top, what is not known at the end. */
export function orderedRows(message: RunPanelMessage, order: RowOrder, rows = message.rows): BoardRow[] {
  const ensembles = rows.filter((row) => row.members.length > 0);
  const models = rows.filter((row) => row.members.length === 0);
  if (order.column === "score") return [...ensembles, ...(order.reversed ? models.reverse() : models)];
  const value = columnValue(order.column);
  const sign = direction(order, message) === "ascending" ? 1 : -1;
  const known = models.filter((row) => Number.isFinite(value(row)));
  const unknown = models.filter((row) => !Number.isFinite(value(row)));
  return [...ensembles, ...known.sort((one, other) => sign * (value(one) - value(other))), ...unknown];
}

function columnValue(column: Exclude<SortColumn, "score">): (row: BoardRow) => number {
  if (column === "train") return (row) => row.train_score;
  if (column === "test") return (row) => row.test_score ?? NaN;
  return COSTS[column];
}
