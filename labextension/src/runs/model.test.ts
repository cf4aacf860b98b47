import { beforeEach, describe, expect, it } from "vitest";
import { ended, recordingHost, runLine, runsMessage } from "../fixtures/runs";
import { RunsModel } from "./model";

let host: ReturnType<typeof recordingHost>;
let model: RunsModel;
const names = (): string[][] =>
  model.sections.map(({ key, entries }) => [key, ...entries.map(({ line }) => line.run_id)]);

beforeEach(() => {
  host = recordingHost();
  model = new RunsModel(host);
});

describe("the list of runs", () => {
  it("has a part for each kernel with runs, and the disk without those of kernels", () => {
    model.setKernel("k1", "a/b.ipynb");
    model.setKernel("k2", "c.ipynb");
    model.receive("k1", runsMessage("kernel", [runLine({ run_id: "r1" })]));
    model.receive("k1", runsMessage("disk", [ended({ run_id: "r2" }), ended({ run_id: "r3" })]));
    model.receive("k2", runsMessage("kernel", [runLine({ run_id: "r2" })]));
    expect(names()).toEqual([
      ["k1", "r1"],
      ["k2", "r2"],
      ["disk", "r3"],
    ]);
    expect(model.sections.map(({ notebook }) => notebook)).toEqual(["b.ipynb", "c.ipynb", null]);
  });

  it("shows a kernel without a notebook even where it has no runs, since nothing else does", () => {
    model.setKernel("k1", null);
    model.setKernel("k2", "b.ipynb");
    expect(names()).toEqual([["k1"]]);
  });

  it("forgets a kernel that is gone, and the disk that it read", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("disk", [ended()]));
    model.removeKernel("k1");
    model.receive("k1", runsMessage("kernel", [runLine()]));
    expect(names()).toEqual([]);
    expect(model.hasKernel).toBe(false);
  });

  it("shows what notebooks have saved only where no kernel tells", () => {
    model.setSaved([ended({ run_id: "s1" })]);
    expect(names()).toEqual([["saved", "s1"]]);
    model.setKernel("k1", "b.ipynb");
    expect(names()).toEqual([]);
  });

  it("leaves the disk out where it is not wanted", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("disk", [ended()]));
    model.setShowsDisk(false);
    expect(names()).toEqual([]);
  });

  it("stops a run once, by the kernel that has it", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("kernel", [runLine({ run_id: "r1" })]));
    const entry = model.sections[0]?.entries[0];
    if (entry === undefined) throw new Error("There is no run.");
    model.stop(entry);
    expect(host.asked).toEqual([["stop", "k1", "r1"]]);
    expect(model.sections[0]?.entries[0]?.isStopping).toBe(true);
    model.receive("k1", runsMessage("kernel", [ended({ run_id: "r1", name: "churn", state: "stopped" })]));
    expect(model.sections[0]?.entries[0]?.isStopping).toBe(false);
    expect(model.ended).toBe("churn\nstopped");
  });

  it("counts what is not listed, and tells of time only while a run goes on", () => {
    model.setKernel("k1", "b.ipynb");
    model.receive("k1", runsMessage("disk", [ended()], { n_runs: 140, n_unread: 3 }));
    expect(model.sections[0]).toMatchObject({ nHidden: 136, nUnread: 3 });
    let drawn = 0;
    model.subscribe(() => (drawn += 1));
    model.tick();
    expect(drawn).toBe(0);
    model.receive("k1", runsMessage("kernel", [runLine({ run_id: "r9" })]));
    host.time += 5000;
    model.tick();
    expect(drawn).toBe(2);
    expect(model.sections[0]?.entries[0]?.sinceSeconds).toBe(5);
  });
});
