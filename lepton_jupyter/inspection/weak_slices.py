"""Where a model is worse than elsewhere: rows under one or two readable conditions, beyond what chance explains."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.events.evaluation_messages import WeakSlice
from lepton_jupyter.inspection.bootstrap_intervals import bootstrap_intervals
from lepton_jupyter.inspection.column_cuts import cut_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.inspection.column_cuts import CutColumn
    from lepton_jupyter.inspection.labelled_rows import LabelledRows

#: Fewest rows of a slice, and its largest share of all rows.
LEAST_ROWS, _LEAST_SHARE, _LARGEST_SHARE = 30, 0.01, 0.5
_LEVEL = 0.05
#: What is left of a condition is called weak only where that is clearer: one more look, and many conditions.
_CLEARLY = 0.005
#: A slice's mean loss must exceed that of the others by this share of the overall mean to be worth a word.
_WORTH = 0.1
#: Columns that pairs are made of, and rows that are looked at.
_MOST_COLUMNS, _MOST_ROWS = 24, 200_000
_MOST_SHOWN = 12
_SAMPLES = 200
_SMALLEST_PROBABILITY = 1e-6


@dataclass(frozen=True, slots=True)
class SliceSearch:
    """What was found, and how it was looked for.

    Parameters
    ----------
    slices : tuple of WeakSlice
        Those with most rows' worth of loss first.
    n_looked_at : int
        Conditions with enough rows, all of which the p-values are corrected for.
    note : str
    """

    slices: tuple[WeakSlice, ...]
    n_looked_at: int
    note: str


@dataclass(frozen=True, slots=True)
class _Sums:
    """Rows, their losses and squared losses, of some slices."""

    n: Any
    total: Any
    squares: Any

    def minus(self, other: _Sums) -> _Sums:
        return _Sums(self.n - other.n, self.total - other.total, self.squares - other.squares)

    @property
    def mean(self) -> Any:
        return self.total / np.maximum(self.n, 1)

    @property
    def variance(self) -> Any:
        return np.maximum(0.0, self.squares - self.n * self.mean**2) / np.maximum(self.n - 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A condition with enough rows; of a pair, the columns' codes are both given."""

    columns: tuple[int, ...]
    codes: tuple[int, ...]
    sums: _Sums


def find_weak_slices(
    table: pd.DataFrame, rows: LabelledRows, metric: Metric, kinds: Mapping[str, str], *, seed: int = 0
) -> SliceSearch:
    """Look at single columns and pairs of them for rows that are predicted worse than the others.

    Numbers are cut into fifths, categories into their values. Each part with at least 30 rows and 1 % of them, and at
    most half, is compared with all other rows by Welch's one-sided t-test of the mean loss of a row; p-values are
    corrected for all conditions looked at by Holm's method [1]_, so that in 19 of 20 evaluations of a model that is
    equally good everywhere no slice is shown. Of a pair both conditions must matter; of a condition whose loss is that
    of one pair, the pair is shown; and a condition must be weak also without the rows of
    those that are shown before it.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns of the judged rows.
    rows : LabelledRows
    metric : Metric
        The run's: each slice is scored by it.
    kinds : mapping of str to str
        What each column is understood as; columns that are not named are not looked at.
    seed : int, default=0

    Returns
    -------
    search : SliceSearch

    References
    ----------
    .. [1] S. Holm. A simple sequentially rejective multiple test procedure. Scand. J. Statistics 6(2):65-70, 1979.
    .. [2] Y. Chung, T. Kraska, N. Polyzotis, K. H. Tae, S. E. Whang. Slice finder: automated data slicing for model
           validation. ICDE, 2019.
    """
    if len(rows) > _MOST_ROWS:
        places = np.sort(np.random.default_rng(seed).choice(len(rows), _MOST_ROWS, replace=False))
        table, rows = table.iloc[places], rows.at(places)
    losses, words = row_losses(rows, metric)
    if len(rows) < 4 * LEAST_ROWS:
        return SliceSearch((), 0, f"not looked for: a slice needs {LEAST_ROWS} rows, and there are {len(rows)} in all")
    cuts = [cut_column(table[name], kind) for name, kind in kinds.items() if name in table.columns]
    columns = [each for each in cuts if each is not None]
    candidates, n_looked_at = _candidates(columns, losses)
    whole = _sums_of(losses)
    found = _apart(_own(_significant(candidates, n_looked_at, whole), whole), columns, losses)
    slices = tuple(
        _described(candidate, p_value, columns, rows, metric, losses, whole, seed) for candidate, p_value in found
    )
    conditions = f"{n_looked_at:,} condition{'' if n_looked_at == 1 else 's'}"
    return SliceSearch(slices, n_looked_at, f"{words} of a row, {conditions} looked at and corrected for (Holm)")


