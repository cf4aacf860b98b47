/** A threshold that moves, and what it does: to money, to the rows that are called, and to those that are missed. */

import { CurvePicture } from "../drawing/curve_picture";
import { fixed, percent } from "../formats";
import type { Costs, Decision } from "./decision";
import { calledOf, costOf, precisionOf, recallOf, rowsOf } from "./decision";
import type { EvaluationMessage } from "./evaluation_message";
import type { EvaluationModel } from "./model";
import { EVALUATION_TEXTS as TEXTS } from "./texts";

interface Props {
  model: EvaluationModel;
  message: EvaluationMessage;
}

export function DecisionSection({ model, message }: Props) {
  const { decision } = model;
  if (decision === null) return null;
  const inside = model.width - 2;
  const picture = Math.floor(model.isNarrow ? inside - 24 : (inside * 5) / 9 - 32);
  return (
    <>
      <section class="lepton-decision" role="group" aria-label={TEXTS.decision}>
        <div class="lepton-bar">
          <span class="lepton-title">{TEXTS.decision}</span>
          <span class="lepton-small lepton-ellipsis">
            <span class="lepton-muted">{TEXTS.calledFrom(message.positive)}</span>{" "}
            <b>{fixed(decision.threshold, 3)}</b>
          </span>
          <Places model={model} />
        </div>
        <Slider model={model} decision={decision} />
      </section>
      <div class="lepton-cols">
        <section role="group" aria-label={TEXTS.cost}>
          <CostInputs model={model} positive={message.positive} />
          <CostCurve model={model} width={picture} />
          <p class="lepton-muted lepton-small lepton-last">
            {TEXTS.optimism}{" "}
            <span class="lepton-nowrap">
              {TEXTS.lineHint} <code class="lepton-mono">--threshold {fixed(decision.threshold, 3)}</code>
            </span>
          </p>
        </section>
        <section role="group" aria-label={TEXTS.confusion}>
          <Figures model={model} decision={decision} />
          <Matrix message={message} decision={decision} />
        </section>
      </div>
    </>
  );
}

function Places({ model }: { model: EvaluationModel }) {
  const all = model.decisions;
  const place = (to: number, words: (value: string) => string, title: string, look: () => void) => (
    <button type="button" title={title} aria-pressed={model.place === to} onClick={look}>
      {words(fixed(all[to]?.threshold ?? NaN, 3))}
    </button>
  );
  return (
    <span class="lepton-segments lepton-end">
      {place(model.chosenPlace, TEXTS.chosen, TEXTS.chosenTitle, () => {
        model.lookAtChosen();
      })}
      {place(model.cheapestPlace, TEXTS.cheapest, TEXTS.cheapestTitle, () => {
        model.lookAtCheapest();
      })}
    </span>
  );
}

function Slider({ model, decision }: { model: EvaluationModel; decision: Decision }) {
  // Decisions fall in threshold, and a slider rises.
  const last = model.decisions.length - 1;
  return (
    <input
      type="range"
      min={0}
      max={last}
      step={1}
      value={last - model.place}
      aria-label={TEXTS.threshold}
      aria-valuetext={TEXTS.thresholdValue(
        fixed(decision.threshold, 3),
        fixed(precisionOf(decision), 2),
        fixed(recallOf(decision), 2),
      )}
      onInput={(event) => {
        model.lookAt(last - Number(event.currentTarget.value));
      }}
    />
  );
}

function CostInputs({ model, positive }: { model: EvaluationModel; positive: string }) {
  const field = (kind: keyof Costs, label: string) => (
    <label>
      <span class="lepton-ellipsis">{label}</span>
      <input
        type="text"
        inputMode="decimal"
        value={String(model.costs[kind])}
        onChange={(event) => {
          model.setCost(kind, Number(event.currentTarget.value.replace(",", ".")));
          event.currentTarget.value = String(model.costs[kind]);
        }}
      />
    </label>
  );
  return (
    <div class="lepton-costs lepton-small">
      {field("falsePositive", TEXTS.costFalse(positive))}
      {field("falseNegative", TEXTS.costMissed(positive))}
    </div>
  );
}

