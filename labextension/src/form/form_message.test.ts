import { describe, expect, it } from "vitest";
import { goldenDocument, goldenForm, goldenNames } from "../fixtures/golden";
import { readForm } from "./form_message";

describe("readForm", () => {
  it.each(goldenNames("FormMessage"))("reads %s without losing a field", (name) => {
    expect(JSON.parse(JSON.stringify(readForm(goldenDocument(name))))).toEqual(goldenDocument(name));
  });

  it.each([
    ["another type", { ...goldenForm(), type: "RunPanelMessage" }],
    ["no choices", { ...goldenForm(), choices: null }],
    [
      "an option that is no list",
      { ...goldenForm(), choices: { ...goldenForm().choices, options: { "--drop": "a" } } },
    ],
    [
      "an option of a kind of the future",
      { ...goldenForm(), options: [{ ...goldenForm().options[0], kind: "file" }] },
    ],
  ])("refuses %s", (_, document) => {
    expect(readForm(document)).toBeNull();
  });
});
