import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { goldenForm } from "../fixtures/golden";
import { TEXTS } from "../texts";
import { CATALOGUES, LAB_TEXTS, languageOf, onLanguage, speak } from "./lab_texts";
import { COMPARISON_CATALOGUES } from "../compare/texts";
import { EVALUATION_CATALOGUES } from "../evaluate/texts";
import { FORM_CATALOGUES } from "./form_texts_zh";
import { PANEL_CATALOGUES, speakInPanels, wordsOf } from "./panel_texts";
import { PLAN_CATALOGUES } from "./plan_panel_texts";
import { STREAM_CATALOGUES } from "./stream_texts_zh";

/** Paths of all texts of a catalogue, with what a text is made of. */
function shapeOf(catalogue: object, path = ""): string[] {
  return Object.entries(catalogue).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null
      ? shapeOf(value, `${path}${name}.`)
      : [`${path}${name}: ${typeof value === "function" ? `function of ${value.length}` : typeof value}`],
  );
}

describe.each([
  ["the extension", CATALOGUES],
  ["the panels", PANEL_CATALOGUES],
  ["the form", FORM_CATALOGUES],
  ["the preparations", PLAN_CATALOGUES],
  ["the stream panel", STREAM_CATALOGUES],
  ["evaluations", EVALUATION_CATALOGUES],
  ["comparisons", COMPARISON_CATALOGUES],
])("the catalogues of %s", (_name, catalogues) => {
  it("have the same keys, and functions of the same arguments", () => {
    expect(shapeOf(catalogues["zh-CN"])).toEqual(shapeOf(catalogues.en));
  });

  it("leave no sentence untranslated", () => {
    const chinese = new Set<unknown>(Object.values(catalogues["zh-CN"]));
    const names = new Set(["newNotebook", "rank", "pathPlaceholder"]);
    const same = Object.entries(catalogues.en).filter(
      ([name, value]: [string, unknown]) =>
        typeof value === "string" && !names.has(name) && chinese.has(value),
    );
    expect(same).toEqual([]);
  });
});

describe("the form in Chinese", () => {
  const { option, meaning, kind } = FORM_CATALOGUES["zh-CN"];

  it("has words of its own for each option that a kernel offers", () => {
    for (const { name, meaning: told } of goldenForm().options) {
      expect(option(name)).toMatch(/[\u4e00-\u9fff]/);
      expect(meaning(name, told)).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it("keeps the kernel's words for what it does not know", () => {
    expect(option("--of-the-future")).toBe("Of the future");
    expect(meaning("--of-the-future", "what it means")).toBe("what it means");
    expect([kind("number"), kind("struct")]).toEqual(["数值", "struct"]);
  });

  it("is given to forms that ask for it", () => {
    expect(wordsOf("form", "zh-CN")).toBe(FORM_CATALOGUES["zh-CN"]);
    expect(wordsOf("another panel", "zh-CN")).toBeUndefined();
  });
});

describe("a saved board", () => {
  it("has each of its texts in Chinese", () => {
    const folders = ["../search", "../drawing"].map((name) => join(import.meta.dirname, name));
    const sources = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
        .map((name) => readFileSync(join(folder, name), "utf8")),
    );
    const used = new Set(
      sources.flatMap((text) => [...text.matchAll(/\bTEXTS\.(\w+)/g)].map(([, name]) => name)),
    );
    expect(used.size).toBeGreaterThan(60);
    const chinese = new Set<string | undefined>(Object.keys(PANEL_CATALOGUES["zh-CN"]));
    expect([...used].filter((name) => !chinese.has(name))).toEqual([]);
  });
});

describe("the language", () => {
  afterEach(() => {
    speak("en");
  });

  it.each([
    ["zh_CN", "zh-CN"],
    ["zh-Hans-SG", "zh-CN"],
    ["zh", "zh-CN"],
    ["zh_TW", "en"],
    ["de_DE", "en"],
    ["", "en"],
  ])("for the locale %s is %s", (locale, language) => {
    expect(languageOf(locale)).toBe(language);
  });

  it("changes texts where they are read, and says so", () => {
    let told = 0;
    const forget = onLanguage(() => (told += 1));
    speak("zh-CN");
    speak("zh-CN");
    expect(LAB_TEXTS.stop).toBe("停止");
    expect(told).toBe(1);
    forget();
  });

  it("is that of saved boards too, and can be left again", () => {
    speakInPanels("zh-CN");
    expect(TEXTS.leaderboard).toBe("排行榜");
    speakInPanels("en");
    expect(TEXTS.leaderboard).toBe("Leaderboard");
  });
});