function CostCurve({ model, width }: { model: EvaluationModel; width: number }) {
  const { decisions: all, decision, costs, place, chosenPlace, cheapestPlace } = model;
  const now = decision === null ? NaN : costOf(decision, costs);
  const [chosen, least] = [chosenPlace, cheapestPlace].map((each) => {
    const found = all[each];
    return found === undefined ? NaN : costOf(found, costs);
  });
  const change = (chosen ?? NaN) - now;
  const amount = money(Math.abs(change));
  const values = all.map((each) => costOf(each, costs));
  return (
    <>
      <p class="lepton-small">
        {TEXTS.cost} <b class="lepton-figure">{money(now)}</b>{" "}
        <span class={change > 0 ? "lepton-good" : change < 0 ? "lepton-bad" : "lepton-muted"}>
          {place === chosenPlace || change === 0
            ? TEXTS.isChosen
            : change > 0
              ? TEXTS.saves(amount)
              : TEXTS.costsMore(amount)}
        </span>
      </p>
      <CurvePicture
        width={width}
        height={190}
        xs={all.map((each) => each.threshold)}
        ys={values}
        xDomain={[0, 1]}
        yDomain={[0, Math.max(1e-9, ...values)]}
        xLabel={TEXTS.threshold}
        label={TEXTS.costPicture(money(now), fixed(decision?.threshold ?? NaN, 3), money(least ?? NaN))}
        at={place}
        marks={[
          { at: chosenPlace, words: TEXTS.chosen(fixed(all[chosenPlace]?.threshold ?? NaN, 3)) },
          { at: cheapestPlace, words: TEXTS.cheapest(fixed(all[cheapestPlace]?.threshold ?? NaN, 3)) },
        ]}
        pick={(to) => {
          model.lookAt(to);
        }}
      />
    </>
  );
}

function Figures({ model, decision }: { model: EvaluationModel; decision: Decision }) {
  const figure = (name: string, value: string, note = "") => (
    <div>
      <dt>{name}</dt>
      <dd>
        {value} {note !== "" && <small>{note}</small>}
      </dd>
    </div>
  );
  const called = decision.truePositives + decision.falsePositives;
  return (
    <dl class="lepton-stats">
      {figure(TEXTS.precision, fixed(precisionOf(decision), 3))}
      {figure(TEXTS.recall, fixed(recallOf(decision), 3))}
      {figure(
        TEXTS.called,
        fixed(called, 0),
        model.isNarrow ? "" : TEXTS.ofRows(percent(calledOf(decision))),
      )}
    </dl>
  );
}

function Matrix({ message, decision }: { message: EvaluationMessage; decision: Decision }) {
  const { positive } = message;
  const negative = message.class_lines.find((each) => each.label !== positive)?.label ?? "";
  const rows = [
    { label: negative, cells: [decision.trueNegatives, decision.falsePositives], right: 0 },
    { label: positive, cells: [decision.falseNegatives, decision.truePositives], right: 1 },
  ];
  const most = rowsOf(decision);
  return (
    <table class="lepton-matrix">
      <caption class="lepton-sr">{TEXTS.confusionCaption}</caption>
      <thead>
        <tr>
          <td />
          {[negative, positive].map((label) => (
            <th key={label} scope="col" title={TEXTS.isCalled(label)}>
              {TEXTS.isCalled(label)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, cells, right }) => (
          <tr key={label}>
            <th scope="row" title={TEXTS.isTrue(label)}>
              {TEXTS.isTrue(label)}
            </th>
            {cells.map((count, place) => (
              <td
                key={place}
                class={place === right ? "lepton-right" : "lepton-wrong"}
                style={{ "--lepton-share": (count / most).toFixed(3) }}
              >
                <b>{fixed(count, 0)}</b>{" "}
                <small>
                  {percent(
                    count /
                      Math.max(
                        1,
                        cells.reduce((sum, each) => sum + each, 0),
                      ),
                  )}
                </small>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function money(amount: number): string {
  return fixed(amount, Math.abs(amount) < 100 ? 1 : 0);
}
