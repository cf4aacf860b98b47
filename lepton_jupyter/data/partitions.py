"""A table in partitions that are read one by one, by whoever works on them: files, parts of a frame, a select."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lepton_jupyter.data.arrow_frames import from_frame, plain_table
from lepton_jupyter.data.columnar_files import ColumnarFiles
from lepton_jupyter.data.dask_frames import is_dask_frame
from lepton_jupyter.data.file_kinds import ENDINGS, ending_of, look_into
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.data.remote_files import is_address
from lepton_jupyter.data.sql_partitions import sql_partitions
from lepton_jupyter.data.table_files import find_files, source_of, table_files
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.source_errors import UnreadableFileError, said_by

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

#: Rows of a batch, of wide tables fewer: what is held at once of a partition, however large it is.
_BATCH_ROWS = 131_072
_BATCH_VALUES = 4_000_000
#: A Parquet file is parted into pieces of so many bytes, unpacked, where it has row groups; of very many files none is.
_PIECE_BYTES = 64_000_000
_MOST_SPLIT_FILES = 64
_PARQUET = frozenset({".parquet", ".parq", ".pq"})
_JSON = frozenset({".json", ".jsonl", ".ndjson"})
#: Rows of a part of a frame that is in memory.
_PART_ROWS = 262_144


class Partition(Protocol):
    """A part of a table, which can be sent to a worker and read there, as often as need be."""

    @property
    def name(self) -> str:
        """What it is called in errors and in the log."""
        ...

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, a bounded number at a time.

        Raises
        ------
        LeptonError
            What is wrong with it, in one sentence.
        """
        ...


@dataclass(frozen=True, slots=True)
class FilePartition:
    """The rows of one file, or some of them.

    Parameters
    ----------
    path : Path
    name : str
    row_groups : tuple of int or None
        Those of a Parquet file that are meant; None for all.
    """

    path: Path
    name: str
    row_groups: tuple[int, ...] | None = None

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, some ten thousand at a time."""
        with _one_sentence(self.name):
            if self.row_groups is not None:
                file = look_into(self.path, self.name)
                yield from ColumnarFiles([file], self.name, row_groups=self.row_groups).batches()
                return
            yield from source_of([look_into(self.path, self.name)], self.name).batches()


@dataclass(frozen=True, slots=True)
class AddressPartition:
    """The rows of a table at an address, which is fetched each time they are read."""

    address: str = field(repr=False)
    name: str

    def tables(self) -> Iterator[pa.Table]:
        """Its rows."""
        with table_files(self.address) as source:
            yield from source.batches()


@dataclass(frozen=True, slots=True, eq=False)
class FramePartition:
    """Rows of a table that is in memory."""

    table: pa.Table
    name: str

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, all at once: they are in memory anyway."""
        yield self.table


