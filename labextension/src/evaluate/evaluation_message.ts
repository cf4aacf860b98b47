/** What an evaluation's panel receives: the twin of `lepton_jupyter/events/evaluation_messages.py`. */

import { attempt, count, flag, list, number, one, optional, shape, text } from "../json_readers";

export interface ScoreLine {
  name: string;
  label: string;
  score: number;
  low: number;
  high: number;
  baseline: number;
  greater_is_better: boolean;
  needs: string;
}

export interface ClassLine {
  label: string;
  n_true: number;
  n_predicted: number;
  precision: number;
  recall: number;
  f1: number;
  auc: number;
}

export interface ConfusionTable {
  labels: string[];
  counts: number[][];
}

export interface RocCurve {
  label: string;
  false_positive_rate: number[];
  true_positive_rate: number[];
  thresholds: number[];
  area: number;
}

export interface PrecisionRecallCurve {
  label: string;
  recall: number[];
  precision: number[];
  average_precision: number;
  prevalence: number;
}

export interface CalibrationPoint {
  predicted: number;
  observed: number;
  low: number;
  high: number;
  n_rows: number;
}

export interface CalibrationCurve {
  label: string;
  points: CalibrationPoint[];
  brier: number;
  expected_error: number;
}

export interface LiftCurve {
  share_of_rows: number[];
  gain: number[];
  best_gain: number[];
}

/** Rows at one threshold, counted: the curves are thinned. */
export interface ThresholdLine {
  name: string;
  threshold: number;
  true_positives: number;
  false_positives: number;
  false_negatives: number;
  true_negatives: number;
}

export interface ThresholdChoice {
  threshold: number;
  how: string;
  objective: string;
  cost_false_positive: number | null;
  cost_false_negative: number | null;
  chosen_on: string;
  n_rows: number;
  lines: ThresholdLine[];
}

export interface ResidualBand {
  predicted: number;
  low: number;
  lower_quartile: number;
  median: number;
  upper_quartile: number;
  high: number;
  n_rows: number;
}

export interface ResidualPicture {
  bands: ResidualBand[];
  edges: number[];
  counts: number[];
  mean: number;
  mean_error: number;
  median: number;
  low: number;
  high: number;
}

export interface ImportanceLine {
  column: string;
  importance: number;
  low: number;
  high: number;
}

export interface WeakSlice {
  condition: string;
  n_rows: number;
  share: number;
  score: number;
  low: number;
  high: number;
  loss: number;
  rest_loss: number;
  predicted: number;
  observed: number;
  p_value: number;
}

export interface EvaluationMessage {
  type: "EvaluationMessage";
  run_name: string;
  model_label: string;
  target: string;
  task: string;
  metric_label: string;
  greater_is_better: boolean;
  table_name: string;
  n_rows: number;
  n_without_target: number;
  source: string;
  n_classes: number;
  positive: string;
  positive_share: number;
  score: number;
  low: number;
  high: number;
  baseline: number;
  board_score: number;
  board_error: number;
  interval: string;
  scores: ScoreLine[];
  threshold: ThresholdChoice | null;
  confusion: ConfusionTable | null;
  class_lines: ClassLine[];
  roc: RocCurve[];
  precision_recall: PrecisionRecallCurve[];
  calibration: CalibrationCurve | null;
  lift: LiftCurve | null;
  residuals: ResidualPicture | null;
  importance: ImportanceLine[];
  importance_note: string;
  slices: WeakSlice[];
  n_slices: number;
  slices_note: string;
  notices: string[];
}

const numbers = list(number);

const evaluationMessage = shape<EvaluationMessage>({
  type: one(["EvaluationMessage"]),
  run_name: text,
  model_label: text,
  target: text,
  task: text,
  metric_label: text,
  greater_is_better: flag,
  table_name: text,
  n_rows: count,
  n_without_target: count,
  source: text,
  n_classes: count,
  positive: text,
  positive_share: number,
  score: number,
  low: number,
  high: number,
  baseline: number,
  board_score: number,
  board_error: number,
  interval: text,
  scores: list(
    shape<ScoreLine>({
      name: text,
      label: text,
      score: number,
      low: number,
      high: number,
      baseline: number,
      greater_is_better: flag,
      needs: text,
    }),
  ),
  threshold: optional(
    shape<ThresholdChoice>({
      threshold: number,
      how: text,
      objective: text,
      cost_false_positive: optional(number),
      cost_false_negative: optional(number),
      chosen_on: text,
      n_rows: count,
      lines: list(
        shape<ThresholdLine>({
          name: text,
          threshold: number,
          true_positives: count,
          false_positives: count,
          false_negatives: count,
          true_negatives: count,
        }),
      ),
    }),
  ),
  confusion: optional(shape<ConfusionTable>({ labels: list(text), counts: list(list(count)) })),
  class_lines: list(
    shape<ClassLine>({
      label: text,
      n_true: count,
      n_predicted: count,
      precision: number,
      recall: number,
      f1: number,
      auc: number,
    }),
  ),
  roc: list(
    shape<RocCurve>({
      label: text,
      false_positive_rate: numbers,
      true_positive_rate: numbers,
      thresholds: numbers,
      area: number,
    }),
  ),
  precision_recall: list(
    shape<PrecisionRecallCurve>({
      label: text,
      recall: numbers,
      precision: numbers,
      average_precision: number,
      prevalence: number,
    }),
  ),
  calibration: optional(
    shape<CalibrationCurve>({
      label: text,
      points: list(
        shape<CalibrationPoint>({
          predicted: number,
          observed: number,
          low: number,
          high: number,
          n_rows: count,
        }),
      ),
      brier: number,
      expected_error: number,
    }),
  ),
  lift: optional(shape<LiftCurve>({ share_of_rows: numbers, gain: numbers, best_gain: numbers })),
  residuals: optional(
    shape<ResidualPicture>({
      bands: list(
        shape<ResidualBand>({
          predicted: number,
          low: number,
          lower_quartile: number,
          median: number,
          upper_quartile: number,
          high: number,
          n_rows: count,
        }),
      ),
      edges: numbers,
      counts: list(count),
      mean: number,
      mean_error: number,
      median: number,
      low: number,
      high: number,
    }),
  ),
  importance: list(shape<ImportanceLine>({ column: text, importance: number, low: number, high: number })),
  importance_note: text,
  slices: list(
    shape<WeakSlice>({
      condition: text,
      n_rows: count,
      share: number,
      score: number,
      low: number,
      high: number,
      loss: number,
      rest_loss: number,
      predicted: number,
      observed: number,
      p_value: number,
    }),
  ),
  n_slices: count,
  slices_note: text,
  notices: list(text),
});

/** The message in a document; null where this version cannot read it. */
export function readEvaluation(document: unknown): EvaluationMessage | null {
  return attempt(evaluationMessage, document);
}
