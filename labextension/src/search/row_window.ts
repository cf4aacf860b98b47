/** Which rows of a long board are drawn: those in sight, and some above and below for the next turn of the wheel. */

/** Height of a row in pixels; the twin of `--lepton-row`. */
export const ROW_PIXELS = 32;
/** Boards of no more rows are drawn whole. */
export const WHOLE_BOARD = 40;
/** Rows that the board shows at once; panel.css sets its height. */
const IN_SIGHT = 12;
/** Rows beyond either end of what is in sight. */
const SPARE = 2;
/** The first row moves by so many at once, so that a slow scroll draws rarely. */
const STEP = 4;

export interface RowWindow {
  begin: number;
  end: number;
}

/** Whether the last rows of `count` are nearly in sight, where `scrolled` of them lie above the board's edge. */
export function reachesEnd(count: number, scrolled: number): boolean {
  return scrolled > 0 && scrolled + 2 * IN_SIGHT > count;
}

/** Rows to draw of `count`, where `scrolled` of them lie above the board's edge. */
export function rowWindow(count: number, scrolled: number): RowWindow {
  if (count <= WHOLE_BOARD) return { begin: 0, end: count };
  const length = IN_SIGHT + 2 * SPARE + STEP;
  const first = Math.floor((Math.min(count, Math.floor(scrolled)) - SPARE) / STEP) * STEP;
  const begin = Math.min(first, count - length);
  return { begin: Math.max(0, begin), end: Math.min(count, begin + length) };
}
