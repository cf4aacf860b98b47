/**
 * Outputs of a notebook that hold a run: its live widget beside the board as it was when the output was written. A run
 * is a search, a preparation or a stream.
 */

import type { Forms } from "../asked_panel";
import { isRecord } from "../json_readers";
import { STATES } from "../messages";
import type { MimeBundle, NotebookModel, OutputList, SavedOutput } from "./host";

export const RUN_TYPE = "application/vnd.lepton.run+json";
export const PLAN_TYPE = "application/vnd.lepton.preparation+json";
export const STREAM_TYPE = "application/vnd.lepton.stream+json";
/** Forms of an output that tell of a run of ours. */
export const RUN_TYPES = [RUN_TYPE, PLAN_TYPE, STREAM_TYPE] as const;
export const VIEW_TYPE = "application/vnd.jupyter.widget-view+json";

const ENDED: ReadonlySet<unknown> = new Set(["stopped", "failed", "finished", "saved"]);

/** Where a run is shown live: the place of its output, and the id of its widget. */
export interface LiveOutput {
  outputs: OutputList;
  cell: number;
  index: number;
  widget: string;
}

/** All outputs of a notebook that hold a run's board beside a widget. */
export function liveOutputs(notebook: NotebookModel): LiveOutput[] {
  const found: LiveOutput[] = [];
  let cell = 0;
  for (const { outputs } of notebook.cells) {
    for (let index = 0; index < (outputs?.length ?? 0); index += 1) {
      const widget = outputs === undefined ? null : widgetOf(outputs.get(index).toJSON());
      if (outputs !== undefined && widget !== null) found.push({ outputs, cell, index, widget });
    }
    cell += 1;
  }
  return found;
}

/** Id of the widget in an output of a run; null where there is none. */
export function widgetOf({ data }: SavedOutput): string | null {
  if (data === undefined || !(VIEW_TYPE in data)) return null;
  if (!RUN_TYPES.some((type) => type in data)) return null;
  const view = data[VIEW_TYPE];
  const id = typeof view === "object" && view !== null && "model_id" in view ? view.model_id : "";
  return typeof id === "string" ? id : "";
}

/** The same bundle with what a panel shows now, as of a run that is over; HTML and text too, where it has them. */
export function withDocument(data: MimeBundle, document: unknown, forms: Forms = {}): MimeBundle {
  if (!isRecord(document)) return data;
  if (PLAN_TYPE in data && document["type"] === "PreparationMessage") {
    // Nobody is there to change a saved plan.
    return { ...data, [PLAN_TYPE]: { ...document, editing: null } };
  }
  const { state } = document;
  if (!(RUN_TYPE in data) || !(STATES as readonly unknown[]).includes(state)) return data;
  return { ...data, ...forms, [RUN_TYPE]: ENDED.has(state) ? document : { ...document, state: "saved" } };
}
