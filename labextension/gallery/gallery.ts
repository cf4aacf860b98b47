/** All states of the panels on one page, drawn by the real module for models without a kernel. */

import { h } from "preact";
import { readMessage } from "../src/messages";
import type { RunPanelMessage } from "../src/messages";
import { badForm, badNames, cutAt, manyRows, unscored } from "../src/fixtures/variants";
import { NOW, panelStates, recordingHost } from "../src/fixtures/runs";
import { readForm } from "../src/form/form_message";
import type { FormMessage } from "../src/form/form_message";
import { FORM_TEXTS } from "../src/form/form_texts";
import form from "../src/form/widget";
import { mount as mountComparison } from "../src/compare/mounted_comparison";
import { mount as mountEvaluation } from "../src/evaluate/mounted_evaluation";
import { speak } from "../src/lab/lab_texts";
import type { Language } from "../src/lab/lab_texts";
import { FORM_CATALOGUES } from "../src/lab/form_texts_zh";
import { withBook } from "../src/lab/phrases";
import { speakInPanels } from "../src/lab/panel_texts";
import { STREAM_CATALOGUES } from "../src/lab/stream_texts_zh";
import { STREAM_TEXTS } from "../src/stream/stream_texts";
import { speakInPlans } from "../src/lab/plan_panel_texts";
import { keepDrawn } from "../src/drawn_view";
import { addStyle } from "../src/page_style";
import { RunsList } from "../src/runs/component";
import { badPlan, shopPlan } from "../src/fixtures/preparations";
import { badStream, longStream } from "../src/fixtures/streams";
import { readPreparation } from "../src/prepare/plan_message";
import type { PreparationMessage } from "../src/prepare/plan_message";
import plan from "../src/prepare/widget";
import widget from "../src/search/widget";
import { readStreamMessage } from "../src/stream/stream_message";
import type { StreamMessage } from "../src/stream/stream_message";
import stream from "../src/stream/widget";
import comparisonDocument from "../../tests/golden/ComparisonMessage.json";
import unpairedDocument from "../../tests/golden/ComparisonMessage.unpaired.json";
import evaluationDocument from "../../tests/golden/EvaluationMessage.json";
import multiclassEvaluation from "../../tests/golden/EvaluationMessage.multiclass.json";
import regressionEvaluation from "../../tests/golden/EvaluationMessage.regression.json";
import formDocument from "../../tests/golden/FormMessage.json";
import emptyFormDocument from "../../tests/golden/FormMessage.empty.json";
import planDocument from "../../tests/golden/PreparationMessage.edited.json";
import failedPlanDocument from "../../tests/golden/PreparationMessage.failed.json";
import stoppedPlanDocument from "../../tests/golden/PreparationMessage.stopped.json";
import preparedDocument from "../../tests/golden/PreparationMessage.json";
import preparingDocument from "../../tests/golden/PreparationMessage.running.json";
import failedDocument from "../../tests/golden/RunPanelMessage.failed.json";
import multiclassDocument from "../../tests/golden/RunPanelMessage.finished-multiclass.json";
import runningDocument from "../../tests/golden/RunPanelMessage.json";
import regressionDocument from "../../tests/golden/RunPanelMessage.saved-regression.json";
import quietStyle from "../src/styles/quiet.css";
import runsStyle from "../src/styles/runs.css";
import startingDocument from "../../tests/golden/RunPanelMessage.starting.json";
import streamDocument from "../../tests/golden/StreamMessage.json";
import failedStreamDocument from "../../tests/golden/StreamMessage.failed.json";

function must(document: unknown): RunPanelMessage {
  const message = readMessage(document);
  if (message === null) throw new Error("A golden message cannot be read.");
  return message;
}

function mustBeForm(document: unknown): FormMessage {
  const message = readForm(document);
  if (message === null) throw new Error("A golden form cannot be read.");
  return message;
}

