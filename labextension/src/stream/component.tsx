/** The stream panel: how it stands, what flows where, its figures, its course, and what happened. */

import { decimalsOfTable, fixed, shortDelay, timeOfDay } from "../formats";
import { Figure } from "../figure";
import { PanelFrame } from "../panel_frame";
import { StopButton } from "../stop_button";
import { Charts, readingWords } from "./charts";
import { SPANS } from "./model";
import type { StreamLook, StreamModel } from "./model";
import { Results } from "./results";
import type { StreamMessage } from "./stream_message";
import { STREAM_TEXTS } from "./stream_texts";

/** Width of the column of events and results beside the charts. */
const SIDE = 292;
const NOTES_SHOWN = 8;

export function StreamPanel({ model }: { model: StreamModel }) {
  const message = model.state;
  const inside = model.width - 2;
  const chartWidth = Math.floor(model.isNarrow ? inside - 24 : inside - SIDE - 33);
  return (
    <PanelFrame
      name={STREAM_TEXTS.panel(message?.name ?? "")}
      looks="lepton-stream"
      said={message === null && model.isUnreadable ? STREAM_TEXTS.unreadable : ""}
      announcement={model.announcement}
    >
      {message !== null && (
        <>
          <Head model={model} message={message} />
          <Figures message={message} />
          <div class="lepton-cols lepton-stream-cols">
            <section aria-label={STREAM_TEXTS.overTime}>
              <ChartBar model={model} message={message} />
              <Charts model={model} message={message} width={chartWidth} />
              <ReadingLine model={model} message={message} />
            </section>
            <section aria-label={STREAM_TEXTS.events}>
              <Events message={message} />
              <Results model={model} />
              <DeadLetters message={message} />
            </section>
          </div>
        </>
      )}
    </PanelFrame>
  );
}

const COLOURS: Partial<Record<StreamLook, string>> = {
  running: "var(--lepton-accent)",
  failed: "var(--lepton-bad)",
  waiting: "var(--lepton-warn)",
  interrupted: "var(--lepton-warn)",
  disconnected: "var(--lepton-warn)",
};

function stateWord(look: StreamLook): string {
  if (look === "stopping") return STREAM_TEXTS.stopping;
  return look === "disconnected" ? STREAM_TEXTS.disconnected : STREAM_TEXTS.states[look];
}

/** A mark whose shape tells the state as well as its colour. */
function StateMark({ look }: { look: StreamLook }) {
  const fill = COLOURS[look] ?? "var(--lepton-ink-2)";
  return (
    <svg class="lepton-mark" viewBox="0 0 10 10" aria-hidden="true">
      {look === "paused" ? (
        <path d="M1.5 1h2.5v8H1.5zM6 1h2.5v8H6z" fill={fill} />
      ) : look === "failed" || look === "waiting" || look === "interrupted" || look === "disconnected" ? (
        <path d="M5 .8L9.6 9.2H.4z" fill={fill} />
      ) : look === "running" ? (
        <circle cx="5" cy="5" r="4" fill={fill} />
      ) : (
        <rect x="1.5" y="1.5" width="7" height="7" rx="1" fill={fill} />
      )}
    </svg>
  );
}

function Head({ model, message }: { model: StreamModel; message: StreamMessage }) {
  const { look } = model;
  const said =
    look === "disconnected"
      ? STREAM_TEXTS.since(timeOfDay(model.heardAtMilliseconds))
      : STREAM_TEXTS.told(message.sentence);
  return (
    <>
      <div class="lepton-head">
        <div class="lepton-answer">
          <span class="lepton-state">
            <StateMark look={look} />
            {stateWord(look)}
          </span>
        </div>
        <div class="lepton-flow">
          <span class="lepton-mono lepton-ellipsis" title={message.source}>
            <bdi>{message.source}</bdi>
          </span>
          <Arrow />
          <b class="lepton-ellipsis lepton-flow-model" title={message.model_label}>
            <bdi>{message.model_label}</bdi>
          </b>
          <Arrow />
          <span class="lepton-mono lepton-ellipsis" title={message.sink}>
            <bdi>{message.sink}</bdi>
          </span>
        </div>
        {message.guarantee !== "" && (
          <span class="lepton-badge" title={STREAM_TEXTS.told(message.promise)}>
            {message.guarantee}
          </span>
        )}
        <Actions model={model} message={message} />
      </div>
      {said !== "" && (
        <div class={`lepton-foot lepton-is-sentence${look === "failed" ? " lepton-bad" : ""}`}>
          <span>{said}</span>
        </div>
      )}
    </>
  );
}

function Arrow() {
  return (
    <svg width="16" height="8" viewBox="0 0 16 8" role="img" aria-label={STREAM_TEXTS.to}>
      <path d="M0 4h14M11 1l3 3l-3 3" fill="none" stroke="var(--lepton-ink-2)" stroke-width="1.2" />
    </svg>
  );
}

