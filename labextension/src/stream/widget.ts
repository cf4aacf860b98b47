/** The stream panel in a notebook page: an anywidget module. */

import { h } from "preact";
import { attend, follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import type { StreamCommand } from "../messages";
import { addStyle } from "../page_style";
import { followWords } from "../panel_words";
import figuresStyle from "../styles/figures.css";
import quietStyle from "../styles/quiet.css";
import streamStyle from "../styles/stream.css";
import { StreamPanel } from "./component";
import { StreamModel } from "./model";
import { STREAM_TEXTS } from "./stream_texts";

/** What a message beside the state is heard by. */
interface StreamKernel extends LiveKernel<StreamCommand> {
  on(event: string, callback: (content?: unknown) => void): void;
  off(event: string, callback: (content?: unknown) => void): void;
}

function render({ model: kernel, el }: { model: StreamKernel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  addStyle(page, { name: "lepton-stream-style", text: `${quietStyle}\n${figuresStyle}\n${streamStyle}` });
  const model = new StreamModel({ now: () => Date.now(), send: sender(kernel) });
  const hearRows = (content?: unknown): void => {
    model.receiveRows(content);
  };
  model.setWidth(el.clientWidth);
  const unfollowWords = followWords(page, "stream", STREAM_TEXTS, () => {
    model.refresh();
  });
  const unfollow = follow(kernel, model, el, () => h(StreamPanel, { model }));
  kernel.on("msg:custom", hearRows);
  const unattend = attend(el, model, () => {
    if (page.visibilityState !== "hidden") model.tick();
  });
  return () => {
    unfollow();
    unfollowWords();
    kernel.off("msg:custom", hearRows);
    unattend();
  };
}

export default { render };
