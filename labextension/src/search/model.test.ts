import { describe, expect, it } from "vitest";
import { golden } from "../fixtures/golden";
import { unscored } from "../fixtures/variants";
import type { Command } from "../messages";
import { SearchModel } from "./model";

function setUp({ alive = true } = {}) {
  const host = { time: 1_000_000, sent: [] as Command[], alive };
  const model = new SearchModel({
    now: () => host.time,
    send: (command) => {
      if (host.alive) host.sent.push(command);
      return host.alive;
    },
  });
  return { host, model };
}

describe("SearchModel", () => {
  it("says that it changed, until one no longer listens", () => {
    const { model } = setUp();
    let changes = 0;
    const unsubscribe = model.subscribe(() => (changes += 1));
    model.receive(golden());
    expect(changes).toBe(1);
    unsubscribe();
    model.receive(golden());
    expect(changes).toBe(1);
  });

  it("keeps what a newer message says again, so that it is not drawn again", () => {
    const { model } = setUp();
    model.receive(golden());
    const { state: before, scales } = model;
    const better = structuredClone(golden());
    model.receive({ ...better, n_trials: better.n_trials + 1, log: [...better.log].slice(1) });
    expect(model.state).not.toBe(before);
    expect(model.state?.paths).toBe(before?.paths);
    expect(model.state?.rows).toBe(before?.rows);
    expect(model.scales).toBe(scales);
    expect(model.state?.log).not.toBe(before?.log);
    model.receive({
      ...better,
      rows: better.rows.slice(1).map((row) => ({ ...row, score: row.score * 1000 })),
    });
    expect(model.scales).not.toBe(scales);
  });

  it("counts on between messages, and never below zero", () => {
    const { host, model } = setUp();
    model.receive({ ...golden(), elapsed_seconds: 23, budget_seconds: 30 });
    expect(model.secondsLeft).toBe(7);
    host.time += 2_500;
    expect(model.secondsLeft).toBe(4.5);
    host.time += 60_000;
    expect(model.secondsLeft).toBe(0);
  });

  it.each(["waiting", "stopped", "failed", "finished", "saved"] as const)(
    "lets no time pass while %s",
    (state) => {
      const { host, model } = setUp();
      model.receive({ ...golden(), state, elapsed_seconds: 12 });
      host.time += 5_000;
      expect(model.elapsedSeconds).toBe(12);
      expect(model.isTicking).toBe(false);
    },
  );

  it("sends commands, and shows at once that a stop is on its way", () => {
    const { host, model } = setUp();
    model.receive(golden());
    model.stop();
    model.extend();
    model.keepAlive();
    expect(host.sent).toEqual([
      { type: "StopRun" },
      { type: "ExtendBudget", seconds: 30 },
      { type: "KeepAlive" },
    ]);
    expect(model.appearance).toBe("stopping");
    model.receive({ ...golden(), state: "stopped" });
    expect(model.appearance).toBe("stopped");
  });

  it("asks for no news of a run that has ended", () => {
    const { host, model } = setUp();
    model.receive({ ...golden(), state: "finished" });
    model.keepAlive();
    expect(host.sent).toEqual([]);
  });

  it("knows a dead kernel by a command that cannot be sent", () => {
    const { host, model } = setUp({ alive: false });
    model.receive(golden());
    expect(model.appearance).toBe("running");
    model.keepAlive();
    expect(model.appearance).toBe("disconnected");
    host.alive = true;
    model.setConnected(true);
    expect(model.appearance).toBe("running");
  });

  it("does not call a finished run disconnected", () => {
    const { model } = setUp();
    model.receive({ ...golden(), state: "finished" });
    model.setConnected(false);
    expect(model.appearance).toBe("finished");
  });

  it("keeps the last state when a document cannot be read", () => {
    const { model } = setUp();
    model.receive({ type: "RunPanelMessage", version: 99 });
    expect(model.isUnreadable).toBe(true);
    model.receive(golden());
    model.receive({ nonsense: true });
    expect(model.isUnreadable).toBe(false);
    expect(model.state).toEqual(golden());
  });

  it("announces at most one thing in ten seconds, the newest", () => {
    const { host, model } = setUp();
    const run = golden();
    model.receive(unscored(run));
    model.receive({ ...run, score: 0.85 });
    expect(model.announcement).toBe("New best: AUC 0.850");
    host.time += 3_000;
    model.receive({ ...run, score: 0.86 });
    model.receive({ ...run, score: 0.862, state: "finished" });
    expect(model.announcement).toBe("New best: AUC 0.850");
    expect(model.hasMoreToSay).toBe(true);
    host.time += 7_000;
    model.tick();
    expect(model.announcement).toBe("Search finished: AUC 0.862");
    expect(model.hasMoreToSay).toBe(false);
  });

  it("says nothing about the state that a loaded page begins with", () => {
    const { model } = setUp();
    model.receive({ ...golden(), state: "finished" });
    expect(model.announcement).toBe("");
  });

  it("keeps the chosen learner while paths come and grow", () => {
    const { model } = setUp();
    const run = golden();
    model.receive(run);
    expect(model.path?.learner).toBe(run.paths[0]?.learner);
    const other = run.paths[1]?.learner ?? "";
    model.selectLearner(other);
    model.receive({ ...run, paths: [...run.paths].reverse() });
    expect(model.path?.learner).toBe(other);
    model.receive({ ...run, paths: [] });
    expect(model.path).toBeNull();
  });
});
