/**
 * Messages that a form receives and commands that it sends: the twin of `lepton_jupyter/events/form_messages.py` and of
 * its part of `commands.py`.
 */

import { attempt, count, flag, list, number, one, record, shape, text } from "../json_readers";
import type { LineStarted } from "../messages";

export const FORM_STATES = ["ready", "queued", "starting", "started", "failed"] as const;
export type FormState = (typeof FORM_STATES)[number];

export const OPTION_KINDS = ["text", "number", "table", "column", "columns", "choice", "choices"] as const;
export type OptionKind = (typeof OPTION_KINDS)[number];

export interface FormColumn {
  name: string;
  kind: string;
}

export interface FormOption {
  name: string;
  meaning: string;
  kind: OptionKind;
  choices: string[];
  excludes: string[];
}

/** What is chosen, by name; Python alone writes a line of it. */
export interface FormChoices {
  frame: string;
  is_path: boolean;
  target: string;
  budget_seconds: number;
  options: Record<string, string[]>;
}

/** All that a form shows at one moment. */
export interface FormMessage {
  type: "FormMessage";
  version: number;
  revision: number;
  state: FormState;
  detail: string;
  frames: string[];
  choices: FormChoices;
  frame_note: string;
  target_note: string;
  problem: string;
  find: string;
  columns: FormColumn[];
  n_matching: number;
  n_columns: number;
  options: FormOption[];
  budget_stops: number[];
  line: string;
}

export interface ChooseInForm {
  type: "ChooseInForm";
  revision: number;
  choices: FormChoices;
  find: string;
}
export interface StartForm {
  type: "StartForm";
  revision: number;
  choices: FormChoices;
}
export type FormCommand = ChooseInForm | StartForm | LineStarted;

const formMessage = shape<FormMessage>({
  type: one(["FormMessage"]),
  version: count,
  revision: count,
  state: one(FORM_STATES),
  detail: text,
  frames: list(text),
  choices: shape<FormChoices>({
    frame: text,
    is_path: flag,
    target: text,
    budget_seconds: number,
    options: record(list(text)),
  }),
  frame_note: text,
  target_note: text,
  problem: text,
  find: text,
  columns: list(shape<FormColumn>({ name: text, kind: text })),
  n_matching: count,
  n_columns: count,
  options: list(
    shape<FormOption>({
      name: text,
      meaning: text,
      kind: one(OPTION_KINDS),
      choices: list(text),
      excludes: list(text),
    }),
  ),
  budget_stops: list(number),
  line: text,
});

/** The form in a JSON document, or null when this version cannot read it. */
export function readForm(document: unknown): FormMessage | null {
  return attempt(formMessage, document);
}
