"""Rows that are nearly copies of earlier ones, found over all partitions of a table.

Each partition makes keys of its rows where it is; the keys are dealt to buckets, each of which tells the pairs of rows
that share one. Only the rows of such pairs are then read again, and compared by one task. What reaches the client are
places of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.partitions import PartitionedTable, WithoutRows, plain_batches
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError
from lepton_jupyter.execution.graph_runner import tell_news
from lepton_jupyter.preprocessing.near_rows import compared, each_once, linked, near_keys, pairs_of_key
from lepton_jupyter.preprocessing.near_texts import plain_texts
from lepton_jupyter.preprocessing.partition_graph import Held, PartitionGraph, bucket_count
from lepton_jupyter.preprocessing.stored_values import as_texts, moments_array, numbers_array, one_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition
    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.preprocessing.near_rows import NearPlan

#: A row of a table is its partition's number and its place there, in one whole number.
_PLACE_BITS = np.int64(40)
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
        pairs: NDArray[np.int64] = runner.compute(_candidates(parts, plan, topic, on_bad))
    if not len(pairs):
        return table, NearCopies()
    dropped, found = runner.compute(_comparison(parts, plan, pairs))
    kept = tuple(WithoutRows(part, dropped[number]) if number in dropped else part for number, part in enumerate(parts))
    return PartitionedTable(kept, table.label, table.movable), found


def _candidates(parts: Sequence[Partition], plan: NearPlan, topic: str, on_bad: str) -> Any:
    graph, n_buckets = PartitionGraph(), bucket_count(len(parts))
    keyed = graph.partitions(parts, _key_rows, plan, topic, on_bad, n_buckets)
    found = [graph.add("find", _find_pairs, keys) for keys in graph.dealt(keyed, n_buckets, _put_together)]
    return graph.result(graph.add("join", _joined, found))


def _key_rows(
    place: int, part: Partition, plan: NearPlan, topic: str, on_bad: str, n_buckets: int
) -> list[tuple[NDArray[np.uint64], NDArray[np.int64]]]:
    """Keys of the rows of a partition, each beside what is equal for equal rows, and their numbers, by bucket."""
    pieces = []
    try:
        for batch in plain_batches(part.tables()):
            lacking = [look.name for look in plan.looks if look.name not in batch.column_names]
            if lacking:
                raise BadPartitionError.from_lacking(lacking[0])
            pieces.append(near_keys(plan, batch))
    except LeptonError as error:
        if on_bad == "fail":
            raise BadPartitionError.from_partition(part.name, str(error)) from None
        pieces = []
    n_rows = sum(map(len, pieces))
    tell_news(topic, {"partition": part.name, "rows": n_rows, "problem": ""})
    if not n_rows:
        return [(np.empty((0, 2), np.uint64), np.empty(0, np.int64))] * n_buckets
    keys = np.concatenate(pieces)
    both = np.stack([keys.T.ravel(), np.tile(keys[:, 0], keys.shape[1])], axis=1)
    rows = np.tile((np.int64(place) << _PLACE_BITS) + np.arange(n_rows), keys.shape[1])
    buckets = both[:, 0] % np.uint64(n_buckets)
    return [(both[buckets == bucket], rows[buckets == bucket]) for bucket in range(n_buckets)]


def _put_together(several: list[tuple[NDArray[np.uint64], NDArray[np.int64]]]) -> Any:
    return tuple(np.concatenate(each) for each in zip(*several, strict=True))


def _find_pairs(dealt: list[Held]) -> NDArray[np.int64]:
    both, rows = _put_together([each.value for each in dealt])
    return pairs_of_key(both[:, 0], both[:, 1], rows)


def _joined(found: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return each_once(np.concatenate(found))


def _comparison(parts: Sequence[Partition], plan: NearPlan, pairs: NDArray[np.int64]) -> Any:
    rows = np.unique(pairs)
    numbers, begins = np.unique(rows >> _PLACE_BITS, return_index=True)
    places = [each & ((np.int64(1) << _PLACE_BITS) - 1) for each in np.split(rows, begins[1:])]
    named = {int(number): parts[number].name for number in numbers}
    graph = PartitionGraph()
    few = graph.partitions([parts[number] for number in numbers], _read_rows, plan, places)
    return graph.result(graph.add("compare", _compare, few, Held((plan, rows, pairs, named))))


def _read_rows(place: int, part: Partition, plan: NearPlan, places: list[NDArray[np.int64]]) -> Held:
    """Some rows of a partition, in one type for each column."""
    import pyarrow as pa

    wanted, passed, pieces = places[place], 0, []
    for batch in plain_batches(part.tables()):
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


def _compare(few: list[Held], held: Held) -> tuple[dict[int, NDArray[np.int64]], NearCopies]:
    """Places of near copies of earlier rows, by partition."""
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
            f"row {(number & ((1 << int(_PLACE_BITS)) - 1)) + 1:,} of {names[number >> int(_PLACE_BITS)]}"
            for number in (int(numbers[copy]), int(numbers[first]))
        )
        examples.append(f"{row} is {other} but for {', '.join(apart[:4]) or 'case and blanks'}")
    dropped = numbers[copies]
    by_part = {
        int(number): dropped[dropped >> _PLACE_BITS == number] & ((np.int64(1) << _PLACE_BITS) - 1)
        for number in np.unique(dropped >> _PLACE_BITS)
    }
    return by_part, NearCopies(len(copies), equal, tuple(examples))
