/** The panel of a preparation: how it stands, how far it is, what is done to each column and why, and its line. */

import { duration, fixed, size, timeOfDay } from "../formats";
import { Figure } from "../figure";
import { Notices, WarningMark } from "../notices";
import { PanelFrame } from "../panel_frame";
import { StopButton } from "../stop_button";
import { PlanColumns } from "./columns";
import { resultSentence } from "./model";
import type { PlanLook, PlanModel } from "./model";
import type { PreparationMessage } from "./plan_message";
import { PLAN_TEXTS } from "./plan_texts";

export function PlanPanel({ model, id }: { model: PlanModel; id: string }) {
  const message = model.state;
  return (
    <PanelFrame
      name={PLAN_TEXTS.panel(message?.table ?? "")}
      looks={`lepton-plan${model.isNarrow ? " lepton-is-narrow" : ""}`}
      said={message === null && model.isUnreadable ? PLAN_TEXTS.unreadable : ""}
      announcement={model.announcement}
    >
      {message !== null && (
        <>
          <Head model={model} message={message} />
          <Progress message={message} />
          <Figures model={model} message={message} />
          <Memory message={message} />
          <PlanNotices message={message} />
          <KindSwitches model={model} id={id} />
          {message.n_columns > 0 && <PlanColumns model={model} message={message} id={id} />}
          <Line model={model} message={message} />
          <Foot model={model} />
        </>
      )}
    </PanelFrame>
  );
}

const COLOURS: Partial<Record<PlanLook, string>> = {
  running: "var(--lepton-accent)",
  finished: "var(--lepton-good)",
  failed: "var(--lepton-bad)",
  disconnected: "var(--lepton-warn)",
};

/** A mark whose shape tells the state as well as its colour. */
function StateMark({ look }: { look: PlanLook }) {
  const fill = COLOURS[look] ?? "var(--lepton-ink-2)";
  return (
    <svg class="lepton-mark" viewBox="0 0 10 10" aria-hidden="true">
      {look === "failed" || look === "disconnected" ? (
        <path d="M5 .8L9.6 9.2H.4z" fill={fill} />
      ) : look === "stopped" || look === "stopping" ? (
        <rect x="1" y="1" width="8" height="8" rx="1" fill="currentColor" />
      ) : look === "running" || look === "planning" ? (
        <circle cx="5" cy="5" r="4" fill={fill} />
      ) : look === "finished" ? (
        <rect x="1.5" y="1.5" width="7" height="7" rx="1" fill={fill} />
      ) : (
        <rect x="2" y="2" width="6" height="6" rx="1" fill="none" stroke={fill} stroke-width="1.5" />
      )}
    </svg>
  );
}

function stateWord(look: PlanLook, message: PreparationMessage): string {
  if (look !== "running" || message.phase === "") return PLAN_TEXTS.looks[look];
  return PLAN_TEXTS.phases[message.phase] ?? message.phase;
}

function Head({ model, message }: { model: PlanModel; message: PreparationMessage }) {
  const { look } = model;
  return (
    <>
      <div class="lepton-head">
        <div class="lepton-answer">
          <span class="lepton-state">
            <StateMark look={look} />
            {stateWord(look, message)}
          </span>
        </div>
        <b class="lepton-mono lepton-ellipsis lepton-plan-table" title={message.table}>
          <bdi>{message.table}</bdi>
        </b>
        <span class={`lepton-detail lepton-sentence${look === "failed" ? " lepton-bad" : ""}`}>
          {headSentence(model, message)}
        </span>
        {(look === "running" || look === "stopping") && (
          <div class="lepton-actions">
            <StopButton model={model} isStopping={look === "stopping"} texts={PLAN_TEXTS} />
          </div>
        )}
      </div>
    </>
  );
}

