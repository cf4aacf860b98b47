/** The panel of a preparation in a notebook page: an anywidget module. */

import { h } from "preact";
import { answerWith } from "../asked_panel";
import { copyLine, runBelow } from "../line_actions";
import { follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import { addStyle } from "../page_style";
import { followWords } from "../panel_words";
import { PlanPanel } from "./component";
import { PlanModel } from "./model";
import type { PlanCommand } from "./plan_message";
import { PLAN_STYLE } from "./plan_style";
import { PLAN_TEXTS } from "./plan_texts";

/** Milliseconds between two signs that somebody looks; the kernel falls silent after 30 s without one. */
const KEEP_ALIVE_MS = 10_000;

/** What anywidget gives to a module, as far as it is used here. */
export interface PlanKernel extends LiveKernel<PlanCommand> {
  get(name: "head" | "own_id"): unknown;
  widget_manager?: unknown;
}

let shown = 0;

function render({ model: kernel, el }: { model: PlanKernel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  addStyle(page, PLAN_STYLE);
  const id = `lepton-plan-${(shown += 1)}`;
  const model = new PlanModel({
    now: () => Date.now(),
    send: sender(kernel),
    runInCell: (line, placed) => runBelow(kernel, el, line, placed),
    copy: (line) => copyLine(el, line),
  });
  const keepAlive = (): void => {
    if (page.visibilityState !== "hidden") model.keepAlive();
  };
  model.setWidth(el.clientWidth);
  const unfollowWords = followWords(page, "plan", PLAN_TEXTS, () => {
    model.refresh();
  });
  const unfollow = follow(kernel, model, el, () => h(PlanPanel, { model, id }));
  const unanswer = answerWith(el, () => kernel.get("head"));
  page.addEventListener("visibilitychange", keepAlive);
  const beat = setInterval(keepAlive, KEEP_ALIVE_MS);
  const observer = new ResizeObserver(() => {
    model.setWidth(el.clientWidth);
  });
  observer.observe(el);
  keepAlive();
  return () => {
    unfollow();
    unfollowWords();
    unanswer();
    page.removeEventListener("visibilitychange", keepAlive);
    clearInterval(beat);
    observer.disconnect();
  };
}

export default { render };
