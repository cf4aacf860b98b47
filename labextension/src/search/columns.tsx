/** Can I trust it: what each column was understood as, and what was done to it. */

import { fixed, percent } from "../formats";
import type { RunPanelMessage } from "../messages";
import { TEXTS } from "../texts";

export function Columns({ message }: { message: RunPanelMessage }) {
  const { columns, n_columns: all } = message;
  if (columns.length === 0 && message.columns_summary === "") return null;
  const summary = TEXTS.told(message.columns_summary);
  return (
    <details>
      <summary>
        <span class="lepton-nowrap">{TEXTS.columns}</span>
        <span class="lepton-muted lepton-ellipsis" title={summary}>
          {summary}
        </span>
      </summary>
      <div class="lepton-scroll lepton-plain" tabIndex={0}>
        <table>
          <caption class="lepton-sr">{TEXTS.columns}</caption>
          <colgroup>
            <col class="lepton-k-name" />
            <col class="lepton-k-kind lepton-wide" />
            <col />
            <col class="lepton-k-share lepton-wide" />
            <col class="lepton-k-share lepton-wide" />
            <col class="lepton-k-reason" />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{TEXTS.column}</th>
              <th scope="col" class="lepton-wide">
                {TEXTS.kind}
              </th>
              <th scope="col">{TEXTS.treatment}</th>
              <th scope="col" class="lepton-num lepton-wide">
                {TEXTS.missing}
              </th>
              <th scope="col" class="lepton-num lepton-wide">
                {TEXTS.distinct}
              </th>
              <th scope="col">{TEXTS.reason}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.name}>
                <th scope="row" class="lepton-mono" title={column.name}>
                  {column.name}
                </th>
                <td class="lepton-wide">{TEXTS.told(column.kind)}</td>
                <td title={TEXTS.told(column.treatment)}>{TEXTS.told(column.treatment)}</td>
                <td class="lepton-num lepton-wide">{percent(column.missing_share)}</td>
                <td class="lepton-num lepton-wide">{fixed(column.n_distinct, 0)}</td>
                <td class="lepton-muted" title={TEXTS.told(column.reason)}>
                  {TEXTS.told(column.reason)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all > columns.length && <div class="lepton-foot">{TEXTS.columnsShown(columns.length, all)}</div>}
    </details>
  );
}
