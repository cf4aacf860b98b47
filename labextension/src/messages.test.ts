import { describe, expect, it } from "vitest";
import { golden, goldenDocument, goldenNames } from "./fixtures/golden";
import { readBoardPage, readMessage } from "./messages";

describe("readBoardPage", () => {
  it("reads the golden page without losing a field, and nothing else", () => {
    const document = goldenDocument("BoardPageMessage.json");
    expect(JSON.parse(JSON.stringify(readBoardPage(document)))).toEqual(document);
    expect(readBoardPage({ type: "RunForms", forms: {} })).toBeNull();
    expect(readBoardPage(golden())).toBeNull();
  });
});

describe("readMessage", () => {
  it("finds golden messages to read", () => {
    expect(goldenNames()).toContain("RunPanelMessage.json");
  });

  it.each(goldenNames())("reads %s without losing a field", (name) => {
    // Through JSON once more, which writes NaN as the null that it was read from.
    expect(JSON.parse(JSON.stringify(readMessage(goldenDocument(name))))).toEqual(goldenDocument(name));
  });

  it.each([
    ["nothing", null],
    ["a text", "RunPanelMessage"],
    ["a list", []],
    ["another type", { type: "StreamPanelMessage" }],
    ["no fields", { type: "RunPanelMessage" }],
    ["a state of the future", { ...golden(), state: "paused" }],
    ["a text for a number", { ...golden(), n_trials: "41" }],
    ["half a trial", { ...golden(), n_trials: 41.5 }],
    ["a row without a label", { ...golden(), rows: [{ ...golden().rows[0], label: undefined }] }],
    ["rows that are no list", { ...golden(), rows: { length: 1 } }],
  ])("refuses %s", (_, document) => {
    expect(readMessage(document)).toBeNull();
  });

  it("reads null as a number that is not finite, and as nothing where nothing is allowed", () => {
    const message = readMessage({ ...golden(), score: null, rows: [{ ...golden().rows[0], gap: null }] });
    expect(message).toMatchObject({ score: null, rows: [{ gap: NaN }] });
  });

  it("leaves out fields of a newer version", () => {
    expect(readMessage({ ...golden(), cost: 3 })).toEqual(golden());
  });
});
