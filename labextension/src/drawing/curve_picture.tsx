/** A curve in a square of two axes, with the point that is looked at; pointing at it looks at the nearest one. */

import { fixed } from "../formats";
import { linearScale, niceStep, px, stepDecimals } from "./scales";

const LEFT = 40;
const TOP = 8;
const RIGHT = 8;
const BOTTOM = 34;

export interface CurveProps {
  width: number;
  height: number;
  xs: readonly number[];
  ys: readonly number[];
  /** Ends of the axes; without them those of the values. */
  xDomain?: readonly [number, number];
  yDomain?: readonly [number, number];
  xLabel: string;
  label: string;
  /** Place of the point that is looked at; null: none. */
  at: number | null;
  /** Places that are marked besides, with their words. */
  marks?: readonly { at: number; words: string }[];
  /** Another curve for comparison, dashed. */
  reference?: { xs: readonly number[]; ys: readonly number[] };
  /** Ends of an interval around each point. */
  whiskers?: readonly (readonly [number, number])[];
  /** Draws dots instead of a line. */
  dotted?: boolean;
  pick?: (place: number) => void;
}

export function CurvePicture(props: CurveProps) {
  const { width, height, xs, ys, label, at, pick } = props;
  const right = Math.max(LEFT + 40, width - RIGHT);
  const x = linearScale(props.xDomain ?? span(xs), [LEFT, right], width < 260 ? 3 : 5);
  const y = linearScale(props.yDomain ?? span(ys), [height - BOTTOM, TOP], 4);
  const decimals = (ticks: readonly number[], domain: readonly [number, number]): number =>
    stepDecimals(niceStep(domain[1] - domain[0], Math.max(2, ticks.length)));
  const known = xs.map((each, place) => ({ place, x: x(each), y: y(ys[place] ?? NaN) }));
  const shown = known.filter((each) => Number.isFinite(each.x) && Number.isFinite(each.y));
  const point = at === null ? undefined : shown.find((each) => each.place === at);
  const choose = (event: PointerEvent): void => {
    if (pick === undefined) return;
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const [pointX, pointY] = [event.clientX - box.left, event.clientY - box.top];
    let best = shown[0];
    for (const each of shown) {
      if (best === undefined || away(each, pointX, pointY) < away(best, pointX, pointY)) best = each;
    }
    if (best !== undefined) pick(best.place);
  };
  return (
    <svg
      class={pick === undefined ? "" : "lepton-picked"}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        if (event.button !== 0 || pick === undefined) return;
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        choose(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) choose(event);
      }}
    >
      <rect class="lepton-catch" x={LEFT} y={TOP} width={right - LEFT} height={height - TOP - BOTTOM} />
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path class="lepton-grid" d={`M${LEFT} ${px(y(tick))}H${px(right)}`} />
          <text x={LEFT - 6} y={px(y(tick) + 4)} text-anchor="end">
            {fixed(tick, decimals(y.ticks, y.domain))}
          </text>
        </g>
      ))}
      <path class="lepton-axis" d={`M${LEFT} ${px(height - BOTTOM)}H${px(right)}`} />
      {x.ticks.map((tick) => (
        <text key={tick} x={px(x(tick))} y={height - BOTTOM + 14} text-anchor="middle">
          {fixed(tick, decimals(x.ticks, x.domain))}
        </text>
      ))}
      <text x={px((LEFT + right) / 2)} y={height - 4} text-anchor="middle">
        {props.xLabel}
      </text>
      {props.reference !== undefined && (
        <path
          class="lepton-base"
          d={line(props.reference.xs.map((each, place) => [x(each), y(props.reference?.ys[place] ?? NaN)]))}
        />
      )}
      {props.whiskers?.map(([low, high], place) => (
        <path
          key={place}
          stroke="var(--lepton-line-3)"
          d={`M${px(known[place]?.x ?? 0)} ${px(y(clamp(low, y.domain)))}V${px(y(clamp(high, y.domain)))}`}
        />
      ))}
      <path class="lepton-best" d={line(shown.map((each) => [each.x, each.y]))} />
      {props.dotted === true &&
        shown.map((each) => (
          <circle key={each.place} cx={px(each.x)} cy={px(each.y)} r="2.5" fill="var(--lepton-ink)" />
        ))}
      {props.marks?.map((mark) => {
        const found = shown.find((each) => each.place === mark.at);
        return found === undefined ? null : (
          <circle key={mark.words} class="lepton-ring" cx={px(found.x)} cy={px(found.y)} r="4">
            <title>{mark.words}</title>
          </circle>
        );
      })}
      {point !== undefined && (
        <g class="lepton-looked">
          <path
            class="lepton-accent-line"
            stroke-dasharray="2 3"
            d={`M${px(point.x)} ${px(height - BOTTOM)}V${px(point.y)}H${LEFT}`}
          />
          <circle
            cx={px(point.x)}
            cy={px(point.y)}
            r="5"
            fill="var(--lepton-accent)"
            stroke="var(--lepton-surface)"
            stroke-width="1.5"
          />
        </g>
      )}
    </svg>
  );
}

const away = (point: { x: number; y: number }, x: number, y: number): number =>
  (point.x - x) ** 2 + (point.y - y) ** 2;

const clamp = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(high, Math.max(low, value));

function line(points: readonly (readonly number[])[]): string {
  const drawn = points.filter((each) => each.every(Number.isFinite));
  return drawn.length === 0 ? "" : `M${drawn.map(([a = 0, b = 0]) => `${px(a)} ${px(b)}`).join("L")}`;
}

function span(values: readonly number[]): readonly [number, number] {
  const known = values.filter(Number.isFinite);
  return known.length === 0 ? [0, 1] : [Math.min(...known), Math.max(...known)];
}
