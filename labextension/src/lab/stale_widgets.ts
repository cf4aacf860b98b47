/**
 * Widgets whose kernel is gone: the run's saved board takes their place.
 *
 * An output of a run holds the live widget and the board as it was. The page prefers the widget even where no kernel
 * knows it, and says "model not found". So what refers to such a widget is taken out of the output, which is then
 * drawn from the board.
 */

import type { Forms } from "../asked_panel";
import type { Kernel, NotebookModel } from "./host";
import { VIEW_TYPE, liveOutputs, widgetOf, withDocument } from "./run_outputs";
import type { LiveOutput } from "./run_outputs";

const STATE_TYPE = "application/vnd.jupyter.widget-state+json";
const TARGET = "jupyter.widget";

/** What the panel in an output shows now: its document, which is undefined where there is none, and its other forms. */
export type Shown = (output: LiveOutput) => [document: unknown, forms?: Forms];

/** Replaces the widgets that neither this kernel nor the file knows by their boards, as they were shown last. */
export async function sweep(notebook: NotebookModel, kernel: Kernel | null, shown: Shown): Promise<void> {
  // Before the kernel is asked: a widget that is shown meanwhile is alive.
  const found = liveOutputs(notebook);
  if (found.length === 0) return;
  const known = new Set([...(await widgetsOf(kernel)), ...savedWidgets(notebook)]);
  const wasDirty = notebook.dirty;
  for (const output of found) {
    if (!known.has(output.widget)) dropWidget(output, shown);
  }
  // What was saved before still counts as saved.
  notebook.dirty = wasDirty;
}

function dropWidget(place: LiveOutput, shown: Shown): void {
  const { outputs, index, widget } = place;
  if (index >= outputs.length) return;
  const output = outputs.get(index).toJSON();
  // A cell that was run meanwhile has other outputs.
  if (widgetOf(output) !== widget) return;
  const data = withDocument(output.data ?? {}, ...shown(place));
  const kept = Object.entries(data).filter(([type]) => type !== VIEW_TYPE);
  outputs.set(index, { ...output, data: Object.fromEntries(kept) });
}

async function widgetsOf(kernel: Kernel | null): Promise<string[]> {
  if (kernel === null) return [];
  const { content } = await kernel.requestCommInfo({ target_name: TARGET });
  return Object.keys(content.comms ?? {});
}

/** Widgets whose state is in the file, where a person has asked JupyterLab to save it. */
function savedWidgets(notebook: NotebookModel): string[] {
  const widgets = notebook.getMetadata("widgets");
  const saved =
    typeof widgets === "object" && widgets !== null ? (widgets as Record<string, unknown>)[STATE_TYPE] : null;
  const state = typeof saved === "object" && saved !== null && "state" in saved ? saved.state : null;
  return typeof state === "object" && state !== null ? Object.keys(state) : [];
}
