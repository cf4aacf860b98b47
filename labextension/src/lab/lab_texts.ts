/**
 * Every sentence that the extension adds to JupyterLab, in each language it speaks.
 *
 * `LAB_TEXTS` holds those of the language in use. What is read once, when the page starts, would stay in the language
 * of that moment: so texts are read when they are drawn, and a command's label is a function.
 */

import type { RunKind } from "../runs/messages";

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

const ENGLISH = {
  openForm: "Start a search …",
  openFormCaption: "Insert the lepton form: choose a table, a target and a budget",
  newNotebook: "AutoML",
  newNotebookCaption: "A new notebook that begins with the lepton form",
  searches: (count: number): string => (count === 1 ? "1 search" : `${count} searches`),
  best: (metric: string, score: string): string => `${metric} ${score}`,
  searchesTitle: "Searches that go on in the open notebooks",

  runs: "Runs",
  showRuns: "Show the runs",
  showRunsCaption: "Runs of the open kernels and of this disk",
  runsTitle: "AutoML runs",
  newSearch: "New search",
  onDisk: "On disk",
  savedBoards: "Saved in open notebooks",
  noNotebook: "Kernel without a notebook",
  shutDown: "Shut down",
  shutDownTitle: "Shut this kernel down; runs on disk stay",
  kinds: { search: "Search", preparation: "Preparation", stream: "Stream" } as Record<RunKind, string>,
  states: {
    starting: "Starting",
    waiting: "Waiting",
    running: "Running",
    stopping: "Stopping",
    stopped: "Stopped",
    paused: "Paused",
    finished: "Finished",
    failed: "Failed",
    interrupted: "Interrupted",
    saved: "Saved",
    planned: "Planned",
  },
  left: (time: string): string => `${time} left`,
  finishing: "finishing",
  trials: (done: number, limit: number): string => `${done} of ${limit} trials`,
  since: (time: string): string => `for ${time}`,
  metricOn: (metric: string, target: string): string => `${metric} on ${target}`,
  stop: "Stop",
  stopTitle: (name: string): string => `Stop ${name} and keep the best so far`,
  more: (count: number): string => `and ${count} older: %lepton runs lists them all`,
  reading: (count: number): string => `reading ${counted(count, "log")} …`,
  noRuns: "No runs yet.",
  noRunsHint: "A search is one line: run = %lepton fit df --target NAME",
  noKernel: "No kernel has lepton loaded.",
  noKernelHint: "A kernel reads the runs that are kept on this disk.",
  startKernel: "Start a kernel",
  startingKernel: "Starting …",
  noPackage: (error: string): string => `The kernel cannot load lepton_jupyter: ${error}`,
  noStart: (error: string): string => `No kernel could be started: ${error}`,
  boardOf: (name: string): string => `Board of ${name}`,
  noBoard: "This board cannot be shown here.",
  saidEnded: (name: string, state: string): string => `${name}: ${state}`,
};

export type LabTexts = typeof ENGLISH;

const CHINESE: LabTexts = {
  openForm: "开始搜索…",
  openFormCaption: "插入 lepton 表单：选择数据表、目标列和预算",
  newNotebook: "AutoML",
  newNotebookCaption: "新建以 lepton 表单开头的笔记本",
  searches: (count) => `${count} 个搜索`,
  best: (metric, score) => `${metric} ${score}`,
  searchesTitle: "打开的笔记本中正在进行的搜索",

  runs: "运行",
  showRuns: "显示运行列表",
  showRunsCaption: "打开的内核和本机磁盘上的运行",
  runsTitle: "AutoML 运行",
  newSearch: "新搜索",
  onDisk: "磁盘上",
  savedBoards: "已保存在打开的笔记本中",
  noNotebook: "没有笔记本的内核",
  shutDown: "关闭内核",
  shutDownTitle: "关闭此内核；磁盘上的运行会保留",
  kinds: { search: "搜索", preparation: "数据准备", stream: "数据流" },
  states: {
    starting: "正在启动",
    waiting: "等待中",
    running: "运行中",
    stopping: "正在停止",
    stopped: "已停止",
    paused: "已暂停",
    finished: "已完成",
    failed: "失败",
    interrupted: "已中断",
    saved: "已保存",
    planned: "已计划",
  },
  left: (time) => `剩余 ${time}`,
  finishing: "即将完成",
  trials: (done, limit) => `第 ${done} / ${limit} 次试验`,
  since: (time) => `已进行 ${time}`,
  metricOn: (metric, target) => `${target} 的 ${metric}`,
  stop: "停止",
  stopTitle: (name) => `停止 ${name}，保留目前最好的模型`,
  more: (count) => `还有 ${count} 个更早的运行：%lepton runs 列出全部`,
  reading: (count) => `正在读取 ${count} 个日志…`,
  noRuns: "还没有运行。",
  noRunsHint: "一行即可开始搜索：run = %lepton fit df --target 列名",
  noKernel: "没有内核加载了 lepton。",
  noKernelHint: "内核可以读取保存在本机磁盘上的运行。",
  startKernel: "启动内核",
  startingKernel: "正在启动…",
  noPackage: (error) => `内核无法加载 lepton_jupyter：${error}`,
  noStart: (error) => `无法启动内核：${error}`,
  boardOf: (name) => `${name} 的面板`,
  noBoard: "无法在此显示该面板。",
  saidEnded: (name, state) => `${name}：${state}`,
};

export const CATALOGUES = { en: ENGLISH, "zh-CN": CHINESE } as const;
export type Language = keyof typeof CATALOGUES;

/** Texts of the language in use. */
export const LAB_TEXTS: LabTexts = { ...ENGLISH };

let language: Language = "en";
const listeners = new Set<() => void>();

/** The language for a locale as JupyterLab names it, such as "zh_CN": Simplified Chinese for what is read with it. */
export function languageOf(locale: string): Language {
  const [name = "", ...parts] = locale.toLowerCase().split(/[-_]/);
  const isTraditional = parts.some((part) => ["tw", "hk", "mo", "hant"].includes(part));
  return name === "zh" && !isTraditional ? "zh-CN" : "en";
}

/** Lets all that is drawn from now on be in this language. */
export function speak(next: Language): void {
  if (next === language) return;
  language = next;
  Object.assign(LAB_TEXTS, CATALOGUES[next]);
  for (const listener of listeners) listener();
}

/** Calls `listener` after each change of the language. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function spokenLanguage(): Language {
  return language;
}
