/** The table of a plan: each column, as what it is read, what is done to it and why, and what may be chosen. */

import { fixed, percent } from "../formats";
import { FILTERS } from "./model";
import type { PlanModel } from "./model";
import type { OfferedOptions, PlannedColumn, PreparationMessage, StepOfColumn } from "./plan_message";
import { PLAN_TEXTS } from "./plan_texts";

/** From so many columns on one may look for them. */
const MANY_COLUMNS = 9;
const LEFT_OUT = "left out";

export function PlanColumns({
  model,
  message,
  id,
}: {
  model: PlanModel;
  message: PreparationMessage;
  id: string;
}) {
  const { columns, isNarrow } = model;
  const hasChoices =
    model.editing !== null && model.editing.columns.some(({ column }) => model.madeOf(column));
  const n_heads = 2 + (isNarrow ? 0 : 3) + (hasChoices && !isNarrow ? 1 : 0);
  return (
    <>
      <ColumnBar model={model} message={message} id={id} />
      <div
        class="lepton-scroll lepton-plan-columns"
        tabIndex={0}
        role="group"
        aria-label={PLAN_TEXTS.columns}
      >
        <table>
          <caption class="lepton-sr">{PLAN_TEXTS.caption(message.table)}</caption>
          <thead>
            <tr>
              <th scope="col" class="lepton-p-name">
                {PLAN_TEXTS.column}
              </th>
              {!isNarrow && (
                <>
                  <th scope="col" class="lepton-p-types">
                    {PLAN_TEXTS.types}
                  </th>
                  <th scope="col" class="lepton-p-share lepton-num">
                    {PLAN_TEXTS.missing}
                  </th>
                  <th scope="col" class="lepton-p-distinct lepton-num">
                    {PLAN_TEXTS.distinct}
                  </th>
                </>
              )}
              <th scope="col">{PLAN_TEXTS.what}</th>
              {hasChoices && !isNarrow && (
                <th scope="col" class="lepton-p-made">
                  {PLAN_TEXTS.made}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <Row key={column.name} model={model} column={column} hasChoices={hasChoices} />
            ))}
            {columns.length === 0 && (
              <tr>
                <td class="lepton-void" colSpan={n_heads}>
                  {model.typed === "" ? PLAN_TEXTS.noneShown : PLAN_TEXTS.noneFound}
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {message.n_hidden > 0 && (
        <div class="lepton-foot">
          <span>{PLAN_TEXTS.more(fixed(message.n_hidden, 0))}</span>
        </div>
      )}
    </>
  );
}

function ColumnBar({ model, message, id }: { model: PlanModel; message: PreparationMessage; id: string }) {
  return (
    <div class="lepton-bar lepton-board-bar">
      <span class="lepton-title">{PLAN_TEXTS.columns}</span>
      {message.n_columns >= MANY_COLUMNS && (
        <input
          type="text"
          id={`${id}-find`}
          class="lepton-plan-find"
          dir="auto"
          spellcheck={false}
          aria-label={PLAN_TEXTS.find}
          placeholder={PLAN_TEXTS.find}
          value={model.typed}
          onInput={(event) => {
            model.find(event.currentTarget.value);
          }}
        />
      )}
      <div class="lepton-segments lepton-end" role="group" aria-label={PLAN_TEXTS.show}>
        {FILTERS.map((filter) => (
          <button
            key={filter}
            type="button"
            aria-pressed={model.shownOnly === filter}
            onClick={() => {
              model.showOnly(filter);
            }}
          >
            {PLAN_TEXTS.filters[filter]}
          </button>
        ))}
      </div>
    </div>
  );
}

function Row({
  model,
  column,
  hasChoices,
}: {
  model: PlanModel;
  column: PlannedColumn;
  hasChoices: boolean;
}) {
  const { isNarrow } = model;
  const isOut = column.becomes === LEFT_OUT;
  const made = model.madeOf(column.name);
  const choice = made !== null && (
    <Choice
      label={PLAN_TEXTS.madeOf(column.name)}
      {...made}
      onChoose={(option, chosen) => {
        model.chooseFor(made.offered, option, chosen);
      }}
    />
  );
  return (
    <tr class={isOut ? "lepton-is-out" : ""}>
      <th scope="row" title={column.name}>
        <span class="lepton-p-named">
          <bdi class="lepton-ellipsis">{column.name}</bdi>
          {column.role !== "" && <span class="lepton-badge">{PLAN_TEXTS.target}</span>}
        </span>
        {isNarrow && (
          <small class="lepton-muted">
            <Types column={column} />
            {column.missing_share > 0 && `, ${PLAN_TEXTS.missingShare(percent(column.missing_share))}`}
          </small>
        )}
      </th>
      {!isNarrow && (
        <>
          <td>
            <Types column={column} />
          </td>
          <td class="lepton-num">{column.missing_share > 0 ? percent(column.missing_share) : "–"}</td>
          <td class="lepton-num">{fixed(column.n_distinct, 0)}</td>
        </>
      )}
      <td>
        {column.steps.length === 0 ? (
          !(isNarrow && choice) && <span class="lepton-muted">{PLAN_TEXTS.asItIs}</span>
        ) : (
          <ul class="lepton-plan-steps">
            {column.steps.map((step) => (
              <Step key={step.kind} model={model} column={column.name} step={step} />
            ))}
          </ul>
        )}
        {isNarrow && choice}
      </td>
      {hasChoices && !isNarrow && <td>{choice === false ? null : choice}</td>}
    </tr>
  );
}

function Types({ column }: { column: PlannedColumn }) {
  const [stored, becomes] = [column.stored, column.becomes].map((word) => PLAN_TEXTS.words[word] ?? word);
  if (stored === becomes) return <span>{stored}</span>;
  return (
    <span>
      {stored}
      <span aria-hidden="true"> → </span>
      <span class="lepton-sr"> {PLAN_TEXTS.becomes} </span>
      {column.becomes === LEFT_OUT ? <b>{becomes}</b> : becomes}
    </span>
  );
}

function Step({ model, column, step }: { model: PlanModel; column: string; step: StepOfColumn }) {
  const on = model.isOn(column, step);
  const said = (
    <span>
      <bdi class="lepton-plan-action">{PLAN_TEXTS.told(step.action)}</bdi>
      <span class="lepton-muted">
        {" – "}
        <bdi>{PLAN_TEXTS.told(step.reason)}</bdi>
      </span>
    </span>
  );
  const outliers = step.kind === "outliers" && on ? model.outliersOf(column) : null;
  const isBarred = model.isOffForAll(step.kind);
  return (
    <li class={on ? "" : "lepton-is-off"}>
      {model.canSwitch(column, step) ? (
        <label title={isBarred ? PLAN_TEXTS.offForAll : undefined}>
          <input
            type="checkbox"
            checked={on}
            disabled={isBarred}
            onChange={(event) => {
              model.switchStep(column, step.kind, event.currentTarget.checked);
            }}
          />
          {said}
          <span class="lepton-sr">{PLAN_TEXTS.inColumn(column)}</span>
        </label>
      ) : (
        <div>
          <svg
            class="lepton-mark"
            viewBox="0 0 10 10"
            role="img"
            aria-label={on ? PLAN_TEXTS.done : PLAN_TEXTS.notDone}
          >
            <path
              d={on ? "M1.5 5.4l2.4 2.4 4.6-5.4" : "M2 5h6"}
              fill="none"
              stroke="currentColor"
              stroke-width="1.5"
            />
          </svg>
          {said}
        </div>
      )}
      {outliers !== null && (
        <Choice
          label={PLAN_TEXTS.outliersOf(column)}
          {...outliers}
          onChoose={(option, chosen) => {
            model.chooseFor(outliers.offered, option, chosen);
          }}
        />
      )}
    </li>
  );
}

function Choice({
  label,
  known,
  option,
  choice,
  onChoose,
}: {
  label: string;
  offered: OfferedOptions;
  known: { option: string; choice: string }[];
  option: string;
  choice: string;
  onChoose: (option: string, choice: string) => void;
}) {
  const chosen = known.findIndex(
    (each) => each.choice === choice && (choice === "none" || each.option === option),
  );
  return (
    <select
      class="lepton-plan-choice"
      aria-label={label}
      value={String(chosen)}
      onChange={(event) => {
        const found = known[Number(event.currentTarget.value)];
        if (found !== undefined) onChoose(found.option, found.choice);
      }}
    >
      {known.map((each, place) => (
        <option key={place} value={String(place)}>
          {PLAN_TEXTS.choices[each.choice] ?? each.choice}
        </option>
      ))}
    </select>
  );
}
