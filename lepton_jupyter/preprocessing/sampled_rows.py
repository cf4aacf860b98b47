"""A sample of the rows of a table, the same however the table is split into partitions and whoever works.

Which rows are drawn depends on their places alone: each stratum's rows are counted from the first to the last, cut into
blocks of as many rows as one is drawn from, and of each block a hash of its number says which row it is. So every
stratum has its share to within one row, and the sample is spread over the whole table. Where whole groups are kept, a
hash of a group's key says whether it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.data.partitions import PartitionedTable
from lepton_jupyter.data.row_hashes import with_column
from lepton_jupyter.exceptions.sampling_errors import SampleError
from lepton_jupyter.preprocessing.key_values import key_hashes, key_values, kind_of_key
from lepton_jupyter.preprocessing.stored_values import as_texts, one_array

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition
    from lepton_jupyter.preprocessing.column_look import ColumnLook

#: What shares are counted in.
_WHOLE = 1_000_000
#: Different values of a target of whole numbers up to which they are classes.
_MOST_CLASSES = 20
_SEED = np.uint64(0x452821E638D01377)


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How large a sample is to be.

    Parameters
    ----------
    share : float in (0, 1], or None
    n_rows : int or None
        Instead of the share; the sample has about as many.
    """

    share: float | None = None
    n_rows: int | None = None

    @classmethod
    def parse(cls, size: object) -> SampleSize:
        """Read ``"10%"``, ``0.1`` or ``50000``, also as text.

        Raises
        ------
        SampleError
            If it is none of these.

        Examples
        --------
        >>> SampleSize.parse("12.5%"), SampleSize.parse("5_000")
        (SampleSize(share=0.125, n_rows=None), SampleSize(share=None, n_rows=5000))
        """
        text = str(size).strip()
        try:
            number = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            raise SampleError.from_size(size) from None
        if isinstance(size, bool) or not number > 0 or not np.isfinite(number):
            raise SampleError.from_size(size)
        if number <= 1 and (text.endswith("%") or "." in text or "e" in text):
            if round(number * _WHOLE) < 1:
                raise SampleError.from_size(size)
            return cls(share=number)
        if text.endswith("%") or number != int(number):
            raise SampleError.from_size(size)
        return cls(n_rows=int(number))

    def share_of(self, n_rows: int) -> float:
        """The share, of a table of so many rows."""
        if self.share is not None:
            return self.share
        return min(1.0, (self.n_rows or 0) / max(1, n_rows))


