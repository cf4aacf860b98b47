/** The panel of an evaluation: how good, how sure, and what follows from it. */

import { decimalsOfError, fixed } from "../formats";
import { Notices } from "../notices";
import { PanelFrame } from "../panel_frame";
import { TEXTS as PANEL_TEXTS } from "../texts";
import { CurvesSection } from "./curves_section";
import { DecisionSection } from "./decision_section";
import { ErrorsSection } from "./errors_section";
import type { EvaluationMessage } from "./evaluation_message";
import type { EvaluationModel } from "./model";
import { Classes, Importance, Scores, WeakSpots } from "./tables";
import { EVALUATION_TEXTS as TEXTS } from "./texts";

export function EvaluationPanel({ model }: { model: EvaluationModel }) {
  const message = model.state;
  return (
    <PanelFrame
      name={TEXTS.panel(message?.target ?? "")}
      said={message !== null ? "" : model.isUnreadable ? TEXTS.unreadable : TEXTS.nothing}
    >
      {message !== null && (
        <>
          <Head message={message} />
          <Notices notices={message.notices.map(TEXTS.told)} more={PANEL_TEXTS.moreNotices} />
          <DecisionSection model={model} message={message} />
          <Classes model={model} message={message} />
          <CurvesSection model={model} message={message} />
          {message.residuals !== null && <ErrorsSection model={model} residuals={message.residuals} />}
          <Importance model={model} message={message} />
          <WeakSpots model={model} message={message} />
          <Scores model={model} message={message} />
        </>
      )}
    </PanelFrame>
  );
}

function Head({ message }: { message: EvaluationMessage }) {
  const half = (message.high - message.low) / 2;
  const decimals = decimalsOfError(half, message.score);
  const show = (value: number): string => fixed(value, decimals);
  const rows = fixed(message.n_rows, 0);
  const leftOut =
    message.n_without_target > 0 ? `, ${TEXTS.leftOut(fixed(message.n_without_target, 0))}` : "";
  return (
    <div class="lepton-head lepton-told-head">
      <span class="lepton-answer lepton-score">
        <span class="lepton-big">{show(message.score)}</span>
        {Number.isFinite(half) && (
          <span
            class="lepton-muted"
            title={TEXTS.told(message.interval)}
          >{`${show(message.low)} … ${show(message.high)}`}</span>
        )}
        <span class="lepton-ellipsis">
          <span class="lepton-muted">{TEXTS.on(TEXTS.told(message.metric_label))}</span>
          <span class="lepton-mono" title={message.target}>
            {message.target}
          </span>
        </span>
      </span>
      <Expected message={message} half={half} show={show} />
      <span class="lepton-muted lepton-told-line">
        {(message.source === "out_of_fold" ? TEXTS.ownRows(rows) : TEXTS.rowsOf(rows, message.table_name)) +
          leftOut}
        {Number.isFinite(message.baseline) && `; ${TEXTS.constant(show(message.baseline))}`}
        {`; ${TEXTS.model(TEXTS.told(message.model_label), message.run_name)}`}
      </span>
    </div>
  );
}

/** Whether the score is what the run's own board had promised; the twin of `evaluation_sentence.py`. */
function Expected({
  message,
  half,
  show,
}: {
  message: EvaluationMessage;
  half: number;
  show: (value: number) => string;
}) {
  const { board_score: board, board_error: error, source } = message;
  if (source === "out_of_fold" || !Number.isFinite(board)) return null;
  const gap = (message.score - board) * (message.greater_is_better ? 1 : -1);
  const errors = [half, error].filter(Number.isFinite);
  const isClear = errors.length > 0 && Math.abs(gap) > Math.hypot(...errors);
  const decimals = decimalsOfError(error, board);
  const words = Number.isFinite(error) ? `${fixed(board, decimals)} ±${fixed(error, decimals)}` : show(board);
  if (!isClear) return <span class="lepton-answer">{TEXTS.asGood(words)}</span>;
  return gap > 0 ? (
    <span class="lepton-answer lepton-good">{TEXTS.better(words)}</span>
  ) : (
    <span class="lepton-answer lepton-bad">{TEXTS.worse(words)}</span>
  );
}
