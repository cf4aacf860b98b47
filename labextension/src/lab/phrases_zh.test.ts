import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHINESE_BOOK, CHINESE_PHRASES } from "./phrases_zh";

const { told: inChinese } = CHINESE_BOOK;

const GOLDEN = join(__dirname, "../../../tests/golden");

/** Where messages hold sentences, and not data: by the last name on the way to them. */
const SENTENCES = new Set([
  "detail",
  "text",
  "notices",
  "columns_summary",
  "treatment",
  "sentence",
  "promise",
  "problem",
  "frame_note",
  "target_note",
  "action",
  "failure",
  "notes",
  "importance_note",
  "slices_note",
  "interval",
  "remedy",
  "description",
]);
const PANELS = ["RunPanel", "BoardPage", "Stream", "Preparation", "Form", "Evaluation", "Comparison"];

/** Every sentence in a document; those of hostile examples are left out. */
function sentencesIn(value: unknown, name = ""): string[] {
  if (typeof value === "string")
    return SENTENCES.has(name) && value !== "" && / [a-z]{3}/.test(value) && !/[<\u4e00-\u9fff]/.test(value)
      ? [value]
      : [];
  if (Array.isArray(value)) return value.flatMap((each) => sentencesIn(each, name));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => sentencesIn(each, key));
}

const documents = readdirSync(GOLDEN)
  .filter((name) => PANELS.some((panel) => name.startsWith(`${panel}Message`)))
  .flatMap((name) => sentencesIn(JSON.parse(readFileSync(join(GOLDEN, name), "utf-8"))));

describe("what Python says", () => {
  it("is in Chinese, in all that the golden messages hold", () => {
    expect(documents.length).toBeGreaterThan(300);
    const untold = [...new Set(documents)].filter((each) => !/[\u4e00-\u9fff]/.test(inChinese(each)));
    expect(untold).toEqual([]);
  });

  it("keeps its numbers and names", () => {
    expect(inChinese("trial 31 Extra trees 0.8562, the best so far")).toBe(
      "试验 31 Extra trees 0.8562，目前最好",
    );
    expect(inChinese("all trials are done; 0.8315 on the test table; 28 s of CPU")).toBe(
      "所有试验均已完成；测试表上为 0.8315；处理器用时 28 s",
    );
    expect(inChinese("14 columns: 3 set aside, 5 encoded, 4 as they are")).toBe(
      "14 列：搁置 3 列，编码 5 列，4 列保持原样",
    );
    expect(inChinese("'set aside' is again as in training")).toBe("'set aside' 恢复到与训练时相同");
  });

  it("has each phrase once, and its places in the translation", () => {
    const english = CHINESE_PHRASES.map(([phrase]) => phrase.toLowerCase());
    expect(english.filter((phrase, place) => english.indexOf(phrase) !== place)).toEqual([]);
    for (const [phrase, other] of CHINESE_PHRASES) {
      const holes = phrase.match(/\{[#*]?\}/g)?.length ?? 0;
      const places = [...other.matchAll(/\{(\d)\}/g)].map((each) => Number(each[1])).sort();
      expect([phrase, ...places]).toEqual([phrase, ...Array.from({ length: holes }, (_, at) => at + 1)]);
    }
  });
});
