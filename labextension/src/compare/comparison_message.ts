/** What a comparison's panel receives: the twin of `lepton_jupyter/events/comparison_messages.py`. */

import { attempt, count, flag, list, number, one, shape, text } from "../json_readers";

export interface ComparedModel {
  family: string;
  label: string;
  description: string;
  score: number;
  score_error: number;
}

export interface ComparedRun {
  run_id: string;
  name: string;
  best_label: string;
  score: number;
  score_error: number;
  fold_scores: number[];
  table_name: string;
  n_rows: number;
  n_columns: number;
  n_folds: number;
  seed: number;
  n_tried: number;
  elapsed_seconds: number;
  fit_seconds: number;
  row_milliseconds: number;
  size_bytes: number;
  disk_bytes: number;
  executor: string;
  n_workers: number;
  models: ComparedModel[];
}

export interface RunDifference {
  first: string;
  second: string;
  how: string;
  mean: number;
  error: number;
  n: number;
  tied: boolean;
  parts: number[];
}

export interface SettingLine {
  name: string;
  values: string[];
}

export interface ComparisonMessage {
  type: "ComparisonMessage";
  target: string;
  metric_label: string;
  greater_is_better: boolean;
  paired: boolean;
  reason: string;
  remedy: string;
  runs: ComparedRun[];
  differences: RunDifference[];
  settings: SettingLine[];
  n_settings: number;
  notices: string[];
}

const comparisonMessage = shape<ComparisonMessage>({
  type: one(["ComparisonMessage"]),
  target: text,
  metric_label: text,
  greater_is_better: flag,
  paired: flag,
  reason: text,
  remedy: text,
  runs: list(
    shape<ComparedRun>({
      run_id: text,
      name: text,
      best_label: text,
      score: number,
      score_error: number,
      fold_scores: list(number),
      table_name: text,
      n_rows: count,
      n_columns: count,
      n_folds: count,
      seed: count,
      n_tried: count,
      elapsed_seconds: number,
      fit_seconds: number,
      row_milliseconds: number,
      size_bytes: number,
      disk_bytes: number,
      executor: text,
      n_workers: count,
      models: list(
        shape<ComparedModel>({
          family: text,
          label: text,
          description: text,
          score: number,
          score_error: number,
        }),
      ),
    }),
  ),
  differences: list(
    shape<RunDifference>({
      first: text,
      second: text,
      how: text,
      mean: number,
      error: number,
      n: count,
      tied: flag,
      parts: list(number),
    }),
  ),
  settings: list(shape<SettingLine>({ name: text, values: list(text) })),
  n_settings: count,
  notices: list(text),
});

/** The message in a document; null where this version cannot read it. */
export function readComparison(document: unknown): ComparisonMessage | null {
  return attempt(comparisonMessage, document);
}
