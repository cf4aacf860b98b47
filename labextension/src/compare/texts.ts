/** Every sentence of a comparison's panel, in each language it speaks. */

import type { Language } from "../lab/lab_texts";
import { inChinese } from "../lab/phrases";

const ENGLISH = {
  /** What Python has written, in the page's language. */
  told: (sentence: string): string => sentence,

  panel: (target: string): string => `Comparison of runs for ${target}`,
  unreadable:
    "This comparison was written by another version of lepton-jupyter and cannot be shown by this one.",
  nothing: "Nothing yet",
  on: (metric: string): string => `${metric} on `,
  better: (winner: string, other: string): string => `${winner} is better than ${other}`,
  tied: (winner: string, other: string): string => `${winner} and ${other} are tied`,
  same: (winner: string, other: string): string => `${winner} and ${other} score the same`,
  isBetter: (winner: string): string => `${winner} is better`,
  isTied: "tied",
  how: { folds: "fold by fold", rows: "row by row", unpaired: "unpaired" } as Record<string, string>,
  betterIn: (better: number, all: number): string => `better in ${better} of ${all} folds`,
  shared: (how: string, count: string): string => `${count} ${how === "folds" ? "folds" : "rows"}`,
  notPaired: "Not paired.",

  pairs: "Differences",
  pairsHint: "95 %; right of the line the first is better",
  pair: "Runs",
  over: "over",
  difference: "Difference",
  interval: "95 %",
  howHead: "How",
  verdict: "Verdict",
  show: (first: string, second: string): string => `Show ${first} against ${second}`,
  strip: (value: string, error: string, verdict: string): string => `${value} ${error}, ${verdict}`,

  foldByFold: "Fold by fold",
  foldsPicture: (first: string, second: string, better: number, all: number): string =>
    `Scores of ${first} and ${second} in each fold: ${first} is better in ${better} of ${all}`,
  foldReading: (fold: number, first: string, second: string, difference: string): string =>
    `Fold ${fold}: ${first} against ${second}, ${difference}`,
  whyPaired:
    "Each line is one fold: a hard fold is hard for both. What counts is whether the lines lean one way.",

  runs: "Side by side",
  run: "Run",
  best: "Best model",
  search: "Search",
  trials: "Trials",
  fits: "Fits, all workers",
  row: "Row, ms",
  size: "Size",
  table: "Table",
  folds: "Folds, seed",
  workers: "Workers",
  disk: "On disk",
  models: "Its best models",

  settings: (count: number): string => (count === 1 ? "1 setting differs" : `${count} settings differ`),
  settingsSame: "Settings and versions are the same",
  compared: (count: number): string => `of ${count} compared`,
  setting: "Setting",
};

type Texts = typeof ENGLISH;

const CHINESE: Texts = {
  told: inChinese,

  panel: (target) => `${target} 的运行对比`,
  unreadable: "此对比由另一版本的 lepton-jupyter 写入，当前版本无法显示。",
  nothing: "还没有内容",
  on: (metric) => `${metric}，目标 `,
  better: (winner, other) => `${winner} 好于 ${other}`,
  tied: (winner, other) => `${winner} 与 ${other} 持平`,
  same: (winner, other) => `${winner} 与 ${other} 得分相同`,
  isBetter: (winner) => `${winner} 更好`,
  isTied: "持平",
  how: { folds: "逐折配对", rows: "逐行配对", unpaired: "未配对" },
  betterIn: (better, all) => `${all} 折中 ${better} 折更好`,
  shared: (how, count) => (how === "folds" ? `${count} 折` : `${count} 行`),
  notPaired: "未配对。",

  pairs: "差异",
  pairsHint: "95 %；线右侧表示前者更好",
  pair: "运行对",
  over: "相对",
  difference: "差值",
  interval: "95 % 区间",
  howHead: "方式",
  verdict: "结论",
  show: (first, second) => `显示 ${first} 与 ${second}`,
  strip: (value, error, verdict) => `${value} ${error}，${verdict}`,

  foldByFold: "各折得分",
  foldsPicture: (first, second, better, all) =>
    `${first} 与 ${second} 各折的得分：${all} 折中 ${first} 有 ${better} 折更好`,
  foldReading: (fold, first, second, difference) => `第 ${fold} 折：${first} 对 ${second}，${difference}`,
  whyPaired: "每条线是一折：难的折对两者都难。要看的是各线是否朝同一方向倾斜。",

  runs: "并排比较",
  run: "运行",
  best: "最佳模型",
  search: "搜索",
  trials: "试验次数",
  fits: "拟合，全部进程",
  row: "每行，毫秒",
  size: "大小",
  table: "数据表",
  folds: "折数，种子",
  workers: "工作进程",
  disk: "磁盘占用",
  models: "其最好的模型",

  settings: (count) => `${count} 项设置不同`,
  settingsSame: "设置与版本相同",
  compared: (count) => `共比较 ${count} 项`,
  setting: "设置项",
};

export const COMPARISON_CATALOGUES: Record<Language, Texts> = { en: ENGLISH, "zh-CN": CHINESE };

/** Texts of the language in use. */
export const COMPARISON_TEXTS: Texts = { ...ENGLISH };

export function speakInComparisons(language: Language): void {
  Object.assign(COMPARISON_TEXTS, COMPARISON_CATALOGUES[language]);
}
