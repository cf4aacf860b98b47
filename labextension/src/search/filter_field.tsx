/** By what the board is filtered, and how many of its models are shown. */

import type { RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import { formatsOf, isFiltering } from "./board_filter";
import type { SearchModel } from "./model";

/** Boards of no more rows are seen at once. */
const FILTERED = 10;

/** Whether a board is long enough to be filtered. */
export function isFiltered(model: SearchModel, message: RunPanelMessage): boolean {
  return message.n_rows > FILTERED || isFiltering(model.filter);
}

export function countOf(model: SearchModel, message: RunPanelMessage): string {
  const { known, shown } = model.board;
  if (isFiltering(model.filter)) return TEXTS.boardShown(shown.length, known.length, message.n_rows);
  return message.n_rows > known.length
    ? TEXTS.modelsShown(known.length, message.n_rows)
    : TEXTS.models(known.filter((row) => row.members.length === 0).length);
}

export function Filter({ model }: { model: SearchModel }) {
  const { text, format } = model.filter;
  const formats = formatsOf(model.board.known);
  return (
    <span class="lepton-end lepton-filter">
      <input
        type="text"
        role="searchbox"
        dir="auto"
        spellcheck={false}
        aria-label={TEXTS.filter}
        placeholder={TEXTS.filter}
        value={text}
        onInput={(event) => {
          model.filterBy({ text: event.currentTarget.value });
        }}
        onKeyDown={(event) => {
          // Escape empties it first, and leaves the panel when it is empty.
          if (event.key !== "Escape" || text === "") return;
          event.stopPropagation();
          model.filterBy({ text: "" });
        }}
      />
      {formats.length > 0 && (
        <select
          aria-label={TEXTS.format}
          value={format}
          onChange={(event) => {
            model.filterBy({ format: event.currentTarget.value });
          }}
        >
          {["", ...formats].map((each) => (
            <option key={each} value={each}>
              {each === "" ? TEXTS.anyFormat : each}
            </option>
          ))}
        </select>
      )}
    </span>
  );
}
