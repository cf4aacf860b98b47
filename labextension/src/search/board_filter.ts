/** Which rows of the board are shown: those that hold each word that was typed, and can be exported as was chosen. */

import type { BoardRow } from "../messages";

export interface BoardFilter {
  text: string;
  /** A format; empty: whatever it can be exported to. */
  format: string;
}

export const NO_FILTER: BoardFilter = { text: "", format: "" };

export function isFiltering({ text, format }: BoardFilter): boolean {
  return text.trim() !== "" || format !== "";
}

/** Rows that match: words are looked for in model and settings, in any order and whatever their case. */
export function matching(rows: BoardRow[], filter: BoardFilter): BoardRow[] {
  if (!isFiltering(filter)) return rows;
  const words = filter.text.toLowerCase().split(/\s+/);
  return rows.filter(({ family, label, description, exports }) => {
    const told = `${family} ${label} ${description}`.toLowerCase();
    return (
      (filter.format === "" || exports.includes(filter.format)) && words.every((word) => told.includes(word))
    );
  });
}

/** Formats that any of the rows can be exported to. */
export function formatsOf(rows: BoardRow[]): string[] {
  return [...new Set(rows.flatMap((row) => row.exports))].sort();
}
