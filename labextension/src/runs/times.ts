/** When a run was, and how long yet, as a list says it. */

import { duration } from "../formats";
import { LAB_TEXTS, spokenLanguage } from "../lab/lab_texts";
import type { RunEntry } from "./model";

/** "7 s left", "12 of 60 trials" or "for 4 min" of a run that goes on; else when it ended; empty where that is unknown. */
export function timeWords({ line, sinceSeconds }: RunEntry, now: number): string {
  if (!line.goes_on) return endWords(line.started_at, line.elapsed_seconds, now);
  const elapsed = line.elapsed_seconds + (line.state === "waiting" ? 0 : sinceSeconds);
  if (line.budget_seconds !== null) {
    const left = line.budget_seconds - elapsed;
    return left > 0 ? LAB_TEXTS.left(duration(Math.ceil(left))) : LAB_TEXTS.finishing;
  }
  if (line.budget_trials !== null && line.n_trials !== null)
    return LAB_TEXTS.trials(line.n_trials, line.budget_trials);
  return LAB_TEXTS.since(duration(elapsed));
}

/** Share of its budget that a run has used; null where it has none that can be told. */
export function doneShare({ line, sinceSeconds }: RunEntry): number | null {
  if (!line.goes_on || line.kind !== "search") return null;
  const elapsed = line.elapsed_seconds + (line.state === "waiting" ? 0 : sinceSeconds);
  const done =
    line.budget_seconds !== null
      ? elapsed / line.budget_seconds
      : line.budget_trials !== null && line.n_trials !== null
        ? line.n_trials / line.budget_trials
        : NaN;
  return Number.isFinite(done) ? Math.min(1, Math.max(0, done)) : null;
}

/** Time of day for a run of today, else the day, with its year where that is another one. */
function endWords(startedAt: string, elapsedSeconds: number, now: number): string {
  const started = Date.parse(startedAt);
  if (!Number.isFinite(started)) return "";
  const end = new Date(started + 1000 * (Number.isFinite(elapsedSeconds) ? elapsedSeconds : 0));
  const today = new Date(now);
  const language = spokenLanguage() === "zh-CN" ? "zh-CN" : "en-GB";
  if (end.toDateString() === today.toDateString())
    return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(end);
  const isOfThisYear = end.getFullYear() === today.getFullYear();
  return new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "short",
    ...(isOfThisYear ? {} : { year: "numeric" }),
  }).format(end);
}
