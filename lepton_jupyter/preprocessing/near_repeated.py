"""Rows that are nearly copies of earlier ones, found over all partitions of a table.

The pairs of rows that share a key are found as `shared_keys` says. Only the rows of such pairs are then read again,
and compared by one task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.partitions import plain_batches
from lepton_jupyter.execution.graph_runner import while_wanted
from lepton_jupyter.preprocessing.near_rows import compared, each_once, linked, near_keys, pairs_of_key
from lepton_jupyter.preprocessing.near_texts import plain_texts
from lepton_jupyter.preprocessing.partition_graph import Held, PartitionGraph
from lepton_jupyter.preprocessing.shared_keys import (
    KeyedRows,
    KeyMaking,
    graph_of_keys,
    partition_and_place,
    places_by_partition,
    without_rows,
)
from lepton_jupyter.preprocessing.stored_values import as_texts, moments_array, numbers_array, one_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition, PartitionedTable
    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.preprocessing.near_rows import NearPlan

_MOST_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class NearCopies:
    """What was found.

    Parameters
    ----------
    n_rows : int
        Rows that are near copies of earlier ones.
    n_equal : int
        Those of them that are equal to the earlier one once both are plain.
    examples : tuple of str
        Where some of them are, and in which columns they differ; no values.
    """

    n_rows: int = 0
    n_equal: int = 0
    examples: tuple[str, ...] = ()


def without_near_repeated(
    table: PartitionedTable,
    plan: NearPlan,
    runner: GraphRunner,
    on_news: Callable[[dict[str, Any]], object],
    *,
    on_bad: str = "fail",
) -> tuple[PartitionedTable, NearCopies]:
    """The table without rows that are near copies of a row before them, or of a near copy of it.

    Parameters
    ----------
    table : PartitionedTable
    plan : NearPlan
    runner : GraphRunner
    on_news : callable
        As for `summarise_partitions`.
    on_bad : {"fail", "skip", "quarantine"}
        Whether a bad partition ends it, or is left to the next pass.

    Returns
    -------
    table : PartitionedTable
    found : NearCopies

    Raises
    ------
    BadPartitionError
        If a partition is bad and bad ones are not passed over.

    Examples
    --------
    >>> from lepton_jupyter.data.partitions import partitions_of
    >>> from lepton_jupyter.execution.graph_runner import GraphRunner
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> from lepton_jupyter.preprocessing.near_rows import NearPlan
    >>> import pyarrow as pa
    >>> rows = pa.table({"town": ["Heilbronn", "Stuttgart", "Heilbornn"], "km": [12.3456, 8.5, 12.35]})
    >>> kept, found = without_near_repeated(
    ...     partitions_of(rows), NearPlan.of_rows(rows, look_at(rows)), GraphRunner(), lambda news: None
    ... )
    >>> found.examples, [table["town"].to_pylist() for table in kept.partitions[0].tables()]
    (('row 3 of rows 1 to 3 is row 1 of rows 1 to 3 but for town, km',), [['Heilbronn', 'Stuttgart']])
    """
    parts = table.partitions
    with runner.listening(on_news) as topic:
        pairs: NDArray[np.int64] = runner.compute(graph_of_pairs(parts, plan, topic, on_bad))
        if not len(pairs):
            return table, NearCopies()
        dropped, found = runner.compute(_comparison(parts, plan, pairs, topic))
    return without_rows(table, dropped), found


def graph_of_pairs(parts: Sequence[Partition], plan: NearPlan, topic: str, on_bad: str) -> Any:
    """The graph that gives the pairs of rows which share a key."""
    return graph_of_keys(parts, near_row_keys(plan), _pairs, _each_once, topic, on_bad)


def near_row_keys(plan: NearPlan) -> KeyMaking:
    """Keys of which rows that are nearly equal share one."""
    return KeyMaking(tuple(look.name for look in plan.looks), _keys_of_rows, plan)


def _keys_of_rows(table: pa.Table, plan: NearPlan) -> NDArray[np.uint64]:
    """Keys of each row, each beside what is equal for equal rows."""
    keys = near_keys(plan, table)
    return np.stack([keys, np.broadcast_to(keys[:, :1], keys.shape)], axis=2)


def _pairs(keyed: KeyedRows) -> NDArray[np.int64]:
    return pairs_of_key(keyed.keys[:, 0], keyed.keys[:, 1], keyed.rows)


def _each_once(found: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return each_once(np.concatenate(found))


def _comparison(parts: Sequence[Partition], plan: NearPlan, pairs: NDArray[np.int64], topic: str) -> Any:
    rows = np.unique(pairs)
    places = places_by_partition(rows)
    named = {number: parts[number].name for number in places}
    graph = PartitionGraph()
    few = graph.partitions([parts[number] for number in places], _read_rows, plan, topic, list(places.values()))
    return graph.result(graph.add("compare", _compare, few, Held((plan, rows, pairs, named))))


def _read_rows(place: int, part: Partition, plan: NearPlan, topic: str, places: list[NDArray[np.int64]]) -> Held:
    """Some rows of a partition, in one type for each column."""
    import pyarrow as pa

    wanted, passed, pieces = places[place], 0, []
    for batch in while_wanted(plain_batches(part.tables()), topic):
        first, last = np.searchsorted(wanted, (passed, passed + batch.num_rows))
        if last > first:
            few = batch.take(pa.array(wanted[first:last] - passed))
            pieces.append(pa.table({look.name: _plain(look, few) for look in plan.looks}))
        passed += batch.num_rows
    return Held(pa.concat_tables(pieces))


def _plain(look: Any, rows: pa.Table) -> pa.Array:
    column = one_array(rows.column(look.name))
    if look.reads == "text":
        return plain_texts(as_texts(column))
    values = look.values(column)
    return moments_array(values) if look.reads == "moment" else numbers_array(values)


def _compare(few: list[Held], held: Held) -> tuple[NDArray[np.int64], NearCopies]:
    """Numbers of the near copies of earlier rows."""
    import pyarrow as pa

    plan, numbers, pairs, names = held.value
    rows = pa.concat_tables([each.value for each in few])
    places = np.searchsorted(numbers, pairs)
    places = places[compared(plan, rows, places)]
    groups = linked(places, len(numbers))
    # Groups are numbered in the order of their first rows.
    firsts = np.unique(groups, return_index=True)[1]
    copies = np.flatnonzero(firsts[groups] != np.arange(len(groups)))
    keys = near_keys(plan, rows)[:, 0]
    equal = int((keys[copies] == keys[firsts[groups[copies]]]).sum())
    examples = []
    # Those first that differ in more than case and blanks.
    for copy in copies[np.argsort(keys[copies] == keys[firsts[groups[copies]]], kind="stable")][
        :_MOST_EXAMPLES
    ].tolist():
        first = int(firsts[groups[copy]])
        apart = [name for name in rows.column_names if rows[name][copy] != rows[name][first]]
        row, other = (
            f"row {place + 1:,} of {names[part]}"
            for part, place in (partition_and_place(int(numbers[each])) for each in (copy, first))
        )
        examples.append(f"{row} is {other} but for {', '.join(apart[:4]) or 'case and blanks'}")
    return numbers[copies], NearCopies(len(copies), equal, tuple(examples))
