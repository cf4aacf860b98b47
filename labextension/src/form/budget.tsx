/** The budget: a slider on a log scale that rests at its stops only. */

import { duration } from "../formats";
import type { FormModel } from "./model";

const SCALE = 1000;
const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  PageUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageDown: -1,
  Home: -Infinity,
  End: Infinity,
};
/** Half a thumb: where the ends of the scale lie within the slider. */
const INSET = 8;
const WIDTH = 196;

export function Budget({
  model,
  id,
  stops,
  seconds,
}: {
  model: FormModel;
  id: string;
  stops: number[];
  seconds: number;
}) {
  const first = stops[0] ?? 1;
  const last = stops.at(-1) ?? first;
  const at = (value: number): number =>
    last > first ? Math.log(Math.max(first, Math.min(last, value)) / first) / Math.log(last / first) : 0;
  return (
    // Time goes from left to right in every page.
    <div class="lepton-budget" dir="ltr">
      <input
        type="range"
        id={id}
        min={0}
        max={SCALE}
        value={Math.round(SCALE * at(seconds))}
        aria-valuetext={duration(seconds)}
        onInput={(event) => {
          const place = Number(event.currentTarget.value) / SCALE;
          const nearest = [...stops].sort((a, b) => Math.abs(at(a) - place) - Math.abs(at(b) - place))[0];
          if (nearest !== undefined) {
            model.chooseBudget(nearest);
            // Where nothing changed nothing is drawn, and the thumb would stay between two stops.
            event.currentTarget.value = String(Math.round(SCALE * at(nearest)));
          }
        }}
        onKeyDown={(event) => {
          const step = STEPS[event.key];
          if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          model.stepBudget(step);
        }}
      />
      <svg width={WIDTH} height="22" viewBox={`0 0 ${WIDTH} 22`} aria-hidden="true">
        {stops.map((stop, index) => {
          const x = INSET + at(stop) * (WIDTH - 2 * INSET);
          const isFirst = index === 0;
          const isLast = index === stops.length - 1;
          return (
            <g key={stop}>
              <path class="lepton-axis" d={`M${x.toFixed(1)} 0v5`} />
              {(isFirst || isLast || stop === 60) && (
                <text
                  x={isFirst ? 0 : isLast ? WIDTH : x}
                  y="21"
                  text-anchor={isFirst ? "start" : isLast ? "end" : "middle"}
                >
                  {stop === 60 ? "1 min" : duration(stop)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}
