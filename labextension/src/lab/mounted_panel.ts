/** A panel of a saved document in its place. */

import type { ComponentChild } from "preact";
import { keepDrawn } from "../drawn_view";
import type { PanelModel } from "../panel_model";
import type { MountedPanel } from "./saved_pages";

type DocumentModel = PanelModel & { receive(document: unknown): void };

/** Draws a model with its first document at once. */
export function mounted(
  model: DocumentModel,
  place: HTMLElement,
  document: unknown,
  view: () => ComponentChild,
): MountedPanel {
  model.setWidth(place.clientWidth);
  model.receive(document);
  const unmount = keepDrawn(model, place, view);
  return {
    receive: (newer) => {
      model.receive(newer);
    },
    setWidth: (pixels) => {
      model.setWidth(pixels);
    },
    unmount,
  };
}
