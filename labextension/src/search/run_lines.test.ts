import { describe, expect, it } from "vitest";
import { golden, goldenDocument } from "../fixtures/golden";
import { HOSTILE } from "../fixtures/variants";
import { chooseLine, codeLine, exportLine, isNamed, predictLine, resumeLine } from "./run_lines";

interface GoldenLines {
  run_id: string;
  trial_id: number | null;
  budget_seconds: number | null;
  budget_trials: number | null;
  choose: string;
  code: string | null;
  resume: string;
  predict: string;
  export: string;
}
const LINES = goldenDocument("lines/of_runs.json") as GoldenLines[];

describe("the lines of a run", () => {
  it.each(LINES)(
    "are those that Python reads for $run_id",
    ({ trial_id, choose, code, resume, predict, export: exported, ...run }) => {
      const message = { ...golden(), ...run };
      expect(isNamed(message)).toBe(true);
      expect(chooseLine(message, trial_id)).toBe(choose);
      expect(resumeLine(message)).toBe(resume);
      if (trial_id !== null) expect(codeLine(message, trial_id)).toBe(code);
      expect(predictLine(message, trial_id)).toBe(predict);
      expect(exportLine(message, trial_id)).toBe(exported);
    },
  );

  it.each([HOSTILE, "", "a b", "churn-1\nimport os", "churn-1\n", "--run", "a;b", "a`b", "ä"])(
    "are written for no run that is called %j",
    (run_id) => {
      expect(isNamed({ ...golden(), run_id })).toBe(false);
    },
  );
});