@dataclass(frozen=True, slots=True)
class RowSampling:
    """Which rows of a table are drawn.

    Parameters
    ----------
    share : float in (0, 1]
    stratum : ColumnLook or None
        Column each of whose values has the same share of its rows drawn.
    group : tuple of ColumnLook
        Columns whose rows of equal values are drawn together or not at all; then there are no strata.
    """

    share: float
    stratum: ColumnLook | None = None
    group: tuple[ColumnLook, ...] = ()

    def strata(self, table: pa.Table) -> pa.DictionaryArray:
        """The stratum of each row, as text; null is one too."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.stratum is None:
            return pc.dictionary_encode(pa.repeat(pa.scalar("", pa.large_string()), table.num_rows))
        return pc.dictionary_encode(as_texts(one_array(table.column(self.stratum.name))), null_encoding="encode")

    def counts(self, table: pa.Table) -> dict[str | None, int]:
        """How many of the rows belong to each stratum."""
        coded = self.strata(table)
        found = np.bincount(np.asarray(coded.indices), minlength=len(coded.dictionary))
        return dict(zip(coded.dictionary.to_pylist(), found.tolist(), strict=True))

    def draw(self, tables: Iterator[pa.Table], starts: Mapping[str | None, int]) -> Iterator[pa.Table]:
        """The rows that are drawn of a partition.

        Parameters
        ----------
        tables : iterator of pyarrow.Table
            Its rows.
        starts : mapping of str to int
            How many rows of each stratum come before it in the table.
        """
        import pyarrow as pa

        passed = Counter(starts)
        for table in tables:
            drawn = self._groups(table) if self.group else self._ranked(table, passed)
            yield table.filter(pa.array(drawn))

    def _groups(self, table: pa.Table) -> NDArray[np.bool_]:
        keys = [key_values(one_array(table.column(look.name)), look, kind_of_key(look)) for look in self.group]
        hashes = with_column(key_hashes(keys, table.num_rows) ^ _SEED, np.full(table.num_rows, _SEED))
        return np.asarray((hashes >> np.uint64(11)).astype(np.float64) * 2.0**-53 < self.share)

    def _ranked(self, table: pa.Table, passed: Counter[str | None]) -> NDArray[np.bool_]:
        coded = self.strata(table)
        codes = np.asarray(coded.indices)
        drawn = np.zeros(table.num_rows, dtype=bool)
        for code, stratum in enumerate(coded.dictionary.to_pylist()):
            rows = np.flatnonzero(codes == code)
            drawn[rows] = _drawn(passed[stratum] + np.arange(len(rows)), round(self.share * _WHOLE), _salt(stratum))
            passed[stratum] += len(rows)
        return drawn


@dataclass(frozen=True, slots=True, eq=False)
class RankedPartition:
    """A partition that knows how many rows of each stratum come before it.

    Parameters
    ----------
    partition : Partition
    starts : mapping of str to int
    """

    partition: Partition
    starts: Mapping[str | None, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the partition is called."""
        return self.partition.name

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, all of them: what is drawn is decided once it is known which are kept at all."""
        return self.partition.tables()


def plan_sampling(
    size: SampleSize, looks: Sequence[ColumnLook], rows: pa.Table, *, target: str | None, by: Sequence[str]
) -> RowSampling:
    """Decide by what rows are drawn: whole groups, else by the classes of the target, if it has some.

    Parameters
    ----------
    size : SampleSize
    looks : sequence of ColumnLook
    rows : pyarrow.Table
        The first rows.
    target : str or None
    by : sequence of str
        Columns that make groups.

    Raises
    ------
    SampleError
        If there is no such column.
    """
    known = {look.name: look for look in looks}
    for name in by:
        if name not in known:
            raise SampleError.from_column(name, list(known))
    stratum = None if target is None or by else known.get(target)
    if stratum is not None and stratum.reads in {"number", "moment"}:
        values = np.unique(np.asarray(stratum.values(one_array(rows.column(stratum.name)))))
        if stratum.reads == "moment" or len(values) > _MOST_CLASSES:
            stratum = None
    return RowSampling(size.share or 1.0, stratum, tuple(known[name] for name in by))


def ranked(
    table: PartitionedTable, counts: Sequence[Mapping[str | None, int]], sampling: RowSampling, size: SampleSize
) -> tuple[PartitionedTable, RowSampling]:
    """The table, of which each partition knows its place, and the sampling with its share.

    Parameters
    ----------
    table : PartitionedTable
    counts : sequence of mapping
        Rows of each stratum in each partition.
    sampling : RowSampling
    size : SampleSize

    Raises
    ------
    SampleError
        If no row would be drawn.
    """
    before = accumulate(map(Counter, counts), initial=Counter())
    parts = tuple(RankedPartition(part, dict(starts)) for part, starts in zip(table.partitions, before, strict=False))
    share = size.share_of(sum(sum(each.values()) for each in counts))
    if round(share * _WHOLE) < 1:
        raise SampleError.from_nothing()
    return PartitionedTable(parts, table.label, table.movable), replace(sampling, share=share)


def _drawn(ranks: NDArray[np.int64], millionths: int, salt: np.uint64) -> NDArray[np.bool_]:
    block = ranks * millionths // _WHOLE
    first, end = (-(-each * _WHOLE // millionths) for each in (block, block + 1))
    hashes = with_column(with_column(np.full(len(ranks), salt), block.view(np.uint64)), np.full(len(ranks), _SEED))
    place = ((hashes >> np.uint64(11)) % (end - first).astype(np.uint64)).astype(np.int64)
    return np.asarray(ranks == first + place)


def _salt(stratum: str | None) -> np.uint64:
    import pandas as pd

    if not stratum:
        return _SEED
    return np.uint64(pd.util.hash_array(np.array([stratum], dtype=object), categorize=False)[0])
