"""One line for each run: what JupyterLab's side panel lists, whatever the kind of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.runs_messages import RunLine
from lepton_jupyter.views.number_format import rounded
from lepton_jupyter.views.plain_text import one_line
from lepton_jupyter.views.run_panel import run_state

if TYPE_CHECKING:
    from lepton_jupyter.events.preparation_messages import PreparationMessage
    from lepton_jupyter.views.board_state import BoardState
    from lepton_jupyter.views.stream_state import StreamState

#: Most characters of a name: a hundred lines of names from data stay below 64 KiB, whatever the alphabet.
_LONGEST = 60


def search_line(
    state: BoardState, *, alive: bool, run_id: str = "", now_elapsed: float | None = None, stoppable: bool = False
) -> RunLine:
    """Say in one line how a search stands.

    Parameters
    ----------
    state : BoardState
    alive : bool
        Whether a process holds the run's lock.
    run_id : str, default=""
        Name of its folder; default: as its log says.
    now_elapsed : float, optional
        Seconds of its log now, if it goes on in this kernel; default: as of its last event.
    stoppable : bool, default=False
        Whether this kernel can end it.

    Returns
    -------
    line : RunLine

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> search_line(BoardState(), alive=False).state
    'interrupted'
    """
    started, best = state.started, state.best
    goes_on = alive and not state.ended
    elapsed = state.finished.elapsed_seconds if state.finished else state.elapsed_seconds
    # What a run waits for others is no part of its time: see `BoardState`.
    if goes_on and now_elapsed is not None and not state.waits_for:
        elapsed = max(elapsed, now_elapsed - state.waited_seconds)
    return RunLine(
        run_id=run_id or (started.run_id if started else ""),
        name=one_line(started.name, _LONGEST) if started else "",
        kind="search",
        state=run_state(state, live=alive) if alive or state.ended else "interrupted",
        target=one_line(started.target, _LONGEST) if started else "",
        table=one_line(started.table_name, _LONGEST) if started else "",
        metric_label=one_line(started.metric_label, 40) if started else "",
        score=rounded(best.score) if best else None,
        score_error=rounded(best.score_error) if best else None,
        started_at=state.started_at,
        elapsed_seconds=round(elapsed, 1),
        budget_seconds=state.budget_seconds,
        budget_trials=state.budget_trials,
        n_trials=state.n_tried,
        goes_on=goes_on,
        stoppable=stoppable and goes_on and not state.stop_requested,
    )


def stream_line(
    state: StreamState, *, alive: bool, run_id: str = "", now_elapsed: float | None = None, stoppable: bool = False
) -> RunLine:
    """Say in one line how a stream stands; parameters as for `search_line`.

    Examples
    --------
    >>> from lepton_jupyter.views.stream_state import StreamState
    >>> stream_line(StreamState(), alive=True, stoppable=True).stoppable
    True
    """
    started, word = state.started, state.state(live=alive)
    goes_on = alive and state.ended is None
    elapsed = max(state.elapsed_seconds, now_elapsed or 0.0) if goes_on else state.elapsed_seconds
    return RunLine(
        run_id=run_id or (started.run_id if started else ""),
        name=one_line(started.name, _LONGEST) if started else "",
        kind="stream",
        state="finished" if word == "exhausted" else word,
        target=one_line(started.target, _LONGEST) if started else "",
        table=one_line(started.source, _LONGEST) if started else "",
        metric_label=one_line(started.metric_label, 40) if started else "",
        score=None if state.score is None else rounded(state.score),
        score_error=None,
        started_at=state.started_at,
        elapsed_seconds=round(elapsed, 1),
        budget_seconds=None,
        budget_trials=None,
        n_trials=None,
        goes_on=goes_on,
        stoppable=stoppable and goes_on,
    )


def preparation_line(
    message: PreparationMessage, name: str, started_at: str, *, alive: bool, stoppable: bool = False
) -> RunLine:
    """Say in one line how a preparation stands; it has no score, and ends with its cell at the latest.

    Parameters
    ----------
    message : PreparationMessage
    name : str
        Of the run.
    started_at : str
        ISO 8601, as the log says.
    alive : bool
        Whether a process holds its lock.
    stoppable : bool, default=False
        Whether this kernel can end it.
    """
    ended = message.state in {"finished", "stopped", "failed"}
    return RunLine(
        run_id=message.run_id,
        name=one_line(name, _LONGEST),
        kind="preparation",
        state=message.state if ended else "running" if alive else "interrupted",
        target=one_line(message.target, _LONGEST),
        table=one_line(message.table, _LONGEST),
        metric_label="",
        score=None,
        score_error=None,
        started_at=started_at,
        elapsed_seconds=round(message.elapsed_seconds, 1),
        budget_seconds=None,
        budget_trials=None,
        n_trials=None,
        goes_on=alive and not ended,
        stoppable=stoppable and alive and not ended,
    )
