import { readFileSync } from "node:fs";
import { join } from "node:path";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import type { Language } from "../lab/lab_texts";
import { mount } from "./mounted_comparison";
import { speakInComparisons } from "./texts";

const GOLDEN = join(import.meta.dirname, "../../../tests/golden");

function golden(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(GOLDEN, `${name}.json`), "utf8")) as Record<string, unknown>;
}

let unmount: (() => void) | null = null;
afterEach(() => {
  unmount?.();
  speakInComparisons("en");
  document.body.replaceChildren();
});

const drawn = async (): Promise<void> => {
  await act(() => new Promise((done) => setTimeout(done, 40)));
};

async function show(
  shown: unknown,
  { width = 900, language = "en" }: { width?: number; language?: Language } = {},
): Promise<HTMLElement> {
  const root = document.body.appendChild(document.createElement("div"));
  const panel = mount(root, shown, language);
  unmount = () => {
    panel.unmount();
  };
  panel.setWidth(width);
  await drawn();
  return root;
}

const text = (root: Element, selector: string): string => root.querySelector(selector)?.textContent ?? "";

describe("the panel of a comparison", () => {
  it.each(["ComparisonMessage", "ComparisonMessage.unpaired"])("draws %s whole", async (name) => {
    for (const width of [900, 400]) {
      const root = await show(golden(name), { width });
      expect(root.innerHTML).not.toMatch(/NaN|Infinity|undefined|\[object/);
      for (const picture of root.querySelectorAll("svg:not([aria-hidden])")) {
        expect(picture.getAttribute("aria-label")).toBeTruthy();
      }
      expect(root.querySelector("img, b > b")).toBeNull();
      unmount?.();
    }
  });

  it.each([
    [900, 6],
    [400, 3],
  ])("opens a run below all columns that are shown at %i pixels", async (width, columns) => {
    const root = await show(golden("ComparisonMessage"), { width });
    const opener = root.querySelector<HTMLElement>(".lepton-opener");
    opener?.click();
    await drawn();
    const head = opener?.closest("table")?.querySelectorAll("thead th") ?? [];
    const shown = [...head].filter((each) => width > 720 || !each.classList.contains("lepton-wide"));
    expect(shown).toHaveLength(columns);
    expect(root.querySelector<HTMLTableCellElement>(".lepton-opened > td")?.colSpan).toBe(columns);
  });

  it("says which is better by the surest comparison, and shows its folds", async () => {
    const root = await show(golden("ComparisonMessage"));
    expect(text(root, ".lepton-head")).toContain("churn is better than linear-only");
    expect(text(root, ".lepton-head")).toContain("better in 5 of 5 folds");
    expect(root.querySelectorAll(".lepton-fold-line")).toHaveLength(5);
    expect(root.querySelectorAll(".lepton-fold-line.lepton-wins")).toHaveLength(5);
  });

  it("shows the difference that is chosen", async () => {
    const root = await show(golden("ComparisonMessage"));
    const pairs = [...root.querySelectorAll<HTMLElement>(".lepton-pair")];
    expect(pairs.map((each) => each.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
    pairs[1]?.click();
    await drawn();
    expect(pairs.map((each) => each.getAttribute("aria-pressed"))).toEqual(["false", "true"]);
    expect(text(root, ".lepton-head")).toContain("row by row");
  });

  it("says why runs are not paired, and pairs no folds of them", async () => {
    const root = await show(golden("ComparisonMessage.unpaired"));
    expect(text(root, ".lepton-why")).toContain("The runs did not learn from the same rows.");
    expect(root.querySelectorAll(".lepton-fold-line")).toHaveLength(0);
  });

  it("sorts runs by what they cost, and opens one", async () => {
    const root = await show(golden("ComparisonMessage"));
    const names = (): (string | null)[] =>
      [...root.querySelectorAll(".lepton-opener")].map((each) => each.textContent);
    expect(names()).toEqual(["churn", "linear-only"]);
    const size = [...root.querySelectorAll<HTMLElement>(".lepton-sort")].find(
      (each) => each.textContent === "Size",
    );
    size?.click();
    await drawn();
    size?.click();
    await drawn();
    expect(names()).toEqual(["linear-only", "churn"]);
    root.querySelector<HTMLElement>(".lepton-opener")?.click();
    await drawn();
    expect(text(root, ".lepton-opened")).toContain("Folds, seed");
  });

  it("says a sentence for what it cannot read, and speaks Chinese", async () => {
    expect((await show({ type: "ComparisonMessage" })).textContent).toContain("another version");
    unmount?.();
    const root = await show(golden("ComparisonMessage"), { language: "zh-CN" });
    expect(root.textContent).toContain("并排比较");
    expect(root.textContent).not.toContain("Side by side");
  });
});
