"""All that one pass over a table tells about its columns, in parts that merge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT
from lepton_jupyter.preprocessing.distinct_sketch import DistinctSketch
from lepton_jupyter.preprocessing.heavy_hitters import HeavyHitters
from lepton_jupyter.preprocessing.moments import Moments
from lepton_jupyter.preprocessing.quantile_summary import QuantileSummary
from lepton_jupyter.preprocessing.stored_values import (
    as_moments,
    as_numbers,
    as_texts,
    is_missing_word,
    moments_array,
    numbers_array,
    one_array,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.joint_statistics import JointWatch


class _Rows(NamedTuple):
    """How many rows there are, and in how many of them no value is known, by reason."""

    n_rows: int
    n_missing: int = 0
    n_marked: int = 0
    n_unreadable: int = 0
    n_infinite: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ColumnSummary:
    """What a part of a column holds.

    Parameters
    ----------
    n_rows : int
    n_missing : int
        Rows without a value.
    n_marked : int
        Rows in which a word for missing stands, such as ``N/A``.
    n_unreadable : int
        Rows with a text that is not the number or date that the column holds.
    n_infinite : int
    whole : bool
        Whether all its numbers are whole.
    moments : Moments
        Of its numbers, or of its dates in microseconds.
    quantiles : QuantileSummary
        Of the same.
    numbers : HeavyHitters
        The commonest of them.
    texts : HeavyHitters
        The commonest texts as they are written, words for missing left out.
    distinct : DistinctSketch
        Of its values, once they are read.
    storages : frozenset of str
        Arrow's names of the types in which it was found.
    """

    n_rows: int
    n_missing: int
    n_marked: int
    n_unreadable: int
    n_infinite: int
    whole: bool
    moments: Moments
    quantiles: QuantileSummary
    numbers: HeavyHitters
    texts: HeavyHitters
    distinct: DistinctSketch
    storages: frozenset[str]

    @classmethod
    def of(cls, column: pa.Array, look: ColumnLook) -> Self:
        """Of some rows."""
        if not look.fits(column.type):
            return cls._of_texts(as_texts(column), look, str(column.type))[0]
        n_infinite = 0
        if look.reads == "moment":
            micros = as_moments(column, look.zone)
            values: NDArray[Any] = micros[micros != NO_MOMENT].astype(np.float64)
        else:
            numbers = as_numbers(column)
            values = numbers[np.isfinite(numbers)]
            n_infinite = int(np.count_nonzero(np.isinf(numbers)))
        ordered, counts = np.unique(values, return_counts=True)
        return cls._of_values(
            ordered, counts, look, _Rows(len(column), len(column) - len(values) - n_infinite, n_infinite=n_infinite),
            storage=str(column.type),
        )  # fmt: skip

    @classmethod
    def of_and_read(cls, column: pa.Array, look: ColumnLook) -> tuple[Self, pa.Array]:
        """Of some rows, and the column as it is read: what is read from text is read once."""
        if look.fits(column.type):
            return cls.of(column, look), column
        if look.reads == "text":
            texts = as_texts(column)
            return cls._of_texts(texts, look, str(column.type))[0], texts
        summary, values = cls._of_texts(as_texts(column), look, str(column.type))
        return summary, moments_array(values) if values.dtype == np.int64 else numbers_array(values)

    @classmethod
    def _of_texts(cls, texts: pa.Array, look: ColumnLook, storage: str) -> tuple[Self, NDArray[Any]]:
        """Of texts, and the numbers or microseconds that they are, where they are read as such."""
        import pyarrow as pa
        import pyarrow.compute as pc

        # Each different text is looked at once; in most columns there are few.
        coded = pc.dictionary_encode(texts, null_encoding="encode")
        all_texts, places = coded.dictionary, np.asarray(coded.indices)
        all_counts = np.bincount(places, minlength=len(all_texts))
        marked = is_missing_word(all_texts)
        gone = np.asarray(all_texts.is_null())
        there = ~(marked | gone)
        n_missing, n_marked = int(all_counts[gone].sum()), int(all_counts[marked].sum())
        known, counts = all_texts.filter(pa.array(there)), all_counts[there]
        if look.reads == "text":
            return cls._of_values(
                np.empty(0), np.empty(0, dtype=np.int64), look, _Rows(len(texts), n_missing, n_marked),
                texts=HeavyHitters.of_counted(known, counts), distinct=DistinctSketch.of_texts(known), storage=storage,
            ), np.empty(0)  # fmt: skip
        values = look.read_texts(known)
        readable = np.isfinite(values) if values.dtype == np.float64 else values != NO_MOMENT
        ordered, inverse = np.unique(values[readable].astype(np.float64), return_inverse=True)
        summed = np.bincount(inverse, weights=counts[readable], minlength=len(ordered)).astype(np.int64)
        summary = cls._of_values(
            ordered, summed, look, _Rows(len(texts), n_missing, n_marked, int(counts[~readable].sum())),
            texts=HeavyHitters.of_counted(known, counts), storage=storage,
        )  # fmt: skip
        read = np.full(len(all_texts), NO_MOMENT if values.dtype == np.int64 else np.nan, dtype=values.dtype)
        read[there] = values
        return summary, read[places]

    @classmethod
    def _of_values(
        cls,
        ordered: NDArray[np.float64],
        counts: NDArray[np.int64],
        look: ColumnLook,
        rows: _Rows,
        *,
        storage: str,
        texts: HeavyHitters | None = None,
        distinct: DistinctSketch | None = None,
    ) -> Self:
        import pyarrow as pa

        return cls(
            **rows._asdict(),
            whole=bool(np.all(ordered == np.floor(ordered))),
            moments=Moments.of_counted(ordered, counts, pivot=look.pivot),
            quantiles=QuantileSummary.of_counted(ordered, counts),
            numbers=HeavyHitters.of_counted(pa.array(ordered), counts),
            texts=texts or HeavyHitters(pa.array([], pa.large_string()), np.empty(0, dtype=np.int64)),
            distinct=distinct or DistinctSketch.of_numbers(ordered),
            storages=frozenset({storage}),
        )

    @classmethod
    def merged(cls, parts: Sequence[ColumnSummary]) -> Self:
        """Of all parts, at least one, in their order."""
        return cls(
            n_rows=sum(part.n_rows for part in parts),
            n_missing=sum(part.n_missing for part in parts),
            n_marked=sum(part.n_marked for part in parts),
            n_unreadable=sum(part.n_unreadable for part in parts),
            n_infinite=sum(part.n_infinite for part in parts),
            whole=all(part.whole for part in parts),
            moments=Moments.merged(part.moments for part in parts),
            quantiles=QuantileSummary.merged(part.quantiles for part in parts),
            numbers=HeavyHitters.merged(part.numbers for part in parts),
            texts=HeavyHitters.merged(part.texts for part in parts),
            distinct=DistinctSketch.merged(part.distinct for part in parts),
            storages=frozenset().union(*(part.storages for part in parts)),
        )

    @property
    def n_known(self) -> int:
        """Rows with a value that can be read."""
        return self.n_rows - self.n_missing - self.n_marked - self.n_unreadable

    @property
    def n_distinct(self) -> float:
        """Different values: exact where few enough were counted, else within about 3 %."""
        held = self.numbers if self.moments.count else self.texts
        # An estimate may be too large, and no value is there more often than there are rows.
        return float(len(held.counts)) if not held.error else min(self.distinct.estimate(), float(self.n_known))


@dataclass(frozen=True, slots=True, eq=False)
class TableSummary:
    """What a part of a table holds.

    Parameters
    ----------
    n_rows : int
    columns : mapping of str to ColumnSummary
    joint : mapping of str to JointStatistic
        Of several columns at once, by what they are called.
    """

    n_rows: int
    columns: Mapping[str, ColumnSummary]
    joint: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, table: pa.Table, looks: Sequence[ColumnLook], watches: Sequence[JointWatch] = ()) -> Self:
        """Of some rows, whose columns are those that were looked at."""
        import pyarrow as pa

        arrays = {look.name: one_array(table.column(look.name)) for look in looks}
        if not watches:
            return cls(table.num_rows, {look.name: ColumnSummary.of(arrays[look.name], look) for look in looks})
        columns, read = {}, {}
        for look in looks:
            columns[look.name], read[look.name] = ColumnSummary.of_and_read(arrays[look.name], look)
        seen = pa.table(read)
        return cls(table.num_rows, columns, {watch.name: watch.of(seen) for watch in watches})

    @classmethod
    def merged(cls, parts: Sequence[TableSummary]) -> Self:
        """Of all parts, at least one, in their order."""
        columns = {name: ColumnSummary.merged([part.columns[name] for part in parts]) for name in parts[0].columns}
        joint = {
            name: type(first).merged([part.joint[name] for part in parts]) for name, first in parts[0].joint.items()
        }
        return cls(sum(part.n_rows for part in parts), columns, joint)
