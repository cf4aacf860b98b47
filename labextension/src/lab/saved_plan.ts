/** Draws the preparation that a notebook has saved: its panel, without a kernel. */

import { h } from "preact";
import { keepDrawn } from "../drawn_view";
import { addStyle } from "../page_style";
import { PlanPanel } from "../prepare/component";
import { PlanModel } from "../prepare/model";
import { PLAN_STYLE } from "../prepare/plan_style";
import type { LuminoWidgets, MimeExtension, MimeModel, MimeRenderer } from "./host";
import { PLAN_TYPE } from "./run_outputs";

/** Behind a live widget, which has a rank below zero, and before static HTML, which has 50. */
const RANK = 10;

let shown = 0;

export function savedPlanExtension({ Widget }: LuminoWidgets): MimeExtension {
  class SavedPlan extends Widget implements MimeRenderer {
    private readonly id = `lepton-saved-plan-${(shown += 1)}`;
    private readonly model = new PlanModel({
      isSaved: true,
      now: () => Date.now(),
      send: () => false,
      runInCell: () => Promise.resolve("unavailable"),
      copy: () => Promise.resolve(false),
    });
    private readonly observer = new ResizeObserver(() => {
      this.model.setWidth(this.node.clientWidth);
    });
    private undraw: (() => void) | null = null;

    constructor() {
      super();
      this.addClass("lepton-saved-run");
      this.node.dataset.mimeType = PLAN_TYPE;
      // Nobody is there to obey, whatever the document says may be changed.
      this.model.setConnected(false);
    }

    renderModel(model: MimeModel): Promise<void> {
      const page = this.node.ownerDocument;
      addStyle(page);
      addStyle(page, PLAN_STYLE);
      this.model.receive(model.data[PLAN_TYPE]);
      if (this.undraw === null) {
        this.undraw = keepDrawn(this.model, this.node, () =>
          h(PlanPanel, { model: this.model, id: this.id }),
        );
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
    id: "lepton-jupyter:saved-plan",
    description: "Shows the preparation that a notebook has saved.",
    dataType: "json",
    rank: RANK,
    rendererFactory: {
      // All text of a document becomes text nodes, so that a notebook which is not trusted shows it too.
      safe: true,
      mimeTypes: [PLAN_TYPE],
      createRenderer: () => new SavedPlan(),
    },
  };
}
