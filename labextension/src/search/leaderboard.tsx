/** What else there is: one line a model, the ensemble first. */

import { InlineMark, Mark, familyClass } from "../drawing/mark";
import { linearScale, px } from "../drawing/scales";
import { decimalsOfTable, fitSeconds, fixed, milliseconds, percent, signed, size } from "../formats";
import type { BoardRow, RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import type { SearchModel } from "./model";
import { direction, orderedRows } from "./row_order";
import type { SortColumn } from "./row_order";
import { ROW_PIXELS } from "./row_window";

const INTERVAL_WIDTH = 96;
/** Below this width in pixels folds and fit give way; panel.css has the same figure. */
const ROOMY = 820;

/** What all rows share: decimals and the two small scales. */
interface BoardScales {
  decimals: number;
  difference: (value: number) => number;
  lowest: number;
  baseline: number;
  fold: (value: number) => number;
  /** Whether a held-out table was scored. */
  tested: boolean;
}

export function Leaderboard({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  const { rows } = message;
  const scales = boardScales(message);
  // A cell over more columns than are shown would make new ones.
  const span = model.isNarrow ? 5 : (model.width < ROOMY ? 7 : 9) + (scales.tested ? 1 : 0);
  const ordered = orderedRows(message, model.order);
  const { begin, end } = model.boardRows;
  const line = (row: BoardRow, place: number) => (
    <Row
      key={row.trial_id ?? "ensemble"}
      row={row}
      rows={rows}
      span={span}
      scales={scales}
      isOpen={model.rowIsOpen(row.trial_id)}
      place={place}
      isFirst={place === begin}
      toggle={() => {
        model.toggleRow(row.trial_id);
      }}
    />
  );
  return (
    <>
      <div class="lepton-bar lepton-board-bar">
        <span class="lepton-title">{TEXTS.leaderboard}</span>
        <span class="lepton-muted lepton-small">
          {message.n_rows > rows.length
            ? TEXTS.modelsShown(rows.length, message.n_rows)
            : TEXTS.models(rows.filter((row) => row.members.length === 0).length)}
        </span>
      </div>
      <div
        class="lepton-scroll lepton-board"
        onKeyDown={(event) => {
          moveFocus(event, (pixels) => {
            model.scrollBoard(pixels);
          });
        }}
        onScroll={(event) => {
          model.scrollBoard(event.currentTarget.scrollTop);
        }}
      >
        <table aria-rowcount={rows.length + 1}>
          <caption class="lepton-sr">{TEXTS.boardCaption(message.metric_label, message.target)}</caption>
          <colgroup>
            <col class="lepton-c-rank" />
            <col />
            <col class="lepton-c-score" />
            <col class="lepton-c-interval" />
            <col class="lepton-c-folds lepton-wide lepton-roomy" />
            <col class="lepton-c-scored lepton-wide" />
            {scales.tested && <col class="lepton-c-scored lepton-wide" />}
            <col class="lepton-c-num lepton-wide lepton-roomy" />
            <col class="lepton-c-row" />
            <col class="lepton-c-size lepton-wide" />
          </colgroup>
          <Head model={model} message={message} tested={scales.tested} />
          <tbody>
            {rows.length === 0 && (
              <tr>
                <td class="lepton-void" colSpan={span}>
                  {model.isLive && model.appearance !== "waiting" ? TEXTS.firstScore : TEXTS.noScores}
                </td>
              </tr>
            )}
            {/* Kept: the ensemble stays in sight above whatever is scrolled to. */}
            {ordered.slice(0, begin).flatMap((row) => (row.members.length > 0 ? [line(row, 0)] : []))}
            <Unseen key="above" rows={begin} />
            {ordered.slice(begin, end).map((row, index) => line(row, begin + index))}
            <Unseen key="below" rows={ordered.length - end} />
          </tbody>
        </table>
      </div>
      {rows.length > 0 && (
        <div class="lepton-foot">
          <span>
            <svg class="lepton-bracket" width="3" height="10" aria-hidden="true">
              <rect width="3" height="10" fill="var(--lepton-line-3)" />
            </svg>
            {TEXTS.tiedNote}
          </span>
          {rows.some((each) => each.parted) && <span class="lepton-wide">{TEXTS.partedNote}</span>}
        </div>
      )}
    </>
  );
}

/** Room of the rows that are not drawn. */
function Unseen({ rows }: { rows: number }) {
  return rows === 0 ? null : (
    <tr class="lepton-unseen" aria-hidden="true">
      <td style={{ height: `${rows * ROW_PIXELS}px` }} />
    </tr>
  );
}

interface HeadProps {
  model: SearchModel;
  message: RunPanelMessage;
  tested: boolean;
}

function Head({ model, message, tested }: HeadProps) {
  const linear = message.gain?.baseline ?? null;
  const metric = message.metric_label;
  const column = (by: SortColumn, words: string, classes: string, title: string) => (
    <SortHead model={model} message={message} column={by} words={words} classes={classes} title={title} />
  );
  return (
    <thead>
      <tr>
        <th scope="col" class="lepton-num">
          {TEXTS.rank}
        </th>
        <th scope="col">{TEXTS.model}</th>
        {column("score", metric, "", metric)}
        <th scope="col" title={TEXTS.versusBestTitle(linear)}>
          {TEXTS.versusBest}
        </th>
        <th scope="col" class="lepton-wide lepton-roomy">
          {TEXTS.foldsHead}
        </th>
        {column("train", TEXTS.train, " lepton-wide", TEXTS.trainTitle(metric))}
        {tested && column("test", TEXTS.test, " lepton-wide", TEXTS.testTitle(metric))}
        {column("fit", TEXTS.fit, " lepton-wide lepton-roomy", TEXTS.fitTitle)}
        {column("row", TEXTS.rowTime, "", TEXTS.rowTimeTitle)}
        {column("size", TEXTS.size, " lepton-wide", TEXTS.size)}
      </tr>
    </thead>
  );
}

interface SortHeadProps {
  model: SearchModel;
  message: RunPanelMessage;
  column: SortColumn;
  words: string;
  classes: string;
  title: string;
}

/** A head that sorts; the arrow is that of the order the rows are in. */
function SortHead({ model, message, column, words, classes, title }: SortHeadProps) {
  const way = model.order.column === column ? direction(model.order, message) : null;
  return (
    <th scope="col" class={`lepton-num${classes}`} {...(way !== null && { "aria-sort": way })}>
      <button
        type="button"
        class="lepton-sort"
        title={title}
        onClick={() => {
          model.sortBy(column);
        }}
      >
        {way === null ? words : `${words} ${way === "descending" ? "↓" : "↑"}`}
      </button>
    </th>
  );
}

interface RowProps {
  row: BoardRow;
  rows: BoardRow[];
  span: number;
  scales: BoardScales;
  isOpen: boolean;
  /** Where it stands in the whole board. */
  place: number;
  isFirst: boolean;
  toggle: () => void;
}

function Row({ row, rows, span, scales, isOpen, place, isFirst, toggle }: RowProps) {
  const isEnsemble = row.members.length > 0;
  const classes = [isEnsemble ? "lepton-pinned" : "", row.tied ? "lepton-tied" : ""].join(" ").trim();
  const gap = signed(row.gap, Math.max(0, scales.decimals - 1));
  const score = fixed(row.score, scales.decimals);
  const outOfFold = withError(row.score, row.score_error, scales.decimals);
  const train = withError(row.train_score, row.train_error, Math.min(3, scales.decimals));
  const test = withError(row.test_score, row.test_error, Math.min(3, scales.decimals));
  const memory = size(row.size_bytes);
  return (
    <>
      <tr class={classes} tabIndex={isFirst ? 0 : -1} aria-rowindex={place + 2} onClick={toggle}>
        <td class="lepton-num lepton-muted">{row.rank ?? ""}</td>
        <th scope="row" title={`${row.label} ${row.description}`.trim()}>
          <span class="lepton-model">
            <InlineMark family={row.family} />
            {isEnsemble ? (
              <>
                <b class="lepton-nowrap">{TEXTS.ensembleOf(row.members.length)}</b>
                <Stack row={row} rows={rows} />
              </>
            ) : (
              <span class="lepton-ellipsis">
                {row.label} <span class="lepton-muted lepton-wide">{row.description}</span>
              </span>
            )}
          </span>
        </th>
        <td class="lepton-num">{isEnsemble ? <b>{score}</b> : score}</td>
        <td>
          <Interval row={row} scales={scales} />
        </td>
        <td class="lepton-wide lepton-roomy">
          <Folds row={row} scales={scales} />
        </td>
        <td class="lepton-num lepton-wide">
          {row.parted ? <b class="lepton-warn">{train.score}</b> : train.score}{" "}
          <small class="lepton-error">{train.error}</small>
        </td>
        {scales.tested && (
          <td class="lepton-num lepton-wide">
            {test.score} <small class="lepton-error">{test.error}</small>
          </td>
        )}
        <td class="lepton-num lepton-wide lepton-roomy">{fitSeconds(row.fit_seconds)}</td>
        <td class="lepton-num">{milliseconds(row.row_milliseconds)}</td>
        <td class="lepton-num lepton-wide">
          {memory.amount}
          <small>{memory.unit}</small>
        </td>
      </tr>
      {isOpen && (
        <tr class="lepton-more">
          <td colSpan={span}>
            <dl>
              <dt>{TEXTS.description}</dt>
              <dd>{isEnsemble ? membersText(row, rows) : row.description}</dd>
              <dt>{TEXTS.foldsHead}</dt>
              <dd>{row.fold_scores.map((each) => fixed(each, Math.min(3, scales.decimals))).join(", ")}</dd>
              <dt>{TEXTS.outOfFold}</dt>
              <dd>{`${outOfFold.score} ${outOfFold.error}`}</dd>
              <dt>{TEXTS.train}</dt>
              <dd>{`${train.score} ${train.error}`}</dd>
              {row.test_score !== null && (
                <>
                  <dt>{TEXTS.test}</dt>
                  <dd>{`${test.score} ${test.error}`}</dd>
                </>
              )}
              <dt>{TEXTS.gap}</dt>
              <dd>{gap}</dd>
              <dt>{TEXTS.fit}</dt>
              <dd>{fitSeconds(row.fit_seconds)}</dd>
              <dt>{TEXTS.size}</dt>
              <dd>{`${memory.amount} ${memory.unit}`}</dd>
            </dl>
          </td>
        </tr>
      )}
    </>
  );
}

function isTested(rows: BoardRow[]): boolean {
  return rows.some((each) => each.test_score !== null);
}

/** A score and the half of its interval, which is empty where it is not known. */
function withError(
  score: number | null,
  error: number | null,
  decimals: number,
): { score: string; error: string } {
  const isKnown = error !== null && Number.isFinite(error);
  return { score: fixed(score, decimals), error: isKnown ? `±${fixed(error, decimals)}` : "" };
}

function memberNames(row: BoardRow, rows: BoardRow[]): { label: string; family: string; weight: number }[] {
  const known = new Map(rows.map((each) => [each.trial_id, each]));
  return [...row.members]
    .sort((a, b) => b.weight - a.weight)
    .map(({ trial_id: trial, weight }) => {
      const member = known.get(trial);
      return { label: member?.label ?? `trial ${trial}`, family: member?.family ?? "", weight };
    });
}

function membersText(row: BoardRow, rows: BoardRow[]): string {
  return memberNames(row, rows)
    .map(({ label, weight }) => TEXTS.share(label, percent(weight)))
    .join(", ");
}

/** The weights of an ensemble as one bar. */
function Stack({ row, rows }: { row: BoardRow; rows: BoardRow[] }) {
  const text = membersText(row, rows);
  return (
    <span class="lepton-stack" role="img" aria-label={text} title={text}>
      {memberNames(row, rows).map(({ family, weight }, index) => (
        <span key={index} class={familyClass(family)} style={{ flexGrow: Math.max(0, weight) }} />
      ))}
    </span>
  );
}

/** The interval of the paired difference to the best. */
function Interval({ row, scales }: { row: BoardRow; scales: BoardScales }) {
  const { difference, lowest, baseline } = scales;
  const error = Number.isFinite(row.difference_error) ? row.difference_error : 0;
  const words = signed(row.difference, scales.decimals);
  const isOff = row.difference < lowest;
  const label = isOff
    ? TEXTS.versusBestOff(words)
    : TEXTS.versusBestValue(words, fixed(row.difference_error, scales.decimals));
  const clamp = (value: number): number => Math.min(INTERVAL_WIDTH, Math.max(0, difference(value)));
  return (
    <svg
      width={INTERVAL_WIDTH}
      height="32"
      viewBox={`0 0 ${INTERVAL_WIDTH} 32`}
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {baseline >= lowest && (
        <path class="lepton-base" stroke-dasharray="2 2" d={`M${px(difference(baseline))} 0V32`} />
      )}
      <path stroke="var(--lepton-line-3)" d={`M${px(difference(0))} 0V32`} />
      {Number.isFinite(row.difference) &&
        (isOff ? (
          <path class={`${familyClass(row.family)} lepton-dot`} d="M1 16l6 -4v8z" />
        ) : (
          <>
            <path
              class="lepton-whisker"
              d={`M${px(clamp(row.difference - error))} 16H${px(clamp(row.difference + error))}`}
            />
            <Mark family={row.family} x={difference(row.difference)} y={16} radius={3.5} />
          </>
        ))}
    </svg>
  );
}

/** The scores of the folds on one scale for all rows, so that a hard fold is seen as one. */
function Folds({ row, scales }: { row: BoardRow; scales: BoardScales }) {
  const scores = row.fold_scores.filter(Number.isFinite);
  if (scores.length === 0) return null;
  const label = TEXTS.foldScores(scores.map((each) => fixed(each, Math.min(3, scales.decimals))).join(", "));
  const step = scores.length > 1 ? 42 / (scores.length - 1) : 0;
  const dots = scores.map((score, fold) => ({ x: px(3 + fold * step), y: px(scales.fold(score)) }));
  return (
    <svg width="48" height="32" viewBox="0 0 48 32" role="img" aria-label={label}>
      <title>{label}</title>
      <path
        fill="none"
        stroke="var(--lepton-line-3)"
        d={`M${dots.map(({ x, y }) => `${x} ${y}`).join("L")}`}
      />
      {dots.map(({ x, y }, fold) => (
        <circle key={fold} cx={x} cy={y} r="1.5" fill="var(--lepton-ink)" />
      ))}
    </svg>
  );
}

/** Of values that are sorted. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

function sorted(values: number[]): Float64Array {
  return Float64Array.from(values.filter(Number.isFinite)).sort();
}

function boardScales(message: RunPanelMessage): BoardScales {
  const { rows, gain, greater_is_better: greater } = message;
  const baseline = gain === null ? NaN : -gain.gain;
  const lower = sorted(rows.map((row) => row.difference - (row.difference_error || 0)));
  const upper = sorted(rows.map((row) => row.difference + (row.difference_error || 0)));
  // The worst quarter may fall off the scale: it is hopeless, and would flatten the rest.
  const quarter = quantile(lower, 0.25);
  const lowest = Math.min(
    baseline < 0 ? Math.min(baseline * 1.1, Math.max(quarter, baseline * 1.6)) : quarter,
    -1e-9,
  );
  const highest = Math.max(0, Math.min(quantile(upper, 0.9), -lowest * 0.4));
  const low = Number.isFinite(lowest) ? lowest : -1;
  const folds = sorted(rows.flatMap((row) => row.fold_scores));
  const [hard, easy] = [quantile(folds, 0.1), quantile(folds, 1)];
  const foldRange = greater ? ([hard, easy] as const) : ([quantile(folds, 0.9), quantile(folds, 0)] as const);
  const foldScale = linearScale([0, 1], [26, 6], 2);
  const width = foldRange[1] - foldRange[0];
  return {
    decimals: decimalsOfTable(rows.slice(0, 1).map((row) => row.score)),
    difference: linearScale([low, highest > 0 ? highest : -low * 0.08], [6, INTERVAL_WIDTH - 5], 2),
    lowest: low,
    baseline,
    tested: isTested(rows),
    fold: (score) => foldScale(Math.min(1, Math.max(0, width === 0 ? 0.5 : (score - foldRange[0]) / width))),
  };
}

/** One tab stop for the table: arrows, Home and End move between its rows, Enter and Space open one. */
function moveFocus(event: KeyboardEvent, scroll: (pixels: number) => void): void {
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
