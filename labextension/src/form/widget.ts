/**
 * The form in a notebook page: an anywidget module.
 *
 * `render` runs once for each place where the form is shown and returns what undoes it. The kernel's model holds the
 * whole state in its trait `head`, so a page that is loaded again draws the form as it stood.
 */

import { h, render as draw } from "preact";
import type { FormCommand } from "../messages";
import { addStyle } from "../page_style";
import { LeptonForm } from "./component";
import { FormModel } from "./model";
import { cellBelow } from "./notebook_cell";

/** What anywidget gives to a module, as far as it is used here. */
export interface KernelModel {
  get(name: "head" | "own_id"): unknown;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  send(content: FormCommand): void;
  widget_manager?: unknown;
}

let shown = 0;

function render({ model: kernel, el }: { model: KernelModel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  const id = `lepton-form-${(shown += 1)}`;
  const model = new FormModel({
    send: (command) => {
      try {
        kernel.send(command);
        return true;
      } catch {
        return false; // the comm is closed: its kernel is gone
      }
    },
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

  let frame = 0;
  const redraw = (): void => {
    // Once a frame, however many changes there were.
    if (frame === 0) {
      frame = requestAnimationFrame(() => {
        frame = 0;
        draw(h(LeptonForm, { model, id }), el);
      });
    }
  };
  const receive = (): void => {
    model.receive(kernel.get("head"));
  };
  // JupyterLab marks a view whose kernel is gone by a class, and says so by this event.
  const checkConnection = (): void => {
    model.setConnected(el.closest(".jupyter-widgets-disconnected") === null);
  };

  receive();
  checkConnection();
  draw(h(LeptonForm, { model, id }), el);
  const unsubscribe = model.subscribe(redraw);
  kernel.on("change:head", receive);
  kernel.on("comm_live_update", checkConnection);

  return () => {
    unsubscribe();
    kernel.off("change:head", receive);
    kernel.off("comm_live_update", checkConnection);
    if (frame !== 0) cancelAnimationFrame(frame);
    draw(null, el);
  };
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
