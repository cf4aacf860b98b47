/** A field with a list: type to filter, arrows to move, Enter to choose. The pattern is ARIA's combobox. */

import { FORM_TEXTS } from "./form_texts";
import type { FormModel } from "./model";

/** Pixels that a list takes at most. */
const ROOM = 256;

interface Common {
  model: FormModel;
  /** Id of the input: it must differ from those of other forms of the page. */
  id: string;
  field: string;
  label: string;
  placeholder?: string;
  /** Whether what is typed counts even if no list knows it. */
  free?: boolean;
  disabled?: boolean;
}

/** Id of the words below a control. */
export function hintOf(id: string): string {
  return `${id}-hint`;
}

/** One name. */
export function Picker({
  value,
  onChoose,
  clearable,
  ...common
}: Common & { value: string; onChoose: (name: string) => void; clearable?: boolean }) {
  return <Combobox {...common} value={value} clearable={clearable === true} onChoose={onChoose} />;
}

/** Several names, each a button that takes it away, and a field for one more. */
export function ManyPicker({ values, ...common }: Common & { values: string[] }) {
  const { model, field, label } = common;
  return (
    <div class="lepton-many">
      {values.map((value) => (
        <button
          key={value}
          type="button"
          class="lepton-chip"
          title={value}
          aria-label={FORM_TEXTS.removeFrom(value, label)}
          onClick={(event) => {
            // The button goes: the focus must not go with it.
            event.currentTarget.parentElement?.querySelector("input")?.focus();
            model.removeFromOption(field, value);
          }}
        >
          <bdi>{value}</bdi>
          <span aria-hidden="true">×</span>
        </button>
      ))}
      <Combobox
        {...common}
        value=""
        clearable={false}
        placeholder={FORM_TEXTS.add}
        onChoose={(name) => {
          model.addToOption(field, name);
        }}
      />
    </div>
  );
}

function Combobox({
  model,
  id,
  field,
  label,
  placeholder,
  free,
  disabled,
  value,
  clearable,
  onChoose,
}: Common & { value: string; clearable: boolean; onChoose: (name: string) => void }) {
  const isOpen = model.openField === field;
  const listId = `${id}-list`;
  const { suggestions, activeIndex } = model;
  const hasList = isOpen && suggestions.length > 0;

  const commit = (input: HTMLInputElement, name: string | null): void => {
    const typed = input.value;
    const known = model.suggestions.find((each) => each.name === typed)?.name ?? null;
    const chosen = name ?? known ?? (free === true ? typed : null);
    model.closeList();
    if (chosen !== null && chosen !== value) onChoose(chosen);
    else if (clearable && typed === "" && value !== "") onChoose("");
    // What was typed and is no name is let go; drawing again would not, since the value did not change.
    input.value = placeholder === FORM_TEXTS.add ? "" : (chosen ?? (clearable && typed === "" ? "" : value));
  };

  return (
    <div class="lepton-picker">
      <input
        type="text"
        role="combobox"
        id={id}
        class="lepton-mono"
        dir="auto"
        spellcheck={false}
        disabled={disabled}
        aria-describedby={hintOf(id)}
        aria-expanded={hasList}
        aria-autocomplete="list"
        aria-controls={hasList ? listId : undefined}
        aria-activedescendant={hasList && activeIndex >= 0 ? `${listId}-${activeIndex}` : undefined}
        placeholder={placeholder}
        title={value === "" ? undefined : value}
        value={isOpen ? undefined : value}
        onFocus={(event) => {
          event.currentTarget.select();
        }}
        onClick={() => {
          if (!isOpen) model.openList(field);
        }}
        onInput={(event) => {
          model.openList(field, event.currentTarget.value);
        }}
        onBlur={(event) => {
          if (isOpen) commit(event.currentTarget, null);
        }}
        onKeyDown={(event) => {
          const input = event.currentTarget;
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (!isOpen) model.openList(field);
            // The list opens at what is chosen.
            if (isOpen || model.activeIndex < 0) model.moveInList(event.key === "ArrowDown" ? 1 : -1);
          } else if (event.key === "Enter" && isOpen) {
            event.preventDefault(); // chooses; the next Enter starts
            model.whenFound(() => {
              commit(input, model.active);
            });
          } else if (event.key === "Escape" && isOpen) {
            event.preventDefault();
            event.stopPropagation();
            model.closeList();
            input.value = value;
          } else if (event.key === "Backspace" && input.value === "") {
            const last = model.valuesOf(field).at(-1);
            if (placeholder === FORM_TEXTS.add && last !== undefined) model.removeFromOption(field, last);
          }
        }}
      />
      {hasList && (
        <ul
          class="lepton-list"
          id={listId}
          role="listbox"
          aria-label={label}
          ref={showAbove}
          onMouseDown={(event) => {
            event.preventDefault(); // the field keeps the focus
          }}
        >
          {suggestions.map(({ name, note }, index) => (
            <li
              key={name}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === activeIndex}
              ref={index === activeIndex ? scrollIntoList : null}
              title={name}
              onClick={(event) => {
                const input = event.currentTarget.closest(".lepton-picker")?.querySelector("input");
                if (input instanceof HTMLInputElement) commit(input, name);
              }}
            >
              <bdi class="lepton-ellipsis">{name}</bdi>
              {note !== "" && <span class="lepton-muted">{note}</span>}
            </li>
          ))}
          {model.moreColumns > 0 && (
            <li class="lepton-muted" role="presentation">
              {FORM_TEXTS.moreColumns(model.moreColumns)}
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

/** Undoes what the open list listens to: only one is open at a time, below the field that has the focus. */
let letGo: (() => void) | null = null;

/** Lifts a list above the notebook, whose outputs would cut it off; where a page cannot, it stands in the form. */
function showAbove(list: HTMLElement | null): void {
  letGo?.();
  letGo = null;
  const input = list?.parentElement?.querySelector("input");
  if (list === null || !(input instanceof HTMLElement) || typeof list.showPopover !== "function") return;
  list.popover = "manual";
  list.showPopover();
  const follow = (): void => {
    placeBeside(list, input);
  };
  follow();
  window.addEventListener("scroll", follow, true);
  window.addEventListener("resize", follow);
  letGo = () => {
    window.removeEventListener("scroll", follow, true);
    window.removeEventListener("resize", follow);
  };
}

/** Puts the list below its field, or above where there is more room. */
function placeBeside(list: HTMLElement, input: HTMLElement): void {
  const field = input.getBoundingClientRect();
  const below = window.innerHeight - field.bottom;
  const isBelow = below > ROOM || below > field.top;
  list.style.left = `${field.left}px`;
  list.style.width = `${field.width}px`;
  list.style.top = isBelow ? `${field.bottom + 2}px` : "auto";
  list.style.bottom = isBelow ? "auto" : `${window.innerHeight - field.top + 2}px`;
}

function scrollIntoList(line: HTMLElement | null): void {
  line?.scrollIntoView({ block: "nearest" });
}
