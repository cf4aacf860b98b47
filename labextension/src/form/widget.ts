/**
 * The form in a notebook page: an anywidget module.
 *
 * `render` runs once for each place where the form is shown and returns what undoes it. The kernel's model holds the
 * whole state in its trait `head`, so a page that is loaded again draws the form as it stood.
 */

import { h } from "preact";
import type { FormCommand } from "../messages";
import { follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import { addStyle } from "../page_style";
import formStyle from "../styles/form.css";
import { LeptonForm } from "./component";
import { FormModel } from "./model";
import { cellBelow } from "./notebook_cell";

/** What anywidget gives to a module, as far as it is used here. */
export interface KernelModel extends LiveKernel<FormCommand> {
  get(name: "head" | "own_id"): unknown;
  widget_manager?: unknown;
}

let shown = 0;

function render({ model: kernel, el }: { model: KernelModel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  addStyle(page, { name: "lepton-form-style", text: formStyle });
  const id = `lepton-form-${(shown += 1)}`;
  const model = new FormModel({
    send: sender(kernel),
    runInCell: async (line, placed) => {
      const below = await placeBelow(kernel, el);
      if (below === null) return "unavailable";
      return (await below.run(line, placed)) ? "done" : "failed";
    },
    copy: async (text) => {
      try {
        await page.defaultView?.navigator.clipboard.writeText(text);
        return true;
      } catch {
        // Not allowed in this page: the line is selected, so that a key can copy it.
        const line = el.querySelector(".lepton-run code");
        if (line !== null) page.getSelection()?.selectAllChildren(line);
        return false;
      }
    },
  });

  return follow(kernel, model, el, () => h(LeptonForm, { model, id }));
}

async function placeBelow(kernel: KernelModel, el: HTMLElement) {
  const modelId = kernel.get("own_id");
  if (typeof modelId !== "string" || modelId === "") return null;
  try {
    return await cellBelow(kernel.widget_manager, modelId, el);
  } catch {
    return null; // another page than those that are known
  }
}

export default { render };
