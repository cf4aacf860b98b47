"""How another table differs from the profiled one: column by column, and as a model sees all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lepton_jupyter.data.column_kinds import ColumnSchema, understand_column
from lepton_jupyter.evaluation.drift_measures import (
    Effect,
    cramers_v,
    drift_level,
    kolmogorov_smirnov,
    stability_index,
)
from lepton_jupyter.events.profile_messages import DriftedColumn, DriftPicture
from lepton_jupyter.exceptions.data_errors import ComplexDataError, InfiniteValuesError
from lepton_jupyter.execution.side_by_side import side_by_side
from lepton_jupyter.inspection.column_profile import MOST_LEVELS, bar_shares
from lepton_jupyter.inspection.column_values import ColumnValues, no_number, read_as, text_lengths
from lepton_jupyter.inspection.domain_classifier import model_rows, separability

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

#: Rows of each table that are compared.
COMPARED_ROWS = 100_000
_N_BINS = 10
_MOST_CATEGORIES = 50
_MOST_LETTERS = 60
_MOST_THREADS = 4
# What may become what without being another type; constants and identifiers depend on the rows there happen to be.
_FAMILY = {"number": "number", "boolean": "number", "date": "date", "category": "words", "text": "words"}


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """One column of both tables, read alike: numbers of both, or codes of both with the same meaning."""

    schema: ColumnSchema
    numbers: tuple[NDArray[Any], NDArray[Any]] | None
    codes: tuple[NDArray[np.int64], NDArray[np.int64]] | None
    labels: tuple[str, ...]

    def as_numbers(self, *rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
        """Some rows of both tables as a model sees them."""
        sides = []
        for values, places in zip(self.numbers or self.codes or (), rows, strict=True):
            taken = values[places]
            gone = no_number(taken) if self.numbers is not None else taken < 0
            sides.append(np.where(gone, np.nan, taken.astype(np.float64)))
        return tuple(sides)


class _Comparison(NamedTuple):
    """What was found of one column."""

    column: DriftedColumn | None
    sides: tuple[NDArray[np.float64], ...] | None = None
    left_out: str | None = None


def compare_tables(
    frame: pd.DataFrame, other: pd.DataFrame, schemas: Sequence[ColumnSchema], *, target: str | None, other_name: str
) -> DriftPicture:
    """Compare a table with another one.

    Parameters
    ----------
    frame : pandas.DataFrame
        The profiled table, which is the reference.
    other : pandas.DataFrame
        The table that may have drifted.
    schemas : sequence of ColumnSchema
        What the columns of `frame` are understood as; those of `other` are read alike.
    target : str or None
        Compared, but not shown to the model that tells the tables apart.
    other_name : str

    Returns
    -------
    picture : DriftPicture
        Columns of another type first, then by stability index.

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.data.column_kinds import understand_column
    >>> old, new = pd.DataFrame({"age": range(100)}), pd.DataFrame({"age": range(60, 160), "town": "Ulm"})
    >>> picture = compare_tables(old, new, [understand_column(old["age"], "age")], target=None, other_name="new")
    >>> picture.extra, [(each.name, each.level, each.effect) for each in picture.columns]
    (('town',), [('age', 'large', 0.6)])
    """
    rows, other_rows = _draw(len(frame)), _draw(len(other))
    sizes = [min(COMPARED_ROWS, len(each)) for each in (frame, other)]
    seen = (model_rows(sizes[0], len(schemas)), model_rows(sizes[1], len(schemas)))

    def compare(schema: ColumnSchema) -> _Comparison:
        series, others = _taken(frame[schema.name], rows), _taken(other[schema.name], other_rows)
        became = _kind_of(others, schema.name)
        if _FAMILY.get(schema.kind, "") != _FAMILY.get(became, "") and {schema.kind, became} <= set(_FAMILY):
            text = f"{schema.kind} here, {became} in {other_name}"
            return _Comparison(_retyped(schema, text))
        if schema.kind in {"identifier", "unusable"}:
            return _Comparison(None, left_out=schema.name)
        pair = _read_pair(series, others, schema)
        # Of very wide tables only these rows of a column stay in memory.
        return _Comparison(_compared(pair), None if schema.name == target else pair.as_numbers(*seen))

    shared = [schema for schema in schemas if schema.name in other.columns]
    found = side_by_side(compare, shared, most_threads=_MOST_THREADS)
    sides = [each.sides for each in found if each.sides is not None]
    score = separability(*(np.column_stack(side) for side in zip(*sides, strict=True))) if sides else None
    columns = [each.column for each in found if each.column is not None]
    columns.sort(key=lambda each: (not each.change, -(each.stability_index or 0.0), -(each.effect or 0.0)))
    known = {schema.name for schema in schemas}
    # New rows have no target by their nature.
    missing = tuple(
        name for name in (schema.name for schema in schemas) if name not in other.columns and name != target
    )
    extra = tuple(str(name) for name in other.columns if name not in known)
    left_out = tuple(each.left_out for each in found if each.left_out is not None)
    return DriftPicture(
        table=other_name,
        n_rows=len(other),
        compared_rows=COMPARED_ROWS if max(len(frame), len(other)) > COMPARED_ROWS else 0,
        separability=None if score is None else score.value,
        separability_error=None if score is None else score.error,
        missing=missing,
        n_missing=len(missing),
        extra=extra,
        n_extra=len(extra),
        left_out=left_out,
        n_left_out=len(left_out),
        columns=tuple(columns),
        n_columns=len(columns),
        n_retyped=sum(bool(each.change) for each in columns),
        n_large=sum(each.level == "large" for each in columns),
        n_moderate=sum(each.level == "moderate" for each in columns),
    )


def _draw(n_rows: int) -> NDArray[np.int64] | None:
    """Rows that are compared; the same ones of tables of equal length, so that a table does not differ from itself."""
    if n_rows <= COMPARED_ROWS:
        return None
    return np.sort(np.random.default_rng(0).choice(n_rows, COMPARED_ROWS, replace=False))


def _taken(series: pd.Series[Any], rows: NDArray[np.int64] | None) -> pd.Series[Any]:
    return series if rows is None else series.iloc[rows]


def _kind_of(series: pd.Series[Any], name: str) -> str:
    try:
        return understand_column(series, name).kind
    except InfiniteValuesError:
        return "number"
    except ComplexDataError:
        return "unusable"


def _retyped(schema: ColumnSchema, text: str) -> DriftedColumn:
    return DriftedColumn(
        name=schema.name,
        kind=schema.kind,
        change="type",
        level="",
        stability_index=None,
        effect=None,
        effect_name="",
        p_value=None,
        text=text,
        labels=(),
        shares=(),
        other_shares=(),
    )


def _read_pair(series: pd.Series[Any], others: pd.Series[Any], schema: ColumnSchema) -> _Pair:
    first, second = read_as(series, schema), read_as(others, schema)
    if schema.kind == "text":
        return _Pair(schema, (text_lengths(first), text_lengths(second)), None, ())
    if first.numbers is not None and second.numbers is not None:
        return _Pair(schema, (first.numbers, second.numbers), None, ())
    codes, other_codes, labels = _joint_codes(first, second)
    return _Pair(schema, None, (codes, other_codes), labels)


def _joint_codes(
    first: ColumnValues, second: ColumnValues
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    """Codes of two columns with one numbering, the first one's commonest categories first."""
    places: dict[str, int] = {}
    found = []
    for values in (first, second):
        codes = values.codes if values.codes is not None else np.zeros(0, dtype=np.int64)
        to_joint = [places.setdefault(values.label(code), len(places)) for code in range(len(values.levels))]
        found.append(np.array([*to_joint, -1], dtype=np.int64)[codes])
    labels = np.array([*places, ""], dtype=object)[:-1]
    counts = [np.bincount(codes + 1, minlength=len(labels) + 1)[1:] for codes in found]
    order = np.lexsort((labels.astype(str), -counts[1], -counts[0]))
    rank = np.empty(len(labels) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(labels)), -1
    return rank[found[0]], rank[found[1]], tuple(labels[order].tolist())


