/** Score, rate and latency over time, one below the other on one clock. */

import { clockTicks, clockTime, secondsOfDay } from "../drawing/clock_ticks";
import { fitText, textWidth } from "../drawing/labels";
import { linearScale, logScale, niceStep, px, spread, stepDecimals } from "../drawing/scales";
import type { Scale } from "../drawing/scales";
import { thinnedLine } from "../drawing/thinned_line";
import { decimalsOfTable, fixed, milliseconds, shortDelay } from "../formats";
import type { StreamModel } from "./model";
import { GAP_SECONDS } from "./ring";
import type { StreamMark, StreamMessage, StreamSecond } from "./stream_message";
import { STREAM_TEXTS } from "./stream_texts";

const TOP = 24;
const BETWEEN = 16;
const STRIP = 60;
/** As tall as what stands beside it: events, and the last results. */
const SCORE = 240;
const LEFT = 52;
const RIGHT = 84;

interface Series {
  value: (point: StreamSecond) => number | null;
  className: string;
  label: string;
  isStrong: boolean;
}

interface Strip {
  top: number;
  bottom: number;
  y: Scale;
  tick: (value: number) => string;
  series: Series[];
  area: boolean;
}

export function Charts({
  model,
  message,
  width,
}: {
  model: StreamModel;
  message: StreamMessage;
  width: number;
}) {
  const right = Math.max(LEFT + 60, width - RIGHT);
  const points = model.pointsWithin(right - LEFT);
  if (points.length === 0) {
    return (
      <div class="lepton-note" style={{ height: "160px" }}>
        {STREAM_TEXTS.noPoints}
      </div>
    );
  }
  const [low, high] = model.window;
  const x = linearScale([low, high], [LEFT, right], 4);
  const strips = stripsOf(message, points, model.isNarrow ? 110 : SCORE);
  const bottom = strips.at(-1)?.bottom ?? TOP;
  const start = secondsOfDay(message.started_at);
  const seconds = (pixels: number): number =>
    low + ((Math.min(right, Math.max(LEFT, pixels)) - LEFT) / (right - LEFT)) * (high - low);
  const at = (event: PointerEvent): number => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return seconds(event.clientX - box.left);
  };
  const inside = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key] as 1 | -1 | undefined;
    if (step !== undefined) model.step(step);
    else if (event.key === "Home") model.follow();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="lepton-chart"
      tabIndex={0}
      role="group"
      aria-label={STREAM_TEXTS.chartHint}
      title={STREAM_TEXTS.chartHint}
      onKeyDown={inside}
    >
      <svg
        width={width}
        height={bottom + 22}
        viewBox={`0 0 ${width} ${bottom + 22}`}
        role="img"
        aria-label={STREAM_TEXTS.chart(
          clockTime(start + low, true),
          clockTime(start + high, true),
          spoken(message),
        )}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          (event.currentTarget as Element).setPointerCapture(event.pointerId);
          model.drawFrom(at(event));
        }}
        onPointerMove={(event) => {
          model.drawTo(at(event));
          model.readValues(at(event));
        }}
        onPointerUp={(event) => {
          model.drawTo(at(event));
          model.endDrawing((6 / (right - LEFT)) * (high - low));
        }}
        onPointerCancel={() => {
          model.endDrawing(Infinity);
        }}
        onPointerLeave={() => {
          model.readValues(null);
        }}
      >
        <rect class="lepton-catch" x={LEFT} y={TOP} width={right - LEFT} height={bottom - TOP} />
        <Marks marks={message.marks} x={x} window={[low, high]} right={right} bottom={bottom} />
        {strips.map((strip, place) => (
          <StripPicture key={place} strip={strip} points={points} x={x} window={[low, high]} right={right} />
        ))}
        {clockTicks(low, high, start, Math.max(2, Math.floor((right - LEFT) / 64))).map((tick) => (
          <g key={tick.at}>
            <path class="lepton-axis" d={`M${px(x(tick.at))} ${bottom}v4`} />
            <text x={px(x(tick.at))} y={bottom + 17} text-anchor="middle">
              {tick.label}
            </text>
          </g>
        ))}
        {model.drawing !== null && (
          <rect
            class="lepton-chosen"
            x={px(Math.min(...model.drawing.map(x)))}
            y={TOP}
            width={px(Math.abs(x(model.drawing[1]) - x(model.drawing[0])))}
            height={bottom - TOP}
          />
        )}
        <Reading model={model} message={message} strips={strips} x={x} bottom={bottom} />
      </svg>
    </div>
  );
}

