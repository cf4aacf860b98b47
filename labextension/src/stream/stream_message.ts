/**
 * What a panel of a stream receives: the twin of `lepton_jupyter/events/stream_messages.py`, and of the rows that
 * `StreamWidget.show_rows` sends beside it.
 */

import { attempt, count, flag, list, number, one, optional, shape, since, text } from "../json_readers";
import type { Reader } from "../json_readers";

export const STREAM_STATES = [
  "running",
  "paused",
  "waiting",
  "stopped",
  "exhausted",
  "failed",
  "interrupted",
] as const;
export type StreamState = (typeof STREAM_STATES)[number];

/** One point of the charts: what a second did, or several where they are long past. */
export interface StreamSecond {
  at: number;
  rows_per_second: number;
  p50_milliseconds: number | null;
  p99_milliseconds: number | null;
  score: number | null;
}

export interface StreamNote {
  at: string;
  sentence: string;
  severe: boolean;
}

/** Something that changed how the stream flows, at its place in the charts; `until` is null while it lasts. */
export interface StreamMark {
  at: number;
  kind: string;
  label: string;
  until: number | null;
}

export interface DeadLetterCount {
  reason: string;
  n_rows: number;
}

export interface StreamMessage {
  type: "StreamMessage";
  run_id: string;
  name: string;
  state: StreamState;
  sentence: string;
  source: string;
  model_label: string;
  sink: string;
  guarantee: string;
  promise: string;
  target: string;
  metric_label: string;
  score: number | null;
  n_labels: number;
  rows_per_second: number;
  p50_milliseconds: number | null;
  p99_milliseconds: number | null;
  lag: number | null;
  n_waiting: number;
  n_read: number;
  n_stored: number;
  n_dead: number;
  started_at: string;
  elapsed_seconds: number;
  dead_letters: string;
  dead_reasons: DeadLetterCount[];
  notes: StreamNote[];
  marks: StreamMark[];
  seconds: StreamSecond[];
}

/** Results that are seen and never kept; the newest first. */
export interface StreamRows {
  type: "StreamRows";
  columns: string[];
  rows: (string | number | null)[][];
}

const streamMessage = shape<StreamMessage>({
  type: one(["StreamMessage"]),
  run_id: text,
  name: text,
  state: one(STREAM_STATES),
  sentence: text,
  source: text,
  model_label: text,
  sink: text,
  guarantee: text,
  promise: text,
  target: text,
  metric_label: text,
  score: optional(number),
  n_labels: count,
  rows_per_second: number,
  p50_milliseconds: optional(number),
  p99_milliseconds: optional(number),
  lag: optional(number),
  n_waiting: count,
  n_read: count,
  n_stored: count,
  n_dead: count,
  started_at: since(text, ""),
  elapsed_seconds: number,
  dead_letters: text,
  dead_reasons: list(shape<DeadLetterCount>({ reason: text, n_rows: count })),
  notes: list(shape<StreamNote>({ at: text, sentence: text, severe: flag })),
  marks: since(list(shape<StreamMark>({ at: number, kind: text, label: text, until: optional(number) })), []),
  seconds: list(
    shape<StreamSecond>({
      at: number,
      rows_per_second: number,
      p50_milliseconds: optional(number),
      p99_milliseconds: optional(number),
      score: optional(number),
    }),
  ),
});

const cell: Reader<string | number | null> = (value) =>
  value === null || typeof value === "number" ? value : text(value);

const streamRows = shape<StreamRows>({
  type: one(["StreamRows"]),
  columns: list(text),
  rows: list(list(cell)),
});

/** The message in a document; null where this version cannot read it. */
export function readStreamMessage(document: unknown): StreamMessage | null {
  return attempt(streamMessage, document);
}

/** The rows in a message beside the state; null where it is something else. */
export function readStreamRows(document: unknown): StreamRows | null {
  return attempt(streamRows, document);
}
