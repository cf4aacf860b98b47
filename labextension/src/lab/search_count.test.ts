import { describe, expect, it } from "vitest";
import { golden } from "../fixtures/golden";
import { searchWords } from "./search_count";

const run = (id: string, more: object = {}) => ({ ...golden(), state: "running", run_id: id, ...more });

describe("the word on searches", () => {
  it("counts runs that go on, each once, and gives the newest one's score", () => {
    const newest = run("b", { score: 0.9123, score_error: 0.002, metric_label: "AUC" });
    expect(searchWords([run("a"), run("a"), newest])).toBe("2 searches: AUC 0.912");
    expect(searchWords([run("a", { score: null })])).toBe("1 search");
  });

  it("is empty where none goes on, and where it cannot be read", () => {
    expect(searchWords([run("a", { state: "finished" }), { type: "RunPanelMessage" }, null])).toBe("");
  });
});
