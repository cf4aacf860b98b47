/** How good, how sure, how long yet, then what you can do. What keeps nothing is a function, shorter than an element. */

import { decimalsOfError, duration, fixed, signed, timeOfDay } from "../formats";
import { textWidth } from "../drawing/labels";
import { px } from "../drawing/scales";
import type { GainOverBaseline, RunPanelMessage } from "../messages";
import { StopButton } from "../stop_button";
import { TEXTS } from "../texts";
import { EXTENSION_SECONDS } from "./model";
import type { Appearance, SearchModel } from "./model";
import { exportLine, predictLine, resumeLine } from "./run_lines";
import { lineButton, lineToCopy } from "./written_line";

export function Header({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  return (
    <>
      <div class="lepton-head">
        {score(message)}
        <Gain message={message} room={roomForFolds(model, message)} />
        <Progress model={model} message={message} />
        {actions(model, message)}
      </div>
      {lineToCopy(model.lineAt("head"))}
    </>
  );
}

/** How much of the folds' gains is shown beside the gain: the header is one line, and words give way first. */
type Room = "words" | "strip" | "none";

function roomForFolds(model: SearchModel, message: RunPanelMessage): Room {
  const look = model.appearance;
  if (look !== "running" && look !== "stopping" && look !== "finished") return "none";
  if (model.isNarrow) return "words";
  // What stands beside the folds: the score and the gain, what is measured, how long yet or why it ended, buttons.
  const { metric_label: metric, target, detail, budget_seconds: budget } = message;
  const tail =
    look === "running" ? 300 + ((budget ?? 0) >= 120 ? 70 : 0) : 170 + Math.min(320, textWidth(detail) * 1.1);
  const buttons = model.canGoOn ? 230 : 0;
  const taken = 340 + buttons + textWidth(TEXTS.on(metric) + target) * 1.15 + tail;
  return taken + 70 + textWidth(TEXTS.folds(5, 5)) * 1.15 < model.width
    ? "words"
    : taken + 70 < model.width
      ? "strip"
      : "none";
}

function score(message: RunPanelMessage) {
  const decimals = decimalsOfError(message.score_error, message.score);
  return (
    <div class="lepton-answer lepton-score">
      {message.score !== null && <span class="lepton-big">{fixed(message.score, decimals)}</span>}
      {message.score !== null && message.score_error !== null && (
        <span class="lepton-muted">±{fixed(message.score_error, decimals)}</span>
      )}
      <span class="lepton-ellipsis" title={TEXTS.on(message.metric_label) + message.target}>
        {TEXTS.on(message.metric_label)}
        <span class="lepton-mono">{message.target}</span>
      </span>
    </div>
  );
}

function Gain({ message, room }: { message: RunPanelMessage; room: Room }) {
  const { gain } = message;
  if (message.score === null) return null;
  if (gain === null || !Number.isFinite(gain.gain)) {
    const onlyLinear = message.state === "running" && message.rows.every((row) => row.family === "linear");
    const words =
      onlyLinear && message.rows.length > 0 ? TEXTS.nothingBetter : TEXTS.told(message.best_label);
    return words === "" ? null : (
      <div class="lepton-answer">
        <span class="lepton-ellipsis" title={words}>
          {words}
        </span>
      </div>
    );
  }
  const decimals = decimalsOfError(gain.gain_error, gain.gain);
  const better = gain.fold_gains.filter((each) => each > 0).length;
  const isSure = gain.gain - (Number.isFinite(gain.gain_error) ? gain.gain_error : 0) > 0;
  const hasFolds = gain.fold_gains.length > 1;
  return (
    <div class="lepton-answer">
      <b class={isSure ? "lepton-good" : ""}>
        {message.greater_is_better ? signed(gain.gain, decimals) : fixed(Math.abs(gain.gain), decimals)}
      </b>
      {Number.isFinite(gain.gain_error) && (
        <span class="lepton-muted">±{fixed(gain.gain_error, decimals)}</span>
      )}
      <span>{gainWords(gain, message.greater_is_better)}</span>
      {hasFolds && room !== "none" && <FoldStrip gain={gain} decimals={decimals} />}
      {hasFolds && room === "words" && (
        <span class="lepton-muted">{TEXTS.folds(better, gain.fold_gains.length)}</span>
      )}
    </div>
  );
}

function gainWords({ baseline, gain }: GainOverBaseline, greaterIsBetter: boolean): string {
  if (greaterIsBetter) return gain >= 0 ? TEXTS.over(baseline) : TEXTS.against(baseline);
  return gain >= 0 ? TEXTS.under(baseline) : TEXTS.over(baseline);
}

/** One dot for each fold's gain; the dashed tick is no gain. */
function FoldStrip({ gain, decimals }: { gain: GainOverBaseline; decimals: number }) {
  const gains = gain.fold_gains.filter(Number.isFinite);
  const low = Math.min(0, ...gains);
  const high = Math.max(0, ...gains);
  const at = (value: number): number => 5 + ((value - low) / (high - low || 1)) * 42;
  const label = TEXTS.foldStrip(
    gain.baseline,
    gains.length,
    signed(Math.min(...gains), decimals),
    signed(Math.max(...gains), decimals),
  );
  return (
    <svg width="52" height="16" viewBox="0 0 52 16" role="img" aria-label={label}>
      <path stroke="var(--lepton-line-2)" d="M0 8H52" />
      <path class="lepton-base" stroke-dasharray="2 2" d={`M${px(at(0))} 1V15`} />
      {gains.map((value, fold) => (
        <circle key={fold} class="lepton-fold" cx={px(at(value))} cy="8" r="2.5" />
      ))}
    </svg>
  );
}

function Progress({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  const look = model.appearance;
  const elapsed = duration(message.elapsed_seconds);
  const detail = TEXTS.told(message.detail);
  switch (look) {
    case "running":
      return timeLeft(model, message);
    case "finished":
      return (
        <StateWords
          look={look}
          plain
          words={`${TEXTS.inTime(elapsed, message.n_trials)}${detail === "" ? "" : `; ${detail}`}`}
        />
      );
    case "stopped":
      return <StateWords look={look} words={detail === "" ? TEXTS.at(elapsed) : detail} />;
    case "disconnected":
      return <StateWords look={look} words={TEXTS.since(timeOfDay(model.heardAtMilliseconds))} />;
    case "starting":
    case "waiting":
    case "stopping":
    case "failed":
    case "saved":
      return <StateWords look={look} words={detail} />;
    default:
      return look satisfies never;
  }
}

function timeLeft(model: SearchModel, message: RunPanelMessage) {
  const left = model.secondsLeft;
  const { budget_seconds: budget, budget_trials: limit, n_trials: trials } = message;
  let bold: string;
  let muted: string;
  if (left !== null && budget !== null) {
    bold = left > 0 ? TEXTS.left(duration(Math.ceil(left))) : TEXTS.finishing;
    const whole = budget < 120 ? String(Math.round(budget)) : duration(budget);
    muted = limit === null ? TEXTS.ofBudget(whole, trials) : TEXTS.ofBudgetTrials(whole, trials, limit);
  } else if (limit !== null) {
    bold = TEXTS.trialsLeft(Math.max(0, limit - trials));
    muted = TEXTS.ofTrials(limit, duration(model.elapsedSeconds));
  } else {
    bold = TEXTS.states.running;
    muted = TEXTS.trialsAndTime(trials, duration(model.elapsedSeconds));
  }
  return (
    <div class="lepton-answer lepton-left">
      <b>{bold}</b>
      <span class="lepton-muted">{muted}</span>
    </div>
  );
}

function StateWords({ look, words, plain }: { look: Appearance; words: string; plain?: boolean }) {
  const isFailure = look === "failed";
  return (
    <div class={`lepton-answer lepton-detail${isFailure ? " lepton-sentence" : ""}`}>
      <span class={`lepton-state${isFailure ? " lepton-bad" : ""}`}>
        {plain !== true && <StateMark look={look} />}
        {look === "disconnected" ? TEXTS.disconnected : TEXTS.states[look]}
      </span>
      {words !== "" && (
        <span class={`lepton-muted${isFailure ? "" : " lepton-ellipsis"}`} title={words}>
          {words}
        </span>
      )}
    </div>
  );
}

function StateMark({ look }: { look: Appearance }) {
  return (
    <svg class="lepton-mark" viewBox="0 0 10 10" aria-hidden="true">
      {look === "stopped" || look === "stopping" ? (
        <rect x="1" y="1" width="8" height="8" rx="1" fill="currentColor" />
      ) : look === "failed" ? (
        <path d="M1.5 1.5l7 7m0 -7l-7 7" stroke="var(--lepton-bad)" stroke-width="1.8" />
      ) : look === "saved" ? (
        <path d="M2 1h6v8l-3 -2.4l-3 2.4z" fill="none" stroke="currentColor" stroke-width="1.3" />
      ) : look === "disconnected" ? (
        <circle
          cx="5"
          cy="5"
          r="3.5"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-dasharray="2.2 1.5"
        />
      ) : (
        <circle cx="5" cy="5" r="3.5" fill="none" stroke="var(--lepton-accent)" stroke-width="1.5" />
      )}
    </svg>
  );
}

function actions(model: SearchModel, message: RunPanelMessage) {
  if (model.canGoOn) return goOn(model, message);
  if (!model.isLive) return null;
  return (
    <div class="lepton-actions">
      <StopButton model={model} isStopping={model.appearance === "stopping"} texts={TEXTS} />
      {model.appearance === "running" && message.budget_seconds !== null && (
        <button
          type="button"
          title={TEXTS.moreTitle(EXTENSION_SECONDS)}
          onClick={() => {
            model.extend();
          }}
        >
          {TEXTS.more(EXTENSION_SECONDS)}
        </button>
      )}
    </div>
  );
}

/** What can be done with a run that is over. */
function goOn(model: SearchModel, message: RunPanelMessage) {
  return (
    <div class="lepton-actions">
      {lineButton(model, "head", resumeLine(message), TEXTS.resume, TEXTS.resumeTitle)}
      {message.score !== null && [
        lineButton(model, "head", predictLine(message, model.chosenTrial), TEXTS.predict, TEXTS.predictTitle),
        lineButton(model, "head", exportLine(message, model.chosenTrial), TEXTS.export, TEXTS.exportTitle),
      ]}
    </div>
  );
}
