/**
 * Lines by which one goes on with a run: the buttons that write them, and those that no notebook took.
 *
 * Functions and no components: they keep nothing, and a call is shorter than an element.
 */

import { TEXTS } from "../texts";
import type { LinePlace, SearchModel } from "./model";

/** A line that ends in a blank waits for somebody to end it; others are run at once. */
export function lineButton(model: SearchModel, at: LinePlace, line: string, label: string, title?: string) {
  return (
    <button
      type="button"
      title={title}
      onClick={() => {
        model.place(at, line);
      }}
    >
      {label}
    </button>
  );
}

/** The line that nobody took, to be copied into a cell. */
export function lineToCopy(line: string) {
  return line === "" ? null : (
    <div class="lepton-line" role="status">
      {TEXTS.lineToCopy}
      <pre class="lepton-mono" tabIndex={0}>
        {line}
      </pre>
    </div>
  );
}
