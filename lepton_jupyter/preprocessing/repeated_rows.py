"""Rows that are exact copies of earlier ones, found over all partitions of a table by hashes of whole rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.row_hashes import with_column
from lepton_jupyter.preprocessing.shared_keys import KeyedRows, KeyMaking, graph_of_keys, without_rows
from lepton_jupyter.preprocessing.stored_values import one_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition, PartitionedTable
    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.preprocessing.column_look import ColumnLook

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
    with runner.listening(on_news) as topic:
        found: NDArray[np.int64] = runner.compute(graph_of_copies(table.partitions, looks, topic, on_bad))
    return without_rows(table, found), len(found)


def graph_of_copies(parts: Sequence[Partition], looks: Sequence[ColumnLook], topic: str, on_bad: str) -> Any:
    """The graph that gives the numbers of all copies."""
    return graph_of_keys(parts, whole_rows(looks), _repeated, np.concatenate, topic, on_bad)


def whole_rows(looks: Sequence[ColumnLook]) -> KeyMaking:
    """Keys that are equal for rows which are equal in every column."""
    return KeyMaking(tuple(look.name for look in looks), _keys_of_rows, tuple(looks))


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


def _keys_of_rows(table: pa.Table, looks: Sequence[ColumnLook]) -> NDArray[np.uint64]:
    return row_hashes(table, looks)[:, np.newaxis]


def _repeated(keyed: KeyedRows) -> NDArray[np.int64]:
    """Of rows of equal keys all but the first."""
    # Rows are numbered in the order of the table.
    order = np.lexsort((keyed.rows, keyed.keys[:, 1], keyed.keys[:, 0]))
    ordered = keyed.keys[order]
    return keyed.rows[order[1:][np.all(ordered[1:] == ordered[:-1], axis=1)]]
