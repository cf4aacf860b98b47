/**
 * Messages that a panel receives and commands that it sends: the twin of `lepton_jupyter/events/messages.py`,
 * `form_messages.py` and `commands.py`; those of a stream are beside its panel.
 *
 * Python writes a number that is not finite as null; a reader gives NaN for it, and formats print NaN as "–".
 */

import {
  attempt,
  count,
  flag,
  isRecord,
  list,
  number,
  one,
  optional,
  record,
  shape,
  since,
  text,
} from "./json_readers";

export const STATES = [
  "starting",
  "waiting",
  "running",
  "stopping",
  "stopped",
  "failed",
  "finished",
  "saved",
] as const;
export type RunState = (typeof STATES)[number];

/** How sure: the paired difference to a baseline, positive is better. */
export interface GainOverBaseline {
  baseline: string;
  gain: number;
  gain_error: number;
  fold_gains: number[];
}

export interface BaselineLine {
  label: string;
  score: number;
}

/** One scored candidate; without a trial it is the ensemble. */
export interface HistoryPoint {
  trial_id: number | null;
  elapsed_seconds: number;
  score: number;
  family: string;
  improved: boolean;
  best_score: number;
  best_error: number;
}

export interface PathPoint {
  trial_id: number;
  x: number;
  y: number;
  score: number;
  accepted: boolean;
  step_size: number | null;
}

/** How one learner's point moved; the first point is the start. */
export interface PathPicture {
  learner: string;
  label: string;
  family: string;
  x_name: string;
  y_name: string;
  x_log: boolean;
  y_log: boolean;
  points: PathPoint[];
}

export interface EnsembleMember {
  trial_id: number;
  weight: number;
}

/** One line of the leaderboard; `difference` and `gap` are positive for better, whatever the metric. */
export interface BoardRow {
  trial_id: number | null;
  rank: number | null;
  family: string;
  label: string;
  description: string;
  score: number;
  score_error: number;
  difference: number;
  difference_error: number;
  tied: boolean;
  fold_scores: number[];
  train_score: number;
  train_error: number;
  test_score: number | null;
  test_error: number | null;
  gap: number;
  parted: boolean;
  fit_seconds: number;
  row_milliseconds: number;
  size_bytes: number;
  on_frontier: boolean;
  members: EnsembleMember[];
}

export interface ColumnTreatment {
  name: string;
  kind: string;
  treatment: string;
  reason: string;
  missing_share: number;
  n_distinct: number;
}

export interface LogLine {
  elapsed_seconds: number;
  text: string;
  level: string;
}

/** All that the search panel shows of a run at one moment. */
export interface RunPanelMessage {
  type: "RunPanelMessage";
  version: number;
  sequence: number;
  run_id: string;
  name: string;
  state: RunState;
  detail: string;
  target: string;
  task: string;
  metric_label: string;
  greater_is_better: boolean;
  score: number | null;
  score_error: number | null;
  best_label: string;
  gain: GainOverBaseline | null;
  budget_seconds: number | null;
  budget_trials: number | null;
  reserve_seconds: number;
  elapsed_seconds: number;
  n_trials: number;
  n_workers: number;
  executor: string;
  baselines: BaselineLine[];
  history: HistoryPoint[];
  paths: PathPicture[];
  rows: BoardRow[];
  n_rows: number;
  columns: ColumnTreatment[];
  n_columns: number;
  columns_summary: string;
  log: LogLine[];
  notices: string[];
}

export const FORM_STATES = ["ready", "queued", "starting", "started", "failed"] as const;
export type FormState = (typeof FORM_STATES)[number];

export const OPTION_KINDS = ["text", "number", "table", "column", "columns", "choice", "choices"] as const;
export type OptionKind = (typeof OPTION_KINDS)[number];

export interface FormColumn {
  name: string;
  kind: string;
}

export interface FormOption {
  name: string;
  meaning: string;
  kind: OptionKind;
  choices: string[];
  excludes: string[];
}

/** What is chosen, by name; Python alone writes a line of it. */
export interface FormChoices {
  frame: string;
  is_path: boolean;
  target: string;
  budget_seconds: number;
  options: Record<string, string[]>;
}

/** All that a form shows at one moment. */
export interface FormMessage {
  type: "FormMessage";
  version: number;
  revision: number;
  state: FormState;
  detail: string;
  frames: string[];
  choices: FormChoices;
  frame_note: string;
  target_note: string;
  problem: string;
  find: string;
  columns: FormColumn[];
  n_matching: number;
  n_columns: number;
  options: FormOption[];
  budget_stops: number[];
  line: string;
}

