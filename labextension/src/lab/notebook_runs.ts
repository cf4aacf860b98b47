/** The runs that open notebooks show: their saved boards as lines of the list, and the cell of a run. */

import { askPanel } from "../asked_panel";
import { isRecord } from "../json_readers";
import { readMessage } from "../messages";
import type { RunLine } from "../runs/messages";
import type { NotebookPanel, NotebookTracker } from "./host";
import { RUN_TYPES } from "./run_outputs";

export interface FoundCell {
  panel: NotebookPanel;
  index: number;
}

/** The cell that shows a run, the last one where several do. */
export function findCell(notebooks: NotebookTracker, runId: string): FoundCell | null {
  let found: FoundCell | null = null;
  eachDocument(notebooks, (document, panel, index) => {
    if (document["run_id"] === runId) found = { panel, index };
  });
  return found;
}

/** Shows a cell, wherever it is. */
export function goTo({ panel, index }: FoundCell, activate: (id: string) => void): void {
  activate(panel.id);
  panel.content.activeCellIndex = index;
  panel.content.deselectAll();
  const cell = panel.content.widgets[index];
  if (panel.content.scrollToItem === undefined) cell?.node.scrollIntoView({ block: "center" });
  else panel.content.scrollToItem(index, "center").catch(() => undefined);
}

/** Saved boards of all open notebooks, each run once, the newest first. */
export function savedLines(notebooks: NotebookTracker): RunLine[] {
  const lines = new Map<string, RunLine>();
  eachDocument(notebooks, (document) => {
    const message = readMessage(document);
    if (message === null || message.run_id === "") return;
    const isOver = ["finished", "failed", "stopped"].includes(message.state);
    lines.set(message.run_id, {
      run_id: message.run_id,
      name: message.name,
      kind: "search",
      state: isOver ? message.state : "saved",
      target: message.target,
      table: "",
      metric_label: message.metric_label,
      score: message.score,
      score_error: message.score_error,
      started_at: startOf(message.run_id),
      elapsed_seconds: message.elapsed_seconds,
      budget_seconds: message.budget_seconds,
      budget_trials: message.budget_trials,
      n_trials: message.n_trials,
      goes_on: false,
      stoppable: false,
    });
  });
  return [...lines.values()].sort((one, other) => other.run_id.localeCompare(one.run_id));
}

/** When a run was made, which its id begins with: "20261126-091502-churn-7a1f"; empty for another id. */
export function startOf(runId: string): string {
  const parts = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})-/.exec(runId);
  if (parts === null) return "";
  const [, year, month, day, hour, minute, second] = parts;
  return `${year ?? ""}-${month ?? ""}-${day ?? ""}T${hour ?? ""}:${minute ?? ""}:${second ?? ""}Z`;
}

function eachDocument(
  notebooks: NotebookTracker,
  call: (document: Record<string, unknown>, panel: NotebookPanel, index: number) => void,
): void {
  notebooks.forEach((panel) => {
    let index = 0;
    // A notebook that is still being read has no model yet.
    for (const { outputs } of (panel.context.model as NotebookPanel["context"]["model"] | null)?.cells ??
      []) {
      for (let at = 0; at < (outputs?.length ?? 0); at += 1) {
        const { data = {} } = outputs?.get(at).toJSON() ?? {};
        for (const type of RUN_TYPES) if (isRecord(data[type])) call(data[type], panel, index);
      }
      const node = panel.content.widgets[index]?.node;
      const shown = node === undefined ? undefined : askPanel(node);
      if (isRecord(shown)) call(shown, panel, index);
      index += 1;
    }
  });
}
