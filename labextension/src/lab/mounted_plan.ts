/** A saved preparation in its place: loaded with its texts when one is shown. */

import { h } from "preact";
import { addStyle } from "../page_style";
import { PlanPanel } from "../prepare/component";
import { PlanModel } from "../prepare/model";
import { PLAN_STYLE } from "../prepare/plan_style";
import { speakInPlans } from "./plan_panel_texts";
import { mounted } from "./mounted_panel";
import type { Mount } from "./saved_pages";

let shown = 0;

export const mount: Mount = (place, document, language) => {
  speakInPlans(language);
  addStyle(place.ownerDocument);
  addStyle(place.ownerDocument, PLAN_STYLE);
  const id = `lepton-saved-plan-${(shown += 1)}`;
  const model = new PlanModel({
    isSaved: true,
    now: () => Date.now(),
    send: () => false,
    runInCell: () => Promise.resolve("unavailable"),
    copy: () => Promise.resolve(false),
  });
  // Nobody is there to obey, whatever the document says may be changed.
  model.setConnected(false);
  return mounted(model, place, document, () => h(PlanPanel, { model, id }));
};
