/** The status bar's word on the searches that go on in open notebooks: how many, and the newest one's best score. */

import { NEWS, askPanels } from "../asked_panel";
import { decimalsOfError, fixed } from "../formats";
import { readMessage } from "../messages";
import type { RunPanelMessage } from "../messages";
import type { LuminoWidget, LuminoWidgets } from "./host";
import { LAB_TEXTS } from "./lab_texts";

/** Milliseconds between two looks while a search goes on; one that was closed without a word is missed by then. */
const LOOK_AGAIN_MS = 1_000;
const GOES_ON: ReadonlySet<string> = new Set(["starting", "waiting", "running", "stopping"]);

export interface StatusBar {
  registerStatusItem(id: string, options: { item: LuminoWidget; align: "left"; rank: number }): unknown;
}

/** Words for the documents of live panels; empty where no search goes on. Two panels may show one run. */
export function searchWords(documents: unknown[]): string {
  const runs = new Map<string, RunPanelMessage>();
  for (const document of documents) {
    const message = readMessage(document);
    if (message !== null && GOES_ON.has(message.state)) runs.set(message.run_id, message);
  }
  const newest = [...runs.values()].at(-1);
  if (newest === undefined) return "";
  const { score, score_error: error, metric_label: metric } = newest;
  const count = LAB_TEXTS.searches(runs.size);
  return score === null
    ? count
    : `${count}: ${LAB_TEXTS.best(metric, fixed(score, decimalsOfError(error, score)))}`;
}

export function addSearchCount(bar: StatusBar, { Widget }: LuminoWidgets, page: Document): void {
  const item = new Widget();
  item.addClass("lepton-search-count");
  // As the other words of the bar.
  item.addClass("jp-StatusBar-TextItem");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    timer = undefined;
    const words = searchWords(askPanels(page));
    item.node.title = LAB_TEXTS.searchesTitle;
    item.node.textContent = words;
    item.node.hidden = words === "";
    if (words !== "") timer = setTimeout(look, LOOK_AGAIN_MS);
  };
  look();
  page.addEventListener(NEWS, () => {
    timer ??= setTimeout(look);
  });
  bar.registerStatusItem("lepton-jupyter:search-count", { item, align: "left", rank: 20 });
}
