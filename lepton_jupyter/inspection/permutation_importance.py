"""How much a model needs each column: what the score loses when the column's values are shuffled."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.evaluation.uncertainty import student_quantile
from lepton_jupyter.events.evaluation_messages import ImportanceLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.inspection.labelled_rows import LabelledRows

    #: ``predict(table, places)``: predictions for lines of a table, and the place of each in the judged rows.
    Predict = Callable[[pd.DataFrame, NDArray[np.int64]], NDArray[np.float64]]

#: Rows of the sample and shuffles; the first that the time allows is taken, so that it does not change at every breeze.
_PLANS = ((5_000, 5), (2_000, 5), (1_000, 5), (500, 5), (200, 5), (200, 3), (100, 3), (50, 3))
#: Lines of a message.
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Importance:
    """Importance of columns, the largest first.

    Parameters
    ----------
    lines : tuple of ImportanceLine
        One for each column that was measured.
    n_rows : int
        Of the sample.
    n_shuffles : int
    n_left_out : int
        Columns that the time did not suffice for.
    """

    lines: tuple[ImportanceLine, ...]
    n_rows: int
    n_shuffles: int
    n_left_out: int

    @property
    def note(self) -> str:
        """How it was measured, in a few words."""
        said = f"{self.n_shuffles} shuffles of {self.n_rows:,} rows"
        if not self.n_left_out:
            return said
        return f"{said}; time did not suffice for {self.n_left_out:,} more column{'' if self.n_left_out == 1 else 's'}"


def permutation_importance(
    predict: Predict,
    table: pd.DataFrame,
    rows: LabelledRows,
    metric: Metric,
    columns: Sequence[str],
    *,
    seconds: float,
    seed: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> Importance:
    """Shuffle one column after the other and score the predictions anew.

    scikit-learn's function of this name gives the same figures; it knows no limit of time, and predicts once for each
    shuffle, where here all shuffles of a column are predicted in one call.

    Parameters
    ----------
    predict : callable
        ``predict(table, places)``, of shape (n_rows, n_outputs).
    table : pandas.DataFrame
        The columns of the judged rows.
    rows : LabelledRows
        Their truth, and the threshold that metrics on labels are taken at.
    metric : Metric
    columns : sequence of str
        Those that the model learns from.
    seconds : float
        What it may take; it may be exceeded by one column's worth.
    seed : int, default=0
    clock : callable

    Returns
    -------
    importance : Importance
        Positive: the score is worse without the column. Columns that say the same as another one count little each,
        since the other is still there.

    References
    ----------
    .. [1] L. Breiman. Random forests. Machine Learning 45(1):5-32, 2001.
    """
    random = np.random.default_rng(seed)
    size, n_shuffles = _plan(predict, table, len(columns), seconds, clock)
    ends = clock() + seconds
    places = np.arange(len(rows)) if size >= len(rows) else np.sort(random.choice(len(rows), size, replace=False))
    sample = table.iloc[places].reset_index(drop=True)
    base = _score(rows, places, predict(sample, places), metric)
    repeated = sample.iloc[np.tile(np.arange(len(places)), n_shuffles)].reset_index(drop=True)
    all_places = np.tile(places, n_shuffles)
    found: list[ImportanceLine] = []
    for column in columns:
        if clock() >= ends and found:
            break
        order = np.concatenate([random.permutation(len(places)) for _ in range(n_shuffles)])
        shuffled = repeated.copy(deep=False)
        shuffled[column] = sample[column].iloc[order].reset_index(drop=True)
        predictions = predict(shuffled, all_places).reshape(n_shuffles, len(places), -1)
        scores = [_score(rows, places, each, metric) for each in predictions]
        losses = [(base - score) if metric.greater_is_better else (score - base) for score in scores]
        found.append(_line(column, np.array(losses)))
    lines = sorted(found, key=lambda line: -line.importance if math.isfinite(line.importance) else math.inf)
    return Importance(tuple(lines), len(places), n_shuffles, len(columns) - len(found))


def _plan(
    predict: Predict, table: pd.DataFrame, n_columns: int, seconds: float, clock: Callable[[], float]
) -> tuple[int, int]:
    """Rows of the sample and shuffles that the time allows, from what a small and a larger prediction take."""
    took = []
    # The first call also reads models and makes threads; it is not counted.
    for n_rows in (10, 20, 400):
        places = np.arange(min(n_rows, len(table)))
        began = clock()
        predict(table.iloc[: len(places)], places)
        took.append((len(places), clock() - began))
    (few, little), (many, more) = took[1:]
    by_row = max(0.0, (more - little) / max(1, many - few))
    by_call = max(1e-9, little - few * by_row)
    for n_rows, n_shuffles in _PLANS:
        if n_columns * (by_call + by_row * min(n_rows, len(table)) * n_shuffles) <= 0.8 * seconds:
            return n_rows, n_shuffles
    return _PLANS[-1]


def _score(rows: LabelledRows, places: NDArray[np.int64], predictions: NDArray[Any], metric: Metric) -> float:
    return rows.predicted_as(predictions, places).score(metric)


def _line(column: str, losses: NDArray[np.float64]) -> ImportanceLine:
    mean = float(losses.mean())
    half = student_quantile(len(losses) - 1) * float(losses.std(ddof=1)) / math.sqrt(len(losses))
    return ImportanceLine(column=column, importance=mean, low=mean - half, high=mean + half)
