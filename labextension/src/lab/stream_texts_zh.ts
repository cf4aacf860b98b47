/** The sentences of the stream panel in Simplified Chinese; as in `panel_texts`, no part of the widget's bundle. */

import { STREAM_TEXTS } from "../stream/stream_texts";
import type { Language } from "./lab_texts";
import type { Widened } from "./panel_texts";
import { inChinese } from "./phrases";

export type StreamTexts = Widened<typeof STREAM_TEXTS>;

const CHINESE: StreamTexts = {
  panel: (name) => `流 ${name}`,
  states: {
    running: "运行中",
    paused: "已暂停",
    waiting: "等待中",
    stopped: "已停止",
    exhausted: "已完成",
    failed: "失败",
    interrupted: "已中断",
  },
  stopping: "正在停止",
  disconnected: "内核没有响应",
  since: (time) => `自 ${time} 起；没有此页面，流也可能继续`,
  to: "至",
  pause: "暂停",
  pauseTitle: "暂不读取新行；已读取的行会处理完",
  resume: "继续",
  resumeTitle: "重新开始读取",
  stop: "停止",
  stopTitle: "存储已读取的行，提交并结束此流",
  goOn: (id) => `%lepton resume ${id}`,
  goOnHint: "从已提交的偏移处继续",

  score: (metric, labels) => `${inChinese(metric)}，${labels} 个标签`,
  rate: "每秒行数",
  latency: "延迟 p50 / p99",
  lag: "积压",
  inHand: "处理中",
  stored: "已存储行数",
  rows: (count) => (count === "" ? "" : "行"),
  ms: "毫秒",

  overTime: "随时间的变化",
  scoreOverTime: "标签到达后的得分",
  spans: { 120: "2 分钟", 600: "10 分钟", 3600: "1 小时", 0: "全部" },
  spanLabel: "显示多长的过去",
  follow: "跟随",
  followTitle: "回到现在",
  chartHint: "拖动以放大；方向键逐秒读取",
  chart: (from, to, said) => `从 ${from} 到 ${to}：${said}`,
  rateUnit: "行/秒",
  noPoints: "第一秒将显示在此处",
  reading: (time, parts) => `${time}：${parts}`,
  rateAt: (rate) => `${rate} 行/秒`,
  latencyAt: (p50, p99) => `p50 ${p50} 毫秒，p99 ${p99} 毫秒`,

  events: "事件",
  noEvents: "还没有内容",
  results: "最近的结果",
  showResults: "显示",
  hideResults: "隐藏",
  resultsHint: "只在此处可见，从不保存",
  noResults: "还没有结果",
  more: (count) => `还有 ${count} 列：展开该行`,
  field: "列",
  value: "值",
  deadLetters: (count) => `${count} 条死信`,
  deadIn: "位于",

  told: inChinese,

  saidState: (state, sentence) => `流：${state}${sentence === "" ? "" : `。${sentence}`}`,
  unreadable: "此面板由另一版本的 lepton-jupyter 写入，当前版本无法显示。",
};

export const STREAM_CATALOGUES: Record<Language, StreamTexts> = {
  en: STREAM_TEXTS,
  "zh-CN": CHINESE,
};
