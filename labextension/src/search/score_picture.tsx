/** Is more time worth it: the best score so far, its interval, and all that was tried. */

import { Mark, InlineMark } from "../drawing/mark";
import { textWidth } from "../drawing/labels";
import { Drawing, GridRows } from "../drawing/plane";
import { linearScale, niceStep, px, spread, stepDecimals, timeTicks } from "../drawing/scales";
import type { Scale } from "../drawing/scales";
import { orientation, perfectScore, scoreRange } from "../drawing/score_range";
import { Kept } from "../kept";
import { decimalsOfError, duration, fixed } from "../formats";
import type { HistoryPoint, RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import type { SearchModel } from "./model";

/** Height in pixels of the strip below the axis break. */
const STRIP = 28;

interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Bottom of the part with the scale; below it is the strip. */
  floor: number;
  x: Scale;
  y: (score: number) => number;
  isBelow: (score: number) => boolean;
}

interface PictureProps {
  model: SearchModel;
  message: RunPanelMessage;
  width: number;
  height: number;
}

export function ScoreSection({ model, message, width, height }: PictureProps) {
  const families = [...new Set(message.history.map((point) => point.family))].filter(
    (each) => each !== "ensemble",
  );
  return (
    <section aria-label={TEXTS.scoreOverTime}>
      <div class="lepton-bar">
        <span class="lepton-title">{TEXTS.scoreOverTime}</span>
        <div class="lepton-legend">
          {families.map((family) => (
            <span key={family}>
              <InlineMark family={family} />
              {TEXTS.told(family)}
            </span>
          ))}
        </div>
      </div>
      {message.history.some((point) => Number.isFinite(point.score)) ? (
        <Kept
          by={[
            message.history,
            message.baselines,
            message.score,
            message.score_error,
            message.n_trials,
            message.budget_seconds,
            model.appearance,
            model.elapsedSeconds,
            width,
            height,
            TEXTS.now,
          ]}
          draw={() => <ScorePicture model={model} message={message} width={width} height={height} />}
        />
      ) : (
        <div class="lepton-note" style={{ height: `${height}px` }}>
          {TEXTS.noScoreYet}
        </div>
      )}
    </section>
  );
}

function ScorePicture({ model, message, width, height }: PictureProps) {
  const points = message.history.filter((point) => Number.isFinite(point.score));
  const orient = orientation(message.greater_is_better);
  const last = points.at(-1);
  const error = last?.best_error ?? NaN;
  const linear = message.baselines.find((line) => line.label === "linear")?.score ?? NaN;
  const range = scoreRange(
    points.flatMap((point) => [orient(point.score), orient(point.best_score)]),
    error,
    orient(linear),
    perfectScore(message.greater_is_better),
  );
  const baselines = message.baselines.filter((line) => Number.isFinite(line.score));
  const isCut = range.isCut || baselines.some((line) => orient(line.score) < range.low);
  const decimals = decimalsOfError(message.score_error, message.score);
  const step = niceStep(range.high - range.low, 5);
  const tickDecimals = stepDecimals(step);
  const widestTick = Math.max(
    textWidth(fixed(range.high, tickDecimals)),
    ...baselines
      .filter((line) => orient(line.score) < range.low)
      .map((line) => textWidth(fixed(line.score, Math.abs(line.score) < 100 ? 2 : 0))),
  );
  const widestName = Math.max(30, ...baselines.map((line) => textWidth(TEXTS.told(line.label))));

  // A run that goes on after it was resumed may have scored later than its clock says.
  const elapsed = Math.max(model.elapsedSeconds, last?.elapsed_seconds ?? 0);
  const budget = model.isLive || model.appearance === "disconnected" ? message.budget_seconds : null;
  const end = Math.max(
    budget ?? elapsed * (model.isLive ? 1.25 : 1),
    elapsed,
    last?.elapsed_seconds ?? 0,
    0.1,
  );
  const left = Math.max(28, widestTick + 10);
  const right = width - widestName - 10;
  const bottom = height - 22;
  const floor = isCut ? bottom - STRIP : bottom;
  const scale = linearScale([range.low, range.high], [floor, 8], 5);
  const frame: Frame = {
    left,
    right,
    top: 8,
    bottom,
    floor,
    x: linearScale([0, end], [left, right], 4),
    isBelow: (score) => isCut && orient(score) < range.low,
    y: (score) => (isCut && orient(score) < range.low ? floor + STRIP * 0.45 : scale(orient(score))),
  };
  const now = frame.x(model.isLive ? Math.min(elapsed, end) : elapsed);
  // In the corner that a search leaves: it begins low at the left and rises. The baselines lie at the bottom.
  const note = message.greater_is_better ? "" : `↑ ${TEXTS.lowerIsBetter}`;
  const noteEnd = left + 4 + textWidth(note);
  // While the line of now moves, what was tried stands where it stood.
  const places = [left, right, end, bottom, floor, range.low, range.high].join();
  const marks = (improved: boolean) => (
    <Kept
      by={[message.history, places]}
      draw={() => <Marks points={points.filter((each) => each.improved === improved)} frame={frame} />}
    />
  );
  const baselineWords = baselines
    .map((line) => `; ${TEXTS.told(line.label)} ${TEXTS.baseline} ${fixed(line.score, 3)}`)
    .join("");
  return (
    <Drawing
      width={width}
      height={height}
      label={TEXTS.scorePicture(
        message.metric_label,
        fixed(message.score, decimals),
        duration(elapsed),
        message.n_trials,
        baselineWords,
      )}
    >
      {model.isLive && now < right - 1 && (
        <rect
          class="lepton-future"
          x={px(now)}
          y={frame.top}
          width={px(right - now)}
          height={px(bottom - frame.top)}
        />
      )}
      <GridRows y={scale} left={left} right={right} words={(tick) => fixed(orient(tick), tickDecimals)} />
      <TimeAxis frame={frame} end={end} />
      {isCut && (
        <path
          class="lepton-axis lepton-smooth"
          fill="none"
          d={`M${px(left - 4)} ${px(floor + 6)}l8 -5M${px(left - 4)} ${px(floor + 10)}l8 -5`}
        />
      )}
      <Band points={points} frame={frame} now={now} />
      {marks(false)}
      <path class="lepton-best" d={bestLine(points, frame, now)} />
      {marks(true)}
      {model.isLive && (
        <>
          <path class="lepton-accent-line" d={`M${px(now)} ${frame.top}V${px(bottom)}`} />
          {now < right - 30 && (
            <text x={px(now + 5)} y={frame.top + (now < noteEnd ? 24 : 10)}>
              {TEXTS.now}
            </text>
          )}
        </>
      )}
      {note !== "" && (
        <text class="lepton-halo" x={px(left + 4)} y={frame.top + 10}>
          {note}
        </text>
      )}
      <Labels frame={frame} message={message} now={now} decimals={decimals} />
    </Drawing>
  );
}