function headSentence(model: PlanModel, message: PreparationMessage): string {
  const { look } = model;
  if (look === "empty") return PLAN_TEXTS.nothing;
  if (look === "planning") return PLAN_TEXTS.planning;
  if (look === "disconnected") return PLAN_TEXTS.since(timeOfDay(model.heardAtMilliseconds));
  if (look === "saved") return PLAN_TEXTS.savedAmid;
  if (look === "failed") return PLAN_TEXTS.told(message.failure);
  if (look === "stopped") {
    const phase = PLAN_TEXTS.phases[message.phase] ?? message.phase;
    return phase === "" ? PLAN_TEXTS.nothingKept : `${phase} · ${PLAN_TEXTS.nothingKept}`;
  }
  const parts = look === "finished" ? [resultSentence(message)] : [];
  parts.push(PLAN_TEXTS.cleaned(fixed(message.n_changed, 0), fixed(message.n_columns, 0)));
  if (message.n_left_out > 0) parts.push(PLAN_TEXTS.leftOut(fixed(message.n_left_out, 0)));
  const rows = fixed(message.planned_rows, 0);
  if (look !== "finished") {
    parts.push(message.draft ? PLAN_TEXTS.plannedFrom(rows) : PLAN_TEXTS.decidedFrom(rows));
  }
  if (look === "planned" && message.n_partitions > 0) {
    parts.push(PLAN_TEXTS.notBegun(fixed(message.n_partitions, 0)));
  }
  return parts.join(" · ");
}

/** How much of the pass is done, as a line below the head. */
function Progress({ message }: { message: PreparationMessage }) {
  const { state, n_done, n_partitions } = message;
  if (state === "planned") return <div class="lepton-time lepton-is-still" />;
  const share = state === "finished" ? 100 : n_partitions > 0 ? (100 * n_done) / n_partitions : 0;
  const isStill = state === "finished" || state === "stopped";
  const look = state === "failed" ? " lepton-is-bad" : isStill ? " lepton-is-still" : "";
  if (state !== "running") {
    return (
      <div class={`lepton-time${look}`}>
        <span style={{ width: `${share}%` }} />
      </div>
    );
  }
  return (
    <div
      class="lepton-time"
      role="progressbar"
      aria-label={PLAN_TEXTS.phases[message.phase] ?? message.phase}
      aria-valuemin={0}
      aria-valuemax={n_partitions}
      aria-valuenow={n_done}
      aria-valuetext={PLAN_TEXTS.progress(fixed(n_done, 0), fixed(n_partitions, 0))}
    >
      <span style={{ width: `${share}%` }} />
    </div>
  );
}

function Figures({ model, message }: { model: PlanModel; message: PreparationMessage }) {
  const { state } = message;
  if (state === "planned" || ((state === "failed" || state === "stopped") && message.n_rows === 0))
    return null;
  const parts = state === "finished" ? message.n_partitions - message.n_bad : message.n_done;
  const most = message.worker_bytes === null ? null : size(message.worker_bytes);
  return (
    <dl class="lepton-stats">
      <Figure
        name={PLAN_TEXTS.partitions}
        unit={state === "finished" ? "" : PLAN_TEXTS.ofAll(fixed(message.n_partitions, 0))}
      >
        {fixed(parts, 0)}
      </Figure>
      <Figure name={PLAN_TEXTS.rows}>{fixed(message.n_rows, 0)}</Figure>
      {state === "finished" && <Figure name={PLAN_TEXTS.columnsMade}>{fixed(message.n_prepared, 0)}</Figure>}
      {message.rows_per_second !== null && (
        <Figure name={PLAN_TEXTS.rate}>{fixed(message.rows_per_second, 0)}</Figure>
      )}
      {most !== null && (
        <Figure name={PLAN_TEXTS.mostMemory} unit={most.unit}>
          {most.amount}
        </Figure>
      )}
      <Figure name={PLAN_TEXTS.time} unit={model.look === "disconnected" ? "" : message.workers}>
        {duration(message.elapsed_seconds)}
      </Figure>
    </dl>
  );
}

