/** The last results: seen while they are asked for, and in no message that is kept. */

import { px } from "../drawing/scales";
import { fixed } from "../formats";
import type { StreamModel } from "./model";
import type { StreamRows } from "./stream_message";
import { STREAM_TEXTS } from "./stream_texts";

/** Columns of the table beside the charts; an opened row has all. */
const COLUMNS = 3;

export function Results({ model }: { model: StreamModel }) {
  if (!model.isLive && model.rows === null) return null;
  return (
    <div class="lepton-flat">
      <div class="lepton-bar">
        <span class="lepton-title">{STREAM_TEXTS.results}</span>
        <span class="lepton-muted lepton-ellipsis lepton-small" title={STREAM_TEXTS.resultsHint}>
          {STREAM_TEXTS.resultsHint}
        </span>
        <button
          type="button"
          class="lepton-quiet lepton-end"
          aria-expanded={model.showsResults}
          onClick={() => {
            model.toggleResults();
          }}
        >
          {model.showsResults ? STREAM_TEXTS.hideResults : STREAM_TEXTS.showResults}
        </button>
      </div>
      {model.showsResults && <Table model={model} rows={model.rows} />}
    </div>
  );
}

function Table({ model, rows }: { model: StreamModel; rows: StreamRows | null }) {
  if (rows === null || rows.rows.length === 0) {
    return <p class="lepton-muted lepton-small">{STREAM_TEXTS.noResults}</p>;
  }
  const shown = rows.columns.slice(0, COLUMNS);
  const hidden = rows.columns.length - shown.length;
  const numbers = shown.map((_, place) => isNumber(rows, place));
  const shares = shown.map((_, place) => isShare(rows, place));
  return (
    <div class="lepton-scroll lepton-results">
      <table>
        <caption class="lepton-sr">{STREAM_TEXTS.results}</caption>
        <thead>
          <tr>
            {shown.map((name, place) => (
              <th key={place} scope="col" class={numbers[place] === true ? "lepton-num" : ""} title={name}>
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.rows.map((row, at) => (
            <>
              <tr
                key={at}
                tabIndex={0}
                aria-expanded={model.rowIsOpen(at)}
                onClick={() => {
                  model.toggleRow(at);
                }}
                onKeyDown={(event) => {
                  if (event.key !== "Enter" && event.key !== " ") return;
                  model.toggleRow(at);
                  event.preventDefault();
                }}
              >
                {shown.map((_, place) => (
                  <Cell
                    key={place}
                    value={row[place] ?? null}
                    isNumber={numbers[place] === true}
                    isShare={shares[place] === true}
                  />
                ))}
              </tr>
              {model.rowIsOpen(at) && (
                <tr key={`open ${at}`} class="lepton-opened">
                  <td colSpan={shown.length}>
                    <dl>
                      {rows.columns.map((name, place) => (
                        <div key={place}>
                          <dt>
                            <bdi>{name}</bdi>
                          </dt>
                          <dd>
                            <bdi>{written(row[place] ?? null)}</bdi>
                          </dd>
                        </div>
                      ))}
                    </dl>
                  </td>
                </tr>
              )}
            </>
          ))}
        </tbody>
      </table>
      {hidden > 0 && <p class="lepton-muted lepton-small">{STREAM_TEXTS.more(hidden)}</p>}
    </div>
  );
}

function Cell({
  value,
  isNumber,
  isShare,
}: {
  value: string | number | null;
  isNumber: boolean;
  isShare: boolean;
}) {
  return (
    <td class={isNumber ? "lepton-num" : ""}>
      <bdi>{written(value)}</bdi>
      {isShare && (
        <span class="lepton-share" aria-hidden="true">
          <span style={{ width: `${px(100 * Number(value))}%` }} />
        </span>
      )}
    </td>
  );
}

/** Whether a column holds probabilities, as those that a model gives are called. */
function isShare(rows: StreamRows, place: number): boolean {
  return (
    (rows.columns[place] ?? "").startsWith("p_") &&
    rows.rows.every((row) => {
      const value = row[place] ?? 0;
      return typeof value === "number" && value >= 0 && value <= 1;
    })
  );
}

function isNumber(rows: StreamRows, place: number): boolean {
  return rows.rows.every((row) => row[place] === null || typeof row[place] === "number");
}

/** A value as a cell shows it: whole numbers whole, others in four digits. */
function written(value: string | number | null): string {
  if (typeof value !== "number") return value ?? "";
  if (Number.isInteger(value)) return fixed(value, 0);
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-4 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}
