/** What the panel of a preparation receives and sends: the twin of `lepton_jupyter/events/preparation_messages.py`. */

import {
  attempt,
  count,
  flag,
  list,
  number,
  one,
  optional,
  record,
  shape,
  since,
  text,
} from "../json_readers";
import type { KeepAlive, LineStarted, StopRun } from "../messages";

export const PLAN_STATES = ["planned", "running", "finished", "stopped", "failed"] as const;
export type PlanState = (typeof PLAN_STATES)[number];

export interface StepOfColumn {
  kind: string;
  action: string;
  reason: string;
  on: boolean;
}

export interface PlannedColumn {
  name: string;
  stored: string;
  becomes: string;
  role: string;
  missing_share: number;
  n_distinct: number;
  steps: StepOfColumn[];
}

export interface BadPartition {
  name: string;
  problem: string;
}

/** What one worker uses; a limit of 0 is none. */
export interface WorkerMemory {
  worker: string;
  used_bytes: number;
  limit_bytes: number;
}

/** Values of the options that are chosen: "outliers", or "age:outliers" for one column. */
export interface PlanChoices {
  without: string[];
  options: Record<string, string[]>;
  drop_leaks: boolean;
}

/** Options of which one may be chosen for a column; the first is what a choice for all columns falls to. */
export interface OfferedOptions {
  column: string;
  options: string[];
}

export interface PlanEditing {
  revision: number;
  state: "ready" | "queued" | "starting" | "started" | "failed";
  detail: string;
  problem: string;
  line: string;
  choices: PlanChoices;
  began_with: PlanChoices;
  kinds: string[];
  offered: Record<string, string[]>;
  columns: OfferedOptions[];
}

export interface PreparationMessage {
  type: "PreparationMessage";
  run_id: string;
  state: PlanState;
  table: string;
  target: string;
  phase: string;
  n_partitions: number;
  n_done: number;
  n_rows: number;
  rows_per_second: number | null;
  worker_bytes: number | null;
  memory: WorkerMemory[];
  workers: string;
  elapsed_seconds: number;
  draft: boolean;
  planned_rows: number;
  columns: PlannedColumn[];
  n_hidden: number;
  n_left_out: number;
  n_changed: number;
  n_columns: number;
  bad_partitions: BadPartition[];
  n_bad: number;
  notes: string[];
  failure: string;
  n_prepared: number;
  writes: boolean;
  find: string;
  n_matching: number;
  editing: PlanEditing | null;
}

export interface ChooseInPlan {
  type: "ChooseInPlan";
  revision: number;
  choices: PlanChoices;
  find: string;
}
export interface StartPreparation {
  type: "StartPreparation";
  revision: number;
  choices: PlanChoices;
}
export type PlanCommand = KeepAlive | StopRun | ChooseInPlan | StartPreparation | LineStarted;

const planChoices = shape<PlanChoices>({
  without: list(text),
  options: record(list(text)),
  drop_leaks: flag,
});

const preparationMessage = shape<PreparationMessage>({
  type: one(["PreparationMessage"]),
  run_id: text,
  state: one(PLAN_STATES),
  table: text,
  target: text,
  phase: text,
  n_partitions: count,
  n_done: count,
  n_rows: count,
  rows_per_second: optional(number),
  worker_bytes: optional(count),
  memory: since(list(shape<WorkerMemory>({ worker: text, used_bytes: count, limit_bytes: count })), []),
  workers: text,
  elapsed_seconds: number,
  draft: flag,
  planned_rows: count,
  columns: list(
    shape<PlannedColumn>({
      name: text,
      stored: text,
      becomes: text,
      role: text,
      missing_share: number,
      n_distinct: count,
      steps: list(shape<StepOfColumn>({ kind: text, action: text, reason: text, on: flag })),
    }),
  ),
  n_hidden: count,
  n_left_out: count,
  n_changed: count,
  n_columns: count,
  bad_partitions: list(shape<BadPartition>({ name: text, problem: text })),
  n_bad: count,
  notes: list(text),
  failure: text,
  n_prepared: since(count, 0),
  writes: since(flag, false),
  find: since(text, ""),
  n_matching: since(count, 0),
  editing: since(
    optional(
      shape<PlanEditing>({
        revision: count,
        state: one(["ready", "queued", "starting", "started", "failed"]),
        detail: text,
        problem: text,
        line: text,
        choices: planChoices,
        began_with: planChoices,
        kinds: list(text),
        offered: record(list(text)),
        columns: list(shape<OfferedOptions>({ column: text, options: list(text) })),
      }),
    ),
    null,
  ),
});

/** The message in a document; null where this version cannot read it. */
export function readPreparation(document: unknown): PreparationMessage | null {
  return attempt(preparationMessage, document);
}
