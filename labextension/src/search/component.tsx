/** The search panel: draws its model and keeps nothing. */

import { FrameAfter } from "../frame_after";
import { Kept } from "../kept";
import type { RunPanelMessage } from "../messages";
import { Notices } from "../notices";
import { PanelFrame } from "../panel_frame";
import { TEXTS } from "../texts";
import { Columns } from "./columns";
import { FrontierPanel } from "./frontier_picture";
import { Header } from "./header";
import { Leaderboard } from "./leaderboard";
import { Log } from "./log";
import type { SearchModel, Tab } from "./model";
import { PathPanel } from "./path_picture";
import { ScoreSection } from "./score_picture";
import { TimeLine } from "./time_line";

export function SearchPanel({ model }: { model: SearchModel }) {
  const message = model.state;
  return (
    <PanelFrame
      name={TEXTS.panel(message?.target ?? "")}
      said={message !== null ? "" : model.isUnreadable ? TEXTS.unreadable : TEXTS.states.starting}
      announcement={model.announcement}
    >
      {message !== null && <Run model={model} message={message} />}
    </PanelFrame>
  );
}

function Run({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  const isEmpty = message.state === "failed" && message.rows.length === 0;
  return (
    <>
      <Header model={model} message={message} />
      <TimeLine model={model} message={message} />
      <Notices notices={message.notices.map(TEXTS.told)} more={TEXTS.moreNotices} />
      {!isEmpty && <Pictures model={model} message={message} />}
      {!isEmpty && <FrameAfter of={message} draw={() => <Leaderboard model={model} message={message} />} />}
      <Kept
        by={[message.columns, message.columns_summary, TEXTS.columns]}
        draw={() => <Columns message={message} />}
      />
      <Kept by={[message.log, TEXTS.log]} draw={() => <Log lines={message.log} />} />
    </>
  );
}

function Pictures({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  const inside = model.width - 2;
  // The padding of a section is 16 px, 12 px in one column.
  const [left, right] = model.isNarrow
    ? [inside - 24, inside - 24]
    : [(inside * 5) / 9 - 32, (inside * 4) / 9 - 33];
  const height = model.isNarrow ? 220 : 300;
  return (
    <div class="lepton-cols">
      <ScoreSection model={model} message={message} width={Math.floor(left)} height={height} />
      <section aria-label={model.tab === "path" ? TEXTS.path : TEXTS.front}>
        <div class="lepton-bar">
          <Tabs model={model} />
          {model.tab === "path" && <LearnerChoice model={model} />}
        </div>
        <div role="tabpanel" aria-label={model.tab === "path" ? TEXTS.path : TEXTS.front}>
          <Picture model={model} message={message} width={Math.floor(right)} height={Math.max(310, height)} />
        </div>
      </section>
    </div>
  );
}

interface PictureProps {
  model: SearchModel;
  message: RunPanelMessage;
  width: number;
  height: number;
}

/** The picture of the open tab. */
function Picture({ model, message, width, height }: PictureProps) {
  return model.tab === "path" ? (
    <Kept
      key="path"
      by={[model.path, model.pathStep, model.isLive, message.rows.length > 1, width, height, TEXTS.path]}
      draw={() => <PathPanel model={model} width={width} height={height} />}
    />
  ) : (
    <Kept
      key="front"
      by={[
        message.rows,
        message.baselines,
        model.chosenModel,
        model.hasEnded,
        model.lineAt("front"),
        width,
        height,
        TEXTS.front,
      ]}
      draw={() => <FrontierPanel model={model} message={message} width={width} height={height} />}
    />
  );
}

const TABS: readonly Tab[] = ["path", "front"];

function Tabs({ model }: { model: SearchModel }) {
  return (
    <div
      class="lepton-tabs"
      role="tablist"
      onKeyDown={(event) => {
        moveTab(event, model);
      }}
    >
      {TABS.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={model.tab === tab}
          tabIndex={model.tab === tab ? 0 : -1}
          onClick={() => {
            model.selectTab(tab);
          }}
        >
          {TEXTS[tab]}
        </button>
      ))}
    </div>
  );
}

function moveTab(event: KeyboardEvent, model: SearchModel): void {
  const step = { ArrowRight: 1, ArrowLeft: -1, Home: 0, End: 0 }[event.key];
  if (step === undefined) return;
  const at = TABS.indexOf(model.tab);
  const to = event.key === "Home" ? 0 : event.key === "End" ? TABS.length - 1 : at + step;
  const next = TABS[(to + TABS.length) % TABS.length];
  if (next !== undefined && event.currentTarget instanceof HTMLElement) {
    model.selectTab(next);
    event.currentTarget.querySelectorAll("button")[TABS.indexOf(next)]?.focus();
  }
  event.preventDefault();
  event.stopPropagation();
}

function LearnerChoice({ model }: { model: SearchModel }) {
  const { paths } = model;
  if (paths.length === 0) return null;
  return (
    <select
      class="lepton-end lepton-learner"
      aria-label={TEXTS.pathLearner}
      value={model.path?.learner ?? ""}
      onChange={(event) => {
        model.selectLearner(event.currentTarget.value);
      }}
    >
      {paths.map((path) => (
        <option key={path.learner} value={path.learner}>
          {path.label}
        </option>
      ))}
    </select>
  );
}
