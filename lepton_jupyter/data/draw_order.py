"""The order in which rows of a table are drawn: the same however it is cut and whoever reads it, each class evenly.

A row's key depends on its class and on how many rows of that class come before it, on nothing else. The rows of a class
are counted off in blocks; within a block keys are spread evenly over 0 to 1, in a random order of the block's own. So
of every class the rows with keys below a share are that share of its rows, to within one row a block.
"""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

#: Rows of a block; a power of two.
_BLOCK_BITS = 10
_BLOCK = 1 << _BLOCK_BITS
#: Rows of each class that are drawn before all others: a class without any could not be learnt, nor even be named.
_ALWAYS = 10
#: Whole numbers up to which a value is taken for a class; others belong to a quantity, and are drawn like all rows.
_LARGEST_CLASS = 100
#: Texts are told apart by so many remainders of a hash: a class belongs where its name says, whoever was first.
_TEXTS = 4_096
_REST, _MISSING = "rest", "missing"


class DrawOrder:
    """Gives each row of a table the key by which it is drawn: those with the smallest keys come first.

    Parameters
    ----------
    seed : int, default=0
    stratum : str, optional
        Column whose classes are drawn from evenly.
    passed : mapping of str to int, optional
        How many rows of each class come before those that are to be numbered.

    Attributes
    ----------
    passed : dict of str to int
        How many rows of each class have been numbered.

    Examples
    --------
    >>> import pyarrow as pa
    >>> order = DrawOrder(stratum="paid")
    >>> keys = order.keys(pa.table({"paid": ["no"] * 9_000 + ["yes"] * 1_000}))
    >>> drawn = keys < 0.1
    >>> int(drawn[:9_000].sum()), int(drawn[9_000:].sum())
    (901, 110)
    """

    def __init__(self, seed: int = 0, stratum: str | None = None, passed: Mapping[str, int] | None = None) -> None:
        self.passed: Counter[str] = Counter(passed or {})
        self._seed = seed
        self._stratum = stratum

    def keys(self, batch: pa.Table) -> NDArray[np.float64]:
        """Keys of the next rows, below 1.

        Parameters
        ----------
        batch : pyarrow.Table

        Returns
        -------
        keys : ndarray of shape (n_rows,)
            Negative for the first rows of each class.
        """
        if self._stratum is None or self._stratum not in batch.column_names:
            start = self.passed[""]
            self.passed[""] += batch.num_rows
            return _spread(start + np.arange(batch.num_rows), _salt(self._seed, ""))
        names, codes = self._classes(batch)
        keys = np.empty(batch.num_rows)
        for code, name in enumerate(names):
            rows = np.flatnonzero(codes == code)
            ranks = self.passed[name] + np.arange(len(rows))
            self.passed[name] += len(rows)
            spread = _spread(ranks, _salt(self._seed, name))
            keys[rows] = spread if name == _REST else np.where(ranks < _ALWAYS, ranks - float(_ALWAYS), spread)
        return keys

    def count(self, batch: pa.Table) -> None:
        """Let the next rows pass without numbering them."""
        if self._stratum is None or self._stratum not in batch.column_names:
            self.passed[""] += batch.num_rows
            return
        names, codes = self._classes(batch)
        self.passed.update(dict(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True)))

    def _classes(self, batch: pa.Table) -> tuple[list[str], NDArray[np.int64]]:
        """Names of the classes among some rows, and the place of each row's."""
        import pyarrow as pa
        import pyarrow.compute as pc

        column = batch.column(str(self._stratum)).combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        coded = pc.dictionary_encode(column, null_encoding="encode")
        place: dict[str, int] = {}
        places = [place.setdefault(name, len(place)) for name in _names(coded.dictionary)]
        return list(place), np.array(places, dtype=np.int64)[np.asarray(coded.indices)]


def _names(values: pa.Array) -> list[str]:
    """Name of the class of each value: it depends on nothing else."""
    import pyarrow as pa

    kind = values.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        numbers = np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
        names = np.full(len(numbers), _REST, dtype=object)
        classes = np.flatnonzero((numbers == np.floor(numbers)) & (np.abs(numbers) <= _LARGEST_CLASS))
        names[classes] = [str(int(each)) for each in numbers[classes]]
        names[np.isnan(numbers)] = _MISSING
        return list(names)
    if pa.types.is_boolean(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = (None if value is None else str(value).encode("utf-8", "surrogatepass") for value in values.to_pylist())
        return [_MISSING if text is None else f"text {zlib.crc32(text) % _TEXTS}" for text in texts]
    return [_REST] * len(values)


def _spread(places: NDArray[np.int64], salt: np.uint64) -> NDArray[np.float64]:
    ranks: NDArray[np.uint64] = places.astype(np.uint64)
    bits = _mixed((ranks >> np.uint64(_BLOCK_BITS)) ^ salt)  # the same for all rows of a block
    mask, half = np.uint64(_BLOCK - 1), np.uint64(_BLOCK_BITS // 2)
    place = ranks & mask
    # Each step is one-to-one on the places of a block, so that all of them together only change their order.
    for shift in (np.uint64(0), np.uint64(20), np.uint64(40)):
        place = (place * ((bits >> shift) | np.uint64(1)) + (bits >> (shift + np.uint64(10)))) & mask
        place ^= place >> half
    within = (_mixed(ranks ^ salt ^ np.uint64(0x5851F42D4C957F2D)) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return (place.astype(np.float64) + within) / _BLOCK


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Well-mixed bits of numbers: the last steps of SplitMix64."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(values ^ (values >> np.uint64(31)))


def _salt(seed: int, name: str) -> np.uint64:
    text = np.array([zlib.crc32(name.encode("utf-8", "surrogatepass")), seed & (2**64 - 1)], dtype=np.uint64)
    return np.uint64(_mixed(_mixed(text[:1]) ^ text[1:])[0])
