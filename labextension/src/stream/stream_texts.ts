/** Every sentence of the stream panel, in one place. */

import type { StreamState } from "./stream_message";

const plural = (count: string, one: string): string => `${count} ${one}${count === "1" ? "" : "s"}`;

export const STREAM_TEXTS = {
  panel: (name: string) => `Stream ${name}`,
  states: {
    running: "Running",
    paused: "Paused",
    waiting: "Waiting",
    stopped: "Stopped",
    exhausted: "Finished",
    failed: "Failed",
    interrupted: "Interrupted",
  } satisfies Record<StreamState, string>,
  stopping: "Stopping",
  disconnected: "Kernel silent",
  since: (time: string) => `since ${time}; the stream may go on without this page`,
  to: "to",
  pause: "Pause",
  pauseTitle: "Read no more rows for now; what was read is finished",
  resume: "Resume",
  resumeTitle: "Read rows again",
  stop: "Stop",
  stopTitle: "Store what was read, commit it, and end the stream",
  goOn: (id: string) => `%lepton resume ${id}`,
  goOnHint: "goes on from the committed offsets",

  score: (metric: string, labels: string) => `${metric}, ${plural(labels, "label")}`,
  rate: "Rows a second",
  latency: "Latency p50 / p99",
  lag: "Lag",
  inHand: "In hand",
  stored: "Rows stored",
  rows: (count: string) => (count === "1" ? "row" : "rows"),
  ms: "ms",

  overTime: "Over time",
  scoreOverTime: "Score as labels arrive",
  spans: { 120: "2 min", 600: "10 min", 3600: "1 h", 0: "all" } as Record<number, string>,
  spanLabel: "How much of the past is shown",
  follow: "Follow",
  followTitle: "Back to now",
  chartHint: "Drag to look closer; arrow keys read one second after the other",
  chart: (from: string, to: string, said: string) => `From ${from} to ${to}: ${said}`,
  rateUnit: "rows/s",
  noPoints: "The first second appears here",
  reading: (time: string, parts: string) => `${time}: ${parts}`,
  rateAt: (rate: string) => `${rate} rows/s`,
  latencyAt: (p50: string, p99: string) => `p50 ${p50} ms, p99 ${p99} ms`,

  events: "Events",
  noEvents: "nothing yet",
  results: "Last results",
  showResults: "Show",
  hideResults: "Hide",
  resultsHint: "Seen here and never saved",
  noResults: "No result yet",
  more: (count: number) => `${count} more columns: open the row`,
  field: "Column",
  value: "Value",
  deadLetters: (count: string) => plural(count, "dead letter"),
  deadIn: "in",

  /** What Python has written, in the page's language. */
  told: (sentence: string) => sentence,

  saidState: (state: string, sentence: string) => `Stream: ${state}${sentence === "" ? "" : `. ${sentence}`}`,
  unreadable: "This panel was written by another version of lepton-jupyter and cannot be shown by this one.",
} as const;
