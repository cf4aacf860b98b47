"""Columns that alone nearly determine the target, which are mostly written after it: found from counts of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT
from lepton_jupyter.preprocessing.edge_grid import edges_below
from lepton_jupyter.preprocessing.planned_step import PlannedStep, rows_of
from lepton_jupyter.preprocessing.stored_values import one_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.column_look import ColumnLook

#: From here on a column is told of: no honest column is often so good.
LEAK = 0.95
#: Ranges of numbers; a column with fewer different ones has one for each.
N_RANGES = 32
#: Texts that are told apart; all others are one.
N_TEXTS = 62
_FEWEST_ROWS = 50
#: Different numbers of a target up to which they are classes.
_MOST_CLASSES = 20


@dataclass(frozen=True, slots=True)
class ValueGroups:
    """How the values of a column fall into groups; the last one is of missing values.

    Parameters
    ----------
    look : ColumnLook
    edges : tuple of float
        Least number of each group but the first; for texts none.
    texts : tuple of str
        Texts that are a group each; all others are one more.
    ordered : bool
        Whether the groups are ranges, not single values.
    """

    look: ColumnLook
    edges: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    ordered: bool = False

    @classmethod
    def of(cls, column: pa.Array, look: ColumnLook, most_single: int = N_RANGES) -> Self:
        """From first rows."""
        import pyarrow.compute as pc

        values: Any = look.values(column)
        if look.reads == "text":
            counted = pc.value_counts(values.drop_null())
            pairs = zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True)
            return cls(
                look, texts=tuple(text for text, _ in sorted(pairs, key=lambda each: (-each[1], each[0]))[:N_TEXTS])
            )
        known = values[values != NO_MOMENT] if look.reads == "moment" else values[np.isfinite(values)]
        different, counts = np.unique(known.astype(np.float64), return_counts=True)
        if len(different) <= most_single:
            return cls(look, edges=tuple(different[1:].tolist()))
        ranges = np.quantile(known.astype(np.float64), np.arange(1, N_RANGES) / N_RANGES, method="higher")
        # A value that fills a range, such as 0 of an amount that is mostly 0, is one by itself.
        frequent = different[counts >= len(known) / N_RANGES]
        edges = np.unique(np.concatenate([ranges, frequent, np.nextafter(frequent, np.inf)]))
        return cls(look, edges=tuple(edges.tolist()), ordered=True)

    @property
    def n_groups(self) -> int:
        """Groups, that of missing values included."""
        return (len(self.texts) if self.look.reads == "text" else len(self.edges)) + 2

    def places(self, column: pa.Array) -> NDArray[np.int64]:
        """Group of each value."""
        import pyarrow as pa
        import pyarrow.compute as pc

        values: Any = self.look.values(column)
        if self.look.reads == "text":
            known = pc.index_in(values, pa.array(self.texts, pa.large_string())).fill_null(len(self.texts))
            found = np.asarray(known, dtype=np.int64)
            return np.where(np.asarray(values.is_null()), self.n_groups - 1, found)
        missing = values == NO_MOMENT if self.look.reads == "moment" else np.isnan(values)
        found = edges_below(values.astype(np.float64, copy=False), self.edges)
        return np.where(missing, self.n_groups - 1, found)


@dataclass(frozen=True, slots=True, eq=False)
class PairCounts:
    """How many rows lie in each group of a column and each of the target.

    Parameters
    ----------
    counts : mapping of str to ndarray of shape (n_groups, n_target_groups)
        By column. Whole numbers: parts merge to the bit, however the rows are parted.
    """

    counts: Mapping[str, NDArray[np.int64]]

    @classmethod
    def merged(cls, parts: Iterable[PairCounts]) -> Self:
        """Of all parts, at least one."""
        held = list(parts)
        return cls({name: np.sum([part.counts[name] for part in held], axis=0) for name in held[0].counts})


@dataclass(frozen=True, slots=True)
class LeakWatch:
    """Counts of each column's groups with those of the target.

    Parameters
    ----------
    target : ValueGroups
    columns : tuple of ValueGroups
    """

    name: ClassVar[str] = "leaks"
    target: ValueGroups
    columns: tuple[ValueGroups, ...]

    @classmethod
    def of_rows(cls, rows: pa.Table, looks: Sequence[ColumnLook], target: str) -> Self:
        """What is to be counted, from first rows."""
        groups = {look.name: one_array(rows.column(look.name)) for look in looks}
        by_name = {look.name: look for look in looks}
        own = ValueGroups.of(groups[target], by_name[target], _MOST_CLASSES)
        return cls(own, tuple(ValueGroups.of(groups[look.name], look) for look in looks if look.name != target))

    def of(self, table: pa.Table) -> PairCounts:
        """Of some rows."""
        n_target = self.target.n_groups
        own = self.target.places(one_array(table.column(self.target.look.name)))
        counts = {}
        for groups in self.columns:
            places = groups.places(one_array(table.column(groups.look.name)))
            found = np.bincount(places * n_target + own, minlength=groups.n_groups * n_target)
            counts[groups.look.name] = found.reshape(groups.n_groups, n_target)
        return PairCounts(counts)


def determination(counts: NDArray[np.int64], *, ordered: bool) -> float:
    """How much of a target a column alone tells: 0 for nothing, 1 for all.

    Of classes: of the rows that are wrong when the commonest class is always said, the share that is right when for
    each group the class is said that is commonest among its *other* rows, so that a key of the rows tells nothing. Of
    ranges of numbers: the share of the variance of their ranks that lies between the groups, adjusted for their number
    as in a regression.

    Parameters
    ----------
    counts : ndarray of shape (n_groups, n_target_groups)
        Of rows whose target is known.
    ordered : bool
        Whether the groups of the target are ranges in order.

    Examples
    --------
    >>> determination(np.array([[40, 0], [0, 60]]), ordered=False)
    1.0
    >>> determination(np.array([[20, 30], [20, 30]]), ordered=False)
    0.0
    """
    by_class = counts.sum(axis=0)
    n_rows = int(by_class.sum())
    if ordered:
        ranks = np.arange(counts.shape[1], dtype=np.float64)
        by_group = counts.sum(axis=1)
        filled = by_group > 0
        total = float(by_class @ ranks**2) - float(by_class @ ranks) ** 2 / n_rows
        sums = counts[filled] @ ranks
        within = float(by_class @ ranks**2) - float((sums**2 / by_group[filled]).sum())
        free = n_rows - int(filled.sum())
        if total <= 0 or free <= 0:
            return 0.0
        return max(0.0, 1.0 - (within / free) / (total / (n_rows - 1)))
    wrong = n_rows - int(by_class.max())
    if not wrong:
        return 0.0
    # A row is right where its class is the commonest of its group without it; a row alone in its group never is.
    in_order = np.sort(counts, axis=1)
    first, second = in_order[:, -1], in_order[:, -2] if counts.shape[1] > 1 else 0
    right = int(first[first - 1 > second].sum())
    return max(0.0, (right - int(by_class.max())) / wrong)


def leak_step(name: str, watch: LeakWatch, found: PairCounts, *, drop: bool) -> list[PlannedStep]:
    """What is told of a column that alone nearly determines the target; nothing of others.

    Parameters
    ----------
    name : str
        Of the column.
    watch : LeakWatch
    found : PairCounts
    drop : bool
        Whether such a column is left out.
    """
    if name not in found.counts:
        return []
    known = found.counts[name][:, :-1]
    n_rows = int(known.sum())
    if n_rows < _FEWEST_ROWS:
        return []
    measure = determination(known, ordered=watch.target.ordered)
    if measure < LEAK:
        return []
    what = (
        "of the variance of the target's ranks"
        if watch.target.ordered
        else "of the rows that the commonest class gets wrong"
    )
    reason = f"alone it tells {100 * measure:.1f} % {what}, in {rows_of(n_rows)}; was it known before the target was?"
    action = "left out, as it tells the target" if drop else "leaving it out, as it tells the target"
    return [PlannedStep("leaks", action, reason, on=drop)]
