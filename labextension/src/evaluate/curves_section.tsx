/** The curves of a classifier: one point on all of them is the threshold that is looked at. */

import { CurvePicture } from "../drawing/curve_picture";
import type { CurveProps } from "../drawing/curve_picture";
import { fixed, percent } from "../formats";
import { alarmsOf, calledOf, precisionOf, recallOf } from "./decision";
import type { EvaluationMessage } from "./evaluation_message";
import type { EvaluationModel } from "./model";
import { EVALUATION_TEXTS as TEXTS } from "./texts";

const UNIT = [0, 1] as const;
const HEIGHT = 200;

export function CurvesSection({ model, message }: { model: EvaluationModel; message: EvaluationMessage }) {
  const pictures = picturesOf(model, message);
  if (pictures.length === 0) return null;
  const columns = model.isNarrow ? 1 : Math.min(pictures.length, model.width < 1000 ? 2 : 4);
  const width = Math.floor((model.width - 2 - 32 - (columns - 1) * 24) / columns);
  return (
    <section class="lepton-block">
      {message.n_classes > 2 && <ClassChoice model={model} message={message} />}
      <div
        class="lepton-grid-of-pictures"
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      >
        {pictures.map(({ title, note, draw }) => (
          <figure key={title}>
            <figcaption class="lepton-bar">
              <span class="lepton-title">{title}</span>
              <span class="lepton-legend">{note}</span>
            </figcaption>
            {draw(width)}
          </figure>
        ))}
      </div>
    </section>
  );
}

interface Picture {
  title: string;
  note: string;
  draw: (width: number) => preact.JSX.Element;
}

function picturesOf(model: EvaluationModel, message: EvaluationMessage): Picture[] {
  const { roc, precisionRecall, decision, decisions } = model;
  const { calibration, lift } = message;
  const pick = (place: number): void => {
    model.lookAt(place);
  };
  // With several classes no threshold is in force: the curves are read, not moved along.
  const moves = decision !== null && { at: model.place, pick };
  const pictures: Picture[] = [];
  if (roc !== null) {
    const curve =
      decision === null
        ? { xs: roc.false_positive_rate, ys: roc.true_positive_rate }
        : { xs: decisions.map(alarmsOf), ys: decisions.map(recallOf) };
    const [recall, alarms] = decision === null ? [NaN, NaN] : [recallOf(decision), alarmsOf(decision)];
    pictures.push({
      title: TEXTS.roc,
      note: TEXTS.area(fixed(roc.area, 3)),
      draw: (width) => (
        <UnitPicture
          width={width}
          {...curve}
          xLabel={TEXTS.falseAlarms}
          label={TEXTS.rocPicture(percent(recall), percent(alarms), fixed(roc.area, 3))}
          at={null}
          {...moves}
          reference={{ xs: UNIT, ys: UNIT }}
        />
      ),
    });
  }
  if (precisionRecall !== null) {
    const curve =
      decision === null
        ? { xs: precisionRecall.recall, ys: precisionRecall.precision }
        : { xs: decisions.map(recallOf), ys: decisions.map(precisionOf) };
    const { prevalence } = precisionRecall;
    pictures.push({
      title: TEXTS.pr,
      note: TEXTS.area(fixed(precisionRecall.average_precision, 3)),
      draw: (width) => (
        <UnitPicture
          width={width}
          {...curve}
          xLabel={TEXTS.recall}
          label={TEXTS.prPicture(
            fixed(decision === null ? NaN : precisionOf(decision), 2),
            fixed(decision === null ? NaN : recallOf(decision), 2),
          )}
          at={null}
          {...moves}
          reference={{ xs: UNIT, ys: [prevalence, prevalence] }}
        />
      ),
    });
  }
  if (lift !== null && decision !== null) {
    pictures.push({
      title: TEXTS.gains,
      note: TEXTS.gainsFound,
      draw: (width) => (
        <UnitPicture
          width={width}
          xs={decisions.map(calledOf)}
          ys={decisions.map(recallOf)}
          xLabel={TEXTS.gainsRows}
          label={TEXTS.gainsPicture(percent(calledOf(decision)), percent(recallOf(decision)))}
          at={model.place}
          pick={pick}
          reference={{ xs: lift.share_of_rows, ys: lift.best_gain }}
        />
      ),
    });
  }
  if (calibration !== null) {
    const { points } = calibration;
    pictures.push({
      title: TEXTS.calibration,
      note: TEXTS.brier(fixed(calibration.brier, 3)),
      draw: (width) => (
        <UnitPicture
          width={width}
          xs={points.map((each) => each.predicted)}
          ys={points.map((each) => each.observed)}
          xLabel={`${TEXTS.predicted} → ${TEXTS.observed}`}
          label={TEXTS.calibrationPicture(fixed(calibration.expected_error, 3))}
          at={null}
          reference={{ xs: UNIT, ys: UNIT }}
          whiskers={points.map((each) => [each.low, each.high])}
          dotted
        />
      ),
    });
  }
  return pictures;
}

/** All of these curves are of shares, on both axes. */
function UnitPicture(props: Omit<CurveProps, "height" | "xDomain" | "yDomain">) {
  return <CurvePicture {...props} height={HEIGHT} xDomain={UNIT} yDomain={UNIT} />;
}

function ClassChoice({ model, message }: { model: EvaluationModel; message: EvaluationMessage }) {
  return (
    <label class="lepton-bar lepton-small">
      <span class="lepton-muted">{TEXTS.class_}</span>
      <select
        aria-label={TEXTS.classHint}
        value={model.roc?.label ?? ""}
        onChange={(event) => {
          model.chooseClass(event.currentTarget.value);
        }}
      >
        {message.roc.map((each) => (
          <option key={each.label} value={each.label}>
            {each.label}
          </option>
        ))}
      </select>
    </label>
  );
}
