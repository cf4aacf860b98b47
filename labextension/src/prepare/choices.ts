/** What is chosen in a plan, as the options of its line say it: for all columns, and otherwise for single ones. */

import type { OfferedOptions, PlanChoices } from "./plan_message";

/** For a column that is left as it is. */
export const NONE = "none";
/** Steps that can only be taken where it is asked for. */
const LEAKS = "leaks";

/** Whether a kind of step is switched off for all columns. */
export function kindIsOff(choices: PlanChoices, kind: string): boolean {
  return choices.without.includes(kind) || (kind === LEAKS && !choices.drop_leaks);
}

/** Whether a kind of step is switched off for one column, or for all. */
export function stepIsOff(choices: PlanChoices, column: string, kind: string): boolean {
  return kindIsOff(choices, kind) || choices.without.includes(`${column}:${kind}`);
}

/** The same choices with a kind of step switched for all columns. */
export function withKind(choices: PlanChoices, kind: string, on: boolean): PlanChoices {
  const others = choices.without.filter((each) => each !== kind);
  // A leak is left out by an option of its own, which needs no second one to be switched off.
  if (kind === LEAKS) return { ...choices, without: others, drop_leaks: on };
  return { ...choices, without: on ? others : [...others, kind] };
}

/** The same choices with a kind of step switched for one column. */
export function withStep(choices: PlanChoices, column: string, kind: string, on: boolean): PlanChoices {
  const name = `${column}:${kind}`;
  const others = choices.without.filter((each) => each !== name);
  return { ...choices, without: on ? others : [...others, name] };
}

/** The option that a column's choice belongs to, and what is chosen; `NONE` where it is left as it is. */
export function chosenOf(choices: PlanChoices, { column, options }: OfferedOptions) {
  // What is said of a column by name holds before what is said of all; of two options the first by name.
  const named = [...options].sort().find((option) => ownChoice(choices, option, column) !== undefined);
  const option = named ?? options[0] ?? "";
  const choice = ownChoice(choices, option, column) ?? ownChoice(choices, option, "") ?? NONE;
  return { option, choice };
}

/** The same choices with another one for a column; none of what was said of it before is left. */
export function withChoice(
  choices: PlanChoices,
  { column, options }: OfferedOptions,
  option: string,
  choice: string,
): PlanChoices {
  const changed: Record<string, string[]> = { ...choices.options };
  for (const each of options) {
    const others = (changed[each] ?? []).filter((given) => columnOf(given) !== column);
    if (others.length > 0) changed[each] = others;
    else Reflect.deleteProperty(changed, each);
  }
  const cleared = { ...choices, options: changed };
  // What holds for all columns anyway need not be said of one.
  const now = chosenOf(cleared, { column, options });
  if (now.choice === choice && (choice === NONE || now.option === option)) return cleared;
  return {
    ...cleared,
    options: { ...changed, [option]: [...(changed[option] ?? []), `${column}:${choice}`] },
  };
}

function ownChoice(choices: PlanChoices, option: string, column: string): string | undefined {
  const found = (choices.options[option] ?? []).findLast((given) => columnOf(given) === column);
  return found?.slice(found.lastIndexOf(":") + 1);
}

/** The column that a value is about; empty where it is about all. */
function columnOf(given: string): string {
  return given.slice(0, Math.max(0, given.lastIndexOf(":")));
}
