/** All states of the panel on one page, drawn by the real module for models without a kernel. */

import { readMessage } from "../src/messages";
import type { RunPanelMessage } from "../src/messages";
import { badNames, cutAt, manyRows, unscored } from "../src/fixtures/variants";
import widget from "../src/search/widget";
import failedDocument from "../../tests/golden/RunPanelMessage.failed.json";
import multiclassDocument from "../../tests/golden/RunPanelMessage.finished-multiclass.json";
import runningDocument from "../../tests/golden/RunPanelMessage.json";
import regressionDocument from "../../tests/golden/RunPanelMessage.saved-regression.json";
import startingDocument from "../../tests/golden/RunPanelMessage.starting.json";

function must(document: unknown): RunPanelMessage {
  const message = readMessage(document);
  if (message?.type !== "RunPanelMessage") throw new Error("A golden message cannot be read.");
  return message;
}

const running = must(runningDocument);
const multiclass = must(multiclassDocument);
const regression = must(regressionDocument);
const calm = { ...running, notices: [] };

const PANELS: [
  name: string,
  message: RunPanelMessage,
  options?: { dead?: boolean; front?: boolean; open?: boolean },
][] = [
  ["running", running],
  ["finished-front", { ...calm, state: "finished", elapsed_seconds: 30, n_trials: 45 }, { front: true }],
  ["multiclass", multiclass],
  ["regression", regression, { front: true, open: true }],
  ["regression-path", { ...regression, state: "running", target: "price" }],
  ["first-second", cutAt(calm, 0.4)],
  ["third-second", cutAt(calm, 3)],
  ["starting", must(startingDocument)],
  [
    "waiting",
    {
      ...unscored(calm),
      state: "waiting",
      detail: "2 of 2 workers busy with run 3; the 30 s have not begun",
    },
  ],
  ["stopping", { ...cutAt(calm, 8), state: "stopping", detail: "the best so far is made ready" }],
  ["stopped", { ...cutAt(calm, 12), state: "stopped", detail: "" }],
  ["failed", must(failedDocument)],
  ["disconnected", calm, { dead: true }],
  ["saved", { ...calm, state: "saved", detail: "21 Nov, 14:32; no kernel" }],
  ["trials", { ...calm, budget_seconds: null, budget_trials: 60 }],
  ["long-budget", { ...calm, budget_seconds: 900, elapsed_seconds: 400 }],
  ["many-rows", manyRows(calm, 60), { front: true }],
  ["bad-names", badNames(manyRows(running, 12)), { open: true }],
];

// Time stands still, so that the pictures do not depend on how fast they are taken.
const now = Date.now();
Date.now = () => now;

const page = document.querySelector("main") ?? document.body;
const wanted = new URLSearchParams(location.search).get("only")?.split(",");
for (const [name, message, options] of PANELS) {
  if (wanted !== undefined && !wanted.includes(name)) continue;
  const caption = page.appendChild(document.createElement("p"));
  caption.className = "host-caption";
  caption.textContent = name;
  const el = page.appendChild(document.createElement("div"));
  el.className = `host-out${options?.dead === true ? " jupyter-widgets-disconnected" : ""}`;
  el.dataset["panel"] = name;
  widget.render({
    model: {
      get: () => ({ ...message }),
      on: () => undefined,
      off: () => undefined,
      send: (command) => {
        el.dataset["sent"] = JSON.stringify(command);
      },
    },
    el,
  });
  if (options?.front === true) el.querySelectorAll<HTMLElement>('[role="tab"]')[1]?.click();
  if (options?.open === true) el.querySelectorAll("details").forEach((each) => (each.open = true));
}
