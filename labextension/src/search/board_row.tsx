/** One model of the board: its line, and all that is known of it below while it is open. */

import { InlineMark, Mark, familyClass } from "../drawing/mark";
import { px } from "../drawing/scales";
import { Kept } from "../kept";
import { fitSeconds, fixed, milliseconds, percent, signed, size } from "../formats";
import type { BoardRow } from "../messages";
import { TEXTS } from "../texts";
import { INTERVAL_WIDTH } from "./board_scales";
import type { BoardScales } from "./board_scales";

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

export function Row({ row, rows, span, scales, isOpen, place, isFirst, toggle }: RowProps) {
  const isEnsemble = row.members.length > 0;
  const classes = [isEnsemble ? "lepton-pinned" : "", row.tied ? "lepton-tied" : ""].join(" ").trim();
  const gap = signed(row.gap, Math.max(0, scales.decimals - 1));
  const score = fixed(row.score, scales.decimals);
  const outOfFold = withError(row.score, row.score_error, scales.decimals);
  const train = withError(row.train_score, row.train_error, Math.min(3, scales.decimals));
  const test = withError(row.test_score, row.test_error, Math.min(3, scales.decimals));
  const memory = size(row.size_bytes);
  const facts: [name: string, value: string][] = isOpen
    ? [
        [TEXTS.description, isEnsemble ? membersText(row, rows) : TEXTS.told(row.description)],
        [
          TEXTS.foldsHead,
          row.fold_scores.map((each) => fixed(each, Math.min(3, scales.decimals))).join(", "),
        ],
        [TEXTS.outOfFold, `${outOfFold.score} ${outOfFold.error}`],
        [TEXTS.train, `${train.score} ${train.error}`],
        [TEXTS.test, row.test_score === null ? "" : `${test.score} ${test.error}`],
        [TEXTS.gap, gap],
        [TEXTS.fit, fitSeconds(row.fit_seconds)],
        [TEXTS.size, `${memory.amount} ${memory.unit}`],
        [TEXTS.format, row.exports.join(", ")],
      ]
    : [];
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
                {row.label} <span class="lepton-muted lepton-wide">{TEXTS.told(row.description)}</span>
              </span>
            )}
          </span>
        </th>
        <td class="lepton-num">{isEnsemble ? <b>{score}</b> : score}</td>
        <td>
          <Kept
            by={[row.family, row.difference, row.difference_error, scales, TEXTS.model]}
            draw={() => <Interval row={row} scales={scales} />}
          />
        </td>
        <td class="lepton-wide lepton-roomy">
          <Kept
            by={[row.fold_scores, scales, TEXTS.model]}
            draw={() => <Folds row={row} scales={scales} />}
          />
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
              {facts.map(
                ([name, value]) =>
                  value !== "" && (
                    <>
                      <dt>{name}</dt>
                      <dd>{value}</dd>
                    </>
                  ),
              )}
            </dl>
          </td>
        </tr>
      )}
    </>
  );
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
      <path class="lepton-folds" d={dots.map(({ x, y }) => `M${x} ${y}h0`).join("")} />
    </svg>
  );
}
