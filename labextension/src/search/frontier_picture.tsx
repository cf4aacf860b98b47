/** Which model to use: score against the time that one row takes. */

import { boxesAlong, freestSpot, spotsAround, textWidth } from "../drawing/labels";
import type { Box } from "../drawing/labels";
import { Mark } from "../drawing/mark";
import { Drawing, GridColumns, GridRows } from "../drawing/plane";
import { linearScale, logScale, niceStep, px, stepDecimals } from "../drawing/scales";
import type { Scale } from "../drawing/scales";
import { orientation, perfectScore, scoreRange } from "../drawing/score_range";
import { fixed } from "../formats";
import type { BoardRow, RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import type { SearchModel } from "./model";
import { CHOICE, ModelChoice } from "./model_choice";
import { COUNTS } from "./path_picture";

interface PictureProps {
  model: SearchModel;
  message: RunPanelMessage;
  width: number;
  height: number;
}

interface Placed {
  row: BoardRow;
  x: number;
  y: number;
  radius: number;
}

export function FrontierPanel({ model, message, width, height }: PictureProps) {
  const rows = message.rows.filter((row) => Number.isFinite(row.score) && row.row_milliseconds > 0);
  if (rows.length < 2) {
    return (
      <div class="lepton-note" style={{ height: `${height}px` }}>
        {TEXTS.frontBegins}
      </div>
    );
  }
  const orient = orientation(message.greater_is_better);
  const onFront = rows.filter((row) => row.on_frontier);
  // The front begins with models that are fast and useless, such as the majority: its line then comes from below.
  const anchor = orient(message.baselines.find((line) => line.label === "linear")?.score ?? NaN);
  const range = scoreRange(
    rows.map((row) => orient(row.score)),
    NaN,
    anchor,
    perfectScore(message.greater_is_better),
  );
  const shown = rows.filter((row) => orient(row.score) >= range.low);
  return (
    <>
      <Picture
        message={message}
        rows={shown}
        chosen={model.chosenModel}
        range={[range.low, range.high]}
        isFromBelow={onFront.some((row) => !shown.includes(row))}
        width={width}
        height={height - COUNTS - CHOICE}
      />
      <div class="lepton-counts" style={{ height: `${COUNTS}px` }}>
        <b>{TEXTS.frontCount(onFront.length, rows.length)}</b>
        {shown.length < rows.length && <span>{TEXTS.frontBelow(rows.length - shown.length)}</span>}
        <span class="lepton-end">{TEXTS.frontArea}</span>
      </div>
      <ModelChoice model={model} message={message} />
    </>
  );
}

function Picture({
  message,
  rows,
  chosen,
  range,
  isFromBelow,
  width,
  height,
}: {
  message: RunPanelMessage;
  rows: BoardRow[];
  chosen: BoardRow | undefined;
  range: readonly [number, number];
  isFromBelow: boolean;
  width: number;
  height: number;
}) {
  const orient = orientation(message.greater_is_better);
  const [bottom, top, right] = [height - 34, 12, width - 10];
  const y = linearScale(range, [bottom, top], 5);
  const decimals = stepDecimals(niceStep(range[1] - range[0], 5));
  const left = Math.max(28, ...y.ticks.map((tick) => textWidth(fixed(tick, decimals)) + 10));
  const times = rows.map((row) => row.row_milliseconds);
  const air = 1.35;
  const x = logScale(
    [Math.min(...times) / air, Math.max(...times) * air],
    [left, right],
    Math.max(3, Math.floor((right - left) / 52)),
  );
  const placed = place(rows, x, (row) => y(orient(row.score)));
  const front = placed.filter(({ row }) => row.on_frontier).sort((a, b) => a.x - b.x);
  const others = placed.filter(({ row }) => !row.on_frontier);
  const line = frontCorners(front, right, bottom, isFromBelow);
  return (
    <Drawing width={width} height={height} label={TEXTS.frontPicture(rows.length, front.length)}>
      <GridRows y={y} left={left} right={right} words={(tick) => fixed(orient(tick), decimals)} />
      <GridColumns x={x} top={top} bottom={bottom} />
      <text x={px(right)} y={px(bottom + 30)} text-anchor="end">
        {TEXTS.oneRow}
      </text>
      {others.map((each) => (
        <RowMark key={each.row.trial_id ?? "ensemble"} placed={each} opacity={0.45} />
      ))}
      {line.length > 0 && (
        <path
          class="lepton-best"
          d={`M${line.map((corner) => `${px(corner.x)} ${px(corner.y)}`).join("L")}`}
        />
      )}
      {front.map((each) => (
        <RowMark key={each.row.trial_id ?? "ensemble"} placed={each} />
      ))}
      {placed.map(
        ({ row, x, y, radius }) =>
          row === chosen && (
            <circle class="lepton-accent-line lepton-chosen" cx={px(x)} cy={px(y)} r={px(radius + 4)} />
          ),
      )}
      <FrontLabels
        front={front}
        others={others}
        line={line}
        bounds={{ x: left + 2, y: 2, width: right - left, height: bottom - 2 }}
      />
    </Drawing>
  );
}

function RowMark({ placed, opacity }: { placed: Placed; opacity?: number }) {
  const { row, x, y, radius } = placed;
  return (
    <g>
      <title>{`${row.label} ${row.description}`.trim()}</title>
      <Mark family={row.family} x={x} y={y} radius={radius} {...(opacity === undefined ? {} : { opacity })} />
    </g>
  );
}

/** Areas grow with the logarithm of the size: models differ by a factor of a thousand. */
function place(rows: BoardRow[], x: Scale, y: (row: BoardRow) => number): Placed[] {
  const sizes = rows.map((row) => Math.log(Math.max(1, row.size_bytes)));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)];
  return rows.map((row, index) => {
    const share = high > low ? ((sizes[index] ?? low) - low) / (high - low) : 0.5;
    return { row, x: x(row.row_milliseconds), y: y(row), radius: Math.sqrt(12 + 60 * share) };
  });
}

