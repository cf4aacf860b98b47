/** What happened, newest first. */

import { duration } from "../formats";
import type { LogLine } from "../messages";
import { TEXTS } from "../texts";

const CLASSES: Record<string, string> = { warning: "lepton-warn", error: "lepton-bad" };

export function Log({ lines }: { lines: LogLine[] }) {
  const newest = lines.at(-1)?.text;
  const last = newest === undefined ? TEXTS.logEmpty : TEXTS.told(newest);
  return (
    <details>
      <summary>
        <span>{TEXTS.log}</span>
        <span class="lepton-muted lepton-ellipsis" title={last}>
          {last}
        </span>
      </summary>
      <div class="lepton-scroll lepton-plain" tabIndex={0}>
        <ol class="lepton-log">
          {[...lines].reverse().map((line, index) => (
            <li key={lines.length - index}>
              <span>{duration(line.elapsed_seconds)}</span>
              <span class={CLASSES[line.level] ?? ""}>{TEXTS.told(line.text)}</span>
            </li>
          ))}
        </ol>
      </div>
    </details>
  );
}
