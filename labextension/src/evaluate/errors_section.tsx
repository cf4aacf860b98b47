/** The errors of a regression: true values by prediction, and how the errors are spread. */

import { decimalsOfTable, fixed } from "../formats";
import { linearScale, px } from "../drawing/scales";
import type { ResidualPicture } from "./evaluation_message";
import type { EvaluationModel } from "./model";
import { EVALUATION_TEXTS as TEXTS } from "./texts";

const HEIGHT = 220;
const [LEFT, TOP, RIGHT, BOTTOM] = [56, 8, 12, 34];

export function ErrorsSection({ model, residuals }: { model: EvaluationModel; residuals: ResidualPicture }) {
  const columns = model.isNarrow ? 1 : 2;
  const width = Math.floor((model.width - 2 - 32 - (columns - 1) * 24) / columns);
  return (
    <section class="lepton-block">
      <div
        class="lepton-grid-of-pictures"
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      >
        <figure>
          <figcaption class="lepton-bar">
            <span class="lepton-title">{TEXTS.bands}</span>
          </figcaption>
          <Bands residuals={residuals} width={width} />
        </figure>
        <figure>
          <figcaption class="lepton-bar">
            <span class="lepton-title">{TEXTS.residuals}</span>
          </figcaption>
          <Histogram residuals={residuals} width={width} />
        </figure>
      </div>
    </section>
  );
}

/** Of rows with a like prediction: the middle half as a bar, nine in ten as a line, the median as a dot. */
function Bands({ residuals, width }: { residuals: ResidualPicture; width: number }) {
  const { bands } = residuals;
  const all = bands.flatMap((each) => [each.low, each.high, each.predicted]).filter(Number.isFinite);
  const domain = [Math.min(...all), Math.max(...all)] as const;
  const x = linearScale(domain, [LEFT, width - RIGHT], 4);
  const y = linearScale(domain, [HEIGHT - BOTTOM, TOP], 4);
  const decimals = Math.max(0, decimalsOfTable(all) - 3);
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={TEXTS.bandsPicture}
    >
      <Axes x={x} y={y} width={width} label={TEXTS.predicted} decimals={decimals} />
      <path
        class="lepton-base"
        d={`M${px(x(domain[0]))} ${px(y(domain[0]))}L${px(x(domain[1]))} ${px(y(domain[1]))}`}
      />
      {bands.map((band) => {
        const at = x(band.predicted);
        const words = TEXTS.bandReading(
          fixed(band.predicted, decimals),
          fixed(band.median, decimals),
          fixed(band.low, decimals),
          fixed(band.high, decimals),
          fixed(band.n_rows, 0),
        );
        return (
          <g key={band.predicted} class="lepton-band-of-rows">
            <path class="lepton-catch-wide" d={`M${px(at)} ${TOP}V${HEIGHT - BOTTOM}`} />
            <path class="lepton-whisker" d={`M${px(at)} ${px(y(band.low))}V${px(y(band.high))}`} />
            <rect
              class="lepton-middle-half"
              x={px(at - 4)}
              y={px(y(band.upper_quartile))}
              width={8}
              height={px(Math.max(1, y(band.lower_quartile) - y(band.upper_quartile)))}
            />
            <circle cx={px(at)} cy={px(y(band.median))} r="2.5" fill="var(--lepton-accent)" />
            <title>{words}</title>
          </g>
        );
      })}
    </svg>
  );
}

function Histogram({ residuals, width }: { residuals: ResidualPicture; width: number }) {
  const { edges, counts } = residuals;
  const x = linearScale([edges[0] ?? 0, edges.at(-1) ?? 1], [LEFT, width - RIGHT], 4);
  const y = linearScale([0, Math.max(1, ...counts)], [HEIGHT - BOTTOM, TOP], 3);
  const decimals = Math.max(0, decimalsOfTable(edges) - 3);
  const said = [residuals.mean, residuals.low, residuals.high].map((each) => fixed(each, decimals));
  return (
    <svg
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      role="img"
      aria-label={TEXTS.residualsPicture(said[0] ?? "", said[1] ?? "", said[2] ?? "")}
    >
      <Axes x={x} y={y} width={width} label={TEXTS.trueMinus} decimals={decimals} yDecimals={0} />
      {counts.map((count, place) => {
        const [from, to] = [x(edges[place] ?? 0), x(edges[place + 1] ?? 0)];
        const words = `${fixed(edges[place] ?? NaN, decimals)} … ${fixed(edges[place + 1] ?? NaN, decimals)}: ${fixed(count, 0)}`;
        return (
          <rect
            key={place}
            class="lepton-bin"
            x={px(from)}
            y={px(y(count))}
            width={px(Math.max(1, to - from - 1))}
            height={px(HEIGHT - BOTTOM - y(count))}
          >
            <title>{words}</title>
          </rect>
        );
      })}
      <path class="lepton-base" d={`M${px(x(0))} ${TOP}V${HEIGHT - BOTTOM}`} />
    </svg>
  );
}

interface AxesProps {
  x: ReturnType<typeof linearScale>;
  y: ReturnType<typeof linearScale>;
  width: number;
  label: string;
  decimals: number;
  yDecimals?: number;
}

function Axes({ x, y, width, label, decimals, yDecimals = decimals }: AxesProps) {
  return (
    <>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path class="lepton-grid" d={`M${LEFT} ${px(y(tick))}H${width - RIGHT}`} />
          <text x={LEFT - 6} y={px(y(tick) + 4)} text-anchor="end">
            {fixed(tick, yDecimals)}
          </text>
        </g>
      ))}
      <path class="lepton-axis" d={`M${LEFT} ${HEIGHT - BOTTOM}H${width - RIGHT}`} />
      {x.ticks.map((tick) => (
        <text key={tick} x={px(x(tick))} y={HEIGHT - BOTTOM + 14} text-anchor="middle">
          {fixed(tick, decimals)}
        </text>
      ))}
      <text x={px((LEFT + width - RIGHT) / 2)} y={HEIGHT - 4} text-anchor="middle">
        {label}
      </text>
    </>
  );
}
