/** Every sentence of an evaluation's panel, in each language it speaks. */

import type { Language } from "../lab/lab_texts";
import { inChinese } from "../lab/phrases";

const ENGLISH = {
  /** What Python has written, in the page's language. */
  told: (sentence: string): string => sentence,

  panel: (target: string): string => `Evaluation for ${target}`,
  on: (metric: string): string => `${metric} on `,
  unreadable:
    "This evaluation was written by another version of lepton-jupyter and cannot be shown by this one.",
  nothing: "Nothing yet",
  rowsOf: (rows: string, table: string): string => `${rows} rows of ${table}`,
  ownRows: (rows: string): string =>
    `the run's own ${rows} rows, each scored by models that have not seen it`,
  leftOut: (rows: string): string => `${rows} without a target left out`,
  asGood: (score: string): string => `as good as out of fold, ${score}`,
  better: (score: string): string => `better than out of fold, ${score}`,
  worse: (score: string): string => `worse than out of fold, ${score}`,
  constant: (score: string): string => `${score} for a constant`,
  model: (model: string, run: string): string => `${model}, run ${run}`,

  decision: "Decision",
  calledFrom: (label: string): string => `called ${label} from a probability of`,
  threshold: "Threshold",
  thresholdValue: (value: string, precision: string, recall: string): string =>
    `${value}: precision ${precision}, recall ${recall}`,
  chosen: (value: string): string => `Chosen, ${value}`,
  chosenTitle: "Back to the threshold in force",
  cheapest: (value: string): string => `Cheapest, ${value}`,
  cheapestTitle: "The threshold at which these rows cost least",
  costFalse: (label: string): string => `a false ${label} costs`,
  costMissed: (label: string): string => `a missed ${label} costs`,
  cost: "Cost of 1,000 rows",
  costPicture: (cost: string, threshold: string, least: string): string =>
    `Cost of 1,000 rows against the threshold: ${cost} at ${threshold}, least ${least}`,
  saves: (amount: string): string => `${amount} less than the threshold in force`,
  costsMore: (amount: string): string => `${amount} more than the threshold in force`,
  isChosen: "the threshold in force",
  optimism: "A threshold that is chosen by these very rows looks better on them than it is on new ones.",
  lineHint: "To keep it:",
  precision: "Precision",
  recall: "Recall",
  called: "Called positive",
  ofRows: (share: string): string => `${share} of the rows`,

  confusion: "Confusion",
  confusionCaption: "Rows by what is true and what was called",
  isTrue: (label: string): string => `is ${label}`,
  isCalled: (label: string): string => `called ${label}`,
  true_: "True",
  calledAs: "Called",
  rowsShare: (rows: string, share: string): string => `${rows} rows, ${share} of their class`,

  roc: "ROC",
  rocPicture: (recall: string, alarms: string, area: string): string =>
    `ROC curve, area ${area}; recall ${recall} at ${alarms} false alarms`,
  falseAlarms: "false alarms",
  area: (value: string): string => `area ${value}`,
  prPicture: (precision: string, recall: string): string =>
    `Precision against recall; precision ${precision} at recall ${recall}`,
  pr: "Precision and recall",
  gains: "Gains",
  gainsPicture: (rows: string, gain: string): string =>
    `${gain} of the positives are among the ${rows} of the rows that are called`,
  gainsRows: "rows, most likely first",
  gainsFound: "positives found",
  calibration: "Calibration",
  calibrationPicture: (error: string): string =>
    `What came true against what was predicted; mean distance ${error}`,
  predicted: "predicted",
  observed: "came true",
  brier: (value: string): string => `Brier ${value}`,
  class_: "Class",
  classHint: "Class whose curves are drawn",

  residuals: "Errors",
  residualsPicture: (mean: string, low: string, high: string): string =>
    `True minus predicted: mean ${mean}, nine in ten rows from ${low} to ${high}`,
  trueMinus: "true minus predicted",
  bands: "True values by prediction",
  bandsPicture: "Quantiles of the true values of rows with a like prediction",
  bandReading: (predicted: string, median: string, low: string, high: string, rows: string): string =>
    `predicted ${predicted}: true ${median}, nine in ten from ${low} to ${high}, ${rows} rows`,
  trueValue: "true",

  leansOn: "What the model leans on",
  loses: (metric: string): string => `what ${metric} loses when a column is shuffled`,
  grows: (metric: string): string => `how much ${metric} grows when a column is shuffled`,
  column: "Column",
  loss: "Loss",
  interval: "95 %",
  weak: "Where it is weak",
  weakHere: "worse there than elsewhere, more than chance explains",
  weakNowhere: "nowhere that chance does not explain",
  where: "Where",
  rows: "Rows",
  score: "Score",
  timesLoss: "Loss, × elsewhere",
  sliceLoss: "Loss of a row, there and elsewhere",
  slicePredicted: "Predicted and true, on average",
  sliceP: "p, corrected",
  allScores: "All scores",
  metric: "Metric",
  constantHead: "Constant",
  lowerIsBetter: "lower is better",
  atThreshold: "at the threshold",
  eachClass: "Each class",
  given: "Called",
  auc: "AUC",
};

