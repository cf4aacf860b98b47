/** The form: draws its model and keeps nothing. */

import type { ComponentChildren } from "preact";
import { duration } from "../formats";
import { keepKeys, markFocused } from "../keys";
import { WarningMark } from "../notices";
import type { FormChoices, FormMessage, FormOption } from "./form_message";
import { Budget } from "./budget";
import { FORM_TEXTS } from "./form_texts";
import type { FormModel } from "./model";
import { ManyPicker, Picker, hintOf } from "./picker";

export function LeptonForm({ model, id }: { model: FormModel; id: string }) {
  const { state: message, choices } = model;
  return (
    <form
      class="lepton lepton-is-form"
      aria-label={FORM_TEXTS.form}
      data-lm-suppress-shortcuts="true"
      autocomplete="off"
      novalidate
      onKeyDown={keepKeys}
      onFocusIn={markFocused}
      onSubmit={(event) => {
        event.preventDefault();
        model.start();
      }}
    >
      {message === null || choices === null ? (
        <div class="lepton-head">
          <span class="lepton-muted lepton-sentence">
            {model.isUnreadable ? FORM_TEXTS.unreadable : FORM_TEXTS.starting}
          </span>
        </div>
      ) : (
        <>
          <div class="lepton-form">
            <Frame model={model} message={message} choices={choices} id={`${id}-table`} />
            <Field
              id={`${id}-target`}
              label={FORM_TEXTS.target}
              hint={model.isPending ? "" : FORM_TEXTS.told(message.target_note)}
            >
              <Picker
                model={model}
                id={`${id}-target`}
                field="target"
                label={FORM_TEXTS.target}
                value={choices.target}
                placeholder={FORM_TEXTS.targetPlaceholder}
                free={message.n_columns === 0}
                onChoose={(name) => {
                  model.chooseTarget(name);
                }}
              />
            </Field>
            <Field id={`${id}-budget`} label={FORM_TEXTS.budget} aside={duration(choices.budget_seconds)}>
              <Budget
                model={model}
                id={`${id}-budget`}
                stops={message.budget_stops}
                seconds={choices.budget_seconds}
              />
            </Field>
          </div>
          <Options model={model} message={message} id={id} />
          <Line model={model} message={message} />
          <Foot model={model} />
        </>
      )}
      <div class="lepton-sr" role="status" aria-live="polite">
        {model.sentence !== "" ? model.sentence : FORM_TEXTS.told(message?.target_note ?? "")}
      </div>
    </form>
  );
}

/** A control with its name above and what it means below; both are told by the control's id. */
function Field({
  id,
  label,
  aside,
  hint,
  children,
}: {
  id: string;
  label: string;
  aside?: string;
  hint?: string;
  children: ComponentChildren;
}) {
  return (
    <div class="lepton-field">
      <span class="lepton-label">
        <label for={id}>{label}</label>
        {aside !== undefined && <span aria-hidden="true">{aside}</span>}
      </span>
      {children}
      {hint !== undefined && (
        <span class="lepton-hint" id={hintOf(id)}>
          {hint}
        </span>
      )}
    </div>
  );
}

const A_FILE = "\n"; // no name of a table

