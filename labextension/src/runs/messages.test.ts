import { describe, expect, it } from "vitest";
import { goldenDocument, goldenNames } from "../fixtures/golden";
import { readRunsMessage } from "./messages";

describe("messages about runs", () => {
  it.each([
    ...goldenNames("RunsMessage"),
    ...goldenNames("RunBoardMessage"),
    ...goldenNames("RunBoardPageMessage"),
  ])("%s is read whole", (name) => {
    expect(readRunsMessage(goldenDocument(name))).toEqual(goldenDocument(name));
  });

  it.each([null, 7, {}, { type: "RunsMessage" }, { type: "Later" }])("%j is none", (document) => {
    expect(readRunsMessage(document)).toBeNull();
  });

  it("may have states and fields of a newer version", () => {
    const document = goldenDocument("RunsMessage.json") as { lines: object[] };
    const lines = document.lines.map((line) => ({ ...line, state: "dreaming", colour: "red" }));
    const message = readRunsMessage({ ...document, lines });
    expect(message?.type === "RunsMessage" && message.lines[0]?.state).toBe("dreaming");
  });
});
