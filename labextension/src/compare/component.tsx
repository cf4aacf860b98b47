/** The panel of a comparison: which run is better, how sure that is, and what it cost. */

import { InlineMark } from "../drawing/mark";
import { px } from "../drawing/scales";
import { decimalsOfError, decimalsOfTable, duration, fixed, milliseconds, signed, size } from "../formats";
import { Notices } from "../notices";
import { PanelFrame } from "../panel_frame";
import { TEXTS as PANEL_TEXTS } from "../texts";
import { SortedTable } from "../sorted_table";
import type { Column } from "../sorted_table";
import { ToldSection } from "../told_section";
import type { ComparedRun, ComparisonMessage, RunDifference } from "./comparison_message";
import { FoldsPicture } from "./folds_picture";
import type { ComparisonModel } from "./model";
import { COMPARISON_TEXTS as TEXTS } from "./texts";

interface Props {
  model: ComparisonModel;
  message: ComparisonMessage;
}

export function ComparisonPanel({ model }: { model: ComparisonModel }) {
  const message = model.state;
  return (
    <PanelFrame
      name={TEXTS.panel(message?.target ?? "")}
      said={message !== null ? "" : model.isUnreadable ? TEXTS.unreadable : TEXTS.nothing}
    >
      {message !== null && (
        <>
          <Head model={model} message={message} />
          {message.reason !== "" && (
            <p class="lepton-told lepton-why">
              <b>{TEXTS.notPaired}</b> {TEXTS.told(message.reason)}{" "}
              <span class="lepton-muted">{TEXTS.told(message.remedy)}</span>
            </p>
          )}
          <Notices notices={message.notices.map(TEXTS.told)} more={PANEL_TEXTS.moreNotices} />
          <Differences model={model} message={message} />
          <Folds model={model} message={message} />
          <Runs model={model} message={message} />
          <Settings message={message} />
        </>
      )}
    </PanelFrame>
  );
}

/** A difference as it is said of the better run, whichever was named first. */
function sentence(each: RunDifference): { verdict: string; value: string; error: string } {
  const isTurned = each.mean < 0;
  const [winner, other] = isTurned ? [each.second, each.first] : [each.first, each.second];
  const verdict =
    each.mean === 0 && each.error === 0
      ? TEXTS.same(winner, other)
      : each.tied
        ? TEXTS.tied(winner, other)
        : TEXTS.better(winner, other);
  return { verdict, ...figures(Math.abs(each.mean), each.error) };
}

function figures(mean: number, error: number): { value: string; error: string } {
  const decimals = decimalsOfError(error, mean);
  return {
    value: signed(mean, decimals),
    error: Number.isFinite(error) ? `±${fixed(error, decimals)}` : "",
  };
}

function Head({ model, message }: Props) {
  const { difference } = model;
  if (difference === null) return null;
  const { verdict, value, error } = sentence(difference);
  const sign = difference.mean < 0 ? -1 : 1;
  const better = difference.parts.filter((each) => sign * each > 0).length;
  const how =
    difference.how === "folds" && difference.parts.some((each) => each !== 0)
      ? TEXTS.betterIn(better, difference.n)
      : difference.n > 0
        ? TEXTS.shared(difference.how, fixed(difference.n, 0))
        : "";
  return (
    <div class="lepton-head lepton-told-head">
      <span class="lepton-answer lepton-score">
        <span class={`lepton-big${difference.tied ? "" : " lepton-good"}`}>{value}</span>
        <span class="lepton-muted">{error}</span>
        <span class="lepton-ellipsis">
          <span class="lepton-muted">{TEXTS.on(TEXTS.told(message.metric_label))}</span>
          <span class="lepton-mono" title={message.target}>
            {message.target}
          </span>
        </span>
      </span>
      <b class="lepton-answer lepton-ellipsis" title={verdict}>
        {verdict}
      </b>
      <span class="lepton-muted">
        {[TEXTS.how[difference.how] ?? difference.how, how].filter((each) => each !== "").join(", ")}
      </span>
    </div>
  );
}

const STRIP_HEIGHT = 24;

