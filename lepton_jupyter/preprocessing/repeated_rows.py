"""Rows that are exact copies of earlier ones, found over all partitions of a table by hashes of whole rows.

Each partition is hashed where it is; the hashes are dealt to buckets by their value, and each bucket finds its copies
by itself. What reaches the client are the places of the copies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.partitions import PartitionedTable, WithoutRows, plain_batches
from lepton_jupyter.data.row_hashes import with_column
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError
from lepton_jupyter.execution.graph_runner import tell_news
from lepton_jupyter.preprocessing.partition_graph import PartitionGraph, bucket_count
from lepton_jupyter.preprocessing.stored_values import one_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition
    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.partition_graph import Held

    _Dealt = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]]

#: What the second of two hashes begins with: together they have 128 bits, so that no two rows are ever taken for one.
_SEEDS = (np.uint64(0), np.uint64(0x243F6A8885A308D3))


def without_repeated(
    table: PartitionedTable,
    looks: Sequence[ColumnLook],
    runner: GraphRunner,
    on_news: Callable[[dict[str, Any]], object],
    *,
    on_bad: str = "fail",
) -> tuple[PartitionedTable, int]:
    """The table without rows that are copies, in every column, of a row before them.

    Parameters
    ----------
    table : PartitionedTable
    looks : sequence of ColumnLook
        Of all its columns: values are compared as they are read, so that 7 and 7.0 are one.
    runner : GraphRunner
    on_news : callable
        As for `summarise_partitions`.
    on_bad : {"fail", "skip", "quarantine"}
        Whether a bad partition ends it, or is left to the next pass.

    Returns
    -------
    table : PartitionedTable
    n_repeated : int
        How many rows were left out.

    Raises
    ------
    BadPartitionError
        If a partition is bad and bad ones are not passed over.

    Examples
    --------
    >>> from lepton_jupyter.data.partitions import partitions_of
    >>> from lepton_jupyter.execution.graph_runner import GraphRunner
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> import pyarrow as pa
    >>> rows = pa.table({"a": [1, 2, 1, None, None], "b": ["x", "x", "x", "y", "y"]})
    >>> found, n_repeated = without_repeated(partitions_of(rows), look_at(rows), GraphRunner(), print)
    {'partition': 'rows 1 to 5', 'rows': 5, 'problem': ''}
    >>> n_repeated, [table["a"].to_pylist() for table in found.partitions[0].tables()]
    (2, [[1, 2, None]])
    """
    parts = table.partitions
    with runner.listening(on_news) as topic:
        found: dict[int, NDArray[np.int64]] = runner.compute(_graph(parts, (tuple(looks), topic, on_bad)))
    kept = tuple(
        WithoutRows(part, found[place]) if len(found.get(place, ())) else part for place, part in enumerate(parts)
    )
    return PartitionedTable(kept, table.label, table.movable), sum(map(len, found.values()))


def row_hashes(table: pa.Table, looks: Sequence[ColumnLook]) -> NDArray[np.uint64]:
    """Two hashes of each row, of shape (n_rows, 2); the same in every process."""
    import pandas as pd
    import pyarrow.compute as pc

    hashes = [np.full(table.num_rows, seed) for seed in _SEEDS]
    for look in looks:
        values: Any = look.values(one_array(table.column(look.name)))
        if look.reads == "text":
            coded = pc.dictionary_encode(values, null_encoding="encode")
            different = pd.util.hash_array(np.asarray(coded.dictionary.to_pandas(), dtype=object), categorize=False)
            bits = different[np.asarray(coded.indices)] if len(different) else np.zeros(table.num_rows, np.uint64)
        else:
            # One zero and one missing value.
            bits = (np.where(np.isnan(values), np.nan, values) + 0.0).view(np.uint64) if values.dtype.kind == "f" \
                else values.view(np.uint64)  # fmt: skip
        hashes = [with_column(each, bits) for each in hashes]
    return np.stack(hashes, axis=1)


def _graph(parts: Sequence[Partition], settings: tuple[Any, ...]) -> Any:
    graph, n_buckets = PartitionGraph(), bucket_count(len(parts))
    hashed = graph.partitions(parts, _hash_rows, *settings, n_buckets)
    found = [graph.add("find", _find_repeated, keys) for keys in graph.dealt(hashed, n_buckets, _put_together)]
    return graph.result(graph.add("join", _joined, found))


def _hash_rows(
    place: int, part: Partition, looks: Sequence[ColumnLook], topic: str, on_bad: str, n_buckets: int
) -> list[_Dealt]:
    """Hashes, the partition's number, and places of its rows, by bucket."""
    pieces = []
    try:
        for batch in plain_batches(part.tables()):
            lacking = [look.name for look in looks if look.name not in batch.column_names]
            if lacking:
                raise BadPartitionError.from_lacking(lacking[0])
            pieces.append(row_hashes(batch, looks))
    except LeptonError as error:
        if on_bad == "fail":
            raise BadPartitionError.from_partition(part.name, str(error)) from None
        pieces = []
    hashes = np.concatenate(pieces) if pieces else np.empty((0, 2), np.uint64)
    buckets = (hashes[:, 0] % np.uint64(n_buckets)).astype(np.int64)
    tell_news(topic, {"partition": part.name, "rows": len(hashes), "problem": ""})
    places = [np.flatnonzero(buckets == bucket) for bucket in range(n_buckets)]
    return [(hashes[each], np.full(len(each), place, np.int32), each) for each in places]


def _put_together(several: list[_Dealt]) -> _Dealt:
    hashes, numbers, places = (np.concatenate(each) for each in zip(*several, strict=True))
    return hashes, numbers, places


def _find_repeated(dealt: list[Held]) -> dict[int, NDArray[np.int64]]:
    """Places of copies in each partition: of equal rows all but the first."""
    hashes, numbers, places = _put_together([each.value for each in dealt])
    # Stable: of equal rows the first partition's first row comes first.
    order = np.lexsort((hashes[:, 1], hashes[:, 0]))
    ordered = hashes[order]
    again = order[1:][np.all(ordered[1:] == ordered[:-1], axis=1)]
    return {int(number): np.sort(places[again[numbers[again] == number]]) for number in np.unique(numbers[again])}


def _joined(found: list[dict[int, NDArray[np.int64]]]) -> dict[int, NDArray[np.int64]]:
    numbers = sorted({number for each in found for number in each})
    return {number: np.sort(np.concatenate([each[number] for each in found if number in each])) for number in numbers}
