"""Any table a person can name, opened: frames, paths, patterns, addresses, SQL."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.dask_frames import DaskFrame, is_dask_frame
from lepton_jupyter.data.frames import has_column_names, to_pandas
from lepton_jupyter.data.opened_table import OpenedTable
from lepton_jupyter.data.table_source import open_source
from lepton_jupyter.data.text_form import MOST_COLUMNS
from lepton_jupyter.exceptions.automl_errors import HeldOutTableError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.source_errors import EmptyFileError, TooManyColumnsError
from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.notebook.prepared_table import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from lepton_jupyter.data.table_source import TableSource

#: Part of the free memory that a table may take: reading it makes a second copy for a moment, and the search keeps
#: the numbers of its rows twice more, as its models see them.
_SHARE = 0.25
#: The same of a worker's memory: each worker of a cluster holds all views of the rows itself, of which the linear one
#: has a column for each category, beside what its libraries and its fits take.
_SHARE_OF_WORKER = 0.08


def open_table(
    table: Any = None,
    *,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    n_rows: int | None = None,
    stratum: str | None = None,
    most_bytes: int | None = None,
) -> OpenedTable:
    """Open whatever names a table; if it does not fit into memory, a uniform sample of its rows.

    Parameters
    ----------
    table : DataFrame, str, path or OpenedTable, optional
        pandas, polars, Arrow, NumPy, Dask; the path, pattern or address of CSV, Parquet, Feather, JSON or Excel files.
    sql : str, optional
        A select instead; values stand in it as ``:name``.
    connection : str, URL or Engine, optional
        Where the select is asked: ``"postgresql://user@host/database"``, ``"$DATABASE_URL"``, an SQLAlchemy engine.
    params : mapping, optional
        Values for the names in `sql`.
    seed : int, default=0
        Of the sample.
    n_rows : int, optional
        Draw as many rows, as an earlier run did, whatever the memory.
    stratum : str, optional
        Column of each of whose classes a sample holds the same share.
    most_bytes : int, optional
        Memory of whoever else must hold the table, such as the smallest worker.

    Returns
    -------
    opened : OpenedTable
        ``opened.frame`` is a pandas DataFrame, ``opened.notes`` what a board should say of how it was read.

    Raises
    ------
    LeptonError
        One sentence about what is wrong with the file, the address, the database or the table.

    Examples
    --------
    >>> open_table({"a": [1, 2]}).frame["a"].tolist()
    [1, 2]
    """
    if isinstance(table, OpenedTable):
        return table
    _check_arguments(table, sql, connection)
    if sql is None and not is_elsewhere(table):
        frame = to_pandas(table)
        if frame.shape[1] > MOST_COLUMNS:
            raise TooManyColumnsError.from_count("table", frame.shape[1], MOST_COLUMNS)
        return OpenedTable(frame, named=has_column_names(table))
    from lepton_jupyter.execution.free_memory import free_memory

    with source_of_rows(table, sql=sql, connection=connection, params=params) as source:
        here = free_memory()
        limit, of_worker_bytes = int(here * _SHARE), int((most_bytes or sys.maxsize) * _SHARE_OF_WORKER)
        of_worker = of_worker_bytes < limit
        opened = open_source(
            source,
            limit_bytes=min(limit, of_worker_bytes),
            free_bytes=most_bytes if of_worker else here,
            of_worker=of_worker,
            seed=seed,
            n_rows=n_rows,
            stratum=stratum,
        )
    return replace(opened, frame=to_pandas(opened.frame), place=_place(table))


def open_held_out(test: Any) -> OpenedTable:
    """Open a table that is held out; what is wrong with it is said of the test table.

    Raises
    ------
    HeldOutTableError
    """
    try:
        opened = open_table(test)
        return replace(opened, notes=tuple(f"In the test table: {note}" for note in opened.notes))
    except LeptonError as error:
        raise HeldOutTableError.from_error(error) from None


def all_rows(
    table: Any = None, *, sql: str | None = None, connection: Any = None, params: Mapping[str, Any] | None = None
) -> Iterator[OpenedTable]:
    """Every row of a table, at once where all fit into memory, else in parts of bounded size; never a sample.

    Parameters
    ----------
    table, sql, connection, params : optional
        As for `open_table`.

    Yields
    ------
    part : OpenedTable
        At least one; their rows are numbered on.
    """
    import pandas as pd

    from lepton_jupyter.data.arrow_frames import to_frame
    from lepton_jupyter.execution.free_memory import free_memory

    if not is_elsewhere(table) and sql is None:
        yield open_table(table, sql=sql, connection=connection, params=params)
        return
    _check_arguments(table, sql, connection)
    with source_of_rows(table, sql=sql, connection=connection, params=params) as source:
        needed = source.estimated_bytes()
        if needed is not None and needed <= free_memory() * _SHARE:
            opened = open_source(source, limit_bytes=needed)
            yield replace(opened, frame=to_pandas(opened.frame))
            return
        n_before = 0
        for batch in source.batches():
            frame = to_pandas(to_frame(batch))
            if isinstance(frame.index, pd.RangeIndex):
                frame.index = pd.RangeIndex(n_before, n_before + len(frame))
            n_before += len(frame)
            if len(frame):
                yield OpenedTable(frame, source.label, source.notes)
        if not n_before:
            raise EmptyFileError.from_nothing(source.label)


def source_of_rows(
    table: Any, *, sql: str | None = None, connection: Any = None, params: Mapping[str, Any] | None = None
) -> AbstractContextManager[TableSource]:
    """The rows of a path, a Dask frame or a select, for as long as the block lasts."""
    from contextlib import nullcontext

    if sql is not None:
        from lepton_jupyter.data.sql_tables import SqlTable

        return nullcontext(SqlTable(sql, resolved_connection(connection), params))
    if isinstance(table, Prepared):
        return nullcontext(table.source)
    if is_dask_frame(table):
        return nullcontext(DaskFrame(table))
    from lepton_jupyter.data.table_files import table_files

    return table_files(table)


def is_elsewhere(table: Any) -> bool:
    """Whether the rows of a table must be fetched first: a path, an address, a Dask frame, what was prepared."""
    return isinstance(table, str | os.PathLike | Prepared) or is_dask_frame(table)


def _check_arguments(table: Any, sql: str | None, connection: Any) -> None:
    if table is not None and sql is not None:
        raise SqlUsageError.from_table_and_sql()
    if sql is None and connection is not None:
        raise SqlUsageError.from_missing_sql()
    if sql is not None and connection is None:
        raise SqlUsageError.from_missing_connection()
    if sql is not None and not isinstance(sql, str):
        raise SqlUsageError.from_sql_type(sql)


def resolved_connection(connection: Any) -> Any:
    """The URL or engine that is meant; ``$NAME`` is taken from the environment."""
    if isinstance(connection, str) and connection.startswith("$"):
        name = connection[1:].strip("{}")
        if name not in os.environ:
            raise SqlUsageError.from_environment(name)
        return os.environ[name]
    return connection


def _place(table: Any) -> str | None:
    """What opens a table again: a path of this machine, not an address, which may hold a secret."""
    from lepton_jupyter.data.remote_files import is_address

    if not isinstance(table, str | os.PathLike) or is_address(os.fspath(table)):
        return None
    return str(Path(os.fspath(table).removeprefix("file://")).expanduser().absolute())


def kept_place(place: object) -> str | None:
    """A place that a run's folder names, if it is one that a run of this machine may have kept.

    A folder may come from elsewhere: what it names must not make this kernel fetch an address.

    Examples
    --------
    >>> kept_place("/data/churn.csv"), kept_place("https://host/churn.csv"), kept_place("churn.csv"), kept_place(5)
    ('/data/churn.csv', None, None, None)
    """
    from lepton_jupyter.data.remote_files import is_address

    if not isinstance(place, str) or is_address(place) or "::" in place or place.startswith(("//", "\\\\")):
        return None
    return place if Path(place).is_absolute() else None


def label_of_place(text: str) -> str:
    """Short name of a path, a pattern or an address, without what may be secret in it.

    Examples
    --------
    >>> label_of_place("/home/ada/churn.csv"), label_of_place("https://host/churn.csv?token=abc")
    ('churn.csv', 'churn.csv')
    """
    from lepton_jupyter.data.remote_files import is_address, short_address
    from lepton_jupyter.data.table_files import label_of_path

    return short_address(text) if is_address(text) else label_of_path(text)
