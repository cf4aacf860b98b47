/** The HTML and text of a run that has ended: asked for once, for the file that keeps the output. */

import type { Forms } from "../asked_panel";
import { isRecord } from "../json_readers";

/** What a file keeps; nothing else of a message enters an output. */
const TYPES = ["text/html", "text/plain"];

export class FinalForms {
  #forms: Forms = {};
  #isAsked = false;

  constructor(private readonly ask: () => void) {}

  get found(): Forms {
    return this.#forms;
  }

  /** Asks as soon as the run that is shown has ended, and again when it was resumed and ended once more. */
  follow(hasEnded: boolean): void {
    if (hasEnded && !this.#isAsked) this.ask();
    if (!hasEnded) this.#forms = {};
    this.#isAsked = hasEnded;
  }

  /** Takes what was sent beside the state; what is no such message is left alone. */
  receive(message: unknown): void {
    if (!isRecord(message) || message["type"] !== "RunForms" || !isRecord(message["forms"])) return;
    const { forms } = message;
    const kept = TYPES.flatMap((type) => {
      const form = forms[type];
      return typeof form === "string" ? [[type, form] as const] : [];
    });
    this.#forms = Object.fromEntries(kept);
  }
}
