/** The keyboard on a board. */

/** One tab stop for the table: arrows, Home and End move between its rows, Enter and Space open one. */
export function moveFocus(event: KeyboardEvent, scroll: (pixels: number) => void): void {
  const table = event.currentTarget;
  if (!(table instanceof HTMLElement)) return;
  const rows = boardRows(table);
  const at = rows.findIndex((row) => row === event.target);
  if (at < 0) return;
  if (event.key === "Enter" || event.key === " ") {
    rows[at]?.click();
  } else if (event.key === "Home" || event.key === "End") {
    const isEnd = event.key === "End";
    // Of a long board only the rows in sight are there: those at its end are drawn first.
    table.scrollTop = isEnd ? table.scrollHeight : 0;
    scroll(isEnd ? Infinity : 0);
    const edge = (): void => {
      focusRow(boardRows(table), isEnd ? Infinity : 0);
    };
    edge();
    requestAnimationFrame(() => requestAnimationFrame(edge));
  } else {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to === undefined) return;
    focusRow(rows, to);
  }
  event.preventDefault();
  event.stopPropagation();
}

const boardRows = (table: HTMLElement): HTMLElement[] => [
  ...table.querySelectorAll<HTMLElement>("tr[tabindex]"),
];

function focusRow(rows: HTMLElement[], place: number): void {
  const next = rows[Math.min(rows.length - 1, Math.max(0, place))];
  for (const row of rows) row.tabIndex = row === next ? 0 : -1;
  next?.focus();
}
