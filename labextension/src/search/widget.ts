/**
 * The panel in a notebook page: an anywidget module.
 *
 * `render` runs once for each place where the run is shown and returns what undoes it: timers, listeners, observers.
 * The kernel's model holds the whole state in its trait `head`, so a page that is loaded again draws it at once.
 */

import { h } from "preact";
import type { Command } from "../messages";
import { answerWith, tellNews } from "../asked_panel";
import { attend, follow, sender } from "../live_view";
import type { LiveKernel } from "../live_view";
import { placeLine } from "../placed_line";
import { followWords } from "../panel_words";
import { SearchPanel } from "./component";
import { FinalForms } from "./final_forms";
import { addSearchStyle } from "./search_style";
import { TEXTS } from "../texts";
import { SearchModel } from "./model";

/** What a message beside the state is heard by. */
interface SearchKernel extends LiveKernel<Command> {
  on(event: string, callback: (content?: unknown) => void): void;
  off(event: string, callback: (content?: unknown) => void): void;
}

function render({ model: kernel, el }: { model: SearchKernel; el: HTMLElement }): () => void {
  const page = el.ownerDocument;
  addSearchStyle(page);
  const model = new SearchModel({
    now: () => Date.now(),
    send: sender(kernel),
    place: (line, runs) => placeLine(el, line, runs),
  });

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
  const unattend = attend(el, model, () => {
    if (model.isTicking || model.hasMoreToSay) model.tick();
  });
  forms.follow(model.state !== null && !model.isLive);

  return () => {
    unfollow();
    unfollowWords();
    unanswer();
    kernel.off("change:head", tell);
    kernel.off("msg:custom", hear);
    unattend();
  };
}

export default { render };
