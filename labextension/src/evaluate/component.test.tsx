import { readFileSync } from "node:fs";
import { join } from "node:path";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { mount } from "./mounted_evaluation";
import { speakInEvaluations } from "./texts";
import type { Language } from "../lab/lab_texts";

const GOLDEN = join(import.meta.dirname, "../../../tests/golden");
const NAMES = ["EvaluationMessage", "EvaluationMessage.multiclass", "EvaluationMessage.regression"];
const HOSTILE = "<img src=x onerror=alert(1)>";

function golden(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(GOLDEN, `${name}.json`), "utf8")) as Record<string, unknown>;
}

let unmount: (() => void) | null = null;
afterEach(() => {
  unmount?.();
  speakInEvaluations("en");
  document.body.replaceChildren();
});

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

const drawn = async (): Promise<void> => {
  await act(() => new Promise((done) => setTimeout(done, 40)));
};
const text = (root: Element, selector: string): string => root.querySelector(selector)?.textContent ?? "";

describe("the panel of an evaluation", () => {
  it.each(NAMES.flatMap((name) => [900, 400].map((width) => [name, width] as const)))(
    "draws %s whole at %i pixels",
    async (name, width) => {
      const root = await show(golden(name), { width });
      expect(root.innerHTML).not.toMatch(/NaN|Infinity|undefined|\[object/);
      expect(text(root, ".lepton-big")).not.toBe("");
      expect(root.querySelectorAll("[id]")).toHaveLength(0);
      for (const picture of root.querySelectorAll("svg:not([aria-hidden])")) {
        expect(picture.getAttribute("aria-label")).toBeTruthy();
      }
      for (const table of root.querySelectorAll("table")) expect(table.caption).not.toBeNull();
    },
  );

  it("moves one threshold through money, rows and all curves", async () => {
    const root = await show(golden("EvaluationMessage"));
    const slider = root.querySelector<HTMLInputElement>("input[type=range]");
    const points = (): (string | null)[] =>
      [...root.querySelectorAll(".lepton-looked circle")].map((each) => each.getAttribute("cx"));
    const [before, cost, matrix] = [points(), text(root, ".lepton-figure"), text(root, ".lepton-matrix")];
    expect(before).toHaveLength(4);
    expect(slider?.getAttribute("aria-valuetext")).toMatch(/^0\.172: precision 0\.46, recall 0\.92$/);
    expect(matrix).toContain("430");
    if (slider !== null) {
      slider.value = String(Number(slider.max) - 5);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
    await drawn();
    points().forEach((each, place) => {
      expect(each).not.toBe(before[place]);
    });
    expect(text(root, ".lepton-figure")).not.toBe(cost);
    expect(text(root, ".lepton-matrix")).not.toBe(matrix);
    // Back to the one in force.
    root.querySelector<HTMLElement>(".lepton-segments button")?.click();
    await drawn();
    expect(points()).toEqual(before);
  });

  it("finds another cheapest threshold when a mistake costs more, and takes no nonsense", async () => {
    const root = await show(golden("EvaluationMessage"));
    const cheapest = (): string => text(root, ".lepton-segments button:last-child");
    const [field] = root.querySelectorAll<HTMLInputElement>(".lepton-costs input");
    const before = cheapest();
    const type = async (value: string): Promise<void> => {
      if (field === undefined) throw new Error("There is no field for costs.");
      field.value = value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      await drawn();
    };
    await type("100");
    expect(cheapest()).not.toBe(before);
    const after = cheapest();
    for (const nonsense of ["-3", "much", "1e99"]) await type(nonsense);
    expect(cheapest()).toBe(after);
    expect(field?.value).toBe("100");
  });

  it("opens a weak spot, and sorts what the model leans on", async () => {
    const root = await show(golden("EvaluationMessage"));
    const opener = root.querySelector<HTMLElement>(".lepton-opener");
    opener?.click();
    await drawn();
    expect(opener?.getAttribute("aria-expanded")).toBe("true");
    expect(text(root, ".lepton-opened")).toContain("18 % of the rows");
    const columns = (): (string | null)[] =>
      [...root.querySelectorAll(".lepton-told tbody th .lepton-mono")].map((each) => each.textContent);
    const before = columns();
    [...root.querySelectorAll<HTMLElement>(".lepton-sort")]
      .find((each) => each.textContent === "Column")
      ?.click();
    await drawn();
    expect(root.querySelectorAll("th[aria-sort]")).toHaveLength(1);
    expect(columns()).not.toEqual(before);
    expect([...columns()].sort()).toEqual([...before].sort());
  });

  it("draws the curves of the class that is chosen", async () => {
    const root = await show(golden("EvaluationMessage.multiclass"));
    const select = root.querySelector("select");
    const label = (): string | null | undefined =>
      root.querySelector("figure svg")?.getAttribute("aria-label");
    const before = label();
    if (select !== null) {
      select.value = "Grignolino";
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    await drawn();
    expect(label()).not.toBe(before);
  });

  it("keeps names from data text", async () => {
    const root = await show({
      ...golden("EvaluationMessage"),
      target: HOSTILE,
      positive: HOSTILE,
      table_name: HOSTILE,
      notices: [HOSTILE],
    });
    expect(root.querySelector("img")).toBeNull();
    expect(root.textContent).toContain(HOSTILE);
  });

  it("says a sentence for what it cannot read, and speaks Chinese", async () => {
    expect((await show({ type: "EvaluationMessage" })).textContent).toContain("another version");
    unmount?.();
    const root = await show(golden("EvaluationMessage"), { language: "zh-CN" });
    expect(root.textContent).toContain("决策");
    expect(root.textContent).not.toContain("Decision");
  });
});
