/**
 * The lines by which one goes on with a run. A saved document may come from anybody: of what it holds an id enters them
 * that is one word, and numbers.
 */

import type { RunPanelMessage } from "../messages";

const RUN_ID = /^\w[\w-]*$/;

/** Whether a run can be named in a line. */
export function isNamed({ run_id: id }: RunPanelMessage): boolean {
  return RUN_ID.test(id);
}

/** Gives one model of a run; without a trial it is the ensemble, which is then the best. */
export function chooseLine({ run_id: id }: RunPanelMessage, trial: number | null): string {
  return `${opening(id)}model = run.choose(${trial === null ? "" : `trial=${trial}`})\nmodel`;
}

/** Becomes code that fits the model of a trial again. */
export function codeLine({ run_id: id }: RunPanelMessage, trial: number): string {
  return `${opening(id)}get_ipython().set_next_input(run.as_code(${trial}), replace=True)`;
}

const opening = (id: string): string => `run = %lepton show ${id}\n`;

/** Goes on with a run for as long as it was meant to take. */
export function resumeLine({
  run_id: id,
  budget_seconds: seconds,
  budget_trials: trials,
}: RunPanelMessage): string {
  const budget = seconds !== null ? `${seconds}s` : trials !== null ? `${trials}trials` : "";
  return `run = %lepton resume ${id}${budget && ` --budget ${budget}`}`;
}

/** Writes the run's best model, or that of a trial, to a file that is called as the run is. */
export function exportLine({ run_id: id }: RunPanelMessage, trial: number | null): string {
  const name = id.split("-").slice(2, -1).join("-") || id;
  return `%lepton export ${id} --to ${name}.zip${ofTrial(trial)}`;
}

/** Predicts, by the run's best model or that of a trial; the table is still to be written, at the end. */
export function predictLine({ run_id: id }: RunPanelMessage, trial: number | null): string {
  return `predictions = %lepton predict --run ${id}${ofTrial(trial)} `;
}

const ofTrial = (trial: number | null): string => (trial === null ? "" : ` --trial ${trial}`);
