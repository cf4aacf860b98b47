/** Time as a line of two pixels; its darker end is the reserve for the ensemble. */

import { duration } from "../formats";
import type { RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import type { SearchModel } from "./model";

export function TimeLine({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  const look = model.appearance;
  if (look === "finished" || look === "saved") return null;
  const { budget_seconds: budget, budget_trials: limit } = message;
  if (budget === null && limit === null) return null;
  const byTime = budget !== null && budget > 0;
  const share = byTime ? model.elapsedSeconds / budget : message.n_trials / Math.max(1, limit ?? 1);
  const percent = look === "waiting" ? 0 : Math.min(100, Math.max(0, share * 100));
  const reserve = byTime ? Math.min(1, message.reserve_seconds / budget) : 0;
  const kind =
    look === "failed"
      ? " lepton-is-bad"
      : look === "stopped" || look === "disconnected"
        ? " lepton-is-still"
        : "";
  return (
    <div
      class={`lepton-time${kind}`}
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(percent)}
      aria-label={
        byTime
          ? TEXTS.progress(duration(model.elapsedSeconds), duration(budget))
          : TEXTS.progress(String(message.n_trials), String(limit))
      }
    >
      <span style={{ transform: `scaleX(${(percent / 100).toFixed(3)})` }} />
      {reserve > 0 && model.isLive && (
        <i style={{ left: `${(100 * (1 - reserve)).toFixed(1)}%` }} title={TEXTS.reserve} />
      )}
    </div>
  );
}
