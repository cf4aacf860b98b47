/** Two runs fold by fold: a line for each fold, from the score of one to that of the other. */

import { decimalsOfTable, fixed, signed } from "../formats";
import { linearScale, niceStep, px, stepDecimals } from "../drawing/scales";
import type { ComparedRun } from "./comparison_message";
import { COMPARISON_TEXTS as TEXTS } from "./texts";

const [TOP, BOTTOM, LEFT] = [12, 26, 56];

interface Props {
  pair: readonly [ComparedRun, ComparedRun];
  greaterIsBetter: boolean;
  width: number;
  height: number;
}

export function FoldsPicture({ pair: [first, second], greaterIsBetter, width, height }: Props) {
  const folds = first.fold_scores
    .map((score, place) => ({ fold: place + 1, a: score, b: second.fold_scores[place] ?? NaN }))
    .filter(({ a, b }) => Number.isFinite(a) && Number.isFinite(b));
  const all = folds.flatMap(({ a, b }) => [a, b]);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const pad = (most - least) * 0.06 || Math.abs(most) * 0.01;
  const y = linearScale([least - pad, most + pad], [height - BOTTOM, TOP], 4);
  const decimals = stepDecimals(niceStep(y.domain[1] - y.domain[0], 4));
  const [from, to] = [LEFT + 24, width - 24];
  const sign = greaterIsBetter ? 1 : -1;
  const better = folds.filter(({ a, b }) => sign * (a - b) > 0).length;
  const figures = decimalsOfTable(all);
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={TEXTS.foldsPicture(first.name, second.name, better, folds.length)}
    >
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path class="lepton-grid" d={`M${LEFT} ${px(y(tick))}H${width}`} />
          <text x={LEFT - 6} y={px(y(tick) + 4)} text-anchor="end">
            {fixed(tick, decimals)}
          </text>
        </g>
      ))}
      {folds.map(({ fold, a, b }) => {
        const wins = sign * (a - b) > 0;
        return (
          <g key={fold} class={`lepton-fold-line${wins ? " lepton-wins" : ""}`}>
            <path class="lepton-catch-wide" d={`M${from} ${px(y(a))}L${to} ${px(y(b))}`} />
            <path d={`M${from} ${px(y(a))}L${to} ${px(y(b))}`} stroke-dasharray={wins ? "none" : "4 3"} />
            <circle cx={from} cy={px(y(a))} r="3" />
            <circle cx={to} cy={px(y(b))} r="3" />
            <title>
              {TEXTS.foldReading(fold, fixed(a, figures), fixed(b, figures), signed(sign * (a - b), figures))}
            </title>
          </g>
        );
      })}
      <text class="lepton-strong" x={from} y={height - 8} text-anchor="middle">
        {shortened(first.name, (to - from) / 2)}
      </text>
      <text class="lepton-strong" x={to} y={height - 8} text-anchor="end" dx="20">
        {shortened(second.name, (to - from) / 2)}
      </text>
    </svg>
  );
}

const shortened = (name: string, pixels: number): string =>
  name.length * 7 <= pixels ? name : `${name.slice(0, Math.max(1, Math.floor(pixels / 7) - 1))}…`;
