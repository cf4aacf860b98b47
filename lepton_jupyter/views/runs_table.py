"""All runs of a person in one table: what ``%lepton runs`` shows."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import MISSING, count, duration, number, size, table_decimals
from lepton_jupyter.views.plain_text import fitted, one_line, width
from lepton_jupyter.views.run_panel import run_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.preparation_messages import PreparationMessage
    from lepton_jupyter.views.board_state import BoardState
    from lepton_jupyter.views.stream_state import StreamState

_HEADS = ("Run", "Name", "State", "Target", "Score", "Started", "Took", "Trials", "Disk")
_LEFT = frozenset({0, 1, 2, 3, 5})
_MAY_WRAP = frozenset({1, 3})
#: Columns of a terminal that a text may take, by its place in `_HEADS`.
_MOST_COLUMNS = {0: 26, 1: 14, 2: 11, 3: 14}


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSummary:
    """One run in one line.

    Parameters
    ----------
    run_id, name : str
    state : str
        As in messages; ``"interrupted"`` for a run whose kernel ended before it did.
    target, metric_label, table_name : str
    score : float or None
        Of the best model, in the metric's unit; None before the first.
    started_at : str
        ISO 8601, as the log says.
    elapsed_seconds : float
    n_trials : int or None
        Finished, rejected and failed; None for a stream, which has none.
    disk_bytes : int
        What the run's folder takes.
    """

    run_id: str
    name: str
    state: str
    target: str
    metric_label: str
    score: float | None
    started_at: str
    elapsed_seconds: float
    n_trials: int | None
    disk_bytes: int
    table_name: str


def summarise(state: BoardState, disk_bytes: int, alive: bool) -> RunSummary:
    """Say in one line how a run stands.

    Parameters
    ----------
    state : BoardState
    disk_bytes : int
        Size of the run's folder.
    alive : bool
        Whether a process holds the run's lock.

    Returns
    -------
    summary : RunSummary

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> summarise(BoardState(), 0, alive=False).state
    'interrupted'
    """
    started, best = state.started, state.best
    interrupted = not alive and not state.ended
    return RunSummary(
        run_id=started.run_id if started else "",
        name=started.name if started else "",
        state="interrupted" if interrupted else run_state(state, live=alive),
        target=started.target if started else "",
        metric_label=started.metric_label if started else "",
        score=best.score if best else None,
        started_at=state.started_at,
        elapsed_seconds=state.finished.elapsed_seconds if state.finished else state.elapsed_seconds,
        n_trials=state.n_tried,
        disk_bytes=disk_bytes,
        table_name=started.table_name if started else "",
    )


def summarise_preparation(
    message: PreparationMessage, name: str, started_at: str, disk_bytes: int, alive: bool
) -> RunSummary:
    """Say in one line how a preparation stands; it has no score and no trials.

    Parameters
    ----------
    message : PreparationMessage
    name : str
        Of the run.
    started_at : str
        ISO 8601, as the log says.
    disk_bytes : int
    alive : bool
        Whether a process holds its lock.
    """
    ended = message.state in {"finished", "stopped", "failed"}
    return RunSummary(
        run_id=message.run_id,
        name=name,
        state=message.state if ended else "running" if alive else "interrupted",
        target=message.target,
        metric_label="",
        score=None,
        started_at=started_at,
        elapsed_seconds=message.elapsed_seconds,
        n_trials=0,
        disk_bytes=disk_bytes,
        table_name=message.table,
    )


def summarise_stream(state: StreamState, disk_bytes: int, alive: bool) -> RunSummary:
    """Say in one line how a stream stands; parameters as for `summarise`.

    Examples
    --------
    >>> from lepton_jupyter.views.stream_state import StreamState
    >>> summarise_stream(StreamState(), 0, alive=True).state
    'streaming'
    """
    started, word = state.started, state.state(live=alive)
    return RunSummary(
        run_id=started.run_id if started else "",
        name=started.name if started else "",
        state={"running": "streaming", "exhausted": "finished"}.get(word, word),
        target=started.target if started else "",
        metric_label=started.metric_label if started else "",
        score=state.score,
        started_at=state.started_at,
        elapsed_seconds=state.elapsed_seconds,
        n_trials=None,
        disk_bytes=disk_bytes,
        table_name=started.source if started else "",
    )


def render_runs_text(summaries: Sequence[RunSummary]) -> str:
    """Write runs as aligned lines for a terminal.

    Examples
    --------
    >>> render_runs_text([])
    'No runs yet. Start one: run = %lepton fit df --target NAME'
    """
    if not summaries:
        return "No runs yet. Start one: run = %lepton fit df --target NAME"
    rows = [_HEADS, *(_cells(each) for each in summaries)]
    widths = [min(_MOST_COLUMNS.get(index, 40), max(width(row[index]) for row in rows)) for index in range(len(_HEADS))]
    return "\n".join(
        "  ".join(fitted(cell, widths[index], right=index not in _LEFT) for index, cell in enumerate(row)).rstrip()
        for row in rows
    )


def render_runs_html(summaries: Sequence[RunSummary]) -> str:
    """Write runs as an HTML table with inline styles only; all text from data is escaped.

    Examples
    --------
    >>> "No runs yet" in render_runs_html([])
    True
    """
    if not summaries:
        return f'<div style="font:13px/1.4 system-ui,sans-serif">{escape(render_runs_text([]))}</div>'
    heads = "".join(_cell(each, index, tag="th") for index, each in enumerate(_HEADS))
    rows = "".join(_row(_cells(each)) for each in summaries)
    total = f"{size(sum(each.disk_bytes for each in summaries))} in {count(len(summaries))} runs"
    return (
        '<div style="max-width:900px;overflow-x:auto;border:1px solid rgba(128,128,128,.4);border-radius:6px;'
        "color:inherit;font:13px/1.4 system-ui,-apple-system,'Segoe UI',helvetica,arial,sans-serif\">"
        f'<div style="padding:8px 16px"><b style="font-weight:600">Runs</b> <span style="opacity:.72">{total}</span>'
        '</div><table cellpadding="6" style="width:100%;margin:0;border:0;border-collapse:collapse;table-layout:auto;'
        'color:inherit;font-size:12px;font-variant-numeric:tabular-nums"><thead>'
        f'<tr style="{_RULE}">{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


_RULE = "border-top:1px solid rgba(128,128,128,.25);background:none"


def _row(cells: Sequence[str]) -> str:
    first, *others = cells
    written = "".join(_cell(each, index) for index, each in enumerate(others, start=1))
    return f'<tr style="{_RULE}">{_cell(first, 0, tag="th", scope="row")}{written}</tr>'


def _cell(text: str, index: int, *, tag: str = "td", scope: str = "col") -> str:
    align = "left" if index in _LEFT else "right"
    kind = f' scope="{scope}"' if tag == "th" else ""
    pad = ";padding-left:16px" if index == 0 else ";padding-right:16px" if index == len(_HEADS) - 1 else ""
    quiet = ";opacity:.75" if tag == "th" and scope == "col" else ""
    whole = ";overflow-wrap:anywhere" if index in _MAY_WRAP else ";white-space:nowrap"
    style = f"text-align:{align};font-weight:400{pad}{quiet}{whole}"
    return f'<{tag}{kind} align="{align}" style="{style}">{escape(text, quote=True)}</{tag}>'


def _cells(run: RunSummary) -> Sequence[str]:
    score = MISSING if run.score is None else f"{number(run.score, table_decimals([run.score]))} {run.metric_label}"
    return (
        one_line(run.run_id, 60),
        one_line(run.name, 30),
        run.state,
        one_line(run.target, 30),
        one_line(score, 40),
        one_line(run.started_at[:16].replace("T", " "), 16) or MISSING,
        duration(run.elapsed_seconds),
        MISSING if run.n_trials is None else count(run.n_trials),
        size(run.disk_bytes),
    )