/** What was tried: pale where it was no better than what there was. */
function Marks({ points, frame }: { points: HistoryPoint[]; frame: Frame }) {
  return (
    <>
      {points.map(({ trial_id: trial, family, elapsed_seconds: at, score, improved }, index) => (
        <Mark
          key={trial ?? `e${index}`}
          family={family}
          x={frame.x(at)}
          y={frame.y(score)}
          {...(improved ? { radius: family === "ensemble" ? 4.5 : 4 } : { radius: 3, opacity: 0.55 })}
        />
      ))}
    </>
  );
}

function TimeAxis({ frame, end }: { frame: Frame; end: number }) {
  return (
    <>
      <path class="lepton-axis" d={`M${px(frame.left)} ${px(frame.bottom)}H${px(frame.right)}`} />
      {timeTicks(end, 4).map(({ at, label }) => (
        <g key={at}>
          <path class="lepton-axis" d={`M${px(frame.x(at))} ${px(frame.bottom)}v4`} />
          <text x={px(frame.x(at))} y={px(frame.bottom + 16)} text-anchor="middle">
            {label}
          </text>
        </g>
      ))}
    </>
  );
}

/** The interval of the best so far, cut at the edges of the picture. */
function Band({ points, frame, now }: { points: HistoryPoint[]; frame: Frame; now: number }) {
  const upper: string[] = [];
  const lower: string[] = [];
  points.forEach((point, index) => {
    const { best_score: best, best_error: error } = point;
    if (!Number.isFinite(best) || !Number.isFinite(error) || frame.isBelow(best)) return;
    const from = px(frame.x(point.elapsed_seconds));
    const next = points[index + 1];
    const to = px(next === undefined ? now : frame.x(next.elapsed_seconds));
    const ends = [frame.y(best + error), frame.y(best - error)].map((y) =>
      Math.min(frame.floor, Math.max(frame.top, y)),
    );
    const [high, low] = [px(Math.min(...ends)), px(Math.max(...ends))];
    upper.push(`${from} ${high}`, `${to} ${high}`);
    lower.push(`${from} ${low}`, `${to} ${low}`);
  });
  if (upper.length === 0) return null;
  return <path class="lepton-band" d={`M${[...upper, ...lower.reverse()].join("L")}z`} />;
}

function bestLine(points: HistoryPoint[], frame: Frame, now: number): string {
  let path = "";
  let at: number | null = null;
  for (const point of points) {
    if (!Number.isFinite(point.best_score)) continue;
    const x = px(frame.x(point.elapsed_seconds));
    const y = frame.y(point.best_score);
    if (at === null) path = `M${x} ${px(y)}`;
    else if (y !== at) path += `H${x}V${px(y)}`;
    at = y;
  }
  return at === null ? "" : `${path}H${px(now)}`;
}

/** Names of the baselines and the value of the best, where they are, moved apart. */
function Labels({
  frame,
  message,
  now,
  decimals,
}: {
  frame: Frame;
  message: RunPanelMessage;
  now: number;
  decimals: number;
}) {
  const baselines = message.baselines.filter((line) => Number.isFinite(line.score));
  const lineAt = (score: number): number => (frame.isBelow(score) ? frame.bottom - 6 : frame.y(score));
  const value = fixed(message.score, decimals);
  const valueX = Math.min(now, frame.right) + 6;
  const isAtTheEdge = valueX + textWidth(value) > frame.right;
  const wanted = baselines.map((line) => lineAt(line.score));
  if (message.score !== null && isAtTheEdge) wanted.push(frame.y(message.score));
  const placed = spread(wanted, 13, frame.top + 4, frame.bottom);
  const valueY = isAtTheEdge ? (placed.at(-1) ?? 0) : frame.y(message.score ?? NaN);
  return (
    <>
      {baselines.map((line, index) => (
        <g key={line.label}>
          <path class="lepton-base" d={`M${px(frame.left)} ${px(lineAt(line.score))}H${px(frame.right)}`} />
          <text x={px(frame.right + 6)} y={px((placed[index] ?? 0) + 4)}>
            {TEXTS.told(line.label)}
          </text>
          {frame.isBelow(line.score) && (
            <text x={px(frame.left - 6)} y={px(lineAt(line.score) + 4)} text-anchor="end">
              {fixed(line.score, Math.abs(line.score) < 100 ? 2 : 0)}
            </text>
          )}
        </g>
      ))}
      {message.score !== null && (
        <text class="lepton-strong lepton-halo" x={px(valueX)} y={px(valueY + 4)}>
          {value}
        </text>
      )}
    </>
  );
}
