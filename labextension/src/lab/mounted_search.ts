/** The search panel where the extension draws it: loaded with its texts when a board is shown. */

import { h } from "preact";
import { KERNELS, placeLine } from "../placed_line";
import { SearchPanel } from "../search/component";
import { addSearchStyle } from "../search/search_style";
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

/** The board of a file: nobody is there to obey, whatever the document says of its run; but lines can be run. */
export const mountSaved: Mount = (place, document) => {
  const page = place.ownerDocument;
  const model = new SearchModel({
    now: () => Date.now(),
    send: () => false,
    place: (line, runs) => placeLine(place, line, runs),
  });
  model.setConnected(false);
  const panel = mountedSearch(model, place, document);
  const refresh = (): void => {
    model.refresh();
  };
  page.addEventListener(KERNELS, refresh);
  return {
    ...panel,
    unmount: () => {
      page.removeEventListener(KERNELS, refresh);
      panel.unmount();
    },
  };
};

function mountedSearch(model: SearchModel, place: HTMLElement, document: unknown): MountedPanel {
  addSearchStyle(place.ownerDocument);
  return mounted(model, place, document, () => h(SearchPanel, { model }));
}