def row_losses(rows: LabelledRows, metric: Metric) -> tuple[NDArray[np.float64], str]:
    """Loss of each row, of the kind the run is judged by, and its name.

    Examples
    --------
    >>> from lepton_jupyter.evaluation.metrics import find_metric
    >>> from lepton_jupyter.inspection.labelled_rows import LabelledRows
    >>> rows = LabelledRows(np.array([1, 0]), np.array([[0.5, 0.5], [1.0, 0.0]]), ("no", "yes"))
    >>> row_losses(rows, find_metric("roc_auc", "binary"))[0].round(3)
    array([0.693, 0.   ])
    """
    if not rows.n_classes:
        errors = rows.y - rows.predictions[:, 0]
        return (np.abs(errors), "absolute error") if "absolute" in metric.name else (errors**2, "squared error")
    if metric.needs == "labels":
        return (rows.labels != rows.y).astype(np.float64), "error"
    of_truth = rows.predictions[np.arange(len(rows)), rows.y].astype(np.float64)
    return np.abs(np.log(np.clip(of_truth, _SMALLEST_PROBABILITY, 1.0))), "log loss"


def _sums(codes: NDArray[np.int64], losses: NDArray[np.float64], n_codes: int) -> _Sums:
    return _Sums(
        np.bincount(codes, minlength=n_codes),
        np.bincount(codes, weights=losses, minlength=n_codes),
        np.bincount(codes, weights=losses**2, minlength=n_codes),
    )


def _candidates(columns: Sequence[CutColumn], losses: NDArray[np.float64]) -> tuple[list[_Candidate], int]:
    """Conditions with enough rows, and how many were looked at: pairs that were spared are counted as well."""
    least = max(LEAST_ROWS, math.ceil(_LEAST_SHARE * len(losses)))
    most = _LARGEST_SHARE * len(losses)
    candidates: list[_Candidate] = []
    spread = []
    for index, column in enumerate(columns):
        n_parts = len(column.conditions)
        sums = _sums(column.codes, losses, n_parts + 1)
        spread.append(float((sums.n * (sums.mean - losses.mean()) ** 2)[:n_parts].sum()))
        enough = np.flatnonzero((sums.n[:n_parts] >= least) & (sums.n[:n_parts] <= most))
        candidates += [_Candidate((index,), (code,), _pick(sums, code)) for code in enough.tolist()]
    n_looked_at = len(candidates)
    paired = sorted(np.argsort(np.array(spread))[::-1][:_MOST_COLUMNS].tolist())
    for one, other in combinations(range(len(columns)), 2):
        if one not in paired or other not in paired:
            n_looked_at += len(columns[one].conditions) * len(columns[other].conditions)
            continue
        height, width = len(columns[one].conditions) + 1, len(columns[other].conditions) + 1
        sums = _sums(columns[one].codes * width + columns[other].codes, losses, height * width)
        for flat in np.flatnonzero((sums.n >= least) & (sums.n <= most)).tolist():
            first, second = divmod(flat, width)
            if first < height - 1 and second < width - 1:
                candidates.append(_Candidate((one, other), (first, second), _pick(sums, flat)))
                n_looked_at += 1
    return candidates, n_looked_at


def _pick(sums: _Sums, place: int) -> _Sums:
    return _Sums(int(sums.n[place]), float(sums.total[place]), float(sums.squares[place]))


def _worse(part: _Sums, rest: _Sums) -> float:
    """One-sided p-value of Welch's test: how probable so much more loss is by chance."""
    from scipy.stats import t

    one, other = part.variance / part.n, rest.variance / max(rest.n, 1)
    error = math.sqrt(one + other)
    if error == 0 or rest.n < 2:
        return 1.0 if rest.n < 2 or part.mean <= rest.mean else 0.0
    degrees = (one + other) ** 2 / (one**2 / max(part.n - 1, 1) + other**2 / (rest.n - 1))
    return float(t.sf((part.mean - rest.mean) / error, degrees))


def _significant(candidates: list[_Candidate], n_looked_at: int, whole: _Sums) -> list[tuple[_Candidate, float]]:
    """Candidates that are worse beyond chance, with their p-values by Holm's method."""
    p_values = [_worse(each.sums, whole.minus(each.sums)) for each in candidates]
    found, largest = [], 0.0
    for rank, place in enumerate(np.argsort(p_values, kind="stable").tolist()):
        largest = max(largest, min(1.0, p_values[place] * (n_looked_at - rank)))
        if largest > _LEVEL:
            break
        sums = candidates[place].sums
        if sums.mean - whole.minus(sums).mean > _WORTH * whole.mean:
            found.append((candidates[place], largest))
    return found


