/** The stream panel in a notebook page: an anywidget module. */

import { h } from "preact";
import { follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import type { StreamCommand } from "../messages";
import { addStyle } from "../page_style";
import { followWords } from "../panel_words";
import figuresStyle from "../styles/figures.css";
import streamStyle from "../styles/stream.css";
import { StreamPanel } from "./component";
import { StreamModel } from "./model";
import { STREAM_TEXTS } from "./stream_texts";

/** Milliseconds between two signs that somebody looks; the kernel falls silent after 30 s without one. */
const KEEP_ALIVE_MS = 10_000;
const TICK_MS = 1_000;

/** What a message beside the state is heard by. */
interface StreamKernel extends LiveKernel<StreamCommand> {
  on(event: string, callback: (content?: unknown) => void): void;
  off(event: string, callback: (content?: unknown) => void): void;
}

function render({ model: kernel, el }: { model: StreamKernel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  addStyle(page, { name: "lepton-stream-style", text: `${figuresStyle}\n${streamStyle}` });
  const model = new StreamModel({ now: () => Date.now(), send: sender(kernel) });
  const keepAlive = (): void => {
    if (page.visibilityState !== "hidden") model.keepAlive();
  };
  const hearRows = (content?: unknown): void => {
    model.receiveRows(content);
  };
  model.setWidth(el.clientWidth);
  const unfollowWords = followWords(page, "stream", STREAM_TEXTS, () => {
    model.refresh();
  });
  const unfollow = follow(kernel, model, el, () => h(StreamPanel, { model }));
  kernel.on("msg:custom", hearRows);
  page.addEventListener("visibilitychange", keepAlive);
  const beat = setInterval(keepAlive, KEEP_ALIVE_MS);
  const tick = setInterval(() => {
    if (page.visibilityState !== "hidden") model.tick();
  }, TICK_MS);
  const observer = new ResizeObserver(() => {
    model.setWidth(el.clientWidth);
  });
  observer.observe(el);
  keepAlive();
  return () => {
    unfollow();
    unfollowWords();
    kernel.off("msg:custom", hearRows);
    page.removeEventListener("visibilitychange", keepAlive);
    clearInterval(beat);
    clearInterval(tick);
    observer.disconnect();
  };
}

export default { render };
