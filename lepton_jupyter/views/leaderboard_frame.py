"""The leaderboard as a DataFrame, to sort, filter and plot as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.board_rows import board_rows

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.events.messages import BoardRow
    from lepton_jupyter.views.board_state import BoardState

_COLUMNS = (
    "rank", "model", "learner", "description", "score", "score_error", "difference", "train_score", "train_error",
    "test_score", "test_error", "parted", "fit_seconds", "cpu_seconds", "row_milliseconds", "size_bytes", "trial",
    "origin", "folds",
)  # fmt: skip


def leaderboard(state: BoardState) -> pd.DataFrame:
    """List every finished model, the best first, the ensemble before all.

    Parameters
    ----------
    state : BoardState

    Returns
    -------
    board : DataFrame
        Columns: ``rank`` (missing for the ensemble and the constant baselines), ``model`` (as read), ``learner`` (as
        typed), ``description``, ``score``, ``train_score`` and ``test_score`` (on the held-out table, missing for those
        that were not scored on it) in the metric's unit, each with its error (half of a 95 % interval), ``difference``
        (to the best, paired by fold; negative is worse), ``parted`` (whether training and out-of-fold score part by
        more than is usual), ``fit_seconds`` (over all folds), ``cpu_seconds`` (of all that was done for it; of an
        ensemble: of its members), ``row_milliseconds``, ``size_bytes``, ``trial`` (missing for the ensemble),
        ``origin``, ``folds`` (the score of each fold, as a tuple). Empty, with these columns, before the first model.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> list(leaderboard(BoardState()).columns[:3])
    ['rank', 'model', 'learner']
    """
    import pandas as pd

    records = [_record(state, row) for row in board_rows(state)]
    frame = pd.DataFrame(records, columns=list(_COLUMNS))
    kinds = {"rank": "Int64", "trial": "Int64", "size_bytes": "int64"}
    numbers = (
        "score", "score_error", "difference", "train_score", "train_error", "test_score", "test_error", "fit_seconds",
        "cpu_seconds", "row_milliseconds",
    )  # fmt: skip
    return frame.astype(kinds | dict.fromkeys(numbers, "float64"))


def _record(state: BoardState, row: BoardRow) -> dict[str, Any]:
    trial = None if row.trial_id is None else state.trials[row.trial_id]
    source = state.ensemble if trial is None else trial.finished
    tested = state.test_scores.get(row.trial_id)
    return {
        "rank": row.rank,
        "model": row.label,
        "learner": "ensemble" if trial is None else trial.asked.learner,
        "description": row.description,
        # As scored: rows of the panel are rounded to what a picture can show.
        "score": row.score if source is None else source.score,
        "score_error": row.score_error if source is None else source.score_error,
        "difference": row.difference,
        "train_score": row.train_score if source is None else source.train_score,
        "train_error": row.train_error if source is None else source.train_error,
        "test_score": None if tested is None else tested.score,
        "test_error": None if tested is None else tested.score_error,
        "parted": row.parted,
        "fit_seconds": row.fit_seconds,
        "cpu_seconds": _cpu_seconds(state, row),
        "row_milliseconds": row.row_milliseconds,
        "size_bytes": row.size_bytes,
        "trial": row.trial_id,
        "origin": "ensemble" if trial is None else trial.asked.origin,
        "folds": row.fold_scores if source is None else source.fold_scores,
    }


def _cpu_seconds(state: BoardState, row: BoardRow) -> float:
    ids = [row.trial_id] if row.trial_id is not None else [member.trial_id for member in row.members]
    records = (state.trials.get(each) for each in ids if each is not None)
    return sum(record.cpu_seconds + record.dropped_seconds for record in records if record is not None)
