/**
 * The panel in a notebook page: an anywidget module.
 *
 * `render` runs once for each place where the run is shown and returns what undoes it: timers, listeners, observers.
 * The kernel's model holds the whole state in its trait `head`, so a page that is loaded again draws it at once.
 */

import { h, render as draw } from "preact";
import type { Command } from "../messages";
import { addStyle } from "../page_style";
import { SearchPanel } from "./component";
import { SearchModel } from "./model";

/** What anywidget gives to a module, as far as it is used here. */
export interface KernelModel {
  get(name: "head"): unknown;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  send(content: Command): void;
}

/** Milliseconds between two signs that somebody looks; the kernel falls silent after 30 s without one. */
const KEEP_ALIVE_MS = 10_000;
const TICK_MS = 1_000;

function render({ model: kernel, el }: { model: KernelModel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  const model = new SearchModel({
    now: () => Date.now(),
    send: (command) => {
      try {
        kernel.send(command);
        return true;
      } catch {
        return false; // the comm is closed: its kernel is gone
      }
    },
  });

  let frame = 0;
  const redraw = (): void => {
    // Once a frame, however many changes there were; a page in the background draws nothing.
    if (frame === 0) {
      frame = requestAnimationFrame(() => {
        frame = 0;
        draw(h(SearchPanel, { model }), el);
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
  const keepAlive = (): void => {
    if (page.visibilityState !== "hidden") model.keepAlive();
  };

  model.setWidth(el.clientWidth);
  receive();
  checkConnection();
  draw(h(SearchPanel, { model }), el);
  const unsubscribe = model.subscribe(redraw);
  kernel.on("change:head", receive);
  kernel.on("comm_live_update", checkConnection);
  page.addEventListener("visibilitychange", keepAlive);
  const beat = setInterval(keepAlive, KEEP_ALIVE_MS);
  const tick = setInterval(() => {
    if (model.isTicking || model.hasMoreToSay) model.tick();
  }, TICK_MS);
  const observer = new ResizeObserver(() => {
    model.setWidth(el.clientWidth);
  });
  observer.observe(el);
  keepAlive();

  return () => {
    unsubscribe();
    kernel.off("change:head", receive);
    kernel.off("comm_live_update", checkConnection);
    page.removeEventListener("visibilitychange", keepAlive);
    clearInterval(beat);
    clearInterval(tick);
    observer.disconnect();
    if (frame !== 0) cancelAnimationFrame(frame);
    draw(null, el);
  };
}

export default { render };