type Texts = typeof ENGLISH;

const CHINESE: Texts = {
  told: inChinese,

  panel: (target) => `${target} 的评估`,
  on: (metric) => `${metric}，目标 `,
  unreadable: "此评估由另一版本的 lepton-jupyter 写入，当前版本无法显示。",
  nothing: "还没有内容",
  rowsOf: (rows, table) => `${table} 的 ${rows} 行`,
  ownRows: (rows) => `运行自身的 ${rows} 行，每行由未见过它的模型打分`,
  leftOut: (rows) => `${rows} 行没有目标，未计入`,
  asGood: (score) => `与折外相当，${score}`,
  better: (score) => `好于折外，${score}`,
  worse: (score) => `差于折外，${score}`,
  constant: (score) => `常数预测为 ${score}`,
  model: (model, run) => `${model}，运行 ${run}`,

  decision: "决策",
  calledFrom: (label) => `概率达到此值即判为 ${label}：`,
  threshold: "阈值",
  thresholdValue: (value, precision, recall) => `${value}：精确率 ${precision}，召回率 ${recall}`,
  chosen: (value) => `所选 ${value}`,
  chosenTitle: "回到当前生效的阈值",
  cheapest: (value) => `最省 ${value}`,
  cheapestTitle: "这些行成本最低的阈值",
  costFalse: (label) => `误判为 ${label} 的成本`,
  costMissed: (label) => `漏判 ${label} 的成本`,
  cost: "每 1,000 行的成本",
  costPicture: (cost, threshold, least) =>
    `每 1,000 行的成本随阈值的变化：阈值 ${threshold} 时为 ${cost}，最低 ${least}`,
  saves: (amount) => `比当前阈值少 ${amount}`,
  costsMore: (amount) => `比当前阈值多 ${amount}`,
  isChosen: "即当前阈值",
  optimism: "用这些行选出的阈值，在这些行上看起来会比在新数据上更好。",
  lineHint: "若要采用：",
  precision: "精确率",
  recall: "召回率",
  called: "判为正类",
  ofRows: (share) => `占全部行的 ${share}`,

  confusion: "混淆矩阵",
  confusionCaption: "按真实类别与判定类别统计的行数",
  isTrue: (label) => `真实为 ${label}`,
  isCalled: (label) => `判为 ${label}`,
  true_: "真实",
  calledAs: "判定",
  rowsShare: (rows, share) => `${rows} 行，占该类的 ${share}`,

  roc: "ROC 曲线",
  rocPicture: (recall, alarms, area) => `ROC 曲线，面积 ${area}；误报率 ${alarms} 时召回率 ${recall}`,
  falseAlarms: "误报率",
  area: (value) => `面积 ${value}`,
  prPicture: (precision, recall) => `精确率与召回率；召回率 ${recall} 时精确率 ${precision}`,
  pr: "精确率与召回率",
  gains: "增益",
  gainsPicture: (rows, gain) => `判出的 ${rows} 的行中包含 ${gain} 的正类`,
  gainsRows: "行，最可能的在前",
  gainsFound: "找到的正类",
  calibration: "校准",
  calibrationPicture: (error) => `实际发生与预测概率的对比；平均偏差 ${error}`,
  predicted: "预测",
  observed: "实际",
  brier: (value) => `Brier 分数 ${value}`,
  class_: "类别",
  classHint: "显示其曲线的类别",

  residuals: "误差",
  residualsPicture: (mean, low, high) => `真实值减预测值：均值 ${mean}，九成的行在 ${low} 至 ${high} 之间`,
  trueMinus: "真实值减预测值",
  bands: "按预测分组的真实值",
  bandsPicture: "预测相近的行的真实值分位数",
  bandReading: (predicted, median, low, high, rows) =>
    `预测 ${predicted}：真实 ${median}，九成在 ${low} 至 ${high} 之间，${rows} 行`,
  trueValue: "真实",

  leansOn: "模型依赖什么",
  loses: (metric) => `打乱某列后 ${metric} 的损失`,
  grows: (metric) => `打乱某列后 ${metric} 的增加`,
  column: "列",
  loss: "损失",
  interval: "95 % 区间",
  weak: "薄弱之处",
  weakHere: "那里比别处更差，超出偶然所能解释",
  weakNowhere: "没有超出偶然的薄弱之处",
  where: "条件",
  rows: "行数",
  score: "得分",
  timesLoss: "损失，× 别处",
  sliceLoss: "每行损失：那里与别处",
  slicePredicted: "平均预测与真实",
  sliceP: "校正后的 p 值",
  allScores: "全部得分",
  metric: "指标",
  constantHead: "常数",
  lowerIsBetter: "越低越好",
  atThreshold: "在该阈值下",
  eachClass: "各类别",
  given: "判为",
  auc: "AUC 值",
};

export const EVALUATION_CATALOGUES: Record<Language, Texts> = { en: ENGLISH, "zh-CN": CHINESE };

/** Texts of the language in use. */
export const EVALUATION_TEXTS: Texts = { ...ENGLISH };

export function speakInEvaluations(language: Language): void {
  Object.assign(EVALUATION_TEXTS, EVALUATION_CATALOGUES[language]);
}
