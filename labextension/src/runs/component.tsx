/** The side panel: which runs there are, how each stands, and a way to each. */

import type { VNode } from "preact";
import { decimalsOfError, fixed } from "../formats";
import { LAB_TEXTS } from "../lab/lab_texts";
import { keepKeys, markFocused } from "../keys";
import type { RunEntry, RunsModel, Section } from "./model";
import { StateMark } from "./state_mark";
import { doneShare, timeWords } from "./times";

export function RunsList({ model }: { model: RunsModel }): VNode {
  const { sections, hasKernel } = model;
  const isEmpty = sections.every(({ entries, nUnread }) => entries.length + nUnread === 0);
  return (
    <div
      class="lepton lepton-runs"
      onKeyDown={(event) => {
        moveFocus(event);
        keepKeys(event);
      }}
      onFocusIn={markFocused}
    >
      <div class="lepton-runs-head">
        <h2 class="lepton-title">{LAB_TEXTS.runs}</h2>
        <button
          type="button"
          class="lepton-quiet lepton-end"
          onClick={() => {
            model.host.newSearch();
          }}
        >
          {LAB_TEXTS.newSearch}
        </button>
      </div>
      {!hasKernel && <WithoutKernel model={model} />}
      {hasKernel && isEmpty && (
        <div class="lepton-runs-note">
          <p>{LAB_TEXTS.noRuns}</p>
          <p class="lepton-muted">{LAB_TEXTS.noRunsHint}</p>
        </div>
      )}
      {sections.map((section) => (
        <RunsOfPlace key={section.key} section={section} model={model} />
      ))}
      <div class="lepton-sr" role="status">
        {endedWords(model.ended)}
      </div>
    </div>
  );
}

function endedWords(ended: string): string {
  if (ended === "") return "";
  const [name = "", state = ""] = ended.split("\n");
  return LAB_TEXTS.saidEnded(name, stateWord(state));
}

function WithoutKernel({ model }: { model: RunsModel }): VNode {
  const { starting } = model;
  return (
    <div class="lepton-runs-note">
      <p>{LAB_TEXTS.noKernel}</p>
      <p class="lepton-muted">{LAB_TEXTS.noKernelHint}</p>
      <button
        type="button"
        disabled={starting.state === "yes"}
        onClick={() => {
          model.host.startKernel();
        }}
      >
        {starting.state === "yes" ? LAB_TEXTS.startingKernel : LAB_TEXTS.startKernel}
      </button>
      {starting.state === "failed" && (
        <p class="lepton-bad" role="alert">
          {starting.sentence}
        </p>
      )}
    </div>
  );
}

function RunsOfPlace({ section, model }: { section: Section; model: RunsModel }): VNode {
  const { place, notebook, path, entries, nHidden, nUnread, key } = section;
  const title =
    place === "disk"
      ? LAB_TEXTS.onDisk
      : place === "saved"
        ? LAB_TEXTS.savedBoards
        : (notebook ?? LAB_TEXTS.noNotebook);
  return (
    <div role="group" class="lepton-runs-place" aria-label={title}>
      <div class="lepton-runs-bar">
        {path === null ? (
          <h3 class="lepton-ellipsis">{title}</h3>
        ) : (
          <h3 class="lepton-ellipsis">
            <button
              type="button"
              class="lepton-runs-notebook"
              title={path}
              onClick={() => {
                model.host.openNotebook(path);
              }}
            >
              <bdi>{title}</bdi>
            </button>
          </h3>
        )}
        {place === "kernel" && path === null && (
          <button
            type="button"
            class="lepton-quiet lepton-end"
            title={LAB_TEXTS.shutDownTitle}
            onClick={() => {
              model.host.shutDown(key);
            }}
          >
            {LAB_TEXTS.shutDown}
          </button>
        )}
      </div>
      <ul>
        {entries.map((entry) => (
          <RunRow key={entry.line.run_id} entry={entry} model={model} />
        ))}
      </ul>
      {(nUnread > 0 || nHidden > 0) && (
        <p class="lepton-runs-more">{nUnread > 0 ? LAB_TEXTS.reading(nUnread) : LAB_TEXTS.more(nHidden)}</p>
      )}
    </div>
  );
}

function RunRow({ entry, model }: { entry: RunEntry; model: RunsModel }): VNode {
  const { line, isStopping } = entry;
  const state = isStopping ? "stopping" : line.state;
  const name = line.name === "" ? line.run_id : line.name;
  const when = timeWords(entry, model.host.now());
  const share = doneShare(entry);
  const what = whatWords(entry);
  return (
    <li>
      <button
        type="button"
        class="lepton-runs-row"
        title={`${name}\n${line.run_id}`}
        onClick={() => {
          model.host.open(entry);
        }}
      >
        <StateMark state={state} />
        <span class="lepton-runs-line">
          <bdi class="lepton-runs-name lepton-ellipsis">{name}</bdi>
          <Score entry={entry} />
        </span>
        <span class="lepton-runs-line lepton-muted">
          <span class="lepton-ellipsis">
            <span class={classOfState(state)}>{stateWord(state)} · </span>
            <bdi>{what}</bdi>
          </span>
          <span class="lepton-runs-when">{when}</span>
        </span>
      </button>
      {line.stoppable && entry.kernel !== null && (
        <button
          type="button"
          class="lepton-runs-stop"
          aria-label={LAB_TEXTS.stopTitle(name)}
          title={LAB_TEXTS.stopTitle(name)}
          disabled={isStopping}
          onClick={() => {
            model.stop(entry);
          }}
        >
          <svg width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">
            <rect width="8" height="8" rx="1" fill="currentColor" />
          </svg>
          <span class="lepton-runs-word">{LAB_TEXTS.stop}</span>
        </button>
      )}
      {share !== null && (
        <div class="lepton-time" aria-hidden="true">
          <span style={{ width: `${(100 * share).toFixed(2)}%` }} />
        </div>
      )}
    </li>
  );
}

/** What is usual is told by its mark and by its time; a word would take the room of what the run is about. */
function classOfState(state: string): string {
  if (state === "failed") return "lepton-bad";
  return state === "running" || state === "finished" || state === "saved" ? "lepton-sr" : "";
}

function Score({ entry: { line } }: { entry: RunEntry }): VNode | null {
  if (line.score === null) return null;
  const decimals = decimalsOfError(line.score_error, line.score);
  return <span class="lepton-runs-score">{fixed(line.score, decimals)}</span>;
}

/** What a run is about: of a search what is measured, of others their kind. */
function whatWords({ line }: RunEntry): string {
  if (line.kind === "search")
    return line.metric_label === ""
      ? LAB_TEXTS.kinds.search
      : LAB_TEXTS.metricOn(line.metric_label, line.target);
  const about = line.table === "" ? line.target : line.table;
  return about === "" ? LAB_TEXTS.kinds[line.kind] : `${LAB_TEXTS.kinds[line.kind]} · ${about}`;
}

/** A state of a newer version is shown by its own name. */
function stateWord(state: string): string {
  const words: Record<string, string | undefined> = LAB_TEXTS.states;
  return words[state] ?? state;
}

/** Arrows move between rows, as in a list. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const { currentTarget: panel, target } = event;
  if (step === undefined || !(panel instanceof HTMLElement) || !(target instanceof HTMLElement)) return;
  const rows = [...panel.querySelectorAll<HTMLElement>(".lepton-runs-row")];
  const at = rows.findIndex((row) => row.parentElement?.contains(target));
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
