/** What all panels are: a named group that keeps plain keys to itself, and says politely what has changed. */

import type { ComponentChildren } from "preact";
import { keepKeys, markFocused } from "./keys";

interface FrameProps {
  /** What a screen reader calls it. */
  name: string;
  /** Classes of its element beside `lepton`. */
  looks?: string;
  /** Said where there is nothing to show, or nothing that can be read; else empty. */
  said: string;
  /** What the live region says; a panel to which nothing happens has none. */
  announcement?: string;
  children: ComponentChildren;
}

export function PanelFrame({ name, looks = "", said, announcement, children }: FrameProps) {
  return (
    <div
      class={`lepton ${looks}`.trim()}
      role="group"
      aria-label={name}
      data-lm-suppress-shortcuts="true"
      onKeyDown={keepKeys}
      onFocusIn={markFocused}
    >
      {said !== "" && (
        <div class="lepton-head">
          <span class="lepton-muted lepton-sentence">{said}</span>
        </div>
      )}
      {children}
      {announcement !== undefined && (
        <div class="lepton-sr" role="status" aria-live="polite">
          {announcement}
        </div>
      )}
    </div>
  );
}
