/** Which model to use: a slider along the front, what its model gives up, and the button that takes it. */

import { decimalsOfError, fixed, milliseconds, signed, size } from "../formats";
import type { BoardRow, RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import type { SearchModel } from "./model";
import { chooseLine, codeLine } from "./run_lines";
import { lineButton, lineToCopy } from "./written_line";

/** Height in pixels of the slider and the sentence below it. */
export const CHOICE = 64;

export function ModelChoice({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  const { front, chosenModel: row } = model;
  if (row === undefined) return null;
  const name = row.members.length > 0 ? TEXTS.ensembleOf(row.members.length) : row.label;
  const sentence = sentenceOf(row, message);
  return (
    <>
      <div class="lepton-bar">
        {front.length > 1 && (
          // As in the picture: what is slow is on the right in every page.
          <input
            type="range"
            dir="ltr"
            max={front.length - 1}
            value={front.indexOf(row)}
            aria-label={TEXTS.frontSlider}
            aria-valuetext={`${name}: ${sentence}`}
            onInput={(event) => {
              model.chooseModel(front[Number(event.currentTarget.value)]?.trial_id ?? null);
            }}
          />
        )}
        {model.hasEnded && (
          <div class="lepton-actions">
            {row.trial_id !== null &&
              lineButton(model, "front", codeLine(message, row.trial_id), TEXTS.asCode, TEXTS.asCodeTitle)}
            {lineButton(model, "front", chooseLine(message, row.trial_id), TEXTS.use)}
          </div>
        )}
      </div>
      <div class="lepton-choice">
        <b title={row.description}>{name}</b>: {sentence}
      </div>
      {lineToCopy(model.lineAt("front"))}
    </>
  );
}

function sentenceOf(row: BoardRow, message: RunPanelMessage): string {
  const decimals = decimalsOfError(row.score_error, row.score);
  const finer = decimalsOfError(row.difference_error, row.difference);
  const { amount, unit } = size(row.size_bytes);
  return TEXTS.choice(
    `${message.metric_label} ${fixed(row.score, decimals)}`,
    row.difference === 0
      ? TEXTS.theBest
      : TEXTS.versusBestValue(signed(row.difference, finer), fixed(row.difference_error, finer)),
    milliseconds(row.row_milliseconds),
    `${amount} ${unit}`,
  );
}
