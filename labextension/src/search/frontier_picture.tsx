/** Which model to use: score against the time that one row takes. */

import { overlaps, textWidth } from "../drawing/labels";
import type { Box } from "../drawing/labels";
import { Mark } from "../drawing/mark";
import { linearScale, logScale, niceStep, px, stepDecimals } from "../drawing/scales";
import type { Scale } from "../drawing/scales";
import { orientation, scoreRange } from "../drawing/score_range";
import { fixed, short } from "../formats";
import type { BoardRow, RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import { COUNTS } from "./path_picture";

interface PictureProps {
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

export function FrontierPanel({ message, width, height }: PictureProps) {
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
  // All of the front is shown: its fastest model is often far below the best.
  const anchor = Math.min(...onFront.map((row) => orient(row.score)), orient(rows[0]?.score ?? NaN));
  const range = scoreRange(
    rows.map((row) => orient(row.score)),
    NaN,
    anchor,
  );
  const shown = rows.filter((row) => orient(row.score) >= range.low);
  return (
    <>
      <Picture
        message={message}
        rows={shown}
        range={[range.low, range.high]}
        width={width}
        height={height - COUNTS}
      />
      <div class="lepton-counts" style={{ height: `${COUNTS}px` }}>
        <b>{TEXTS.frontCount(onFront.length, rows.length)}</b>
        {shown.length < rows.length && <span>{TEXTS.frontBelow(rows.length - shown.length)}</span>}
        <span class="lepton-end">{TEXTS.frontArea}</span>
      </div>
    </>
  );
}

function Picture({
  message,
  rows,
  range,
  width,
  height,
}: {
  message: RunPanelMessage;
  rows: BoardRow[];
  range: readonly [number, number];
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
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={TEXTS.frontPicture(rows.length, front.length)}
    >
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path class="lepton-grid" d={`M${px(left)} ${px(y(tick))}H${px(right)}`} />
          <text x={px(left - 6)} y={px(y(tick) + 4)} text-anchor="end">
            {fixed(orient(tick), decimals)}
          </text>
        </g>
      ))}
      {x.ticks.map((tick) => (
        <g key={tick}>
          <path class="lepton-grid" d={`M${px(x(tick))} ${top}V${px(bottom)}`} />
          <text x={px(x(tick))} y={px(bottom + 15)} text-anchor="middle">
            {short(tick)}
          </text>
        </g>
      ))}
      <text x={px(right)} y={px(bottom + 30)} text-anchor="end">
        {TEXTS.oneRow}
      </text>
      {others.map((each) => (
        <RowMark key={each.row.trial_id ?? "ensemble"} placed={each} opacity={0.45} />
      ))}
      {front.length > 0 && <path class="lepton-best" d={frontLine(front, right)} />}
      {front.map((each) => (
        <RowMark key={each.row.trial_id ?? "ensemble"} placed={each} />
      ))}
      <FrontLabels front={front} others={others} right={right} bottom={bottom} />
    </svg>
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

function frontLine(front: Placed[], right: number): string {
  const [first, ...rest] = front;
  if (first === undefined) return "";
  const steps = rest.map(({ x, y }) => `H${px(x)}V${px(y)}`).join("");
  return `M${px(first.x)} ${px(first.y)}${steps}H${px(right)}`;
}

/** Names of the models on the front, the best first, as far as there is room. */
function FrontLabels({
  front,
  others,
  right,
  bottom,
}: {
  front: Placed[];
  others: Placed[];
  right: number;
  bottom: number;
}) {
  const taken: Box[] = [...front, ...others].map(({ x, y, radius }) => ({
    x: x - radius,
    y: y - radius,
    width: 2 * radius,
    height: 2 * radius,
  }));
  const labels: { key: number; x: number; y: number; text: string }[] = [];
  for (const { row, x, y, radius } of [...front].reverse()) {
    const text = row.members.length > 0 ? TEXTS.ensemble : row.label;
    const width = textWidth(text);
    const spots = [
      { x: x + radius + 3, y: y + 5 },
      { x: x + radius + 3, y: y - radius - 13 },
      { x: x - radius - 3 - width, y: y - radius - 9 },
      { x: x - width / 2, y: y + radius + 3 },
    ];
    const spot = spots.find((each) => {
      const box = { x: each.x, y: each.y, width, height: 12 };
      return (
        each.x + width < right &&
        each.x > 34 &&
        each.y > 2 &&
        each.y + 12 < bottom &&
        !taken.some((other) => overlaps(box, other))
      );
    });
    if (spot === undefined) continue;
    taken.push({ x: spot.x, y: spot.y, width, height: 12 });
    labels.push({ key: row.trial_id ?? -1, x: spot.x, y: spot.y + 10, text });
  }
  return (
    <>
      {labels.map(({ key, x, y, text }) => (
        <text key={key} class="lepton-halo" x={px(x)} y={px(y)}>
          {text}
        </text>
      ))}
    </>
  );
}
