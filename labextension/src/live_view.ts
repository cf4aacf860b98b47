/** What every panel's anywidget host does: follow the kernel's model, draw once a frame, and let go of everything. */

import type { ComponentChild } from "preact";
import { keepDrawn } from "./drawn_view";

/** The part of an anywidget model that a panel follows. */
export interface LiveKernel<Sent> {
  get(name: "head"): unknown;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
  send(content: Sent): void;
}

/** The part of a panel's model that is kept up to date. */
interface LiveModel {
  receive(document: unknown): void;
  setConnected(connected: boolean): void;
  subscribe(listener: () => void): () => void;
}

/** What a panel of a kernel's work is told beside its messages. */
interface AttendedModel {
  keepAlive(): void;
  setWidth(pixels: number): void;
}

/** Milliseconds between two signs that somebody looks; the kernel falls silent after 30 s without one. */
const KEEP_ALIVE_MS = 10_000;
const TICK_MS = 1_000;

/** Sends to a kernel; false where its comm is closed, because the kernel is gone. */
export function sender<Sent>(kernel: LiveKernel<Sent>): (command: Sent) => boolean {
  return (command) => {
    try {
      kernel.send(command);
      return true;
    } catch {
      return false;
    }
  };
}

/** Draws the state a kernel's model holds, and each later one; the returned function undoes it. */
export function follow<Sent>(
  kernel: LiveKernel<Sent>,
  model: LiveModel,
  el: HTMLElement,
  view: () => ComponentChild,
): () => void {
  const receive = (): void => {
    model.receive(kernel.get("head"));
  };
  // JupyterLab marks a view whose kernel is gone by a class, and says so by this event.
  const checkConnection = (): void => {
    model.setConnected(el.closest(".jupyter-widgets-disconnected") === null);
  };

  receive();
  checkConnection();
  const undraw = keepDrawn(model, el, view);
  kernel.on("change:head", receive);
  kernel.on("comm_live_update", checkConnection);

  return () => {
    kernel.off("change:head", receive);
    kernel.off("comm_live_update", checkConnection);
    undraw();
  };
}

/** Says while the page is looked at that somebody looks, follows the width of the place, and lets seconds pass. */
export function attend(el: HTMLElement, model: AttendedModel, tick?: () => void): () => void {
  const page = el.ownerDocument;
  const measure = (): void => {
    model.setWidth(el.clientWidth);
  };
  const keepAlive = (): void => {
    if (page.visibilityState !== "hidden") model.keepAlive();
  };
  page.addEventListener("visibilitychange", keepAlive);
  const timers = [setInterval(keepAlive, KEEP_ALIVE_MS)];
  if (tick !== undefined) timers.push(setInterval(tick, TICK_MS));
  const observer = new ResizeObserver(measure);
  observer.observe(el);
  keepAlive();
  return () => {
    page.removeEventListener("visibilitychange", keepAlive);
    timers.forEach(clearInterval);
    observer.disconnect();
  };
}