function Differences({ model, message }: Props) {
  const { differences } = message;
  if (differences.length === 0) return null;
  // Names need the room more than the strip does.
  const strip = model.isNarrow ? 96 : 150;
  const reach =
    Math.max(
      ...differences.map((each) => Math.abs(each.mean) + (Number.isFinite(each.error) ? each.error : 0)),
    ) || 1;
  return (
    <ToldSection title={TEXTS.pairs} note={TEXTS.pairsHint}>
      <div class="lepton-scroll lepton-plain" tabIndex={0}>
        <table>
          <caption class="lepton-sr">{TEXTS.pairs}</caption>
          <colgroup>
            <col />
            <col style={{ width: `${strip + 16}px` }} />
            <col class="lepton-c-range" />
            <col class="lepton-c-range lepton-wide" />
            <col class="lepton-c-range lepton-wide" />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{TEXTS.pair}</th>
              <td />
              <th scope="col" class="lepton-num">
                {TEXTS.difference}
              </th>
              <th scope="col" class="lepton-wide">
                {TEXTS.howHead}
              </th>
              <th scope="col" class="lepton-wide">
                {TEXTS.verdict}
              </th>
            </tr>
          </thead>
          <tbody>
            {differences.map((each, place) => {
              const { value, error } = figures(each.mean, each.error);
              const verdict = each.tied
                ? TEXTS.isTied
                : TEXTS.isBetter(each.mean > 0 ? each.first : each.second);
              return (
                <tr key={place} class={place === model.place ? "lepton-shown" : ""}>
                  <th scope="row">
                    <button
                      type="button"
                      class="lepton-pair"
                      aria-pressed={place === model.place}
                      title={TEXTS.show(each.first, each.second)}
                      onClick={() => {
                        model.lookAt(place);
                      }}
                    >
                      <span class="lepton-mono lepton-ellipsis">{each.first}</span>
                      <span class="lepton-muted">{TEXTS.over}</span>
                      <span class="lepton-mono lepton-ellipsis">{each.second}</span>
                    </button>
                  </th>
                  <td>
                    <Strip
                      width={strip}
                      line={each}
                      reach={reach}
                      label={TEXTS.strip(value, error, verdict)}
                    />
                  </td>
                  <td class="lepton-num">
                    {value} <small class="lepton-error">{error}</small>
                  </td>
                  <td class="lepton-wide lepton-muted">
                    {[
                      TEXTS.how[each.how] ?? each.how,
                      each.n > 0 ? TEXTS.shared(each.how, fixed(each.n, 0)) : "",
                    ]
                      .filter((words) => words !== "")
                      .join(", ")}
                  </td>
                  <td class={`lepton-wide ${each.tied ? "lepton-muted" : "lepton-good"}`} title={verdict}>
                    {verdict}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </ToldSection>
  );
}

/** The interval on a line with no difference in the middle, and a dot for each fold. */
function Strip({
  width,
  line,
  reach,
  label,
}: {
  width: number;
  line: RunDifference;
  reach: number;
  label: string;
}) {
  const height = STRIP_HEIGHT;
  const x = (value: number): number => width / 2 + (width / 2 - 6) * Math.max(-1, Math.min(1, value / reach));
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <title>{label}</title>
      <path class="lepton-base" d={`M${width / 2} 0V${height}`} />
      {line.parts.map((each, place) => (
        <circle key={place} cx={px(x(each))} cy={height / 2} r="2" fill="var(--lepton-line-3)" />
      ))}
      {Number.isFinite(line.error) && (
        <path
          class="lepton-whisker"
          d={`M${px(x(line.mean - line.error))} ${height / 2}H${px(x(line.mean + line.error))}`}
        />
      )}
      {Number.isFinite(line.mean) && (
        <circle cx={px(x(line.mean))} cy={height / 2} r="4" fill="var(--lepton-accent)" />
      )}
    </svg>
  );
}

function Folds({ model, message }: Props) {
  const { pair, difference } = model;
  if (pair === null || difference?.how === "unpaired") return null;
  if (pair.some((run) => run.fold_scores.length < 2)) return null;
  const width = Math.min(640, model.width - 2 - (model.isNarrow ? 24 : 32));
  return (
    <section class="lepton-block" role="group" aria-label={TEXTS.foldByFold}>
      <div class="lepton-bar">
        <span class="lepton-title">{TEXTS.foldByFold}</span>
        <span class="lepton-muted lepton-small">{TEXTS.told(message.metric_label)}</span>
      </div>
      <FoldsPicture pair={pair} greaterIsBetter={message.greater_is_better} width={width} height={200} />
      <p class="lepton-muted lepton-small">{TEXTS.whyPaired}</p>
    </section>
  );
}

function Runs({ model, message }: Props) {
  const decimals = decimalsOfTable(message.runs.map((each) => each.score));
  const cost = (
    name: keyof ComparedRun,
    head: string,
    cell: (row: ComparedRun) => string,
    isWide: boolean,
  ): Column<ComparedRun> => ({
    name,
    head,
    value: (row) => Number(row[name]),
    cell,
    isNumber: true,
    isWide,
    className: "lepton-c-scored",
  });
  const bytes = (count: number): string => {
    const { amount, unit } = size(count);
    return `${amount} ${unit}`.trim();
  };
  const columns: Column<ComparedRun>[] = [
    {
      name: "name",
      head: TEXTS.run,
      value: (row) => row.name,
      cell: (row) => (
        <span class="lepton-mono" title={`${row.name}, ${row.run_id}`}>
          {row.name}
        </span>
      ),
    },
    {
      name: "score",
      head: TEXTS.told(message.metric_label),
      value: (row) => row.score,
      cell: (row) => (
        <>
          <b>{fixed(row.score, decimals)}</b>{" "}
          {Number.isFinite(row.score_error) && (
            <small class="lepton-error">±{fixed(row.score_error, 3)}</small>
          )}
        </>
      ),
      isNumber: true,
      className: "lepton-c-range",
    },
    cost("elapsed_seconds", TEXTS.search, (row) => duration(row.elapsed_seconds), false),
    cost("n_tried", TEXTS.trials, (row) => fixed(row.n_tried, 0), true),
    cost("row_milliseconds", TEXTS.row, (row) => milliseconds(row.row_milliseconds), true),
    cost("size_bytes", TEXTS.size, (row) => bytes(row.size_bytes), true),
  ];
  return (
    <ToldSection title={TEXTS.runs}>
      <SortedTable
        caption={TEXTS.runs}
        columns={columns}
        rows={message.runs}
        keyOf={(row) => row.run_id}
        order={model.order}
        sort={(column) => {
          model.sortBy(column);
        }}
        isNarrow={model.isNarrow}
        toggle={(row) => {
          model.toggleRun(row.run_id);
        }}
        more={(row) => (model.runIsOpen(row.run_id) ? <Run run={row} bytes={bytes} /> : null)}
      />
    </ToldSection>
  );
}

function Run({ run, bytes }: { run: ComparedRun; bytes: (count: number) => string }) {
  const decimals = decimalsOfTable(run.models.map((each) => each.score));
  const line = (name: string, value: string) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl>
      {line(TEXTS.best, TEXTS.told(run.best_label))}
      {line(TEXTS.table, `${run.table_name}, ${fixed(run.n_rows, 0)} × ${fixed(run.n_columns, 0)}`)}
      {line(TEXTS.folds, `${run.n_folds}, ${run.seed}`)}
      {line(TEXTS.fits, duration(run.fit_seconds))}
      {line(TEXTS.workers, `${run.n_workers} ${run.executor}`)}
      {line(TEXTS.disk, bytes(run.disk_bytes))}
      {run.models.length > 0 && (
        <div>
          <dt>{TEXTS.models}</dt>
          <dd>
            <ul class="lepton-models">
              {run.models.map((each, place) => (
                <li key={place}>
                  <InlineMark family={each.family} /> {fixed(each.score, decimals)} {each.label}{" "}
                  <span class="lepton-muted">{each.description}</span>
                </li>
              ))}
            </ul>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Settings({ message }: { message: ComparisonMessage }) {
  const { settings, runs } = message;
  const title = settings.length === 0 ? TEXTS.settingsSame : TEXTS.settings(settings.length);
  return (
    <ToldSection title={title} note={TEXTS.compared(message.n_settings)}>
      {settings.length > 0 && (
        <div class="lepton-scroll lepton-plain" tabIndex={0}>
          <table>
            <caption class="lepton-sr">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{TEXTS.setting}</th>
                {runs.map((run) => (
                  <th key={run.run_id} scope="col" class="lepton-mono" title={run.name}>
                    {run.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {settings.map((each) => (
                <tr key={each.name}>
                  <th scope="row" class="lepton-mono" title={each.name}>
                    {each.name}
                  </th>
                  {each.values.map((value, place) => (
                    <td key={place} title={value}>
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </ToldSection>
  );
}
