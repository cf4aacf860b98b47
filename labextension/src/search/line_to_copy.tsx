/** A line that no notebook took: to be copied into a cell. */

import { TEXTS } from "../texts";

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
