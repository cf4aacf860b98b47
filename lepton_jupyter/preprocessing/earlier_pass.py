"""The pass that gives each partition the columns made of earlier rows of the same entities, wherever those are.

Each partition deals what is looked at of its rows to buckets, by a hash of their entity; a bucket then holds all rows
of its entities, puts them in order of time and makes the columns, which go back to where the rows came from. So rows
need be in no order, and the split into partitions changes no bit, but for the order of rows of the same time.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.partitions import PartitionedTable, WithColumns, plain_batches
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError, PreparedFolderError
from lepton_jupyter.execution.graph_runner import tell_news
from lepton_jupyter.preprocessing.earlier_rows import EarlierRows, RowsInTime
from lepton_jupyter.preprocessing.key_values import key_hashes
from lepton_jupyter.preprocessing.partition_graph import Held, bucket_count, partition_tasks
from lepton_jupyter.preprocessing.stored_columns import empty_rows
from lepton_jupyter.preprocessing.stored_values import numbers_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.data.partitions import Partition
    from lepton_jupyter.execution.graph_runner import GraphRunner


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
    from dask import delayed

    n_buckets = bucket_count(len(parts)) if earlier.entity else 1
    token = uuid.uuid4().hex[:8]
    make, pick, write, join = (delayed(each, pure=False, traverse=False) for each in (_make, _picked, _write, _joined))
    held = delayed(Held(earlier), pure=False, traverse=False)
    dealt = partition_tasks(parts, _deal, earlier, *settings, n_buckets)
    made = [
        make(
            [pick(each, bucket, dask_key_name=f"deal-{token}-{n}-{bucket}") for n, each in enumerate(dealt)], held,
            dask_key_name=f"earlier-{token}-{bucket}",
        )
        for bucket in range(n_buckets)
    ]  # fmt: skip
    written = [
        write(
            [pick(each, n, dask_key_name=f"back-{token}-{n}-{bucket}") for bucket, each in enumerate(made)], held,
            Held((n, folder)), dask_key_name=f"columns-{token}-{n}",
        )
        for n in range(len(parts))
    ]  # fmt: skip
    seen = [pick(each, len(parts), dask_key_name=f"seen-{token}-{bucket}") for bucket, each in enumerate(made)]
    return join(written, seen)


def _picked(several: list[Held], place: int) -> Held:
    return several[place]


def _deal(place: int, part: Partition, earlier: EarlierRows, topic: str, on_bad: str, n_buckets: int) -> list[Held]:
    """What is looked at of the rows of a partition, and their numbers in it, by bucket."""
    del place
    pieces = []
    good = True
    try:
        pieces = [earlier.read(batch) for batch in plain_batches(part.tables())]
    except LeptonError as error:
        if on_bad == "fail":
            raise BadPartitionError.from_partition(part.name, str(error)) from None
        pieces, good = [], False
    rows = RowsInTime.joined(pieces or [earlier.read(empty_rows((*earlier.entity, earlier.time, *earlier.columns)))])
    buckets = (key_hashes(rows.keys, len(rows.times)) % np.uint64(n_buckets)).astype(np.int64)
    tell_news(topic, {"partition": part.name, "rows": len(buckets), "problem": ""})
    places = [np.flatnonzero(buckets == bucket) for bucket in range(n_buckets)]
    return [Held((good, each, rows.taking(each))) for each in places]


def _make(dealt: list[Held], held: Held) -> list[Held]:
    """The columns of the rows of a bucket, by partition, and then the last rows of its entities."""
    earlier: EarlierRows = held.value
    rows = RowsInTime.joined([each.value[2] for each in dealt])
    made = earlier.features(rows)
    ends = np.cumsum([len(each.value[1]) for each in dealt])
    by_partition = np.split(made, ends[:-1])
    back = [Held((each.value[0], each.value[1], block)) for each, block in zip(dealt, by_partition, strict=True)]
    return [*back, Held(earlier.last_rows(rows))]


def _write(back: list[Held], held: Held, where: Held) -> str | None:
    """The columns of a partition as a file."""
    import pyarrow as pa

    place, folder = where.value
    if not all(each.value[0] for each in back):
        return None
    numbers = np.concatenate([each.value[1] for each in back])
    made = np.empty((len(numbers), len(held.value.added)))
    for each in back:
        made[each.value[1]] = each.value[2]
    table = pa.table([numbers_array(column) for column in made.T], names=[column.name for column in held.value.added])
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


def _joined(written: list[str | None], seen: list[Held]) -> tuple[list[str | None], RowsInTime]:
    return written, RowsInTime.joined([each.value for each in seen])
