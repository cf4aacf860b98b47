/** What else there is: one line a model, the ensemble first. */

import { Kept } from "../kept";
import type { BoardRow, RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";
import { Row } from "./board_row";
import { Filter, countOf, isFiltered } from "./filter_field";
import type { SearchModel } from "./model";
import { moveFocus } from "./row_focus";
import { direction } from "./row_order";
import type { SortColumn } from "./row_order";
import { ROW_PIXELS } from "./row_window";

/** Below this width in pixels folds and fit give way; panel.css has the same figure. */
const ROOMY = 820;

export function Leaderboard({ model, message }: { model: SearchModel; message: RunPanelMessage }) {
  const { rows } = message;
  const { known, shown } = model.board;
  const { scales } = model;
  if (scales === null) return null;
  // A cell over more columns than are shown would make new ones.
  const span = model.isNarrow ? 5 : (model.width < ROOMY ? 7 : 9) + (scales.tested ? 1 : 0);
  const { begin, end } = model.boardRows;
  const line = (row: BoardRow, place: number) => {
    const isOpen = model.rowIsOpen(row.trial_id);
    // Other rows tell the names of an ensemble's members.
    const others = row.members.length > 0 ? known : null;
    return (
      <Kept
        key={row.trial_id ?? "ensemble"}
        by={[row, others, span, scales, isOpen, place, place === begin, TEXTS.model]}
        draw={() => (
          <Row
            row={row}
            rows={known}
            span={span}
            scales={scales}
            isOpen={isOpen}
            place={place}
            isFirst={place === begin}
            toggle={() => {
              model.toggleRow(row.trial_id);
            }}
          />
        )}
      />
    );
  };
  return (
    <>
      <div class="lepton-bar lepton-board-bar">
        <span class="lepton-title">{TEXTS.leaderboard}</span>
        <span class="lepton-muted lepton-small">{countOf(model, message)}</span>
        {isFiltered(model, message) && <Filter model={model} />}
      </div>
      <div
        class="lepton-scroll lepton-board"
        onKeyDown={(event) => {
          moveFocus(event, (pixels) => {
            model.scrollBoard(pixels);
          });
        }}
        onScroll={(event) => {
          model.scrollBoard(event.currentTarget.scrollTop);
        }}
      >
        <table aria-rowcount={shown.length + 1}>
          <caption class="lepton-sr">{TEXTS.boardCaption(message.metric_label, message.target)}</caption>
          <colgroup>
            <col class="lepton-c-rank" />
            <col />
            <col class="lepton-c-score" />
            <col class="lepton-c-interval" />
            <col class="lepton-c-folds lepton-wide lepton-roomy" />
            <col class="lepton-c-scored lepton-wide" />
            {scales.tested && <col class="lepton-c-scored lepton-wide" />}
            <col class="lepton-c-num lepton-wide lepton-roomy" />
            <col class="lepton-c-row" />
            <col class="lepton-c-size lepton-wide" />
          </colgroup>
          <Head model={model} message={message} tested={scales.tested} />
          <tbody>
            {shown.length === 0 && (
              <tr>
                <td class="lepton-void" colSpan={span}>
                  {rows.length > 0
                    ? TEXTS.noMatch
                    : model.isLive && model.appearance !== "waiting"
                      ? TEXTS.firstScore
                      : TEXTS.noScores}
                </td>
              </tr>
            )}
            {/* Kept: the ensemble stays in sight above whatever is scrolled to. */}
            {shown.slice(0, begin).flatMap((row) => (row.members.length > 0 ? [line(row, 0)] : []))}
            <Unseen key="above" rows={begin} />
            {shown.slice(begin, end).map((row, index) => line(row, begin + index))}
            <Unseen key="below" rows={shown.length - end} />
          </tbody>
        </table>
      </div>
      {rows.length > 0 && (
        <div class="lepton-foot">
          <span>
            <svg class="lepton-bracket" width="3" height="10" aria-hidden="true">
              <rect width="3" height="10" fill="var(--lepton-line-3)" />
            </svg>
            {TEXTS.tiedNote}
          </span>
          {rows.some((each) => each.parted) && <span class="lepton-wide">{TEXTS.partedNote}</span>}
        </div>
      )}
    </>
  );
}

/** Room of the rows that are not drawn. */
function Unseen({ rows }: { rows: number }) {
  return rows === 0 ? null : (
    <tr class="lepton-unseen" aria-hidden="true">
      <td style={{ height: `${rows * ROW_PIXELS}px` }} />
    </tr>
  );
}

interface HeadProps {
  model: SearchModel;
  message: RunPanelMessage;
  tested: boolean;
}

function Head({ model, message, tested }: HeadProps) {
  const linear = message.gain?.baseline ?? null;
  const metric = TEXTS.told(message.metric_label);
  const column = (by: SortColumn, words: string, classes: string, title: string) => (
    <SortHead model={model} message={message} column={by} words={words} classes={classes} title={title} />
  );
  return (
    <thead>
      <tr>
        <th scope="col" class="lepton-num">
          {TEXTS.rank}
        </th>
        <th scope="col">{TEXTS.model}</th>
        {column("score", metric, "", metric)}
        <th scope="col" title={TEXTS.versusBestTitle(linear)}>
          {TEXTS.versusBest}
        </th>
        <th scope="col" class="lepton-wide lepton-roomy">
          {TEXTS.foldsHead}
        </th>
        {column("train", TEXTS.train, " lepton-wide", TEXTS.trainTitle(metric))}
        {tested && column("test", TEXTS.test, " lepton-wide", TEXTS.testTitle(metric))}
        {column("fit", TEXTS.fit, " lepton-wide lepton-roomy", TEXTS.fitTitle)}
        {column("row", TEXTS.rowTime, "", TEXTS.rowTimeTitle)}
        {column("size", TEXTS.size, " lepton-wide", TEXTS.size)}
      </tr>
    </thead>
  );
}

interface SortHeadProps {
  model: SearchModel;
  message: RunPanelMessage;
  column: SortColumn;
  words: string;
  classes: string;
  title: string;
}

/** A head that sorts; the arrow is that of the order the rows are in. */
function SortHead({ model, message, column, words, classes, title }: SortHeadProps) {
  const way = model.order.column === column ? direction(model.order, message) : null;
  return (
    <th scope="col" class={`lepton-num${classes}`} {...(way !== null && { "aria-sort": way })}>
      <button
        type="button"
        class="lepton-sort"
        title={title}
        onClick={() => {
          model.sortBy(column);
        }}
      >
        {way === null ? words : `${words} ${way === "descending" ? "↓" : "↑"}`}
      </button>
    </th>
  );
}