/** A bar for each worker: what it uses of what it may use. */
function Memory({ message }: { message: PreparationMessage }) {
  // One worker without a limit is told by the figures: there is nothing to hold it against.
  const isTold = message.memory.length < 2 && message.memory.every((each) => each.limit_bytes === 0);
  if (message.state !== "running" || isTold) return null;
  const most = Math.max(...message.memory.map((each) => each.used_bytes), 1);
  return (
    <ul class="lepton-memory" aria-label={PLAN_TEXTS.memory}>
      {message.memory.map(({ worker: name, used_bytes, limit_bytes }) => {
        const worker = PLAN_TEXTS.worker(name);
        const used = words(used_bytes);
        const share = used_bytes / (limit_bytes > 0 ? limit_bytes : most);
        return (
          <li key={name}>
            <span class="lepton-sr">
              {PLAN_TEXTS.used(worker, used, limit_bytes > 0 ? words(limit_bytes) : "")}
            </span>
            <span class="lepton-ellipsis lepton-muted" title={worker} aria-hidden="true">
              <bdi>{worker}</bdi>
            </span>
            <span class="lepton-track" aria-hidden="true">
              <i
                class={share > 0.8 && limit_bytes > 0 ? "lepton-is-full" : ""}
                style={{ width: `${Math.min(100, 100 * share)}%` }}
              />
            </span>
            <span class="lepton-nowrap" aria-hidden="true">
              {used}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function words(bytes: number): string {
  const { amount, unit } = size(bytes);
  return `${amount} ${unit}`;
}

function PlanNotices({ message }: { message: PreparationMessage }) {
  const bad = message.bad_partitions.map(({ name, problem }) =>
    PLAN_TEXTS.bad(apart(name), apart(PLAN_TEXTS.told(problem))),
  );
  const more = message.n_bad - bad.length;
  const notices = [...message.notes.map((note) => apart(PLAN_TEXTS.told(note))), ...bad];
  if (more > 0) notices.push(PLAN_TEXTS.moreBad(fixed(more, 0)));
  return <Notices notices={notices} />;
}

/** A text of the data, which may be written in another direction than the sentence that it stands in. */
function apart(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Switches of the kinds of steps, each for all columns. */
function KindSwitches({ model, id }: { model: PlanModel; id: string }) {
  const { kinds } = model;
  if (kinds.length === 0) return null;
  return (
    <fieldset class="lepton-kinds">
      <legend class="lepton-title">{PLAN_TEXTS.steps}</legend>
      {kinds.map(({ kind, on, n_columns }) => (
        <label key={kind} title={PLAN_TEXTS.columnsWith(fixed(n_columns, 0))}>
          <input
            type="checkbox"
            id={`${id}-kind-${kind}`}
            checked={on}
            onChange={(event) => {
              model.switchKind(kind, event.currentTarget.checked);
            }}
          />
          <span>{PLAN_TEXTS.kinds[kind] ?? kind}</span>
          <small class="lepton-muted" aria-hidden="true">
            {fixed(n_columns, 0)}
          </small>
          <span class="lepton-sr">{` ${PLAN_TEXTS.columnsWith(fixed(n_columns, 0))}`}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Line({ model, message }: { model: PlanModel; message: PreparationMessage }) {
  const { editing } = model;
  if (editing === null) return null;
  return (
    <div class="lepton-run">
      <code dir="ltr" class={model.isPending ? "lepton-muted" : ""} aria-label={PLAN_TEXTS.line}>
        {editing.line}
      </code>
      <span class="lepton-end lepton-actions">
        {model.isChanged && (
          <button
            type="button"
            class="lepton-quiet"
            onClick={() => {
              model.undo();
            }}
          >
            {PLAN_TEXTS.undo}
          </button>
        )}
        <button
          type="button"
          class="lepton-quiet"
          title={PLAN_TEXTS.copyTitle}
          disabled={editing.line === ""}
          onClick={() => {
            model.copy();
          }}
        >
          {model.wasCopied ? PLAN_TEXTS.copied : PLAN_TEXTS.copy}
        </button>
        <button
          type="button"
          class="lepton-primary"
          title={PLAN_TEXTS.prepareTitle}
          disabled={!model.canStart}
          onClick={() => {
            model.start();
          }}
        >
          {message.state === "planned" ? PLAN_TEXTS.prepare : PLAN_TEXTS.prepareAgain}
        </button>
      </span>
    </div>
  );
}

function Foot({ model }: { model: PlanModel }) {
  const { sentence } = model;
  if (sentence === "") return null;
  return (
    <div class="lepton-foot lepton-is-sentence" role="status">
      {(model.isProblem || model.lostItsKernel) && <WarningMark />}
      <span>{sentence}</span>
    </div>
  );
}
