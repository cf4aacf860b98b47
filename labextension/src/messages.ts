/**
 * Messages that the search panel receives and commands that panels send: the twin of
 * `lepton_jupyter/events/messages.py` and `commands.py`; those of the other panels are beside them.
 *
 * Python writes a number that is not finite as null; a reader gives NaN for it, and formats print NaN as "–".
 */

import { attempt, count, flag, list, number, one, optional, shape, since, text } from "./json_readers";

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
  exports: string[];
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

/** Rows of the board beyond those of the state: an answer, sent once. */
export interface BoardPage {
  type: "BoardPageMessage";
  version: number;
  sequence: number;
  after_rank: number;
  n_ranked: number;
  rows: BoardRow[];
}

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
export interface AskBoardPage {
  type: "AskBoardPage";
  after_rank: number;
}

export interface AskRows {
  type: "AskRows";
}
export interface LineStarted {
  type: "LineStarted";
  line: string;
}
export type StreamCommand = StopRun | KeepAlive | PauseStream | ContinueStream | AskRows;
export type Command = StopRun | ExtendBudget | KeepAlive | AskForms | AskBoardPage;

const boardRow = shape<BoardRow>({
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
  exports: since(list(text), []),
});

const boardPage = shape<BoardPage>({
  type: one(["BoardPageMessage"]),
  version: count,
  sequence: count,
  after_rank: count,
  n_ranked: count,
  rows: list(boardRow),
});

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
  rows: list(boardRow),
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

/**
 * The state of a run in a JSON document, or null when this version cannot read it; what it says again *is* what the
 * message before held.
 */
export function readMessage(document: unknown, before?: RunPanelMessage | null): RunPanelMessage | null {
  return attempt(runPanelMessage, document, before);
}

/** The rows in a message beside the state; null where it is something else. */
export function readBoardPage(document: unknown): BoardPage | null {
  return attempt(boardPage, document);
}
