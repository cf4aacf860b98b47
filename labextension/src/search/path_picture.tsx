/** How it searches: the single point of one learner, step by step. */

import { boxesAlong, freestSpot, fitText, spotsAround, textWidth } from "../drawing/labels";
import type { Box } from "../drawing/labels";
import { Mark } from "../drawing/mark";
import { Drawing, GridColumns, GridRows } from "../drawing/plane";
import { linearScale, logScale, px } from "../drawing/scales";
import type { Scale } from "../drawing/scales";
import { decimalsOfTable, fixed, short } from "../formats";
import type { PathPicture, PathPoint } from "../messages";
import { TEXTS } from "../texts";
import type { SearchModel } from "./model";

interface PictureProps {
  model: SearchModel;
  width: number;
  height: number;
}

/** Height in pixels of the line of counts below the picture. */
export const COUNTS = 24;
/** That of a slider below it. */
const SLIDER = 32;

export function PathPanel({ model, width, height }: PictureProps) {
  const { path } = model;
  if (path === null) {
    return (
      <div class="lepton-note" style={{ height: `${height}px` }}>
        {!model.isLive
          ? TEXTS.pathNone
          : (model.state?.rows.length ?? 0) > 1
            ? TEXTS.pathWaits
            : TEXTS.pathBegins}
      </div>
    );
  }
  const all = path.points.length - 1;
  const place = model.pathStep;
  const steps = path.points.slice(1, place + 1);
  const accepted = steps.filter((point) => point.accepted).length;
  const sizes = path.points
    .slice(0, place + 1)
    .map((point) => point.step_size)
    .filter((size) => size !== null && size > 0);
  const [first, last] = [sizes[0] ?? null, sizes.at(-1) ?? null];
  return (
    <>
      <Picture
        path={path}
        place={place}
        accepted={accepted}
        width={width}
        height={height - COUNTS - SLIDER}
      />
      <div class="lepton-bar">
        <input
          type="range"
          dir="ltr"
          min={1}
          max={all}
          value={place}
          aria-label={TEXTS.pathSlider}
          aria-valuetext={`${TEXTS.progress(String(place), TEXTS.steps(all))}, ${TEXTS.accepted(accepted)}`}
          onInput={(event) => {
            model.lookBack(Number(event.currentTarget.value));
          }}
        />
      </div>
      <div class="lepton-counts" style={{ height: `${COUNTS}px` }}>
        <b>{place < all ? TEXTS.progress(String(place), TEXTS.steps(all)) : TEXTS.steps(all)}</b>
        <span>{TEXTS.accepted(accepted)}</span>
        <span>{TEXTS.rejected(steps.length - accepted)}</span>
        {first !== null && last !== null && sizes.length > 1 && width > 330 && (
          <span class="lepton-end">{TEXTS.stepSize(short(Number((last / first).toPrecision(2))))}</span>
        )}
      </div>
    </>
  );
}