/** The front as a step line; it comes from below when its first models are off the scale. */
function frontCorners(
  front: Placed[],
  right: number,
  bottom: number,
  isFromBelow: boolean,
): { x: number; y: number }[] {
  const [first, ...rest] = front;
  if (first === undefined) return [];
  const corners = isFromBelow ? [{ x: first.x, y: bottom }] : [];
  corners.push({ x: first.x, y: first.y });
  let { y } = first;
  for (const next of rest) {
    corners.push({ x: next.x, y }, { x: next.x, y: next.y });
    ({ y } = next);
  }
  return [...corners, { x: right, y }];
}

/** Names of the models on the front, the best first, as far as there is room. */
function FrontLabels({
  front,
  others,
  line,
  bounds,
}: {
  front: Placed[];
  others: Placed[];
  line: { x: number; y: number }[];
  bounds: Box;
}) {
  const taken: Box[] = [
    ...boxesAlong(line),
    ...[...front, ...others].map(({ x, y, radius }) => ({
      x: x - radius,
      y: y - radius,
      width: 2 * radius,
      height: 2 * radius,
    })),
  ];
  const labels: { key: number; box: Box; text: string }[] = [];
  const named = new Set<string>();
  for (const { row, x, y, radius } of [...front].reverse()) {
    const text = row.members.length > 0 ? TEXTS.ensemble : row.label;
    const width = textWidth(text);
    // One name for neighbours of one kind says enough.
    const box = named.has(text) ? null : freestSpot(spotsAround(x, y, radius, width), width, taken, bounds);
    if (box === null) continue;
    taken.push(box);
    named.add(text);
    labels.push({ key: row.trial_id ?? -1, box, text });
  }
  return (
    <>
      {labels.map(({ key, box, text }) => (
        <text key={key} class="lepton-halo" x={px(box.x)} y={px(box.y + 10)}>
          {text}
        </text>
      ))}
    </>
  );
}
