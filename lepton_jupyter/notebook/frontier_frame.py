"""The front of score and latency as a DataFrame, to choose from by eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from lepton_jupyter.evaluation.model_choice import Candidate

_COLUMNS = {
    "model": "object", "score": "float64", "score_error": "float64", "fit_seconds": "float64",
    "row_milliseconds": "float64", "size_bytes": "int64", "exports": "object", "trials": "object", "folds": "object",
}  # fmt: skip


def frontier_frame(front: Sequence[Candidate]) -> pd.DataFrame:
    """List the candidates of a front, each slower and better than the one before.

    Parameters
    ----------
    front : sequence of Candidate

    Returns
    -------
    frame : DataFrame
        Columns: ``model`` (as read), ``score`` in the metric's unit, ``score_error`` (half of a 95 % interval),
        ``fit_seconds`` (over all folds and members), ``row_milliseconds`` (of one row within a batch), ``size_bytes``,
        ``exports`` (formats that all members can be converted to), ``trials`` (of which it is made, with their
        weights), ``folds`` (whose models predict: the mean of all is somewhat better than its score says, which is
        that of one). Empty, with these columns, before the first model.

    Examples
    --------
    >>> list(frontier_frame([]).columns[:2])
    ['model', 'score']
    """
    import pandas as pd

    records = [
        {
            "model": each.label,
            "score": each.score,
            "score_error": each.score_error,
            "fit_seconds": each.fit_seconds,
            "row_milliseconds": each.row_milliseconds,
            "size_bytes": each.size_bytes,
            "exports": each.exports,
            "trials": dict(each.weights),
            "folds": each.folds,
        }
        for each in front
    ]
    return pd.DataFrame(records, columns=list(_COLUMNS)).astype(_COLUMNS)
