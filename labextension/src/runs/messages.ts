/**
 * What a kernel tells the side panel of runs, and what the panel wishes: the twin of
 * `lepton_jupyter/events/runs_messages.py`. Read by the extension alone, so it is no part of a widget's bundle.
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
  text,
} from "../json_readers";

export const KINDS = ["search", "preparation", "stream"] as const;
export type RunKind = (typeof KINDS)[number];

/** One run as the list shows it; `state` is a word of its kind, and may be one of a newer version. */
export interface RunLine {
  run_id: string;
  name: string;
  kind: RunKind;
  state: string;
  target: string;
  table: string;
  metric_label: string;
  score: number | null;
  score_error: number | null;
  started_at: string;
  elapsed_seconds: number;
  budget_seconds: number | null;
  budget_trials: number | null;
  n_trials: number | null;
  goes_on: boolean;
  stoppable: boolean;
}

/** The runs of one place, the newest first. */
export interface RunsMessage {
  type: "RunsMessage";
  version: number;
  place: "kernel" | "disk";
  lines: RunLine[];
  n_runs: number;
  n_unread: number;
}

/** Further rows of a search's board; the page is read where boards are drawn. */
export interface RunBoardPageMessage {
  type: "RunBoardPageMessage";
  version: number;
  run_id: string;
  page: unknown;
}

/** The board of one run, by MIME type. */
export interface RunBoardMessage {
  type: "RunBoardMessage";
  version: number;
  run_id: string;
  kind: RunKind;
  goes_on: boolean;
  forms: Record<string, string>;
  problem: string;
}

export interface WatchRuns {
  type: "WatchRuns";
  page: string;
  disk: boolean;
  boards: string[];
}
export interface StopListedRun {
  type: "StopListedRun";
  run_id: string;
}
export interface ExtendListedRun {
  type: "ExtendListedRun";
  run_id: string;
  seconds: number;
}
export interface AskListedPage {
  type: "AskListedPage";
  run_id: string;
  after_rank: number;
}
export type RunsCommand = WatchRuns | StopListedRun | ExtendListedRun | AskListedPage;

const runsMessage = shape<RunsMessage>({
  type: one(["RunsMessage"]),
  version: count,
  place: one(["kernel", "disk"]),
  lines: list(
    shape<RunLine>({
      run_id: text,
      name: text,
      kind: one(KINDS),
      state: text,
      target: text,
      table: text,
      metric_label: text,
      score: optional(number),
      score_error: optional(number),
      started_at: text,
      elapsed_seconds: number,
      budget_seconds: optional(number),
      budget_trials: optional(count),
      n_trials: optional(count),
      goes_on: flag,
      stoppable: flag,
    }),
  ),
  n_runs: count,
  n_unread: count,
});

const runBoardMessage = shape<RunBoardMessage>({
  type: one(["RunBoardMessage"]),
  version: count,
  run_id: text,
  kind: one(KINDS),
  goes_on: flag,
  forms: record(text),
  problem: text,
});

const runBoardPageMessage = shape<RunBoardPageMessage>({
  type: one(["RunBoardPageMessage"]),
  version: count,
  run_id: text,
  page: (value) => value,
});

/** The message in a JSON document, or null when this version cannot read it. */
export function readRunsMessage(
  document: unknown,
): RunsMessage | RunBoardMessage | RunBoardPageMessage | null {
  if (!isRecord(document)) return null;
  switch (document["type"]) {
    case "RunsMessage":
      return attempt(runsMessage, document);
    case "RunBoardMessage":
      return attempt(runBoardMessage, document);
    case "RunBoardPageMessage":
      return attempt(runBoardPageMessage, document);
    default:
      return null;
  }
}