def _apart(
    found: list[tuple[_Candidate, float]], columns: Sequence[CutColumn], losses: NDArray[np.float64]
) -> list[tuple[_Candidate, float]]:
    """Conditions that are weak also without the rows that earlier ones have named."""
    named = np.zeros(len(losses), dtype=bool)
    kept = []
    for candidate, p_value in found:
        inside = _inside(candidate, columns)
        new, others = losses[inside & ~named], losses[~(inside | named)]
        if len(new) >= LEAST_ROWS and (not named.any() or _worse(_sums_of(new), _sums_of(others)) <= _CLEARLY):
            kept.append((candidate, p_value))
            named |= inside
        if len(kept) == _MOST_SHOWN:
            break
    return kept


def _sums_of(losses: NDArray[np.float64]) -> _Sums:
    return _Sums(len(losses), float(losses.sum()), float((losses**2).sum()))


def _inside(candidate: _Candidate, columns: Sequence[CutColumn]) -> NDArray[np.bool_]:
    parts = [columns[index].codes == code for index, code in zip(candidate.columns, candidate.codes, strict=True)]
    return np.asarray(np.logical_and.reduce(parts))


def _own(found: list[tuple[_Candidate, float]], whole: _Sums) -> list[tuple[_Candidate, float]]:
    """Conditions that say something of their own, most rows' worth of loss first."""
    singles = {(each.columns[0], each.codes[0]): each for each, _ in found if len(each.columns) == 1}
    pairs = [(each, p) for each, p in found if len(each.columns) == 2 and _adds(each, singles)]
    explained = {
        parent
        for pair, _ in pairs
        for parent in zip(pair.columns, pair.codes, strict=True)
        if parent in singles and _rest_is_fine(singles[parent], pair, whole)
    }
    kept = [
        (each, p) for each, p in found if len(each.columns) == 1 and (each.columns[0], each.codes[0]) not in explained
    ]
    return sorted([*kept, *pairs], key=lambda item: -item[0].sums.n * (item[0].sums.mean - whole.mean))


def _adds(pair: _Candidate, singles: Mapping[tuple[int, int], _Candidate]) -> bool:
    """Whether a pair is worse than what is left of each of its conditions; of one not weak itself it surely is."""
    parents = (singles.get(parent) for parent in zip(pair.columns, pair.codes, strict=True))
    return all(_worse(pair.sums, each.sums.minus(pair.sums)) < _LEVEL for each in parents if each is not None)


def _rest_is_fine(single: _Candidate, pair: _Candidate, whole: _Sums) -> bool:
    """Whether a condition is no worse than the other rows once a pair's rows are taken out."""
    rest = single.sums.minus(pair.sums)
    return rest.n < LEAST_ROWS or _worse(rest, whole.minus(single.sums)) > _CLEARLY


def _described(
    candidate: _Candidate,
    p_value: float,
    columns: Sequence[CutColumn],
    rows: LabelledRows,
    metric: Metric,
    losses: NDArray[np.float64],
    whole: _Sums,
    seed: int,
) -> WeakSlice:
    parts = [(columns[index], code) for index, code in zip(candidate.columns, candidate.codes, strict=True)]
    inside = _inside(candidate, columns)
    part = rows.at(np.flatnonzero(inside))
    intervals = bootstrap_intervals({"score": part.scorer(metric)}, len(part), seed=seed, n_samples=_SAMPLES)
    low, high = intervals.ends["score"]
    predicted, observed = _levels(part)
    return WeakSlice(
        condition=" and ".join(column.conditions[code] for column, code in parts),
        columns=tuple(column.name for column, _ in parts),
        n_rows=len(part),
        share=len(part) / len(rows),
        score=part.score(metric),
        low=low,
        high=high,
        loss=float(losses[inside].mean()),
        rest_loss=float(whole.minus(candidate.sums).mean),
        predicted=predicted,
        observed=observed,
        p_value=p_value,
    )


def _levels(part: LabelledRows) -> tuple[float, float]:
    if part.n_classes > 2:
        return math.nan, math.nan
    if part.n_classes:
        return float(part.predictions[:, 1].mean()), float((part.y == 1).mean())
    return float(part.predictions[:, 0].mean()), float(part.y.mean())
