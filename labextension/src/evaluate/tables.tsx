/** The tables of an evaluation: what the model leans on, where it is weak, each score, each class. */

import { decimalsOfTable, fixed, percent, signed } from "../formats";
import { SortedTable } from "../sorted_table";
import type { Column } from "../sorted_table";
import { ToldSection } from "../told_section";
import type {
  ClassLine,
  ConfusionTable,
  EvaluationMessage,
  ImportanceLine,
  ScoreLine,
  WeakSlice,
} from "./evaluation_message";
import type { EvaluationModel } from "./model";
import { EVALUATION_TEXTS as TEXTS } from "./texts";

interface Props {
  model: EvaluationModel;
  message: EvaluationMessage;
}

export function Importance({ model, message }: Props) {
  const { importance } = message;
  const metric = TEXTS.told(message.metric_label);
  if (importance.length === 0) return null;
  const most = Math.max(...importance.map((each) => Math.abs(each.importance)), 1e-12);
  const decimals = Math.max(0, decimalsOfTable(importance.map((each) => each.importance)) - 1);
  const columns: Column<ImportanceLine>[] = [
    { name: "column", head: TEXTS.column, value: (row) => row.column, cell: (row) => mono(row.column) },
    {
      name: "bar",
      head: "",
      cell: (row) => (
        <span class="lepton-track" aria-hidden="true">
          <span style={{ width: percentOf(Math.max(0, row.importance) / most) }} />
        </span>
      ),
    },
    {
      name: "loss",
      head: TEXTS.loss,
      value: (row) => row.importance,
      cell: (row) => fixed(row.importance, decimals),
      isNumber: true,
      className: "lepton-c-scored",
    },
    {
      name: "interval",
      head: TEXTS.interval,
      cell: (row) => range(row.low, row.high, decimals),
      isNumber: true,
      isWide: true,
      className: "lepton-c-range",
    },
  ];
  const note = message.greater_is_better ? TEXTS.loses(metric) : TEXTS.grows(metric);
  return (
    <ToldSection title={TEXTS.leansOn} note={`${note}; ${TEXTS.told(message.importance_note)}`}>
      <SortedTable
        caption={TEXTS.leansOn}
        columns={columns}
        rows={importance}
        keyOf={(row) => row.column}
        order={model.order("importance")}
        sort={(column) => {
          model.sortBy("importance", column);
        }}
      />
    </ToldSection>
  );
}

export function WeakSpots({ model, message }: Props) {
  const { slices, n_slices: looked } = message;
  const note = TEXTS.told(message.slices_note);
  const said = slices.length > 0 ? TEXTS.weakHere : TEXTS.weakNowhere;
  const words = looked > 0 || slices.length > 0 ? `${said}; ${note}` : note;
  const decimals = decimalsOfTable([message.score]);
  const columns: Column<WeakSlice>[] = [
    {
      name: "condition",
      head: TEXTS.where,
      value: (row) => row.condition,
      cell: (row) => mono(row.condition),
    },
    {
      name: "rows",
      head: TEXTS.rows,
      value: (row) => row.n_rows,
      cell: (row) => fixed(row.n_rows, 0),
      isNumber: true,
      className: "lepton-c-num",
    },
    {
      name: "score",
      head: TEXTS.told(message.metric_label),
      value: (row) => row.score,
      cell: (row) => fixed(row.score, decimals),
      isNumber: true,
      isWide: true,
      className: "lepton-c-scored",
    },
    {
      name: "loss",
      head: TEXTS.timesLoss,
      value: timesLoss,
      cell: (row) => (
        <span class="lepton-times">
          <span class="lepton-track" aria-hidden="true">
            <span style={{ width: percentOf(Math.min(1, timesLoss(row) / 5)) }} />
          </span>
          {`${fixed(timesLoss(row), 1)} ×`}
        </span>
      ),
      isNumber: true,
      className: "lepton-c-range",
    },
  ];
  return (
    <ToldSection title={TEXTS.weak} note={words}>
      {slices.length > 0 && (
        <SortedTable
          caption={TEXTS.weak}
          columns={columns}
          rows={slices}
          keyOf={(row) => row.condition}
          order={model.order("slices")}
          sort={(column) => {
            model.sortBy("slices", column);
          }}
          isNarrow={model.isNarrow}
          toggle={(row) => {
            model.toggleSlice(row.condition);
          }}
          more={(row) => (model.sliceIsOpen(row.condition) ? <Slice row={row} message={message} /> : null)}
        />
      )}
    </ToldSection>
  );
}

const timesLoss = (row: WeakSlice): number => row.loss / row.rest_loss;

/** One weak spot: its score against all rows, and whether the model says too much or too little there. */
function Slice({ row, message }: { row: WeakSlice; message: EvaluationMessage }) {
  const decimals = decimalsOfTable([message.score]);
  const share = message.task === "binary";
  const mean = (value: number): string =>
    share ? percent(value) : fixed(value, Math.max(0, decimalsOfTable([value]) - 2));
  const line = (name: string, value: string) => (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl>
      {line(TEXTS.where, row.condition)}
      {line(TEXTS.rows, `${fixed(row.n_rows, 0)}, ${TEXTS.ofRows(percent(row.share))}`)}
      {line(
        TEXTS.told(message.metric_label),
        `${fixed(row.score, decimals)}  (${range(row.low, row.high, decimals)})`,
      )}
      {line(TEXTS.sliceLoss, `${fixed(row.loss, 3)}, ${fixed(row.rest_loss, 3)}`)}
      {Number.isFinite(row.predicted) &&
        line(
          TEXTS.slicePredicted,
          `${mean(row.predicted)}, ${mean(row.observed)}${share ? "" : ` (${signed(row.observed - row.predicted, 0)})`}`,
        )}
      {line(TEXTS.sliceP, row.p_value < 0.001 ? "< 0.001" : fixed(row.p_value, 3))}
    </dl>
  );
}