function spoken(message: StreamMessage): string {
  const parts = [
    STREAM_TEXTS.rateAt(fixed(message.rows_per_second, 0)),
    STREAM_TEXTS.latencyAt(
      milliseconds(message.p50_milliseconds ?? NaN),
      milliseconds(message.p99_milliseconds ?? NaN),
    ),
  ];
  if (message.score !== null) {
    parts.unshift(
      `${STREAM_TEXTS.told(message.metric_label)} ${fixed(message.score, decimalsOfTable([message.score]) - 1)}`,
    );
  }
  return parts.join(", ");
}

function stripsOf(message: StreamMessage, points: readonly StreamSecond[], scoreHeight: number): Strip[] {
  const strips: Strip[] = [];
  let top = TOP;
  const place = (height: number): readonly [number, number] => {
    const range = [top + height, top] as const;
    top += height + BETWEEN;
    return range;
  };
  const scores = extent(points, (point) => point.score);
  if (scores !== null) {
    const [least, most] = scores;
    // A score that does not move is a line in the middle, not noise blown up to the height of the picture.
    const pad = Math.max((most - least) * 0.08, Math.abs(most) * 0.002, 1e-9);
    const range = place(scoreHeight);
    const y = linearScale([least - pad, most + pad], range, 4);
    const decimals = stepDecimals(niceStep(y.domain[1] - y.domain[0], 4));
    strips.push({
      top: range[1],
      bottom: range[0],
      y,
      tick: (value) => fixed(value, decimals),
      area: false,
      series: [
        {
          value: (point) => point.score,
          className: "",
          label: message.score === null ? "" : fixed(message.score, Math.max(3, decimals)),
          isStrong: true,
        },
      ],
    });
  }
  const rates = extent(points, (point) => point.rows_per_second) ?? [0, 0];
  const rateRange = place(STRIP);
  strips.push({
    top: rateRange[1],
    bottom: rateRange[0],
    y: linearScale([0, Math.max(1, rates[1]) * 1.05], rateRange, 2),
    tick: (value) => fixed(value, 0),
    area: true,
    series: [
      {
        value: (point) => point.rows_per_second,
        className: " lepton-is-thin",
        label: STREAM_TEXTS.rateAt(fixed(message.rows_per_second, 0)),
        isStrong: true,
      },
    ],
  });
  const quick = extent(points, (point) => positive(point.p50_milliseconds));
  const slow = extent(points, (point) => positive(point.p99_milliseconds));
  if (quick !== null || slow !== null) {
    const delays = [...(quick ?? []), ...(slow ?? [])];
    const range = place(STRIP);
    strips.push({
      top: range[1],
      bottom: range[0],
      y: logScale([Math.min(...delays) / 1.3, Math.max(...delays) * 1.3], range, 3),
      tick: (value) => fixed(value, value < 1 ? Math.ceil(-Math.log10(value)) : 0),
      area: false,
      series: [
        {
          value: (point) => point.p99_milliseconds,
          className: " lepton-is-second",
          label: `p99 ${shortDelay(message.p99_milliseconds)} ms`,
          isStrong: false,
        },
        {
          value: (point) => point.p50_milliseconds,
          className: " lepton-is-thin",
          label: `p50 ${shortDelay(message.p50_milliseconds)} ms`,
          isStrong: true,
        },
      ],
    });
  }
  return strips;
}

/** The least and the most of what is known; null where nothing is. */
function extent(
  points: readonly StreamSecond[],
  value: (point: StreamSecond) => number | null,
): readonly [number, number] | null {
  let [least, most] = [Infinity, -Infinity];
  for (const point of points) {
    const found = value(point);
    if (found === null || !Number.isFinite(found)) continue;
    if (found < least) least = found;
    if (found > most) most = found;
  }
  return least <= most ? [least, most] : null;
}

/** A logarithm has no place for less. */
const positive = (value: number | null): number | null => (value !== null && value > 0 ? value : null);

interface StripProps {
  strip: Strip;
  points: readonly StreamSecond[];
  x: Scale;
  window: readonly [number, number];
  right: number;
}