function Actions({ model, message }: { model: StreamModel; message: StreamMessage }) {
  if (!model.isLive) {
    const mayGoOn =
      message.state === "stopped" || message.state === "interrupted" || message.state === "failed";
    return mayGoOn ? (
      <code class="lepton-actions lepton-mono lepton-muted" title={STREAM_TEXTS.goOnHint}>
        {STREAM_TEXTS.goOn(message.run_id)}
      </code>
    ) : null;
  }
  const isPaused = message.state === "paused";
  return (
    <div class="lepton-actions">
      <button
        type="button"
        disabled={model.look === "stopping"}
        title={isPaused ? STREAM_TEXTS.resumeTitle : STREAM_TEXTS.pauseTitle}
        onClick={() => {
          if (isPaused) model.proceed();
          else model.pause();
        }}
      >
        <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
          <path d={isPaused ? "M1 0l6.5 4L1 8z" : "M1 0h2v8H1zM5 0h2v8H5z"} fill="currentColor" />
        </svg>
        {isPaused ? STREAM_TEXTS.resume : STREAM_TEXTS.pause}
      </button>
      <StopButton model={model} isStopping={model.look === "stopping"} texts={STREAM_TEXTS} />
    </div>
  );
}

function Figures({ message }: { message: StreamMessage }) {
  const rows = (count: number): string => STREAM_TEXTS.rows(fixed(count, 0));
  return (
    <dl class="lepton-stats">
      {message.n_labels > 0 && (
        <Figure name={STREAM_TEXTS.score(message.metric_label, fixed(message.n_labels, 0))}>
          {message.score === null ? "–" : fixed(message.score, decimalsOfTable([message.score]) - 1)}
        </Figure>
      )}
      <Figure name={STREAM_TEXTS.rate}>{fixed(message.rows_per_second, 0)}</Figure>
      <Figure name={STREAM_TEXTS.latency} unit={STREAM_TEXTS.ms}>
        {`${shortDelay(message.p50_milliseconds)} / ${shortDelay(message.p99_milliseconds)}`}
      </Figure>
      {message.lag !== null && (
        <Figure name={STREAM_TEXTS.lag} unit={rows(message.lag)}>
          {fixed(message.lag, 0)}
        </Figure>
      )}
      <Figure name={STREAM_TEXTS.inHand} unit={rows(message.n_waiting)}>
        {fixed(message.n_waiting, 0)}
      </Figure>
      <Figure name={STREAM_TEXTS.stored}>{fixed(message.n_stored, 0)}</Figure>
    </dl>
  );
}

function ChartBar({ model, message }: { model: StreamModel; message: StreamMessage }) {
  return (
    <div class="lepton-bar">
      <span class="lepton-title">
        {message.n_labels > 0 ? STREAM_TEXTS.scoreOverTime : STREAM_TEXTS.overTime}
      </span>
      <div class="lepton-segments lepton-end" role="group" aria-label={STREAM_TEXTS.spanLabel}>
        {SPANS.map((span) => (
          <button
            key={span}
            type="button"
            aria-pressed={model.isFollowing && model.span === span}
            onClick={() => {
              model.chooseSpan(span);
            }}
          >
            {STREAM_TEXTS.spans[span]}
          </button>
        ))}
      </div>
      {!model.isFollowing && (
        <button
          type="button"
          title={STREAM_TEXTS.followTitle}
          onClick={() => {
            model.follow();
          }}
        >
          {STREAM_TEXTS.follow}
        </button>
      )}
    </div>
  );
}

/** The values that are read, in a line whose place is kept. */
function ReadingLine({ model, message }: { model: StreamModel; message: StreamMessage }) {
  const point = model.reading;
  return (
    <p class="lepton-reading-line lepton-small lepton-muted" aria-live="polite">
      {point === null ? "\u00a0" : readingWords(point, message)}
    </p>
  );
}

function Events({ message }: { message: StreamMessage }) {
  return (
    <>
      <div class="lepton-bar">
        <span class="lepton-title">{STREAM_TEXTS.events}</span>
      </div>
      {message.notes.length === 0 ? (
        <p class="lepton-muted lepton-small">{STREAM_TEXTS.noEvents}</p>
      ) : (
        <ol class="lepton-events">
          {message.notes.slice(0, NOTES_SHOWN).map((note, place) => (
            <li key={place}>
              <span>{note.at}</span>
              <span>
                {note.severe ? <b>{STREAM_TEXTS.told(note.sentence)}</b> : STREAM_TEXTS.told(note.sentence)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function DeadLetters({ message }: { message: StreamMessage }) {
  if (message.n_dead === 0) return null;
  return (
    <div class="lepton-flat lepton-small">
      <div class="lepton-bar">
        <b class="lepton-nowrap">{STREAM_TEXTS.deadLetters(fixed(message.n_dead, 0))}</b>
        <span class="lepton-muted lepton-ellipsis lepton-mono" title={message.dead_letters}>
          <bdi>{message.dead_letters}</bdi>
        </span>
      </div>
      <ul class="lepton-reasons">
        {message.dead_reasons.map(({ reason, n_rows }) => (
          <li key={reason}>
            <span class="lepton-num">{fixed(n_rows, 0)}</span>
            <span class="lepton-muted">{STREAM_TEXTS.told(reason)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
