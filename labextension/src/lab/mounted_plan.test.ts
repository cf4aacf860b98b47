import { afterEach, describe, expect, it } from "vitest";
import { goldenDocument } from "../fixtures/golden";
import { speak } from "./lab_texts";
import { PLAN_TYPE } from "./run_outputs";
import { savedPageExtensions } from "./saved_pages";

/** As Lumino's class. */
class Widget {
  readonly node = document.createElement("div");
  isDisposed = false;
  addClass(name: string): void {
    this.node.classList.add(name);
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

const extension = savedPageExtensions({ Widget }).find(({ id }) => id === "lepton-jupyter:saved-plan");
if (extension === undefined) throw new Error("There is no extension for preparations.");
const { rendererFactory } = extension;

async function rendered(document_: unknown): Promise<{ node: HTMLElement; dispose(): void }> {
  const renderer = rendererFactory.createRenderer({ mimeType: PLAN_TYPE });
  await renderer.renderModel({ data: { [PLAN_TYPE]: document_ } });
  document.body.append(renderer.node);
  return renderer;
}

describe("a saved preparation", () => {
  afterEach(() => {
    speak("en");
    document.body.replaceChildren();
  });

  it("is the panel of the live one, without what needs a kernel", async () => {
    const { node } = await rendered(goldenDocument("PreparationMessage.edited.json"));
    expect(node.querySelectorAll("tbody tr")).toHaveLength(4);
    expect(node.querySelector("input[type=checkbox], select, .lepton-run, .lepton-foot")).toBeNull();
  });

  it("says of one that went on that it was saved so", async () => {
    const { node } = await rendered(goldenDocument("PreparationMessage.running.json"));
    expect(node.querySelector(".lepton-state")?.textContent).toBe("Saved");
    expect(node.textContent).toContain("when the notebook was saved");
  });

  it("speaks Chinese", async () => {
    speak("zh-CN");
    const { node } = await rendered(goldenDocument("PreparationMessage.json"));
    expect(node.querySelector(".lepton-state")?.textContent).toBe("已准备");
    expect(node.querySelector("thead")?.textContent).toContain("做什么，为什么");
  });

  it("is empty when it is disposed of", async () => {
    const renderer = await rendered(goldenDocument("PreparationMessage.json"));
    renderer.dispose();
    expect(renderer.node.childNodes).toHaveLength(0);
  });
});
