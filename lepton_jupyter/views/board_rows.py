"""The lines of the leaderboard: each model beside the best, fold by fold."""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.messages import BoardPageMessage, BoardRow
from lepton_jupyter.views.fit_guard import is_parted
from lepton_jupyter.views.number_format import rounded
from lepton_jupyter.views.paired_difference import PairedDifference, paired_difference
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from lepton_jupyter.events.run_events import EnsembleUpdated, ModelChosen, TrialFinished
    from lepton_jupyter.views.board_state import BoardState
    from lepton_jupyter.views.trial_record import BestModel, TrialRecord

#: Most rows of a page: as many as 256 KiB hold, and no more than are computed while one blinks.
MAX_PAGE_ROWS = 500

_THE_BEST = PairedDifference(0.0, 0.0, ())


def board_rows(state: BoardState, limit: int | None = None) -> tuple[BoardRow, ...]:
    """Best models first, the ensemble before all.

    Parameters
    ----------
    state : BoardState
    limit : int, optional
        Most rows. The constant baselines keep their place at the end, so that what must be beaten is always seen.

    Returns
    -------
    rows : tuple of BoardRow
        Ranked from 1; the ensemble and the constant baselines carry no rank.
    """
    best = state.best
    if best is None:
        return ()
    finished = state.finished_trials
    ranked = [each for each in finished if not each[0].is_baseline]
    baselines = [each for each in finished if each[0].is_baseline]
    ensemble = _ensemble_row(state, best)
    room = len(ranked) if limit is None else max(0, limit - len(baselines) - len(ensemble))
    chosen = heapq.nsmallest(room, ranked, key=lambda each: _order(state, each[1]))
    rows = [*ensemble, *(_trial_row(state, best, each, rank) for rank, each in enumerate(chosen, start=1))]
    rows += [_trial_row(state, best, each, None) for each in sorted(baselines, key=lambda each: _order(state, each[1]))]
    return tuple(rows if limit is None else rows[:limit])


def board_page(state: BoardState, after_rank: int, *, max_rows: int = MAX_PAGE_ROWS) -> BoardPageMessage:
    """The rows that follow those of a panel's message.

    Parameters
    ----------
    state : BoardState
    after_rank : int
        Rank of the last row that is known.
    max_rows : int, default=500

    Returns
    -------
    page : BoardPageMessage
        Ranked models alone: the ensemble and the constant baselines are in every message of the panel.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> board_page(BoardState(), 100).rows
    ()
    """
    best = state.best
    ranked = [each for each in state.finished_trials if not each[0].is_baseline]
    begin = max(0, after_rank)
    chosen = heapq.nsmallest(begin + max_rows, ranked, key=lambda each: _order(state, each[1]))[begin:]
    return BoardPageMessage(
        sequence=state.sequence,
        after_rank=begin,
        n_ranked=len(ranked),
        rows=tuple(_trial_row(state, best, each, rank) for rank, each in enumerate(chosen, start=begin + 1))
        if best is not None
        else (),
    )


def n_board_rows(state: BoardState) -> int:
    """Rows of the whole board, however few are sent."""
    return state.n_finished + (state.ensemble_as_model() is not None)


def _order(state: BoardState, done: TrialFinished) -> tuple[float, int]:
    if not math.isfinite(done.score):
        return (math.inf, done.trial_id)
    return (-done.score if state.greater_is_better else done.score, done.trial_id)


def _difference(state: BoardState, best: BestModel, trial_id: int | None, folds: tuple[float, ...]) -> PairedDifference:
    if trial_id == best.trial_id:
        return _THE_BEST
    return paired_difference(folds, best.fold_scores, greater_is_better=state.greater_is_better)


def _guard(
    state: BoardState, trial_id: int | None, model: TrialFinished | EnsembleUpdated | ModelChosen
) -> dict[str, Any]:
    """What a row says about rows that were trained on, and about those that never were."""
    apart = (model.train_score, model.score) if state.greater_is_better else (model.score, model.train_score)
    tested = state.test_scores.get(trial_id)
    return {
        "train_score": rounded(model.train_score),
        "train_error": rounded(model.train_error),
        "test_score": None if tested is None else rounded(tested.score),
        "test_error": None if tested is None else rounded(tested.score_error),
        "gap": rounded(apart[0] - apart[1]),
        "parted": is_parted(state, model),
    }


def _rounded_all(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(rounded(each) for each in values)


def _ensemble_row(state: BoardState, best: BestModel) -> list[BoardRow]:
    model, event = state.ensemble_as_model(), state.ensemble
    if model is None or event is None:
        return []
    difference = _difference(state, best, None, event.fold_scores)
    fits = [state.trials[each.trial_id].finished for each in event.members if each.trial_id in state.trials]
    return [
        BoardRow(
            trial_id=None,
            rank=None,
            family="ensemble",
            label=model.label,
            description=_member_labels(state),
            score=rounded(event.score),
            score_error=rounded(event.score_error),
            difference=rounded(difference.mean),
            difference_error=rounded(difference.error),
            tied=best.trial_id is None or difference.reaches_zero,
            fold_scores=_rounded_all(event.fold_scores),
            **_guard(state, None, event),
            fit_seconds=rounded(math.fsum(each.fit_seconds for each in fits if each is not None)),
            row_milliseconds=rounded(event.row_milliseconds),
            size_bytes=event.size_bytes,
            on_frontier=best.trial_id is None,
            members=tuple(sorted(event.members, key=lambda each: (-each.weight, each.trial_id))),
            exports=_exports_of_all(state),
        )
    ]


def _member_labels(state: BoardState) -> str:
    """Learners of the ensemble's members, the heaviest first: “LightGBM ×2, Logistic”."""
    if state.ensemble is None:
        return ""
    weights: dict[str, list[float]] = {}
    for each in state.ensemble.members:
        record = state.trials.get(each.trial_id)
        if record is not None:
            weights.setdefault(record.asked.label, []).append(each.weight)
    labels = sorted(weights, key=lambda label: -sum(weights[label]))
    return one_line(", ".join(f"{each} ×{len(weights[each])}" if len(weights[each]) > 1 else each for each in labels))


def _exports_of_all(state: BoardState) -> tuple[str, ...]:
    """Formats that hold every member of the ensemble."""
    if state.ensemble is None:
        return ()
    asked = [state.trials[each.trial_id].asked for each in state.ensemble.members if each.trial_id in state.trials]
    first, *others = [each.exports for each in asked] or [()]
    return tuple(each for each in first if all(each in other for other in others))


def _trial_row(
    state: BoardState, best: BestModel, trial: tuple[TrialRecord, TrialFinished], rank: int | None
) -> BoardRow:
    record, done = trial
    difference = _difference(state, best, done.trial_id, done.fold_scores)
    return BoardRow(
        trial_id=done.trial_id,
        rank=rank,
        family=record.asked.family,
        label=one_line(record.asked.label, 60),
        description=one_line(record.asked.description),
        score=rounded(done.score),
        score_error=rounded(done.score_error),
        difference=rounded(difference.mean),
        difference_error=rounded(difference.error),
        tied=difference.reaches_zero,
        fold_scores=_rounded_all(done.fold_scores),
        **_guard(state, done.trial_id, done),
        fit_seconds=rounded(done.fit_seconds),
        row_milliseconds=rounded(done.row_milliseconds),
        size_bytes=done.size_bytes,
        on_frontier=done.trial_id in state.frontier,
        members=(),
        exports=record.asked.exports,
    )
