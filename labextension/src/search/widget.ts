/**
 * The panel in a notebook page: an anywidget module.
 *
 * `render` runs once for each place where the run is shown and returns what undoes it: timers, listeners, observers.
 * The kernel's model holds the whole state in its trait `head`, so a page that is loaded again draws it at once.
 */

import { h } from "preact";
import type { Command } from "../messages";
import { answerWith, tellNews } from "../asked_panel";
import { follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import { addStyle } from "../page_style";
import { followWords } from "../panel_words";
import { SearchPanel } from "./component";
import { FinalForms } from "./final_forms";
import { TEXTS } from "../texts";
import { SearchModel } from "./model";

/** Milliseconds between two signs that somebody looks; the kernel falls silent after 30 s without one. */
const KEEP_ALIVE_MS = 10_000;
const TICK_MS = 1_000;

/** What a message beside the state is heard by. */
interface SearchKernel extends LiveKernel<Command> {
  on(event: string, callback: (content?: unknown) => void): void;
  off(event: string, callback: (content?: unknown) => void): void;
}

function render({ model: kernel, el }: { model: SearchKernel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addStyle(page);
  const model = new SearchModel({
    now: () => Date.now(),
    send: sender(kernel),
  });

  const keepAlive = (): void => {
    if (page.visibilityState !== "hidden") model.keepAlive();
  };

  model.setWidth(el.clientWidth);
  const unfollowWords = followWords(page, "search", TEXTS, () => {
    model.refresh();
  });
  const unfollow = follow(kernel, model, el, () => h(SearchPanel, { model }));
  const forms = new FinalForms(() => {
    sender(kernel)({ type: "AskForms" });
  });
  const hear = (content?: unknown): void => {
    forms.receive(content);
    model.receivePage(content);
  };
  const unanswer = answerWith(
    el,
    () => kernel.get("head"),
    () => forms.found,
  );
  const tell = (): void => {
    tellNews(el);
    forms.follow(model.state !== null && !model.isLive);
  };
  kernel.on("change:head", tell);
  kernel.on("msg:custom", hear);
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
  forms.follow(model.state !== null && !model.isLive);

  return () => {
    unfollow();
    unfollowWords();
    unanswer();
    kernel.off("change:head", tell);
    kernel.off("msg:custom", hear);
    page.removeEventListener("visibilitychange", keepAlive);
    clearInterval(beat);
    clearInterval(tick);
    observer.disconnect();
  };
}

export default { render };
