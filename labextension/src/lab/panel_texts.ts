/**
 * The sentences of a run's board in Simplified Chinese.
 *
 * They are part of the extension, which draws saved boards, and not of a widget's bundle, which every notebook that
 * stores widget state would carry. What Python has written is
 * translated phrase by phrase.
 */

import { TEXTS } from "../texts";
import { FORM_CATALOGUES } from "./form_texts_zh";
import type { Language } from "./lab_texts";
import { inChinese } from "./phrases";
import { PLAN_CATALOGUES } from "./plan_panel_texts";
import { STREAM_CATALOGUES } from "./stream_texts_zh";

/** The shape of a catalogue, for one in another language. */
export type Widened<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { [Key in keyof T]: Widened<T[Key]> };
export type PanelTexts = Widened<typeof TEXTS>;

const CHINESE: PanelTexts = {
  panel: (target) => `搜索 ${target}`,
  on: (metric) => `${inChinese(metric)}，目标 `,
  stop: "停止",
  more: (seconds) => `+${seconds} 秒`,
  moreTitle: (seconds) => `再搜索 ${seconds} 秒`,
  stopTitle: "立即结束搜索，保留目前最好的模型",
  nothingBetter: "线性基线，尚无更好的模型",
  over: (baseline) => `高于${inChinese(baseline)}`,
  under: (baseline) => `低于${inChinese(baseline)}`,
  against: (baseline) => `相对${inChinese(baseline)}`,
  folds: (better, all) => `${all} 折中 ${better} 折更好`,
  foldStrip: (baseline, all, from, to) => `${all} 折中每折相对${inChinese(baseline)}的增益：${from} 至 ${to}`,
  left: (time) => `剩余 ${time}`,
  finishing: "即将完成",
  ofBudget: (budget, trials) => `/ ${budget}，${trials} 次试验`,
  ofBudgetTrials: (budget, trials, limit) => `/ ${budget}，第 ${trials} / ${limit} 次试验`,
  trialsLeft: (count) => `剩余 ${count} 次试验`,
  ofTrials: (limit, elapsed) => `共 ${limit} 次，${elapsed}`,
  trialsAndTime: (count, elapsed) => `${count} 次试验，${elapsed}`,
  inTime: (elapsed, trials) => `${elapsed}，${trials} 次试验`,
  at: (elapsed) => `于 ${elapsed}`,
  since: (time) => `自 ${time} 起；没有此页面，运行也可能继续`,
  progress: (done, all) => `${done} / ${all}`,
  reserve: "从此处开始拟合集成模型",
  states: {
    starting: "正在启动",
    waiting: "等待中",
    running: "运行中",
    stopping: "正在停止",
    stopped: "已停止",
    failed: "没有模型",
    finished: "已完成",
    saved: "已保存",
  },
  disconnected: "内核没有响应",
  unreadable: "此面板由另一版本的 lepton-jupyter 写入，当前版本无法显示。",
  moreNotices: (count) => `日志中还有 ${count} 条`,

  scoreOverTime: "得分随时间的变化",
  now: "现在",
  lowerIsBetter: "越低越好",
  scorePicture: (metric, score, elapsed, trials, baselines) =>
    `最佳 ${inChinese(metric)} 随时间的变化：${elapsed}、${trials} 次试验后为 ${score}${baselines}`,
  baseline: "基线",
  noScoreYet: "第一个得分将显示在此处",
  path: "路径",
  pathLearner: "显示其路径的学习器",
  pathBegins: "路径从第二次试验开始",
  pathWaits: "路径从第一步开始",
  pathNone: "没有走过路径",
  pathPicture: (label, accepted, rejected, x, y) =>
    `${label} 的单点路径：在 ${x}${y === "" ? "" : ` 和 ${y}`} 上接受 ${accepted} 步，拒绝 ${rejected} 步`,
  pathSlider: "路径的步数",
  start: (score) => `起点 ${score}`,
  steps: (count) => `${count} 步`,
  accepted: (count) => `接受 ${count}`,
  rejected: (count) => `拒绝 ${count}`,
  stepSize: (share) => `步长为最初的 ${share}`,
  front: "速度–得分前沿",
  frontPicture: (models, onFront) => `${models} 个模型的得分与预测延迟；${onFront} 个在前沿上`,
  frontBegins: "前沿从第二个模型开始",
  frontCount: (onFront, all) => `${all} 个中 ${onFront} 个在前沿上`,
  frontBelow: (count) => `${count} 个模型在图的下方`,
  frontArea: "面积：大小",
  oneRow: "每行毫秒",
  frontSlider: "模型，从最快到最好",
  theBest: "最佳",
  choice: (score, toBest, milliseconds, size) => `${score}，${toBest}，每行 ${milliseconds} 毫秒，${size}`,
  use: "使用此模型",
  asCode: "代码",
  asCodeTitle: "在新单元格中写入重新拟合它的纯代码",
  resume: "继续",
  resumeTitle: "继续这次搜索",
  predict: "预测",
  predictTitle: "用最佳模型预测一张表",
  export: "导出",
  exportTitle: "把模型写入文件",
  lineToCopy: "在单元格中运行：",
  ensemble: "集成",

  leaderboard: "排行榜",
  models: (count) => `${count} 个模型`,
  modelsShown: (shown, all) => `${all} 个模型中的前 ${shown} 个`,
  boardShown: (shown, known, all) =>
    known < all ? `前 ${known} 个模型中的 ${shown} 个，共 ${all} 个` : `${all} 个模型中的 ${shown} 个`,
  filter: "筛选模型",
  format: "导出格式",
  anyFormat: "任何格式",
  noMatch: "没有符合的模型",
  boardCaption: (metric, target) => `按 ${target} 的 ${inChinese(metric)} 排列的模型，最好的在前`,
  rank: "#",
  model: "模型",
  versusBest: "与最佳之差，95 %",
  versusBestTitle: (baseline) =>
    `与最佳模型配对差的 95 % 区间${baseline === null ? "" : `；虚线：${inChinese(baseline)}基线`}`,
  versusBestValue: (difference, error) => `与最佳之差 ${difference} ±${error}`,
  versusBestOff: (difference) => `${difference}，超出图的左侧`,
  foldsHead: "各折",
  gap: "差距",
  outOfFold: "折外",
  train: "训练",
  trainTitle: (metric) => `训练行上的 ${metric}`,
  test: "测试",
  testTitle: (metric) => `留出表上的 ${metric}`,
  fit: "拟合，秒",
  fitTitle: "所有折的秒数",
  rowTime: "每行，毫秒",
  rowTimeTitle: "批量预测时每行的时间",
  size: "大小",
  ensembleOf: (count) => `${count} 个模型的集成`,
  share: (label, share) => `${label} ${share}`,
  foldScores: (scores) => `各折 ${scores}`,
  firstScore: "约 1 秒后出现第一个得分",
  noScores: "没有得分",
  description: "配置",
  tiedNote: "与最佳持平：配对差的区间包含零",
  partedNote: "训练列为粗体：训练中的增益有三分之二以上在折外消失",

  columns: "对数据的处理",
  column: "列",
  kind: "理解为",
  treatment: "处理方式",
  missing: "缺失",
  distinct: "不同值",
  reason: "原因",
  columnsShown: (shown, all) => `${all} 列中的前 ${shown} 列`,

  log: "日志",
  logEmpty: "还没有内容",

  told: inChinese,

  saidBest: (metric, score) => `新的最佳：${inChinese(metric)} ${score}`,
  saidFinished: (metric, score) => `搜索完成：${inChinese(metric)} ${score}`,
  saidStopped: (metric, score) => `搜索已停止：保留 ${inChinese(metric)} ${score}`,
  saidFailed: (detail) => `没有模型：${detail}`,
};

/** A copy: the texts of a page in Chinese are changed where they stand. */
const ENGLISH: PanelTexts = { ...TEXTS };

export const PANEL_CATALOGUES: Record<Language, PanelTexts> = { en: ENGLISH, "zh-CN": CHINESE };

const CATALOGUES: Partial<Record<string, Record<Language, object>>> = {
  search: PANEL_CATALOGUES,
  form: FORM_CATALOGUES,
  plan: PLAN_CATALOGUES,
  stream: STREAM_CATALOGUES,
};

/** Sentences of a live panel, by the name by which it asks for them. */
export function wordsOf(panel: string, language: Language): object | undefined {
  return CATALOGUES[panel]?.[language];
}

/** Lets the panels that the extension draws from now on be in a language. */
export function speakInPanels(language: Language): void {
  Object.assign(TEXTS, PANEL_CATALOGUES[language]);
}
