/** What pictures on two axes share: a drawing with a name, its grid, and the numbers along its edges. */

import type { ComponentChildren } from "preact";
import { short } from "../formats";
import { px } from "./scales";
import type { Scale } from "./scales";

interface DrawingProps {
  width: number;
  height: number;
  label: string;
  children: ComponentChildren;
}

export function Drawing({ width, height, label, children }: DrawingProps) {
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {children}
    </svg>
  );
}

interface RowsProps {
  y: Scale;
  left: number;
  right: number;
  words?: (tick: number) => string;
}

/** Lines across, each with its number before it. */
export function GridRows({ y, left, right, words = short }: RowsProps) {
  return y.ticks.map((tick) => (
    <g key={tick}>
      <path class="lepton-grid" d={`M${px(left)} ${px(y(tick))}H${px(right)}`} />
      <text x={px(left - 6)} y={px(y(tick) + 4)} text-anchor="end">
        {words(tick)}
      </text>
    </g>
  ));
}

/** Lines down, each with its number below it. */
export function GridColumns({ x, top, bottom }: { x: Scale; top: number; bottom: number }) {
  return x.ticks.map((tick) => (
    <g key={tick}>
      <path class="lepton-grid" d={`M${px(x(tick))} ${top}V${px(bottom)}`} />
      <text x={px(x(tick))} y={px(bottom + 15)} text-anchor="middle">
        {short(tick)}
      </text>
    </g>
  ));
}
