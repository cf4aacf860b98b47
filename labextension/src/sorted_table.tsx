/** A table whose columns sort it; rows that tell more open below themselves. */

import type { ComponentChild } from "preact";

export interface Column<Row> {
  name: string;
  head: string;
  /** What is sorted by; without it the column does not sort. */
  value?: (row: Row) => number | string;
  cell: (row: Row) => ComponentChild;
  /** Numbers stand at the end of their cell. */
  isNumber?: boolean;
  /** Left out where there is little room. */
  isWide?: boolean;
  className?: string;
}

interface Order {
  column: string;
  rising: boolean;
}

interface TableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  order: Order | null;
  sort: (column: string) => void;
  /** What an open row tells; null where it is closed. */
  more?: (row: Row) => ComponentChild;
  toggle?: (row: Row) => void;
  /** Whether wide columns are left out: a cell over more columns than are shown would make new ones. */
  isNarrow?: boolean;
  rowClass?: (row: Row) => string;
}

export function SortedTable<Row>(props: TableProps<Row>) {
  const { columns, rows, order, toggle } = props;
  const span = columns.filter((each) => props.isNarrow !== true || each.isWide !== true).length;
  return (
    <div class="lepton-scroll lepton-plain" tabIndex={0}>
      <table>
        <caption class="lepton-sr">{props.caption}</caption>
        <colgroup>
          {columns.map((each) => (
            <col
              key={each.name}
              class={`${each.className ?? ""}${each.isWide === true ? " lepton-wide" : ""}`}
            />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((each) => (
              <Head key={each.name} column={each} order={order} sort={props.sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, columns, order).map((row) => {
            const more = props.more?.(row) ?? null;
            return [
              <tr key={props.keyOf(row)} class={props.rowClass?.(row) ?? ""}>
                {columns.map((each, place) => (
                  <Cell key={each.name} column={each} isFirst={place === 0} value={each.value?.(row)}>
                    {place === 0 && toggle !== undefined ? (
                      <button
                        type="button"
                        class="lepton-opener"
                        aria-expanded={more !== null}
                        onClick={() => {
                          toggle(row);
                        }}
                      >
                        <span class="lepton-ellipsis">{each.cell(row)}</span>
                      </button>
                    ) : (
                      each.cell(row)
                    )}
                  </Cell>
                ))}
              </tr>,
              more !== null && (
                <tr key={`${props.keyOf(row)} more`} class="lepton-opened">
                  <td colSpan={span}>{more}</td>
                </tr>
              ),
            ];
          })}
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps {
  column: { name: string; head: string; value?: unknown; isNumber?: boolean; isWide?: boolean };
  order: Order | null;
  sort: (column: string) => void;
}

function Head({ column, order, sort }: HeadProps) {
  if (column.head === "") return <td class={classesOf(column)} />;
  const way = order?.column === column.name ? (order.rising ? "ascending" : "descending") : null;
  return (
    <th scope="col" class={classesOf(column)} {...(way !== null && { "aria-sort": way })}>
      {column.value === undefined ? (
        column.head
      ) : (
        <button
          type="button"
          class="lepton-sort"
          title={column.head}
          onClick={() => {
            sort(column.name);
          }}
        >
          {way === null ? column.head : `${column.head} ${way === "descending" ? "↓" : "↑"}`}
        </button>
      )}
    </th>
  );
}

function Cell({
  column,
  isFirst,
  value,
  children,
}: {
  column: { isNumber?: boolean; isWide?: boolean };
  isFirst: boolean;
  value: number | string | undefined;
  children: ComponentChild;
}) {
  return isFirst ? (
    <th scope="row" class={classesOf(column)} {...(typeof value === "string" && { title: value })}>
      {children}
    </th>
  ) : (
    <td class={classesOf(column)}>{children}</td>
  );
}

function classesOf({ isNumber, isWide }: { isNumber?: boolean; isWide?: boolean }): string {
  return [isNumber === true ? "lepton-num" : "", isWide === true ? "lepton-wide" : ""].join(" ").trim();
}

function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Order | null,
): readonly Row[] {
  const value = columns.find((each) => each.name === order?.column)?.value;
  if (order === null || value === undefined) return rows;
  const sign = order.rising ? 1 : -1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (typeof a === "string" || typeof b === "string") return sign * String(a).localeCompare(String(b));
    // What is not known stands at the end, whichever way.
    if (!Number.isFinite(a) || !Number.isFinite(b))
      return Number(Number.isFinite(b)) - Number(Number.isFinite(a));
    return sign * (a - b);
  });
}
