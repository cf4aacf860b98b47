"""From what is known of a run to the one message that its panel draws."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.encoding import encode
from lepton_jupyter.events.messages import BaselineLine, GainOverBaseline, RunPanelMessage
from lepton_jupyter.views.board_rows import board_rows, n_board_rows
from lepton_jupyter.views.data_summary import columns_summary
from lepton_jupyter.views.even_sample import fair_shares
from lepton_jupyter.views.fit_guard import guard_sentences
from lepton_jupyter.views.log_sentences import END_REASONS, PREFERENCES, log_lines
from lepton_jupyter.views.number_format import counted, duration, number, rounded, table_decimals
from lepton_jupyter.views.paired_difference import paired_difference
from lepton_jupyter.views.plain_text import one_line
from lepton_jupyter.views.score_history import thinned_history
from lepton_jupyter.views.search_path import path_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.messages import LogLine
    from lepton_jupyter.events.run_events import ColumnTreatment
    from lepton_jupyter.views.board_state import BoardState
    from lepton_jupyter.views.trial_record import TrialRecord

#: Most of each kind that a message holds, however much room there is.
MAX_ROWS = 100
#: Most rows of a saved board, which travels once.
MAX_SAVED_ROWS = 200
MAX_HISTORY = 400
MAX_PATHS = 6
MAX_PATH_POINTS = 200
MAX_COLUMNS = 200
MAX_NOTICES = 6

#: States in which a message is the last of its run.
ENDED_STATES = frozenset({"finished", "stopped", "failed", "saved"})

# JSON bytes, measured on real runs. A message should stay under 64 KiB; what is missing here are the head, the
# members of the ensemble, the heads of the paths, and the frame of each line of the log.
_ROOM_BYTES = 55_500
_LOG_BYTES = 8_000
_HISTORY_POINT_BYTES = 160
_PATH_POINT_BYTES = 108
_ROW_BYTES = 455
_COLUMN_BYTES = 125
#: Values of a table that one core of a laptop makes ready in a second.
_VALUES_A_SECOND = 8_000_000


def extract(
    state: BoardState,
    *,
    live: bool,
    now_elapsed: float | None = None,
    room_bytes: int | None = None,
    max_rows: int = MAX_ROWS,
) -> RunPanelMessage:
    """Compute the message that shows `state`.

    Parameters
    ----------
    state : BoardState
    live : bool
        Whether the run's own process is at work. A run that neither ended nor is live was cut off.
    now_elapsed : float or None
        Seconds of the run now, if it is live; by default as of the last event.
    room_bytes : int or None
        For rows, points and columns; by default what a message of 64 KiB leaves them.
    max_rows : int, default=100

    Returns
    -------
    message : RunPanelMessage
        At most `max_rows` rows, 400 points of history, 200 points of each of 6 paths, 200 columns and 60 lines of log;
        fewer where all of them together would not fit: then small parts are sent whole and large ones get equal room.
        `n_rows`, `n_columns` and `n_trials` count what there is.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> extract(BoardState(), live=True, now_elapsed=0.1).state
    'starting'
    """
    started, best = state.started, state.best
    columns = _clipped_columns(state.columns[:MAX_COLUMNS])
    log, notices = _newest_that_fit(log_lines(state, state.recent)), _notices(state, live=live)
    texts = _text_bytes([*(each.text for each in log), *notices])
    room = _room(state, columns, _ROOM_BYTES - texts if room_bytes is None else room_bytes, max_rows)
    word = run_state(state, live=live)
    ended = state.finished
    return RunPanelMessage(
        sequence=state.sequence,
        run_id=started.run_id if started else "",
        name=one_line(started.name) if started else "",
        state=word,
        detail=_detail(state, word),
        target=one_line(started.target) if started else "",
        task=started.task if started else "",
        metric_label=one_line(started.metric_label, 40) if started else "",
        greater_is_better=state.greater_is_better,
        score=rounded(best.score) if best else None,
        score_error=rounded(best.score_error) if best else None,
        best_label=one_line(best.label, 60) if best else "",
        gain=_gain(state),
        budget_seconds=state.budget_seconds,
        budget_trials=state.budget_trials,
        reserve_seconds=started.reserve_seconds if started else 0.0,
        elapsed_seconds=round(ended.elapsed_seconds if ended else _elapsed(state, live, now_elapsed), 3),
        n_trials=state.n_tried,
        n_workers=state.n_workers,
        executor=state.executor,
        baselines=_baselines(state),
        history=thinned_history(state.history, room["history"]),
        paths=path_pictures(state, max_learners=MAX_PATHS, max_points=room["path"]),
        rows=board_rows(state, room["rows"]),
        n_rows=n_board_rows(state),
        columns=tuple(columns[: room["columns"]]),
        n_columns=len(state.columns),
        columns_summary=columns_summary(state.columns),
        log=log,
        notices=notices,
    )


def run_state(state: BoardState, *, live: bool) -> str:
    """Name of the state that a run is in, as messages name it.

    Parameters
    ----------
    state : BoardState
    live : bool
        Whether the run's own process is at work.

    Returns
    -------
    name : {"starting", "waiting", "running", "stopping", "stopped", "failed", "finished"}
    """
    if state.failed is not None:
        return "failed"
    if state.finished is not None:
        return "stopped" if state.finished.reason == "stopped" else "finished"
    if not live:
        return "stopped"
    if state.stop_requested:
        return "stopping"
    if state.best is not None and not state.waits_for:
        return "running"
    waits = bool(state.waits_for)
    waits |= state.started is not None and not state.trials and len(state.postponed) >= len(state.started.learners) > 0
    return "waiting" if waits else "starting"


def saved_document(message: RunPanelMessage) -> dict[str, Any]:
    """JSON that a saved notebook keeps under ``application/vnd.lepton.run+json``.

    Parameters
    ----------
    message : RunPanelMessage
        The last one that was known.

    Returns
    -------
    document : dict
        A state in which the run went on is turned into ``"saved"``.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> saved_document(extract(BoardState(), live=True))["state"]
    'saved'
    """
    return encode(saved(message))


def saved(message: RunPanelMessage) -> RunPanelMessage:
    """The message as a saved notebook keeps it: a state in which the run went on is turned into ``"saved"``."""
    return message if message.state in ENDED_STATES else replace(message, state="saved")


def _elapsed(state: BoardState, live: bool, now: float | None) -> float:
    if state.waits_for:
        return state.elapsed_seconds
    now = None if now is None else now - state.waited_seconds
    return max(now, state.elapsed_seconds) if live and now is not None and not state.ended else state.elapsed_seconds


def _detail(state: BoardState, word: str) -> str:
    if state.failed is not None:
        return one_line(state.failed.sentence, 400)
    if state.finished is not None:
        reason = END_REASONS.get(state.finished.reason, state.finished.reason)
        tested = state.finished.test_score
        shown = "" if tested is None else f"; {number(tested, table_decimals([tested]))} on the test table"
        chosen = (
            "" if state.chosen is None else f"; chosen for {PREFERENCES.get(state.chosen.prefer, state.chosen.prefer)}"
        )
        took = duration(state.cpu_seconds + state.finished.outside_seconds)
        return f"{reason}{shown}{chosen}; {took} of CPU"
    return _detail_before_the_end(state, word)


def _detail_before_the_end(state: BoardState, word: str) -> str:
    if word == "stopped":
        return "the kernel ended; what was finished is kept"
    if word == "stopping":
        return "the best so far is made ready"
    if word == "waiting" and state.waits_for:
        return f"{_runs(state.waits_for)} {'goes' if len(state.waits_for) == 1 else 'go'} first"
    if word == "waiting":
        return one_line(next(iter(state.postponed.values())), 200)
    if word == "starting" and state.started is not None:
        table = f"{counted(state.started.n_rows, 'row')}, {counted(state.started.n_columns, 'column')}"
        return f"{table}; first score in about {_first_score_seconds(state.started.n_rows, state.started.n_columns)} s"
    return ""


def _first_score_seconds(n_rows: int, n_columns: int) -> int:
    """What making the table ready and the first fit take."""
    return 1 + n_rows * n_columns // _VALUES_A_SECOND


def _baselines(state: BoardState) -> tuple[BaselineLine, ...]:
    lines = []
    linear, constant = state.linear_baseline, state.constant_baseline
    if linear is not None and linear.finished is not None:
        lines.append(BaselineLine(label="linear", score=rounded(linear.finished.score)))
    if constant is not None and constant.finished is not None:
        lines.append(BaselineLine(label=_constant_label(state), score=rounded(constant.finished.score)))
    return tuple(lines)


def _constant_label(state: BoardState) -> str:
    return "mean" if state.started is not None and state.started.task == "regression" else "majority"


def _gain(state: BoardState) -> GainOverBaseline | None:
    """Gain of the best over the linear baseline, or the constant one where no linear model was scored.

    None while the best is that baseline itself: a model does not gain over itself.
    """
    linear: TrialRecord | None = state.linear_baseline
    compared, label = (linear, "linear") if linear else (state.constant_baseline, _constant_label(state))
    best = state.best
    if best is None or compared is None or compared.finished is None or best.trial_id == compared.asked.trial_id:
        return None
    found = paired_difference(
        best.fold_scores, compared.finished.fold_scores, greater_is_better=state.greater_is_better
    )
    return GainOverBaseline(
        baseline=label,
        gain=rounded(found.mean),
        gain_error=rounded(found.error),
        fold_gains=tuple(rounded(each) for each in found.folds),
    )


def _runs(run_ids: Sequence[str]) -> str:
    """Runs by their ids, such as “run churn-1” or “runs churn-1 and churn-2”."""
    names = [one_line(each, 60) for each in run_ids]
    if len(names) == 1:
        return f"run {names[0]}"
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    return f"runs {', '.join(names[:-1])} and {names[-1]}"


def _notices(state: BoardState, *, live: bool) -> tuple[str, ...]:
    """Warnings, newest last, then what the fit is like, who shares the workers, and what waits, alike in one line."""
    waiting: dict[str, list[str]] = {}
    if not state.ended:
        for learner, reason in state.postponed.items():
            waiting.setdefault(reason, []).append(learner)
    shared = state.shared_with if live and not state.ended and not state.waits_for else ()
    sharing = [f"Shares {counted(state.n_shared, 'worker')} with {_runs(shared)}."] if shared else []
    guard = guard_sentences(state) if state.finished is not None else ()
    lines = [
        *state.warnings,
        *guard,
        *sharing,
        *(f"{', '.join(learners)}: {reason}" for reason, learners in waiting.items()),
    ]
    if len(lines) > MAX_NOTICES:
        left_out = len(lines) - (MAX_NOTICES - 1)
        lines = [f"{counted(left_out, 'earlier notice')} in the log", *lines[left_out:]]
    return tuple(one_line(each, 300) for each in lines)


def _clipped_columns(columns: Sequence[ColumnTreatment]) -> list[ColumnTreatment]:
    return [
        replace(
            each,
            name=one_line(each.name, 80),
            treatment=one_line(each.treatment, 80),
            reason=one_line(each.reason),
            missing_share=rounded(each.missing_share),
        )
        for each in columns
    ]


def _text_bytes(texts: Sequence[str]) -> int:
    """Bytes of texts as they travel, each with its quotes and comma."""
    return len(json.dumps(texts, ensure_ascii=False).encode())


def _mean_bytes(texts: Sequence[str]) -> float:
    return _text_bytes(texts) / max(1, len(texts))


def _newest_that_fit(lines: Sequence[LogLine]) -> tuple[LogLine, ...]:
    sizes = accumulate(_text_bytes([each.text]) for each in reversed(lines))
    n = sum(size <= _LOG_BYTES for size in sizes)
    return tuple(lines[len(lines) - n :])


def _room(state: BoardState, columns: Sequence[ColumnTreatment], room_bytes: int, max_rows: int) -> dict[str, int]:
    """How many of each kind fit."""
    n_rows = min(max_rows, n_board_rows(state))
    lengths = sorted((min(MAX_PATH_POINTS, len(steps) + 1) for steps in state.judgements.values()), reverse=True)
    path_bytes = _PATH_POINT_BYTES * sum(lengths[:MAX_PATHS])
    column_bytes = _COLUMN_BYTES + _mean_bytes([f"{each.name}{each.treatment}{each.reason}" for each in columns])
    asked = [record.asked for record in islice(state.trials.values(), max_rows)]
    row_bytes = _ROW_BYTES + _mean_bytes([one_line(each.label, 60) + one_line(each.description) for each in asked])
    row_bytes += 10 * (state.started.n_folds if state.started else 0)
    row_bytes += sum(_text_bytes(each.exports) for each in asked) / max(1, len(asked))
    demands = (
        n_rows * row_bytes,
        min(MAX_HISTORY, len(state.history)) * _HISTORY_POINT_BYTES,
        path_bytes,
        len(columns) * column_bytes,
    )
    # A little more than nothing, so that a share that meets its demand is not rounded down by one.
    rows, history, paths, described = (share + 1e-6 for share in fair_shares(demands, room_bytes))
    whole_paths = paths >= path_bytes
    return {
        "rows": int(rows / row_bytes),
        "history": int(history / _HISTORY_POINT_BYTES),
        "path": MAX_PATH_POINTS if whole_paths else int(paths / (_PATH_POINT_BYTES * min(MAX_PATHS, len(lengths)))),
        "columns": int(described / column_bytes),
    }
