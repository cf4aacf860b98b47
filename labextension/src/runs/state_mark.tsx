/** A mark for each state, beside its word: shape tells it, colour only helps. */

import type { VNode } from "preact";

export function StateMark({ state }: { state: string }): VNode {
  return (
    <svg class="lepton-mark" viewBox="0 0 10 10" aria-hidden="true">
      {shapeOf(state)}
    </svg>
  );
}

function shapeOf(state: string): VNode {
  switch (state) {
    case "running":
      return <circle cx="5" cy="5" r="4" fill="var(--lepton-accent)" />;
    case "stopped":
    case "stopping":
      return <rect x="1" y="1" width="8" height="8" rx="1" fill="currentColor" />;
    case "paused":
      return <path d="M3 1.5v7m4 -7v7" stroke="currentColor" stroke-width="2" />;
    case "failed":
      return <path d="M1.5 1.5l7 7m0 -7l-7 7" stroke="var(--lepton-bad)" stroke-width="1.8" />;
    case "finished":
      return <path d="M1.2 5.4l2.6 2.6l5 -6" fill="none" stroke="currentColor" stroke-width="1.6" />;
    case "saved":
      return <path d="M2 1h6v8l-3 -2.4l-3 2.4z" fill="none" stroke="currentColor" stroke-width="1.3" />;
    case "interrupted":
      return (
        <circle
          cx="5"
          cy="5"
          r="3.5"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-dasharray="2.2 1.5"
        />
      );
    default:
      return <circle cx="5" cy="5" r="3.5" fill="none" stroke="var(--lepton-accent)" stroke-width="1.5" />;
  }
}
