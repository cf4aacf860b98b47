"""The leaderboard as a DataFrame, to sort, filter and plot as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.board_rows import board_rows

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.events.messages import BoardRow
    from lepton_jupyter.views.board_state import BoardState

_COLUMNS = (
    "rank", "model", "learner", "description", "score", "score_error", "difference", "train_score", "fit_seconds",
    "row_milliseconds", "size_bytes", "trial", "origin", "folds",
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
        typed), ``description``, ``score`` and ``train_score`` in the metric's unit, ``score_error`` (half of a 95 %
        interval), ``difference`` (to the best, paired by fold; negative is worse), ``fit_seconds`` (over all folds),
        ``row_milliseconds``, ``size_bytes``, ``trial`` (missing for the ensemble), ``origin``, ``folds`` (the score of
        each fold, as a tuple). Empty, with these columns, before the first model.

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
    numbers = ("score", "score_error", "difference", "train_score", "fit_seconds", "row_milliseconds")
    return frame.astype(kinds | dict.fromkeys(numbers, "float64"))


def _record(state: BoardState, row: BoardRow) -> dict[str, Any]:
    trial = None if row.trial_id is None else state.trials[row.trial_id]
    source = state.ensemble if trial is None else trial.finished
    return {
        "rank": row.rank,
        "model": row.label,
        "learner": "ensemble" if trial is None else trial.asked.learner,
        "description": row.description,
        # As scored: rows of the panel are rounded to what a picture can show.
        "score": row.score if source is None else source.score,
        "score_error": row.score_error if source is None else source.score_error,
        "difference": row.difference,
        "train_score": None if source is None else source.train_score,
        "fit_seconds": row.fit_seconds,
        "row_milliseconds": row.row_milliseconds,
        "size_bytes": row.size_bytes,
        "trial": row.trial_id,
        "origin": "ensemble" if trial is None else trial.asked.origin,
        "folds": row.fold_scores if source is None else source.fold_scores,
    }
