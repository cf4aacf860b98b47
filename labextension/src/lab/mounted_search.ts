/** The search panel where the extension draws it: loaded with its texts when a board is shown. */

import { h } from "preact";
import { addStyle } from "../page_style";
import { SearchPanel } from "../search/component";
import { SearchModel } from "../search/model";
import type { SearchHost } from "../search/model";
import { onLanguage, spokenLanguage } from "./lab_texts";
import { speakInPanels } from "./panel_texts";
import { mounted } from "./mounted_panel";
import type { Mount, MountedPanel } from "./saved_pages";

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
  const model = new SearchModel({ now: () => Date.now(), send });
  model.setConnected(connected);
  const panel = mountedSearch(model, place, document);
  return {
    model,
    undraw: () => {
      panel.unmount();
    },
  };
}

/** The board of a file: nobody is there to obey, whatever the document says of its run. */
export const mountSaved: Mount = (place, document) => {
  const model = new SearchModel({ now: () => Date.now(), send: () => false });
  model.setConnected(false);
  return mountedSearch(model, place, document);
};

function mountedSearch(model: SearchModel, place: HTMLElement, document: unknown): MountedPanel {
  addStyle(place.ownerDocument);
  return mounted(model, place, document, () => h(SearchPanel, { model }));
}