export function Scores({ model, message }: Props) {
  const columns: Column<ScoreLine>[] = [
    {
      name: "metric",
      head: TEXTS.metric,
      value: (row) => row.label,
      cell: (row) => (
        <>
          {row.label}{" "}
          <span class="lepton-muted">
            {[
              row.greater_is_better ? "" : TEXTS.lowerIsBetter,
              row.needs === "labels" && message.threshold !== null ? TEXTS.atThreshold : "",
            ]
              .filter((each) => each !== "")
              .join(", ")}
          </span>
        </>
      ),
    },
    {
      name: "score",
      head: TEXTS.score,
      cell: (row) => fixed(row.score, decimalsOfTable([row.score])),
      isNumber: true,
      className: "lepton-c-scored",
    },
    {
      name: "interval",
      head: TEXTS.interval,
      cell: (row) => range(row.low, row.high, decimalsOfTable([row.score])),
      isNumber: true,
      isWide: true,
      className: "lepton-c-range",
    },
    {
      name: "constant",
      head: TEXTS.constantHead,
      cell: (row) => fixed(row.baseline, decimalsOfTable([row.score])),
      isNumber: true,
      className: "lepton-c-scored",
    },
  ];
  return (
    <details>
      <summary>
        <span>{TEXTS.allScores}</span>
        <span class="lepton-muted lepton-ellipsis">{TEXTS.told(message.interval)}</span>
      </summary>
      <SortedTable
        caption={TEXTS.allScores}
        columns={columns}
        rows={message.scores}
        keyOf={(row) => row.name}
        order={model.order("scores")}
        sort={(column) => {
          model.sortBy("scores", column);
        }}
      />
    </details>
  );
}

export function Classes({ model, message }: Props) {
  if (message.n_classes <= 2) return null;
  const rate = (name: keyof ClassLine, head: string, isWide = false): Column<ClassLine> => ({
    name,
    head,
    value: (row) => row[name],
    cell: (row) => fixed(Number(row[name]), 3),
    isNumber: true,
    isWide,
    className: "lepton-c-num",
  });
  const columns: Column<ClassLine>[] = [
    { name: "label", head: TEXTS.class_, value: (row) => row.label, cell: (row) => mono(row.label) },
    { ...rate("n_true", TEXTS.rows), cell: (row) => fixed(row.n_true, 0) },
    { ...rate("n_predicted", TEXTS.given, true), cell: (row) => fixed(row.n_predicted, 0) },
    rate("precision", TEXTS.precision),
    rate("recall", TEXTS.recall),
    rate("f1", "F1", true),
    rate("auc", TEXTS.auc, true),
  ];
  return (
    <>
      {message.confusion !== null && <Confused table={message.confusion} />}
      <ToldSection title={TEXTS.eachClass}>
        <SortedTable
          caption={TEXTS.eachClass}
          columns={columns}
          rows={message.class_lines}
          keyOf={(row) => row.label}
          order={model.order("classes")}
          sort={(column) => {
            model.sortBy("classes", column);
          }}
        />
      </ToldSection>
    </>
  );
}

/** Rows by true and called class; the darker a cell beside the diagonal, the more of its class went astray. */
function Confused({ table }: { table: ConfusionTable }) {
  const { labels, counts } = table;
  return (
    <ToldSection title={TEXTS.confusion} note={`${TEXTS.true_} → ${TEXTS.calledAs}`}>
      <div class="lepton-scroll lepton-plain" tabIndex={0}>
        <table class="lepton-matrix">
          <caption class="lepton-sr">{TEXTS.confusionCaption}</caption>
          <thead>
            <tr>
              <td />
              {labels.map((label) => (
                <th key={label} scope="col" title={TEXTS.isCalled(label)}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {counts.map((row, at) => {
              const all = Math.max(
                1,
                row.reduce((sum, each) => sum + each, 0),
              );
              return (
                <tr key={labels[at]}>
                  <th scope="row" title={TEXTS.isTrue(labels[at] ?? "")}>
                    {labels[at]}
                  </th>
                  {row.map((count, to) => (
                    <td
                      key={to}
                      class={at === to ? "lepton-right" : "lepton-wrong"}
                      style={{ "--lepton-share": (count / all).toFixed(3) }}
                      title={TEXTS.rowsShare(fixed(count, 0), percent(count / all))}
                    >
                      {count === 0 ? <span class="lepton-muted">0</span> : fixed(count, 0)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </ToldSection>
  );
}

const mono = (text: string) => (
  <span class="lepton-mono" title={text}>
    {text}
  </span>
);

const percentOf = (share: number): string => `${(100 * share).toFixed(1)}%`;

function range(low: number, high: number, decimals: number): string {
  return Number.isFinite(low) && Number.isFinite(high)
    ? `${fixed(low, decimals)} … ${fixed(high, decimals)}`
    : "–";
}