function Picture({
  path,
  place,
  accepted,
  width,
  height,
}: {
  path: PathPicture;
  /** Steps that are shown; the axes are those of all. */
  place: number;
  accepted: number;
  width: number;
  height: number;
}) {
  const points = path.points.filter(isPlaced);
  const [bottom, top, right] = [height - 34, 12, width - 10];
  const y = axis(
    points.map((point) => point.y),
    path.y_log,
    [bottom, top],
    6,
  );
  const hasY = path.y_name !== "";
  const left = hasY ? Math.max(28, ...y.ticks.map((tick) => textWidth(short(tick)) + 10)) : 10;
  const x = axis(
    points.map((point) => point.x),
    path.x_log,
    [left, right],
    Math.max(3, Math.floor((right - left) / 56)),
  );
  const shown = path.points.slice(0, place + 1).filter(isPlaced);
  const walked = shown.filter((point, index) => point.accepted || index === 0);
  const best = walked.at(-1);
  const decimals = decimalsOfTable(points.map((point) => point.score));
  const labels = pointLabels(walked, (point) => ({ x: x(point.x), y: y(point.y) }), decimals, {
    x: left,
    y: hasY ? top + 14 : top,
    width: right - left,
    height: bottom - top - 14,
  });
  return (
    <Drawing
      width={width}
      height={height}
      label={TEXTS.pathPicture(path.label, accepted, place - accepted, path.x_name, path.y_name)}
    >
      {hasY && <GridRows y={y} left={left} right={right} />}
      <GridColumns x={x} top={top} bottom={bottom} />
      {shown
        .filter((point, index) => index > 0 && !point.accepted)
        .map((point) => (
          <path
            key={point.trial_id}
            class="lepton-rejected"
            d={`M${px(x(point.x) - 3)} ${px(y(point.y) - 3)}l6 6m0 -6l-6 6`}
          />
        ))}
      <path
        class="lepton-best"
        d={`M${walked.map((point) => `${px(x(point.x))} ${px(y(point.y))}`).join("L")}`}
      />
      {walked.map((point) => (
        <Mark
          key={point.trial_id}
          family={path.family}
          x={x(point.x)}
          y={y(point.y)}
          radius={point === best ? 5 : 3.5}
        />
      ))}
      <text x={px(right)} y={px(bottom + 30)} text-anchor="end">
        {fitText(TEXTS.told(path.x_name), right - left)}
      </text>
      {hasY && (
        <text class="lepton-halo" x={px(left + 6)} y={top + 10}>
          {fitText(TEXTS.told(path.y_name), right - left)}
        </text>
      )}
      {labels.map(({ text, box, isStrong }) => (
        <text
          key={text}
          class={`lepton-halo${isStrong ? " lepton-strong" : ""}`}
          x={px(box.x)}
          y={px(box.y + 10)}
        >
          {text}
        </text>
      ))}
    </Drawing>
  );
}

const isPlaced = ({ x, y }: PathPoint): boolean => Number.isFinite(x) && Number.isFinite(y);

interface PlacedLabel {
  text: string;
  box: Box;
  isStrong: boolean;
}

/** The score of the best and that of the start, clear of the line and of each other where there is room. */
function pointLabels(
  walked: PathPoint[],
  at: (point: PathPoint) => { x: number; y: number },
  decimals: number,
  bounds: Box,
): PlacedLabel[] {
  const [start, best] = [walked[0], walked.at(-1)];
  if (start === undefined || best === undefined) return [];
  const corners = walked.map(at);
  const taken = [
    ...boxesAlong(corners),
    ...corners.map(({ x, y }) => ({ x: x - 5, y: y - 5, width: 10, height: 10 })),
  ];
  const wanted = [{ point: best, text: fixed(best.score, decimals), isStrong: true }];
  if (start !== best) {
    wanted.push({
      point: start,
      text: TEXTS.start(fixed(start.score, Math.max(2, decimals - 1))),
      isStrong: false,
    });
  }
  return wanted.flatMap(({ point, text, isStrong }) => {
    const { x, y } = at(point);
    const width = textWidth(text) * (isStrong ? 1.12 : 1);
    const spots = spotsAround(x, y, 5, width);
    const box = freestSpot(spots, width, taken, bounds, Infinity);
    if (box === null) return [];
    taken.push(box);
    return [{ text, box, isStrong }];
  });
}

function axis(values: number[], isLog: boolean, range: readonly [number, number], count: number): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  // A tenth of air on each side, so that no mark sits on the edge.
  const air = (high - low) * 0.1;
  const factor = (high / low) ** 0.1;
  const scale =
    isLog && low > 0
      ? logScale([low / factor, high * factor], range, count)
      : linearScale([low - air, high + air], range, count);
  // Between two whole numbers of leaves there is nothing.
  return values.every(Number.isInteger)
    ? Object.assign(scale, { ticks: scale.ticks.filter(Number.isInteger) })
    : scale;
}
