/** The search panel where the extension draws it: loaded with its texts when a board is shown. */

import { h } from "preact";
import { keepDrawn } from "../drawn_view";
import { addStyle } from "../page_style";
import { SearchPanel } from "../search/component";
import { SearchModel } from "../search/model";
import type { SearchHost } from "../search/model";
import { onLanguage, spokenLanguage } from "./lab_texts";
import { speakInPanels } from "./panel_texts";
import type { Mount } from "./saved_pages";

speakInPanels(spokenLanguage());
onLanguage(() => {
  speakInPanels(spokenLanguage());
});

/** A search panel in its place; `undraw` takes it away. */
export function drawSearch(
  place: HTMLElement,
  document: unknown,
  { send, connected }: { send: SearchHost["send"]; connected: boolean },
): { model: SearchModel; undraw: () => void } {
  addStyle(place.ownerDocument);
  const model = new SearchModel({ now: () => Date.now(), send });
  model.setConnected(connected);
  model.setWidth(place.clientWidth);
  model.receive(document);
  return { model, undraw: keepDrawn(model, place, () => h(SearchPanel, { model })) };
}

/** The board of a file: nobody is there to obey, whatever the document says of its run. */
export const mountSaved: Mount = (place, document) => {
  const { model, undraw } = drawSearch(place, document, { send: () => false, connected: false });
  return {
    receive: (newer) => {
      model.receive(newer);
    },
    setWidth: (pixels) => {
      model.setWidth(pixels);
    },
    unmount: undraw,
  };
};
