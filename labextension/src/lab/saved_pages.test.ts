import { afterEach, describe, expect, it } from "vitest";
import { badNames } from "../fixtures/variants";
import { golden } from "../fixtures/golden";
import { RUN_TYPE } from "./run_outputs";
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

const extension = savedPageExtensions({ Widget })[0];
if (extension === undefined) throw new Error("There is no extension for runs.");
const { rendererFactory } = extension;

async function rendered(document_: unknown): Promise<{ node: HTMLElement; dispose(): void }> {
  const renderer = rendererFactory.createRenderer({ mimeType: RUN_TYPE });
  await renderer.renderModel({ data: { [RUN_TYPE]: document_ } });
  document.body.append(renderer.node);
  return renderer;
}

describe("a saved run", () => {
  afterEach(() => {
    document.body.replaceChildren();
  });

  it("is the panel of the live run, without what needs a kernel", async () => {
    const { node } = await rendered({ ...golden(), state: "finished" });
    expect(node.querySelector(".lepton-big")?.textContent).not.toBe("");
    expect(node.querySelectorAll(".lepton-board tbody tr").length).toBeGreaterThan(3);
    expect(node.querySelector(".lepton-actions")).toBeNull();
  });

  it("offers no Stop, even where the document says that its run goes on", async () => {
    const { node } = await rendered({ ...golden(), state: "running" });
    expect(node.querySelector(".lepton-actions")).toBeNull();
  });

  it("shows names as text", async () => {
    const { node } = await rendered({ ...badNames(golden()), state: "finished" });
    expect(node.querySelector("img, script")).toBeNull();
    expect(node.textContent).toContain("<img");
  });

  it("says so where it cannot be read", async () => {
    const { node } = await rendered({ type: "RunPanelMessage", rows: 7 });
    expect(node.textContent).toContain("another version");
  });

  it("is empty when it is disposed of", async () => {
    const renderer = await rendered(golden());
    renderer.dispose();
    expect(renderer.node.childNodes).toHaveLength(0);
  });

  it("comes after the live widget and before HTML, also where the notebook is not trusted", () => {
    expect(extension.rank).toBeGreaterThan(0);
    expect(extension.rank).toBeLessThan(50);
    expect(extension.rendererFactory.safe).toBe(true);
  });
});
