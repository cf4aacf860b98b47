"""Rows that share a key with others, found over all partitions of a table.

Each partition makes keys of its rows where it is; they are dealt to buckets by their value, and a bucket, which holds
all rows of its keys, finds by itself what is looked for. What reaches the client are numbers of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from lepton_jupyter.data.partitions import PartitionedTable, WithoutRows, plain_batches
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError
from lepton_jupyter.execution.graph_runner import tell_news, while_wanted
from lepton_jupyter.preprocessing.partition_graph import Held, PartitionGraph, bucket_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition

#: A row of a table is its partition's number and its place there, in one whole number.
_PLACE_BITS = np.int64(40)
_PLACES = (np.int64(1) << _PLACE_BITS) - 1


class KeyedRows(NamedTuple):
    """Rows and their keys; a row of several keys is there several times.

    Parameters
    ----------
    keys : ndarray of uint64, of shape (n_keys, 2)
        The first says to which bucket a key belongs.
    rows : ndarray of int64, of shape (n_keys,)
        Numbers of rows, see `places_by_partition`.
    """

    keys: NDArray[np.uint64]
    rows: NDArray[np.int64]

    @classmethod
    def joined(cls, several: Sequence[KeyedRows]) -> Self:
        """Those of all, in their order."""
        keys, rows = (np.concatenate(each) for each in zip(*several, strict=True))
        return cls(keys, rows)


class KeyMaking(NamedTuple):
    """How keys are made of rows.

    Parameters
    ----------
    names : tuple of str
        Columns that are read.
    make : callable
        ``make(rows, how)`` gives the keys of some rows, of shape (n_rows, n_keys of a row, 2).
    how : object
    """

    names: tuple[str, ...]
    make: Callable[[pa.Table, Any], NDArray[np.uint64]]
    how: Any


def graph_of_keys(
    parts: Sequence[Partition],
    making: KeyMaking,
    find: Callable[[KeyedRows], NDArray[np.int64]],
    join: Callable[[Sequence[NDArray[np.int64]]], NDArray[np.int64]],
    topic: str,
    on_bad: str,
) -> Any:
    """The graph that finds rows by their keys.

    Parameters
    ----------
    parts : sequence of Partition
    making : KeyMaking
    find : callable
        What is found in a bucket.
    join : callable
        What that is of all buckets.
    topic : str
        For news of partitions.
    on_bad : {"fail", "skip", "quarantine"}
        Whether a bad partition ends it, or is left to the next pass.
    """
    graph, n_buckets = PartitionGraph(), bucket_count(len(parts))
    keyed = graph.partitions(parts, _key_rows, making, topic, on_bad, n_buckets)
    dealt = graph.dealt(keyed, n_buckets, KeyedRows.joined)
    found = [graph.add("find", _find, keys, Held(find)) for keys in dealt]
    return graph.result(graph.add("join", _join, found, Held(join)))


def row_number(partition: int, place: int) -> int:
    """Number of a row of a table, by its partition's number and its place there."""
    return int((np.int64(partition) << _PLACE_BITS) + place)


def partition_and_place(number: int) -> tuple[int, int]:
    """What `row_number` was made of.

    Examples
    --------
    >>> partition_and_place(row_number(7, 12))
    (7, 12)
    """
    return number >> int(_PLACE_BITS), number & int(_PLACES)


def places_by_partition(rows: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    """Places of rows in each partition that has any, ascending.

    Examples
    --------
    >>> places_by_partition(np.array([row_number(3, 9), 4, row_number(3, 1)]))
    {0: array([4]), 3: array([1, 9])}
    """
    if not len(rows):
        return {}
    ordered = np.sort(rows)
    numbers, begins = np.unique(ordered >> _PLACE_BITS, return_index=True)
    pieces = np.split(ordered & _PLACES, begins[1:])
    return {int(number): places for number, places in zip(numbers, pieces, strict=True)}


def without_rows(table: PartitionedTable, rows: NDArray[np.int64]) -> PartitionedTable:
    """The table without rows of these numbers."""
    found = places_by_partition(rows)
    kept = tuple(
        WithoutRows(part, found[number]) if number in found else part for number, part in enumerate(table.partitions)
    )
    return PartitionedTable(kept, table.label, table.movable)


def _key_rows(
    place: int, part: Partition, making: KeyMaking, topic: str, on_bad: str, n_buckets: int
) -> list[KeyedRows]:
    """Keys of the rows of a partition, by bucket."""
    pieces = []
    try:
        for batch in while_wanted(plain_batches(part.tables()), topic):
            lacking = [name for name in making.names if name not in batch.column_names]
            if lacking:
                raise BadPartitionError.from_lacking(lacking[0])
            pieces.append(making.make(batch, making.how))
    except LeptonError as error:
        if on_bad == "fail":
            raise BadPartitionError.from_partition(part.name, str(error)) from None
        pieces = []
    n_rows = sum(map(len, pieces))
    tell_news(topic, {"partition": part.name, "rows": n_rows, "problem": ""})
    if not n_rows:
        return [KeyedRows(np.empty((0, 2), np.uint64), np.empty(0, np.int64))] * n_buckets
    of_rows = np.concatenate(pieces)
    n_keys = of_rows.shape[1]
    keys = of_rows.swapaxes(0, 1).reshape(-1, 2)
    rows = np.tile(row_number(place, 0) + np.arange(n_rows), n_keys)
    buckets = keys[:, 0] % np.uint64(n_buckets)
    return [KeyedRows(keys[buckets == bucket], rows[buckets == bucket]) for bucket in range(n_buckets)]


def _find(dealt: list[Held], held: Held) -> Any:
    return held.value(KeyedRows.joined([each.value for each in dealt]))


def _join(found: list[NDArray[np.int64]], held: Held) -> Any:
    return held.value(found)
