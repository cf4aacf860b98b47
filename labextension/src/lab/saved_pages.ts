/**
 * Draws what a notebook has saved of a run, a preparation, an evaluation or a comparison: the panel itself, without a kernel.
 *
 * A panel is loaded when the first output of its kind is shown.
 */

import type { LuminoWidgets, MimeExtension, MimeModel, MimeRenderer } from "./host";
import { spokenLanguage } from "./lab_texts";
import type { Language } from "./lab_texts";
import { withBook } from "./phrases";
import { PLAN_TYPE, RUN_TYPE } from "./run_outputs";

/** Behind a live widget, which has a rank below zero, and before static HTML, which has 50. */
const RANK = 10;

/** A panel in its place. */
export interface MountedPanel {
  receive(document: unknown): void;
  setWidth(pixels: number): void;
  unmount(): void;
}

/** Draws a panel with its first document at once. */
export type Mount = (place: HTMLElement, document: unknown, language: Language) => MountedPanel;

interface Kind {
  id: string;
  description: string;
  type: string;
  load(): Promise<Mount>;
}

const KINDS: readonly Kind[] = [
  {
    id: "lepton-jupyter:saved-run",
    description: "Shows the board of a run that a notebook has saved.",
    type: RUN_TYPE,
    load: async () => (await import("./mounted_search")).mountSaved,
  },
  {
    id: "lepton-jupyter:saved-plan",
    description: "Shows the preparation that a notebook has saved.",
    type: PLAN_TYPE,
    load: async () => (await import("./mounted_plan")).mount,
  },
  {
    id: "lepton-jupyter:evaluation",
    description: "Shows an evaluation, with a threshold that can be moved.",
    type: "application/vnd.lepton.evaluation+json",
    load: async () => (await import("../evaluate/mounted_evaluation")).mount,
  },
  {
    id: "lepton-jupyter:comparison",
    description: "Shows runs side by side, and their paired differences.",
    type: "application/vnd.lepton.comparison+json",
    load: async () => (await import("../compare/mounted_comparison")).mount,
  },
];

export function savedPageExtensions(lumino: LuminoWidgets): MimeExtension[] {
  return KINDS.map((kind) => savedPageExtension(lumino, kind));
}

function savedPageExtension({ Widget }: LuminoWidgets, kind: Kind): MimeExtension {
  class SavedPage extends Widget implements MimeRenderer {
    private panel: MountedPanel | null = null;
    private readonly observer = new ResizeObserver(() => {
      this.panel?.setWidth(this.node.clientWidth);
    });

    constructor() {
      super();
      this.addClass("lepton-saved-run");
      this.node.dataset.mimeType = kind.type;
    }

    async renderModel(model: MimeModel): Promise<void> {
      const mount = await withBook(spokenLanguage(), kind.load());
      if (this.isDisposed) return;
      const document = model.data[kind.type];
      if (this.panel !== null) {
        this.panel.receive(document);
        return;
      }
      this.panel = mount(this.node, document, spokenLanguage());
      this.observer.observe(this.node);
    }

    override dispose(): void {
      if (this.isDisposed) return;
      this.observer.disconnect();
      this.panel?.unmount();
      super.dispose();
    }
  }

  return {
    id: kind.id,
    description: kind.description,
    dataType: "json",
    rank: RANK,
    rendererFactory: {
      // All text of a document becomes text nodes, so that a notebook which is not trusted shows its panels too.
      safe: true,
      mimeTypes: [kind.type],
      createRenderer: () => new SavedPage(),
    },
  };
}