function mustBeStream(document: unknown): StreamMessage {
  const message = readStreamMessage(document);
  if (message === null) throw new Error("A golden stream cannot be read.");
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

const chosen = mustBeForm(formDocument);
const FORMS: [name: string, message: FormMessage, options?: { open?: boolean; list?: boolean }][] = [
  ["form", { ...chosen, choices: { ...chosen.choices, options: {} } }],
  ["form-options", chosen, { open: true }],
  ["form-empty", mustBeForm(emptyFormDocument)],
  ["form-problem", { ...chosen, target_note: "", problem: "Target 'churn' is constant: every row is 1." }],
  ["form-queued", { ...chosen, state: "queued", detail: "Starts when the cell that is running has ended." }],
  ["form-bad-names", badForm(chosen), { open: true }],
  ["form-list", chosen, { list: true }],
];

const flowing = mustBeStream(streamDocument);
const longer = longStream(flowing, 600);
const STREAMS: [name: string, message: StreamMessage, options?: { dead?: boolean; results?: boolean }][] = [
  ["stream", { ...longer, rows_per_second: 1240, n_stored: 741_204 }, { results: true }],
  ["stream-first-seconds", { ...flowing, n_dead: 0, dead_reasons: [] }],
  [
    "stream-nothing-yet",
    { ...flowing, seconds: [], n_labels: 0, n_dead: 0, n_stored: 0, rows_per_second: 0 },
  ],
  [
    "stream-without-labels",
    { ...longer, n_labels: 0, seconds: longer.seconds.map((each) => ({ ...each, score: null })) },
  ],
  ["stream-paused", { ...longer, state: "paused" }],
  [
    "stream-waiting",
    { ...longer, state: "waiting", sentence: "redis://localhost/scored does not answer: refused." },
  ],
  ["stream-failed", mustBeStream(failedStreamDocument)],
  ["stream-stopped", { ...longer, state: "stopped" }],
  ["stream-disconnected", longer, { dead: true }],
  ["stream-bad-names", badStream(longer), { results: true }],
];
const RESULTS = {
  type: "StreamRows",
  columns: ["order_id", "churn", "p_yes", "amount", "city"],
  rows: Array.from({ length: 12 }, (_, place) => {
    const ofYes = Math.abs(Math.sin(1 + place * 7.3));
    return [
      `c-${48_213 + 37 * place}`,
      ofYes >= 0.5 ? "yes" : "no",
      ofYes,
      12.5 * place,
      place % 4 === 0 ? "<b>Berlin</b>" : "Zürich",
    ];
  }),
};

function mustBePlan(document: unknown): PreparationMessage {
  const message = readPreparation(document);
  if (message === null) throw new Error("A golden preparation cannot be read.");
  return message;
}

const edited = mustBePlan(planDocument);
const shop = shopPlan(edited);
const preparing = mustBePlan(preparingDocument);
const prepared = mustBePlan(preparedDocument);
const unchanged = { columns: shop.columns, n_columns: shop.n_columns, table: shop.table };
const PLANS: [name: string, message: PreparationMessage, options?: { dead?: boolean }][] = [
  ["plan", shop],
  ["plan-edited", edited],
  [
    "plan-empty",
    {
      ...edited,
      table: "",
      columns: [],
      n_columns: 0,
      n_partitions: 0,
      n_changed: 0,
      n_left_out: 0,
      editing: null,
    },
  ],
  ["plan-planning", { ...edited, columns: [], n_columns: 0, editing: null }],
  ["plan-running", { ...preparing, ...unchanged }],
  ["plan-finished", { ...prepared, ...unchanged, editing: shop.editing }],
  ["plan-stopped", mustBePlan(stoppedPlanDocument)],
  ["plan-failed", mustBePlan(failedPlanDocument)],
  ["plan-disconnected", { ...preparing, ...unchanged }, { dead: true }],
  ["plan-reopened", { ...prepared, ...unchanged }, { dead: true }],
  [
    "plan-problem",
    shop.editing === null
      ? shop
      : {
          ...shop,
          editing: {
            ...shop.editing,
            line: "",
            problem: "'a\\nb' cannot be written in one line of a notebook.",
          },
        },
  ],
  ["plan-bad-names", badPlan(shop)],
];

// Time stands still, so that the pictures do not depend on how fast they are taken.
const now = Date.now();
Date.now = () => now;

const page = document.querySelector("main") ?? document.body;
const wanted = new URLSearchParams(location.search).get("only")?.split(",");

function place(name: string): HTMLElement | null {
  if (wanted !== undefined && !wanted.includes(name)) return null;
  const caption = page.appendChild(document.createElement("p"));
  caption.className = "host-caption";
  caption.textContent = name;
  const el = page.appendChild(document.createElement("div"));
  el.className = "host-out";
  el.dataset["panel"] = name;
  return el;
}

// #zh shows the panels in Chinese.
const language: Language = location.hash.includes("zh") ? "zh-CN" : "en";
await withBook(language, Promise.resolve());
Object.assign(FORM_TEXTS, FORM_CATALOGUES[language]);
Object.assign(STREAM_TEXTS, STREAM_CATALOGUES[language]);
speakInPanels(language);

for (const [name, message, options] of FORMS) {
  const el = place(name);
  if (el === null) continue;
  form.render({
    model: {
      get: (name: string) => (name === "head" ? message : ""),
      on: () => undefined,
      off: () => undefined,
      send: () => undefined,
    },
    el,
  });
  if (options?.open === true) el.querySelectorAll("details").forEach((each) => (each.open = true));
  if (options?.list === true) {
    const field = el.querySelector<HTMLInputElement>('[role="combobox"]');
    field?.focus();
    field?.click();
  }
}
for (const [name, message, options] of STREAMS) {
  const el = place(name);
  if (el === null) continue;
  if (options?.dead === true) el.classList.add("jupyter-widgets-disconnected");
  let hear: ((content?: unknown) => void) | undefined;
  stream.render({
    model: {
      get: () => message,
      on: (event, callback) => {
        if (event === "msg:custom") hear = callback;
      },
      off: () => undefined,
      send: () => undefined,
    },
    el,
  });
  if (options?.results === true) {
    [...el.querySelectorAll("button")].find((each) => each.textContent === "Show")?.click();
    hear?.(RESULTS);
  }
}
// As the extension draws a saved one. #zh shows them in Chinese.
if (location.hash.includes("zh")) speakInPlans("zh-CN");
for (const [name, message, options] of PLANS) {
  const el = place(name);
  if (el === null) continue;
  if (options?.dead === true) el.classList.add("jupyter-widgets-disconnected");
  plan.render({
    model: {
      get: (name: string) => (name === "head" ? message : ""),
      on: () => undefined,
      off: () => undefined,
      send: () => undefined,
    },
    el,
  });
}
for (const [name, message, options] of PANELS) {
  const el = place(name);
  if (el === null) continue;
  if (options?.dead === true) el.classList.add("jupyter-widgets-disconnected");
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

// Pages that are not live, which the extension draws.
// The golden evaluation's figures are each by itself an example: here its threshold lies on its curve.
const STEEPNESS = 4.5;
const steadyEvaluation = {
  ...evaluationDocument,
  threshold: { ...evaluationDocument.threshold, lines: [] },
  roc: evaluationDocument.roc.map((curve) => ({
    ...curve,
    thresholds: curve.false_positive_rate.map((share) => (1 - share) ** STEEPNESS),
  })),
};
const PAGES: [name: string, mount: typeof mountEvaluation, document: unknown, press?: string][] = [
  ["evaluation", mountEvaluation, steadyEvaluation],
  ["evaluation-moved", mountEvaluation, steadyEvaluation, ".lepton-segments button:last-child"],
  ["evaluation-multiclass", mountEvaluation, multiclassEvaluation],
  ["evaluation-regression", mountEvaluation, regressionEvaluation, ".lepton-opener"],
  ["evaluation-unreadable", mountEvaluation, { type: "EvaluationMessage" }],
  ["comparison", mountComparison, comparisonDocument, ".lepton-opener"],
  ["comparison-unpaired", mountComparison, unpairedDocument],
];
for (const [name, mount, shown, press] of PAGES) {
  const el = place(name);
  if (el === null) continue;
  mount(el, shown, language);
  if (press !== undefined) {
    requestAnimationFrame(() => {
      el.querySelector<HTMLElement>(press)?.click();
    });
  }
}

// The side panel of runs, which the extension draws. #zh shows it in Chinese.
if (location.hash.includes("zh")) speak("zh-CN");
addStyle(document);
document.head.appendChild(document.createElement("style")).textContent = `${quietStyle}\n${runsStyle}`;
const host = (): ReturnType<typeof recordingHost> => Object.assign(recordingHost(), { time: NOW });
for (const [name, model] of panelStates(host)) {
  const el = place(name);
  if (el === null) continue;
  el.classList.add("host-side");
  keepDrawn(model, el, () => h(RunsList, { model }));
}