export type Message = RunPanelMessage | FormMessage;

export interface StopRun {
  type: "StopRun";
}
export interface ExtendBudget {
  type: "ExtendBudget";
  seconds: number;
}
export interface KeepAlive {
  type: "KeepAlive";
}
export interface PauseStream {
  type: "PauseStream";
}
export interface ContinueStream {
  type: "ContinueStream";
}
export interface AskForms {
  type: "AskForms";
}

export interface AskRows {
  type: "AskRows";
}
export interface ChooseInForm {
  type: "ChooseInForm";
  revision: number;
  choices: FormChoices;
  find: string;
}
export interface StartForm {
  type: "StartForm";
  revision: number;
  choices: FormChoices;
}
export interface LineStarted {
  type: "LineStarted";
  line: string;
}
export type FormCommand = ChooseInForm | StartForm | LineStarted;
export type StreamCommand = StopRun | KeepAlive | PauseStream | ContinueStream | AskRows;
export type Command = StopRun | ExtendBudget | KeepAlive | AskForms | FormCommand | StreamCommand;

const runPanelMessage = shape<RunPanelMessage>({
  type: one(["RunPanelMessage"]),
  version: count,
  sequence: count,
  run_id: text,
  name: text,
  state: one(STATES),
  detail: text,
  target: text,
  task: text,
  metric_label: text,
  greater_is_better: flag,
  score: optional(number),
  score_error: optional(number),
  best_label: text,
  gain: optional(
    shape<GainOverBaseline>({ baseline: text, gain: number, gain_error: number, fold_gains: list(number) }),
  ),
  budget_seconds: optional(number),
  budget_trials: optional(count),
  reserve_seconds: number,
  elapsed_seconds: number,
  n_trials: count,
  n_workers: count,
  executor: text,
  baselines: list(shape<BaselineLine>({ label: text, score: number })),
  history: list(
    shape<HistoryPoint>({
      trial_id: optional(count),
      elapsed_seconds: number,
      score: number,
      family: text,
      improved: flag,
      best_score: number,
      best_error: number,
    }),
  ),
  paths: list(
    shape<PathPicture>({
      learner: text,
      label: text,
      family: text,
      x_name: text,
      y_name: text,
      x_log: flag,
      y_log: flag,
      points: list(
        shape<PathPoint>({
          trial_id: count,
          x: number,
          y: number,
          score: number,
          accepted: flag,
          step_size: optional(number),
        }),
      ),
    }),
  ),
  rows: list(
    shape<BoardRow>({
      trial_id: optional(count),
      rank: optional(count),
      family: text,
      label: text,
      description: text,
      score: number,
      score_error: number,
      difference: number,
      difference_error: number,
      tied: flag,
      fold_scores: list(number),
      train_score: since(number, NaN),
      train_error: since(number, NaN),
      test_score: since(optional(number), null),
      test_error: since(optional(number), null),
      gap: number,
      parted: since(flag, false),
      fit_seconds: number,
      row_milliseconds: number,
      size_bytes: count,
      on_frontier: flag,
      members: list(shape<EnsembleMember>({ trial_id: count, weight: number })),
    }),
  ),
  n_rows: count,
  columns: list(
    shape<ColumnTreatment>({
      name: text,
      kind: text,
      treatment: text,
      reason: text,
      missing_share: number,
      n_distinct: count,
    }),
  ),
  n_columns: count,
  columns_summary: text,
  log: list(shape<LogLine>({ elapsed_seconds: number, text, level: text })),
  notices: list(text),
});

const formMessage = shape<FormMessage>({
  type: one(["FormMessage"]),
  version: count,
  revision: count,
  state: one(FORM_STATES),
  detail: text,
  frames: list(text),
  choices: shape<FormChoices>({
    frame: text,
    is_path: flag,
    target: text,
    budget_seconds: number,
    options: record(list(text)),
  }),
  frame_note: text,
  target_note: text,
  problem: text,
  find: text,
  columns: list(shape<FormColumn>({ name: text, kind: text })),
  n_matching: count,
  n_columns: count,
  options: list(
    shape<FormOption>({
      name: text,
      meaning: text,
      kind: one(OPTION_KINDS),
      choices: list(text),
      excludes: list(text),
    }),
  ),
  budget_stops: list(number),
  line: text,
});

/** The message in a JSON document, or null when this version cannot read it. */
export function readMessage(document: unknown): Message | null {
  if (!isRecord(document)) return null;
  switch (document["type"]) {
    case "RunPanelMessage":
      return attempt(runPanelMessage, document);
    case "FormMessage":
      return attempt(formMessage, document);
    default:
      return null;
  }
}