function Frame({
  model,
  message,
  choices,
  id,
}: {
  model: FormModel;
  message: FormMessage;
  choices: FormChoices;
  id: string;
}) {
  const hasFrames = message.frames.length > 0;
  return (
    <Field
      id={id}
      label={FORM_TEXTS.table}
      hint={choices.is_path ? FORM_TEXTS.pathHint : FORM_TEXTS.told(message.frame_note)}
    >
      {hasFrames && (
        <select
          id={id}
          aria-describedby={hintOf(id)}
          value={choices.is_path ? A_FILE : choices.frame}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (value === A_FILE) model.choosePath("");
            else model.chooseFrame(value);
          }}
        >
          {message.frames.map((frame) => (
            <option key={frame} value={frame}>
              {frame}
            </option>
          ))}
          <option value={A_FILE}>{FORM_TEXTS.aFile}</option>
        </select>
      )}
      {choices.is_path && (
        <input
          type="text"
          id={hasFrames ? undefined : id}
          class="lepton-mono"
          dir="auto"
          spellcheck={false}
          aria-label={hasFrames ? FORM_TEXTS.path : undefined}
          aria-describedby={hintOf(id)}
          placeholder={FORM_TEXTS.pathPlaceholder}
          value={choices.frame}
          onInput={(event) => {
            model.choosePath(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}

function Options({ model, message, id }: { model: FormModel; message: FormMessage; id: string }) {
  const given = message.options.filter((option) => model.valuesOf(option.name).length > 0);
  return (
    <details
      open={model.areOptionsOpen}
      onToggle={(event) => {
        const { open } = event.currentTarget;
        if (open !== model.areOptionsOpen) model.showOptions(open);
      }}
    >
      <summary>
        <span class="lepton-title">{FORM_TEXTS.options}</span>
        <span class="lepton-muted lepton-mono lepton-ellipsis">
          {given.map((option) => option.name).join(" ")}
        </span>
      </summary>
      <div class="lepton-options">
        {message.options.map((option) => (
          <Option key={option.name} model={model} option={option} id={`${id}${option.name}`} />
        ))}
      </div>
    </details>
  );
}

function Option({ model, option, id }: { model: FormModel; option: FormOption; id: string }) {
  const label = FORM_TEXTS.option(option.name);
  const values = model.valuesOf(option.name);
  const barred = option.excludes.find((other) => model.valuesOf(other).length > 0);
  const hint =
    barred === undefined ? FORM_TEXTS.meaning(option.name, option.meaning) : FORM_TEXTS.barred(barred);
  return (
    <Field id={id} label={label} hint={hint}>
      {control()}
    </Field>
  );

  function control() {
    const common = {
      model,
      id,
      field: option.name,
      label,
      disabled: barred !== undefined,
    };
    switch (option.kind) {
      case "columns":
      case "choices":
        return (
          <ManyPicker
            {...common}
            values={values}
            free={option.kind === "columns" && model.state?.n_columns === 0}
          />
        );
      case "column":
      case "choice":
      case "table":
        return (
          <Picker
            {...common}
            value={values[0] ?? ""}
            free={option.kind === "column" && model.state?.n_columns === 0}
            clearable
            onChoose={(name) => {
              model.setOption(option.name, [name]);
            }}
          />
        );
      case "text":
      case "number":
        return (
          <input
            type="text"
            class="lepton-mono"
            dir="auto"
            spellcheck={false}
            inputMode={option.kind === "number" ? "numeric" : "text"}
            id={id}
            aria-describedby={hintOf(id)}
            value={values[0] ?? ""}
            onInput={(event) => {
              model.setOption(option.name, [event.currentTarget.value]);
            }}
          />
        );
      default:
        return option.kind satisfies never;
    }
  }
}

function Line({ model, message }: { model: FormModel; message: FormMessage }) {
  return (
    <div class="lepton-run">
      <code dir="ltr" class={model.isPending ? "lepton-muted" : ""} aria-label={FORM_TEXTS.line}>
        {message.line}
      </code>
      <span class="lepton-end lepton-actions">
        <button
          type="button"
          class="lepton-quiet"
          title={FORM_TEXTS.copyTitle}
          onClick={() => {
            model.copy();
          }}
        >
          {model.wasCopied ? FORM_TEXTS.copied : FORM_TEXTS.copy}
        </button>
        <button type="submit" class="lepton-primary" title={FORM_TEXTS.startTitle} disabled={!model.canStart}>
          {FORM_TEXTS.startSearch}
        </button>
      </span>
    </div>
  );
}

function Foot({ model }: { model: FormModel }) {
  const { sentence } = model;
  if (sentence === "") return null;
  return (
    <div class="lepton-foot lepton-is-sentence">
      {model.isProblem && <WarningMark />}
      <span>{sentence}</span>
    </div>
  );
}
