/** Lines by which one goes on with a run: the buttons that write them, and those that no notebook took. */

import { TEXTS } from "../texts";
import type { LinePlace, SearchModel } from "./model";

interface ButtonProps {
  model: SearchModel;
  at: LinePlace;
  line: string;
  /** Whether nothing is to be added to the line, so that it is run at once. */
  runs?: boolean;
  title?: string;
  children: string;
}

export function LineButton({ model, at, line, runs = true, title = "", children }: ButtonProps) {
  return (
    <button
      type="button"
      title={title}
      onClick={() => {
        model.place(at, line, runs);
      }}
    >
      {children}
    </button>
  );
}

/** To be copied into a cell. */
export function LineToCopy({ line }: { line: string }) {
  return line === "" ? null : (
    <div class="lepton-line" role="status">
      {TEXTS.lineToCopy}
      <pre class="lepton-mono" tabIndex={0}>
        {line}
      </pre>
    </div>
  );
}