function StripPicture({ strip, points, x, window, right }: StripProps) {
  const { y, series } = strip;
  // Lines reach the edges by the points beyond them; what lies there is not drawn.
  const clamped = (time: number): number => x(Math.min(window[1], Math.max(window[0], time)));
  const lines = series.map((each) =>
    thinnedLine(points, (point) => point.at, each.value, clamped, y, GAP_SECONDS),
  );
  const last = series.map((each) => points.findLast((point) => each.value(point) !== null));
  const heights = spread(
    series.map((each, place) => y((last[place] && each.value(last[place])) ?? y.domain[0])),
    13,
    strip.top,
    strip.bottom,
  );
  return (
    <>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path class="lepton-grid" d={`M${LEFT} ${px(y(tick))}H${px(right)}`} />
          <text x={LEFT - 6} y={px(y(tick) + 4)} text-anchor="end">
            {strip.tick(tick)}
          </text>
        </g>
      ))}
      <path class="lepton-axis" d={`M${LEFT} ${px(strip.bottom)}H${px(right)}`} />
      {series.map((each, place) => (
        <g key={place}>
          {strip.area && <path class="lepton-area" d={areaBelow(lines[place] ?? "", strip.bottom)} />}
          <path class={`lepton-series${each.className}`} d={lines[place]} />
          <text
            class={each.isStrong ? "lepton-strong" : ""}
            x={px(right + 6)}
            y={px((heights[place] ?? 0) + 4)}
          >
            {fitText(each.label, RIGHT)}
          </text>
        </g>
      ))}
    </>
  );
}

/** Each piece of a line, closed along the foot of its strip. */
function areaBelow(line: string, bottom: number): string {
  return line
    .split("M")
    .filter((piece) => piece !== "")
    .map((piece) => `M${piece.slice(0, piece.indexOf(" "))} ${px(bottom)}L${piece}V${px(bottom)}z`)
    .join("");
}

interface MarksProps {
  marks: readonly StreamMark[];
  x: Scale;
  window: readonly [number, number];
  right: number;
  bottom: number;
}

/** What changed how the stream flows: a line, its words above, and a shade as long as it lasted. */
function Marks({ marks, x, window, right, bottom }: MarksProps) {
  const [low, high] = window;
  const seen = marks.filter((mark) => mark.at <= high && (mark.until ?? high) >= low);
  let free = 0;
  return (
    <>
      {seen.map((mark, place) => {
        const from = x(Math.max(low, mark.at));
        const to = x(Math.min(high, mark.until ?? high));
        const label = STREAM_TEXTS.told(mark.label);
        const words = textWidth(label);
        const begins = Math.min(from, right - words);
        const fits = begins >= free;
        if (fits) free = begins + words + 8;
        return (
          <g key={place} class={`lepton-event lepton-is-${mark.kind === "lost" ? "bad" : "plain"}`}>
            {to > from + 1 && (
              <rect
                class="lepton-future"
                x={px(from)}
                y={TOP}
                width={px(to - from)}
                height={px(bottom - TOP)}
              />
            )}
            <path d={`M${px(from)} ${TOP - 4}V${px(bottom)}`} />
            {fits && (
              <text class="lepton-halo" x={px(begins)} y={TOP - 9}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </>
  );
}

interface ReadingProps {
  model: StreamModel;
  message: StreamMessage;
  strips: readonly Strip[];
  x: Scale;
  bottom: number;
}

/** The values at the time that is pointed at or reached by the arrow keys. */
function Reading({ model, message, strips, x, bottom }: ReadingProps) {
  const point = model.reading;
  if (point === null) return null;
  const at = x(point.at);
  return (
    <g class="lepton-reading">
      <path class="lepton-accent-line" d={`M${px(at)} ${TOP}V${px(bottom)}`} />
      {strips.flatMap((strip) =>
        strip.series.map((series, place) => {
          const value = series.value(point);
          return value === null || !Number.isFinite(value) ? null : (
            <circle
              key={`${strip.top} ${place}`}
              cx={px(at)}
              cy={px(strip.y(value))}
              r="3"
              fill="var(--lepton-accent)"
              stroke="var(--lepton-surface)"
            />
          );
        }),
      )}
      <title>{readingWords(point, message)}</title>
    </g>
  );
}

/** The values of one point, in words. */
export function readingWords(point: StreamSecond, message: StreamMessage): string {
  const parts = [
    STREAM_TEXTS.rateAt(fixed(point.rows_per_second, 0)),
    ...(point.p50_milliseconds === null
      ? []
      : [
          STREAM_TEXTS.latencyAt(
            milliseconds(point.p50_milliseconds),
            milliseconds(point.p99_milliseconds ?? NaN),
          ),
        ]),
  ];
  if (point.score !== null) {
    parts.unshift(
      `${STREAM_TEXTS.told(message.metric_label)} ${fixed(point.score, decimalsOfTable([point.score]) - 1)}`,
    );
  }
  return STREAM_TEXTS.reading(
    clockTime(secondsOfDay(message.started_at) + point.at, true),
    parts.join(" · "),
  );
}