def _compared(pair: _Pair) -> DriftedColumn:
    if pair.numbers is not None:
        return _compared_numbers(pair, *pair.numbers)
    codes = pair.codes if pair.codes is not None else (np.zeros(0, dtype=np.int64),) * 2
    return _compared_codes(pair, *codes)


def _compared_numbers(pair: _Pair, first: NDArray[Any], second: NDArray[Any]) -> DriftedColumn:
    missing, other_missing = no_number(first), no_number(second)
    known, others = np.sort(first[~missing]), np.sort(second[~other_missing])
    edges = np.unique(known[(np.arange(1, _N_BINS) * len(known)) // _N_BINS]) if len(known) else np.zeros(0)
    counts, other_counts = (
        np.append(
            np.bincount(np.searchsorted(edges, each, side="right"), minlength=len(edges) + 1), np.count_nonzero(gone)
        )
        for each, gone in ((known, missing), (others, other_missing))
    )
    effect = kolmogorov_smirnov(known, others) if len(known) and len(others) else Effect(0.0, 1.0)
    finite, finite_others = known[np.isfinite(known)], others[np.isfinite(others)]
    shares: tuple[NDArray[np.float64], ...] = ()
    if len(finite) and len(finite_others):
        other_shares, own = bar_shares(finite_others, finite)
        shares = (own, other_shares)
    index = stability_index(counts, other_counts)
    return DriftedColumn(
        name=pair.schema.name,
        kind=pair.schema.kind,
        change="",
        level=drift_level(index, len(first), len(second), len(counts)),
        stability_index=_figure(index),
        effect=_figure(effect.size),
        effect_name="KS",
        p_value=_figure(effect.p_value),
        text=_shift(finite, finite_others, pair.schema.kind) + _gone(missing, other_missing),
        labels=(),
        shares=tuple(map(_figure, shares[0])) if shares else (),
        other_shares=tuple(map(_figure, shares[1])) if shares else (),
    )


def _compared_codes(pair: _Pair, first: NDArray[np.int64], second: NDArray[np.int64]) -> DriftedColumn:
    n_labels = len(pair.labels)
    whole, other_whole = (np.bincount(codes + 1, minlength=n_labels + 1) for codes in (first, second))
    counts, other_counts = whole[1:], other_whole[1:]
    shown = slice(0, MOST_LEVELS)
    effect = cramers_v(_few(whole), _few(other_whole))
    index = stability_index(_few(whole), _few(other_whole))
    return DriftedColumn(
        name=pair.schema.name,
        kind=pair.schema.kind,
        change="",
        level=drift_level(index, len(first), len(second), len(_few(whole))),
        stability_index=_figure(index),
        effect=_figure(effect.size),
        effect_name="Cramér's V",
        p_value=_figure(effect.p_value),
        text=_unseen(pair.labels, counts, other_counts) + _gone(first < 0, second < 0),
        labels=tuple(label[:_MOST_LETTERS] for label in pair.labels[shown]),
        shares=tuple(map(_figure, (counts / max(1, counts.sum()))[shown])),
        other_shares=tuple(map(_figure, (other_counts / max(1, other_counts.sum()))[shown])),
    )


def _few(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts of missing values, the commonest categories, and all others together."""
    return np.append(counts[: _MOST_CATEGORIES + 1], counts[_MOST_CATEGORIES + 1 :].sum())


def _shift(known: NDArray[Any], others: NDArray[Any], kind: str) -> str:
    if not (len(known) and len(others)):
        return ""
    median, other = float(known[len(known) // 2]), float(others[len(others) // 2])
    if median == other or kind == "date":
        return "" if median == other else f"{'later' if other > median else 'earlier'} dates"
    what = "median length" if kind == "text" else "median"
    return f"{what} {median:,.4g} → {other:,.4g}"


def _unseen(labels: tuple[str, ...], counts: NDArray[np.int64], others: NDArray[np.int64]) -> str:
    new = np.flatnonzero((counts == 0) & (others > 0))
    if not len(new) or not counts.sum():
        return _most_changed(labels, counts, others)
    names = ", ".join(f"“{labels[place][:24]}”" for place in new[:2])
    more = f" and {len(new) - 2:,} more" if len(new) > 2 else ""
    return f"new: {names}{more}, {100 * others[new].sum() / others.sum():.1f} % of rows"


def _most_changed(labels: tuple[str, ...], counts: NDArray[np.int64], others: NDArray[np.int64]) -> str:
    if not (counts.sum() and others.sum()):
        return ""
    shares, other_shares = counts / counts.sum(), others / others.sum()
    place = int(np.argmax(np.abs(shares - other_shares)))
    if abs(shares[place] - other_shares[place]) < 0.01:
        return ""
    return f"“{labels[place][:24]}” {100 * shares[place]:.1f} → {100 * other_shares[place]:.1f} %"


def _gone(missing: NDArray[np.bool_], others: NDArray[np.bool_]) -> str:
    share, other = (float(each.mean()) if len(each) else 0.0 for each in (missing, others))
    if abs(share - other) < 0.01:
        return ""
    return f"; missing {100 * share:.1f} → {100 * other:.1f} %"


def _figure(value: float) -> float:
    return float(f"{value:.4g}")
