"""The pass that gives each partition the columns made of earlier rows of the same entities, wherever those are.

Each partition deals what is looked at of its rows to buckets, by a hash of their entity; a bucket then holds all rows
of its entities, puts them in order of time and makes the columns, which go back to where the rows came from. So rows
need be in no order, and the split into partitions changes no bit, but for the order of rows of the same time.
"""

from __future__ import annotations

import uuid
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.partitions import PartitionedTable, WithColumns, plain_batches
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError, PreparedFolderError
from lepton_jupyter.execution.graph_runner import tell_news, while_wanted
from lepton_jupyter.preprocessing.earlier_rows import EarlierRows, RowsInTime
from lepton_jupyter.preprocessing.key_values import key_hashes
from lepton_jupyter.preprocessing.partition_graph import Held, PartitionGraph, bucket_count
from lepton_jupyter.preprocessing.stored_columns import empty_rows
from lepton_jupyter.preprocessing.stored_values import numbers_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.data.partitions import Partition
    from lepton_jupyter.execution.graph_runner import GraphRunner

    _Dealt = tuple[int, bool, NDArray[np.int64], RowsInTime]


def with_earlier_rows(
    table: PartitionedTable,
    earlier: EarlierRows,
    folder: Path,
    runner: GraphRunner,
    on_news: Callable[[dict[str, Any]], object],
    *,
    on_bad: str = "fail",
) -> tuple[PartitionedTable, EarlierRows]:
    """The table with columns made of earlier rows.

    Parameters
    ----------
    table : PartitionedTable
    earlier : EarlierRows
    folder : Path
        Where the columns are put, a file for each partition; it exists, and every worker can write and read it.
    runner : GraphRunner
    on_news : callable
        As for `summarise_partitions`.
    on_bad : {"fail", "skip", "quarantine"}
        Whether a bad partition ends it, or is left to the next pass.

    Returns
    -------
    table : PartitionedTable
    earlier : EarlierRows
        With the last rows of each entity.

    Raises
    ------
    BadPartitionError
        If a partition is bad and bad ones are not passed over.
    PreparedFolderError
        If the folder cannot be written.
    """
    parts = table.partitions
    with runner.listening(on_news) as topic:
        paths, seen = runner.compute(_graph(parts, earlier, (topic, on_bad), str(folder)))
    wrapped = tuple(
        part if path is None else WithColumns(part, Path(path)) for part, path in zip(parts, paths, strict=True)
    )
    return PartitionedTable(wrapped, table.label, table.movable), earlier.with_seen(seen)


def _graph(parts: tuple[Partition, ...], earlier: EarlierRows, settings: tuple[Any, ...], folder: str) -> Any:
    graph = PartitionGraph()
    held = graph.add("earlier", _same, Held(Held(earlier)))
    dealt = dealt_rows(graph, parts, earlier, *settings)
    made = [graph.add("make", _make, keys, held) for keys in dealt]
    n_packs = len(dealt[0])
    written = [
        graph.add("columns", _write, [graph.add("back", _picked, each, pack) for each in made], held, Held(folder))
        for pack in range(n_packs)
    ]
    seen = [graph.add("seen", _picked, each, n_packs) for each in made]
    return graph.result(graph.add("join", _joined, written, seen))


def dealt_rows(
    graph: PartitionGraph, parts: Sequence[Partition], earlier: EarlierRows, topic: str = "", on_bad: str = "fail"
) -> list[list[str]]:
    """Tasks that give what is looked at of all rows, dealt to buckets of whole entities.

    Parameters
    ----------
    graph : PartitionGraph
    parts : sequence of Partition
    earlier : EarlierRows
    topic : str
        For news of partitions.
    on_bad : {"fail", "skip", "quarantine"}

    Returns
    -------
    keys : list of list of str
        As `PartitionGraph.dealt`: of each partition its number, whether it is good, places of rows in it, and those.
    """
    n_buckets = bucket_count(len(parts)) if earlier.entity else 1
    keys = graph.partitions(parts, _deal, earlier, topic, on_bad, n_buckets)
    return graph.dealt(keys, n_buckets, _put_together)


def _same(held: Held) -> Any:
    return held.value


def _deal(
    place: int, part: Partition, earlier: EarlierRows, topic: str, on_bad: str, n_buckets: int
) -> list[list[_Dealt]]:
    """What is looked at of the rows of a partition, and their numbers in it, by bucket."""
    pieces = []
    good = True
    try:
        pieces = [earlier.read(batch) for batch in while_wanted(plain_batches(part.tables()), topic)]
    except LeptonError as error:
        if on_bad == "fail":
            raise BadPartitionError.from_partition(part.name, str(error)) from None
        pieces, good = [], False
    rows = RowsInTime.joined(pieces or [earlier.read(empty_rows((*earlier.entity, earlier.time, *earlier.columns)))])
    buckets = (key_hashes(rows.keys, len(rows.times)) % np.uint64(n_buckets)).astype(np.int64)
    tell_news(topic, {"partition": part.name, "rows": len(buckets), "problem": ""})
    places = [np.flatnonzero(buckets == bucket) for bucket in range(n_buckets)]
    return [[(place, good, each, rows.taking(each))] for each in places]


def _put_together(several: list[list[_Dealt]]) -> list[_Dealt]:
    return list(chain.from_iterable(several))


def _make(dealt: list[Held], held: Held) -> list[Any]:
    """The columns of the rows of a bucket, by what was dealt together, and then the last rows of its entities."""
    earlier: EarlierRows = held.value
    rows = RowsInTime.joined([rows for each in dealt for *_, rows in each.value])
    made = earlier.features(rows)
    back, passed = [], 0
    for each in dealt:
        pack = []
        for place, good, numbers, _ in each.value:
            pack.append((place, good, numbers, made[passed : passed + len(numbers)]))
            passed += len(numbers)
        back.append(pack)
    return [*back, earlier.last_rows(rows)]


def _picked(several: list[Any], place: int) -> Held:
    return Held(several[place])


def _write(back: list[Held], held: Held, folder: Held) -> list[str | None]:
    """The columns of each of some partitions as a file."""
    names = [column.name for column in held.value.added]
    return [
        _write_one(list(of_buckets), names, folder.value)
        for of_buckets in zip(*(each.value for each in back), strict=True)
    ]


def _write_one(of_buckets: list[Any], names: list[str], folder: str) -> str | None:
    import pyarrow as pa

    place = of_buckets[0][0]
    if not all(good for _, good, *_ in of_buckets):
        return None
    numbers = np.concatenate([each[2] for each in of_buckets])
    made = np.empty((len(numbers), len(names)))
    for _, _, those, block in of_buckets:
        made[those] = block
    table = pa.table([numbers_array(column) for column in made.T], names=names)
    path = Path(folder) / f"part-{place:05d}.arrow"
    unfinished = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}.unfinished")
    try:
        with pa.OSFile(str(unfinished), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        unfinished.replace(path)
    except OSError as error:
        raise PreparedFolderError.from_os_error(folder, error) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return str(path)


def _joined(written: list[list[str | None]], seen: list[Held]) -> tuple[list[str | None], RowsInTime]:
    return list(chain.from_iterable(written)), RowsInTime.joined([each.value for each in seen])