@dataclass(frozen=True, slots=True, eq=False)
class DaskPartition:
    """A partition of a Dask frame, which Dask computes where it is needed.

    Parameters
    ----------
    delayed : dask.delayed.Delayed
    name : str
    """

    delayed: Any
    name: str

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, computed by whatever scheduler is in force here."""
        yield from_frame(to_pandas(self.delayed.compute()))


@dataclass(frozen=True, slots=True, eq=False)
class Renamed:
    """A partition under another name."""

    partition: Partition
    name: str

    def tables(self) -> Iterator[pa.Table]:
        """Its rows."""
        return self.partition.tables()


@dataclass(frozen=True, slots=True, eq=False)
class WithoutRows:
    """A partition without some of its rows.

    Parameters
    ----------
    partition : Partition
    places : ndarray of int64
        Of the rows that are left out, ascending, counted from the first.
    """

    partition: Partition
    places: NDArray[np.int64]

    @property
    def name(self) -> str:
        """What the partition is called."""
        return self.partition.name

    def tables(self) -> Iterator[pa.Table]:
        """The other rows."""
        import pyarrow as pa

        passed = 0
        for table in self.partition.tables():
            first, last = np.searchsorted(self.places, (passed, passed + table.num_rows))
            kept = np.ones(table.num_rows, dtype=bool)
            kept[self.places[first:last] - passed] = False
            passed += table.num_rows
            yield table if kept.all() else table.filter(pa.array(kept))


@dataclass(frozen=True, slots=True, eq=False)
class WithColumns:
    """A partition with further columns, which lie in a file of their own.

    Parameters
    ----------
    partition : Partition
    path : Path
        An Arrow file with a row for each of the partition's, in its order.
    """

    partition: Partition
    path: Path

    @property
    def name(self) -> str:
        """What the partition is called."""
        return self.partition.name

    def tables(self) -> Iterator[pa.Table]:
        """Its rows with the columns on the right."""
        import pyarrow as pa

        with _one_sentence(self.path.name), pa.memory_map(str(self.path)) as file:
            columns = pa.ipc.open_file(file).read_all()
            passed = 0
            for table in self.partition.tables():
                beside = columns.slice(passed, table.num_rows)
                passed += table.num_rows
                for name, column in zip(beside.column_names, beside.columns, strict=True):
                    table = table.append_column(name, column)  # noqa: PLW2901  the same rows, wider
                yield table


@dataclass(frozen=True, slots=True, eq=False)
class WithAbsentFields:
    """A partition of JSON objects with all columns of its table: what no object has some rows of is missing there.

    Parameters
    ----------
    partition : Partition
    names : tuple of str
        Of the table's columns.
    """

    partition: Partition
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the partition is called."""
        return self.partition.name

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, of plain columns."""
        for table in self.partition.tables():
            yield with_columns(plain_table(table), self.names)


def with_columns(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """The table with an empty column for each name that it lacks.

    Examples
    --------
    >>> import pyarrow as pa
    >>> with_columns(pa.table({"a": [1]}), ["a", "b"]).to_pydict()
    {'a': [1], 'b': [None]}
    """
    import pyarrow as pa

    for name in names:
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows))
    return table


def may_lack_fields(part: Partition) -> bool:
    """Whether a column that is absent from a partition is missing in its rows, as a field of JSON is."""
    source = source_partition(part)
    return isinstance(source, FilePartition) and ending_of(source.path.name) in _JSON


def source_partition(part: Partition) -> Partition:
    """The partition that one wraps, or it itself."""
    while (inner := getattr(part, "partition", None)) is not None:
        part = inner
    return part


def delayed_rows(part: Partition) -> Any:
    """What Dask computes the rows of a partition by, where it is a frame's or wraps a frame's; else None."""
    return getattr(source_partition(part), "delayed", None)


def without_delayed(part: Partition) -> Partition:
    """A partition that can travel by itself: the rows of a Dask frame travel as a task of their own."""
    return part if delayed_rows(part) is None else _with_source(part, lambda source: DaskPartition(None, source.name))


def with_rows(part: Partition, frame: Any) -> Partition:
    """The partition, once Dask has computed its rows.

    Parameters
    ----------
    part : Partition
        A Dask frame's, or one that wraps such a one.
    frame : pandas.DataFrame

    Examples
    --------
    >>> import pandas as pd
    >>> part = with_rows(WithoutRows(DaskPartition(None, "p"), np.array([0])), pd.DataFrame({"a": [1, 2]}))
    >>> [table["a"].to_pylist() for table in part.tables()]
    [[2]]
    """
    rows = from_frame(to_pandas(frame))
    return _with_source(part, lambda source: FramePartition(rows, source.name))


def _with_source(part: Partition, change: Callable[[Partition], Partition]) -> Partition:
    inner = getattr(part, "partition", None)
    if inner is None:
        return change(part)
    return replace(part, partition=_with_source(inner, change))  # type: ignore[type-var]  # wrappers are dataclasses


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """A table in partitions.

    Parameters
    ----------
    partitions : tuple of Partition
    label : str
        What the table is called; no secrets.
    movable : bool
        Whether its partitions can be sent to workers of another process.
    """

    partitions: tuple[Partition, ...]
    label: str
    movable: bool = True

    def with_absent_fields(self, names: Sequence[str]) -> PartitionedTable:
        """The table with all of these columns in each of its partitions of JSON objects."""
        parts = (WithAbsentFields(part, tuple(names)) if may_lack_fields(part) else part for part in self.partitions)
        return replace(self, partitions=tuple(parts))


def partitions_of(
    table: Any = None,
    *,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    partition_by: str | None = None,
) -> PartitionedTable:
    """Partitions of whatever names a table; nothing but names is read of files.

    Parameters
    ----------
    table : DataFrame, str or path, optional
        A path, a pattern or a folder: a partition for each file, in the order of their names; a Dask frame: its own;
        a frame in memory: parts of some hundred thousand rows.
    sql, connection, params : optional
        A select instead: one partition, which is streamed.
    partition_by : str, optional
        Column of numbers or moments by whose ranges the select is asked in parts.

    Returns
    -------
    partitioned : PartitionedTable

    Raises
    ------
    MissingFileError
        If there is no such file.

    Examples
    --------
    >>> [part.name for part in partitions_of({"a": [1, 2]}).partitions]
    ['rows 1 to 2']
    """
    if sql is not None:
        return PartitionedTable(sql_partitions(sql, connection, params, by=partition_by), "SQL", movable=False)
    if isinstance(table, str | Path) or hasattr(table, "__fspath__"):
        return _of_files(table)
    if is_dask_frame(table):
        pieces = enumerate(table.to_delayed(optimize_graph=False))
        return PartitionedTable(tuple(DaskPartition(each, f"partition {place}") for place, each in pieces), "table")
    import pyarrow as pa

    whole = table if isinstance(table, pa.Table) else from_frame(to_pandas(table))
    n_rows = whole.num_rows
    parts = tuple(
        FramePartition(whole.slice(start, _PART_ROWS), f"rows {start + 1:,} to {min(start + _PART_ROWS, n_rows):,}")
        for start in range(0, max(1, n_rows), _PART_ROWS)
    )
    return PartitionedTable(parts, "table", movable=False)


def plain_batches(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Tables of plain columns and bounded size, cut at the same rows whoever reads them; empty ones left out.

    Parameters
    ----------
    tables : iterator of pyarrow.Table
    """
    for table in tables:
        plain = plain_table(table).replace_schema_metadata(None)
        plain = plain.select([name for name in plain.column_names if not _is_index(name)])
        n_rows = max(1, min(_BATCH_ROWS, _BATCH_VALUES // max(1, plain.num_columns)))
        for start in range(0, plain.num_rows, n_rows):
            yield plain.slice(start, n_rows)


def _is_index(name: str) -> bool:
    """Whether pandas wrote its index into a column of this name."""
    return name.startswith("__index_level_") and name.endswith("__")


def _of_files(table: str | os.PathLike[str]) -> PartitionedTable:
    from lepton_jupyter.data.remote_files import short_address
    from lepton_jupyter.data.table_files import label_of_path

    typed = str(table)
    if is_address(typed):
        label = short_address(typed)
        return PartitionedTable((AddressPartition(typed, label),), label)
    folder = Path(typed).expanduser()
    paths = _files_in(folder) if folder.is_dir() else find_files(typed)
    names = _short_names(paths)
    parts = [FilePartition(path.absolute(), name) for path, name in zip(paths, names, strict=True)]
    if len(parts) <= _MOST_SPLIT_FILES:
        parts = [piece for part in parts for piece in _pieces(part)]
    return PartitionedTable(tuple(parts), label_of_path(typed))


def _pieces(part: FilePartition) -> list[FilePartition]:
    """A large Parquet file in pieces of whole row groups, so that several can work on it."""
    if ending_of(part.path.name) not in _PARQUET:
        return [part]
    import pyarrow as pa
    from pyarrow import parquet

    try:
        metadata = parquet.ParquetFile(part.path).metadata
    except (pa.ArrowException, OSError):
        return [part]  # what is wrong with it is said by its name when it is read
    sizes = [metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups)]
    if len(sizes) < 2 or sum(sizes) <= _PIECE_BYTES:
        return [part]
    groups: list[list[int]] = [[]]
    held = 0
    for number, size in enumerate(sizes):
        if groups[-1] and held + size > _PIECE_BYTES:
            groups.append([])
            held = 0
        groups[-1].append(number)
        held += size
    return [FilePartition(part.path, f"{part.name}, {_named(some)}", tuple(some)) for some in groups]


def _named(groups: list[int]) -> str:
    first, last = groups[0] + 1, groups[-1] + 1
    return f"row group {first}" if first == last else f"row groups {first} to {last}"


def _files_in(folder: Path) -> list[Path]:
    found = sorted(
        path
        for path in folder.rglob("*")
        if ending_of(path.name) in ENDINGS
        and path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )
    if not found:
        raise UnreadableFileError.from_folder(str(folder))
    return found


def _short_names(paths: Sequence[Path]) -> list[str]:
    """Names of files, with as many of their folders as it takes to tell them apart."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    import os

    common = os.path.commonpath([str(path.parent) for path in paths])
    return [path.relative_to(common).as_posix() for path in paths]


@contextmanager
def _one_sentence(name: str) -> Iterator[None]:
    """Say in one sentence what a reader says in many ways, by the partition's name."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeError, ValueError) as error:
        if isinstance(error, LeptonError):
            raise
        raise UnreadableFileError(f"{name!r} cannot be read: {said_by(error)}. Mend or remove the file.") from None
