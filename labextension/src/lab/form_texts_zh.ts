/** The sentences of the form in Simplified Chinese; as in `panel_texts`, no part of the widget's bundle. */

import { FORM_TEXTS } from "../form/form_texts";
import type { Language } from "./lab_texts";
import type { Widened } from "./panel_texts";
import { inChinese } from "./phrases";

export type FormTexts = Widened<typeof FORM_TEXTS>;

/** A copy: the texts of a page in Chinese are changed where they stand. */
const ENGLISH: FormTexts = { ...FORM_TEXTS };

/** What each option is called, and what it means; an option of another version keeps the words of its kernel. */
const OPTIONS: Readonly<Record<string, readonly [name: string, meaning: string]>> = {
  "--metric": ["指标", "优化的目标，用 scikit-learn 的名称，例如 roc_auc"],
  "--positive": ["正类", "视为正类的类别标签"],
  "--test": ["测试表", "留出的表或其路径，用于最终得分"],
  "--drop": ["不使用的列", "不用于学习的列"],
  "--groups": ["分组", "此列值相同的行归入同一折；不用于学习"],
  "--time": ["时间", "时间列：在比学习时更晚的行上验证"],
  "--weights": ["权重", "表示每行权重的列；不用于学习"],
  "--learners": ["学习器", "只尝试这些学习器"],
  "--without": ["排除", "尝试除这些以外的所有学习器"],
  "--folds": ["折数", "交叉验证的折数；不填则按行数选择"],
  "--trials": ["试验次数", "预算之内最多尝试 N 种配置"],
  "--name": ["名称", "此次运行的名称"],
  "--seed": ["种子", "所有随机过程的种子（默认 0）"],
};

const KINDS: Readonly<Record<string, string>> = {
  category: "类别",
  date: "日期",
  number: "数值",
  text: "文本",
  "yes/no": "是/否",
};

const CHINESE: FormTexts = {
  form: "开始搜索",
  unreadable: "此面板由另一版本的 lepton-jupyter 写入，当前版本无法显示。",
  starting: "正在启动",
  table: "表",
  aFile: "文件…",
  path: "文件路径",
  pathPlaceholder: "data.csv",
  pathHint: "路径或网址；也可以先生成一个表：df = pd.read_csv(…)",
  target: "目标",
  targetPlaceholder: "要预测的列",
  budget: "预算",
  options: "选项",
  barred: (other) => `不能与 ${other} 同时使用`,
  add: "添加…",
  removeFrom: (value, label) => `从“${label}”中移除 ${value}`,
  moreColumns: (count) => `还有 ${count} 列：输入以查找`,
  line: "“开始”将运行的代码行",
  copy: "复制",
  copied: "已复制",
  copyTitle: "复制此行代码",
  startSearch: "开始",
  startTitle: "将此行代码放入新单元格并运行",
  silent: "内核没有响应：请重新运行此单元格。",
  awaitsKernel: "正在运行的单元格结束后开始。",
  placed: "代码行已放入下方单元格，内核空闲后立即运行。",
  failedBelow: "代码行未能运行；原因见下方单元格。",
  started: "已开始。要再次搜索，请更改任一选择后按“开始”。",
  wantsTable: "请选择一个表：用 df = pd.read_csv(…) 生成，或输入文件路径。",
  wantsTarget: "请输入要预测的列名。",

  told: inChinese,

  option: (name) => OPTIONS[name]?.[0] ?? ENGLISH.option(name),
  meaning: (name, meaning) => OPTIONS[name]?.[1] ?? meaning,
  kind: (kind) => KINDS[kind] ?? kind,
};

export const FORM_CATALOGUES: Record<Language, FormTexts> = {
  en: ENGLISH,
  "zh-CN": CHINESE,
};
