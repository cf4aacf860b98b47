/**
 * The form in a notebook page: an anywidget module.
 *
 * `render` runs once for each place where the form is shown and returns what undoes it. The kernel's model holds the
 * whole state in its trait `head`, so a page that is loaded again draws the form as it stood.
 */

import { h } from "preact";
import { copyLine, runBelow } from "../line_actions";
import type { FormCommand } from "./form_message";
import { follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import { addStyle } from "../page_style";
import { followWords } from "../panel_words";
import formStyle from "../styles/form.css";
import lineStyle from "../styles/line.css";
import quietStyle from "../styles/quiet.css";
import sliderStyle from "../styles/slider.css";
import { LeptonForm } from "./component";
import { FORM_TEXTS } from "./form_texts";
import { FormModel } from "./model";

/** What anywidget gives to a module, as far as it is used here. */
export interface KernelModel extends LiveKernel<FormCommand> {
  get(name: "head" | "own_id"): unknown;
  widget_manager?: unknown;
}

let shown = 0;

function render({ model: kernel, el }: { model: KernelModel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  addStyle(page, { name: "lepton-slider-style", text: sliderStyle });
  addStyle(page, { name: "lepton-form-style", text: `${quietStyle}\n${lineStyle}\n${formStyle}` });
  const id = `lepton-form-${(shown += 1)}`;
  const model = new FormModel({
    send: sender(kernel),
    runInCell: (line, placed) => runBelow(kernel, el, line, placed),
    copy: (text) => copyLine(el, text),
  });

  const unfollowWords = followWords(page, "form", FORM_TEXTS, () => {
    model.refresh();
  });
  const unfollow = follow(kernel, model, el, () => h(LeptonForm, { model, id }));
  return () => {
    unfollow();
    unfollowWords();
  };
}

export default { render };
