/** Draws the board that a notebook has saved: the panel itself, without a kernel. */

import { h } from "preact";
import { keepDrawn } from "../drawn_view";
import { addStyle } from "../page_style";
import { SearchPanel } from "../search/component";
import { SearchModel } from "../search/model";
import type { LuminoWidgets, MimeExtension, MimeModel, MimeRenderer } from "./host";
import { RUN_TYPE } from "./run_outputs";

/** Behind a live widget, which has a rank below zero, and before static HTML, which has 50. */
const RANK = 10;

export function savedRunExtension({ Widget }: LuminoWidgets): MimeExtension {
  class SavedRun extends Widget implements MimeRenderer {
    private readonly model = new SearchModel({ now: () => Date.now(), send: () => false });
    private readonly observer = new ResizeObserver(() => {
      this.model.setWidth(this.node.clientWidth);
    });
    private undraw: (() => void) | null = null;

    constructor() {
      super();
      this.addClass("lepton-saved-run");
      this.node.dataset.mimeType = RUN_TYPE;
      // Nobody is there to obey, whatever the document says of its run.
      this.model.setConnected(false);
    }

    renderModel(model: MimeModel): Promise<void> {
      addStyle(this.node.ownerDocument);
      this.model.receive(model.data[RUN_TYPE]);
      if (this.undraw === null) {
        this.undraw = keepDrawn(this.model, this.node, () => h(SearchPanel, { model: this.model }));
        this.observer.observe(this.node);
      }
      return Promise.resolve();
    }

    override dispose(): void {
      if (this.isDisposed) return;
      this.observer.disconnect();
      this.undraw?.();
      super.dispose();
    }
  }

  return {
    id: "lepton-jupyter:saved-run",
    description: "Shows the board of a run that a notebook has saved.",
    dataType: "json",
    rank: RANK,
    rendererFactory: {
      // All text of a document becomes text nodes, so that a notebook which is not trusted shows its board too.
      safe: true,
      mimeTypes: [RUN_TYPE],
      createRenderer: () => new SavedRun(),
    },
  };
}
