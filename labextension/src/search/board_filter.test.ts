import { describe, expect, it } from "vitest";
import { golden } from "../fixtures/golden";
import { NO_FILTER, formatsOf, isFiltering, matching } from "./board_filter";

const { rows } = golden();
const labels = (text: string, format = ""): Set<string> =>
  new Set(matching(rows, { text, format }).map((row) => row.label));

describe("the filter of the board", () => {
  it("lets all rows through at first, and where only blanks were typed", () => {
    expect(matching(rows, NO_FILTER)).toBe(rows);
    expect(isFiltering({ text: "  ", format: "" })).toBe(false);
  });

  it("looks for words in model and settings, whatever their order and case", () => {
    const model = rows.find((row) => row.label === "LightGBM");
    const setting = model?.description.split(",")[0] ?? "";
    const found = matching(rows, { ...NO_FILTER, text: `${setting.toUpperCase()} lightgbm` });
    expect(found).toContain(model);
    expect(found.every((row) => row.description.includes(setting))).toBe(true);
    expect(labels("forest")).toEqual(new Set(["Random forest", "Extra trees"]));
    expect(labels("nothing is called so")).toEqual(new Set());
  });

  it("takes what was typed as text and no pattern", () => {
    expect(labels(".*").size).toBe(0);
    expect(labels("(").size).toBe(0);
  });

  it("keeps what can be exported to a format", () => {
    expect(formatsOf(rows)).toEqual(["lightgbm", "onnx", "pmml", "treelite"]);
    expect(labels("", "lightgbm")).toEqual(new Set(["Ensemble of 4", "LightGBM"]));
    expect(labels("logistic", "lightgbm")).toEqual(new Set());
  });
});
