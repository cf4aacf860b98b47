"""Whether a column looks like the time of each row, so that a person is told before folds of random rows flatter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT, read_moments, read_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.column_kinds import ColumnSchema

#: Rows that are looked at.
_SAMPLE_ROWS = 5_000
_FEWEST_ROWS, _FEWEST_TIMES = 50, 10
#: Share of neighbouring rows in order from which a table is sorted but for a few.
_SORTED_SHARE = 0.97
#: Parts of time that the target is compared in, and the share of its variance that must lie between them.
_PARTS, _DRIFT_SHARE = 10, 0.03
#: Ratio of variances that chance does not reach with ten parts.
_DRIFT_RATIO = 8.0
_LIKE_TIME = re.compile(
    r"(.*[\W_])?(time|timestamp|date|day|week|month|year|epoch|ts|datetime|created|updated)([\W_]?(at|on|no|nr|utc))?",
    re.IGNORECASE,
)
_OF_A_PERSON = re.compile(r"birth|born|dob|geb", re.IGNORECASE)


def suspected_time(table: pd.DataFrame, columns: Iterable[ColumnSchema], y: NDArray[Any], n_classes: int) -> str | None:
    """Name of the column that looks like the time of each row, or None; the first of several, dates before numbers.

    A column of dates does where the rows are sorted by it, or nearly, or where the target drifts with it; a column of
    numbers only where the rows are sorted by it and it is named like a time. Dates of birth are not suspected.

    Parameters
    ----------
    table : pandas.DataFrame
        Of the rows that are learnt from; a few thousand of them are looked at.
    columns : iterable of ColumnSchema
    y : ndarray of shape (n_rows,)
        Values, or class codes.
    n_classes : int
        0 for regression.

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.data.schema import understand
    >>> table = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=60), "y": [0, 1] * 30})
    >>> schema = understand(table, target="y")
    >>> suspected_time(table, schema.columns, schema.target.y, 2)
    'day'
    """
    if len(table) < _FEWEST_ROWS:
        return None
    rows = np.linspace(0, len(table) - 1, min(len(table), _SAMPLE_ROWS)).astype(np.int64)
    for column in sorted(columns, key=lambda each: each.kind != "date"):
        by_name = column.kind in {"number", "identifier"} and _LIKE_TIME.fullmatch(column.name)
        if not (column.kind == "date" or by_name) or _OF_A_PERSON.search(column.name):
            continue
        moments, known = _moments(table[column.name].iloc[rows], column)
        if len(moments) < _FEWEST_ROWS or len(np.unique(moments)) < _FEWEST_TIMES:
            continue
        if _sorted(moments) or (column.kind == "date" and _drifts(moments, y[rows][known], n_classes)):
            return column.name
    return None


def _moments(values: pd.Series[Any], column: ColumnSchema) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    if column.kind == "date":
        moments = read_moments(values, text_format=column.text_format, timezone="UTC").values
        known = moments != NO_MOMENT
    else:
        moments = read_numbers(values).values
        known = np.isfinite(moments)
    return moments[known], known


def _sorted(moments: NDArray[Any]) -> bool:
    steps = np.diff(moments)
    return max(float(np.mean(steps >= 0)), float(np.mean(steps <= 0))) >= _SORTED_SHARE


def _drifts(moments: NDArray[Any], y: NDArray[Any], n_classes: int) -> bool:
    """Whether the target differs between parts of time by more than chance makes it (an analysis of variance)."""
    part = np.argsort(np.argsort(moments, kind="stable"), kind="stable") * _PARTS // len(moments)
    targets = [y == code for code in range(n_classes)][1:] if n_classes else [y]
    shares = [_share_between(target.astype(np.float64), part) for target in targets]
    share = max(shares, default=0.0)
    ratio = share / (_PARTS - 1) / max(1e-12, (1 - share) / (len(y) - _PARTS))
    return share >= _DRIFT_SHARE and ratio >= _DRIFT_RATIO


def _share_between(target: NDArray[np.float64], part: NDArray[np.int64]) -> float:
    sizes = np.bincount(part, minlength=_PARTS)
    means = np.bincount(part, target, minlength=_PARTS) / np.maximum(sizes, 1)
    variance = float(target.var())
    return float(sizes @ (means - target.mean()) ** 2 / len(target) / variance) if variance > 0 else 0.0
