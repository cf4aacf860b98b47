/** The panel of a preparation in a notebook page: an anywidget module. */

import { h } from "preact";
import { answerWith } from "../asked_panel";
import { copyLine, runBelow } from "../line_actions";
import { attend, follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import { addStyle } from "../page_style";
import { followWords } from "../panel_words";
import { PlanPanel } from "./component";
import { PlanModel } from "./model";
import type { PlanCommand } from "./plan_message";
import { PLAN_STYLE } from "./plan_style";
import { PLAN_TEXTS } from "./plan_texts";

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
  model.setWidth(el.clientWidth);
  const unfollowWords = followWords(page, "plan", PLAN_TEXTS, () => {
    model.refresh();
  });
  const unfollow = follow(kernel, model, el, () => h(PlanPanel, { model, id }));
  const unanswer = answerWith(el, () => kernel.get("head"));
  const unattend = attend(el, model);
  return () => {
    unfollow();
    unfollowWords();
    unanswer();
    unattend();
  };
}

export default { render };
