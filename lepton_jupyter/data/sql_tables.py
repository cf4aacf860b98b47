"""The rows of a select, streamed by SQLAlchemy; values are bound, never written into the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.arrow_frames import join_tables, to_frame
from lepton_jupyter.data.sql_connections import Database, import_sqlalchemy
from lepton_jupyter.exceptions.source_errors import EmptyFileError
from lepton_jupyter.exceptions.sql_errors import DatabaseError, SqlUsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    import pyarrow as pa

_BATCH_ROWS = 20_000
_READS = frozenset({"select", "with", "values", "table", "show", "describe", "desc", "explain"})
_COMMENT = re.compile(r"\s+|--[^\n]*(\n|$)|/\*.*?\*/|#[^\n]*(\n|$)", re.DOTALL)


class SqlTable:
    """The rows of one statement that reads.

    Parameters
    ----------
    sql : str
        Values stand in it as ``:name``.
    connection : str, URL, Engine or Connection
    params : mapping, optional
        Values by name; lists for ``in :name``.

    Raises
    ------
    SqlUsageError
        If the statement does not read, or a value is missing.
    """

    label = "SQL"
    notes: tuple[str, ...] = ()

    def __init__(self, sql: str, connection: Any, params: Mapping[str, Any] | None = None) -> None:
        refuse_other_than_select(sql)
        self._database = Database(connection)
        self._statement = _bound(sql, params or {})

    def estimated_bytes(self) -> None:
        """Nobody knows before the rows have come."""

    def read(self) -> pd.DataFrame:
        """All rows at once."""
        return to_frame(join_tables(list(self.batches())))

    def batches(self) -> Iterator[pa.Table]:
        """All rows, some ten thousand at a time, by a cursor on the server's side where the database has them."""
        sqlalchemy = import_sqlalchemy()
        n_rows, names = 0, []
        with self._database.connect(read_only=True) as connection:
            result = None
            try:
                streaming = connection.execution_options(stream_results=True, max_row_buffer=_BATCH_ROWS)
                result = streaming.execute(self._statement)
                if not result.returns_rows:
                    raise SqlUsageError.from_not_select(_first_word(str(self._statement)))
                names = _unique(list(result.keys()))
                for rows in result.partitions(_BATCH_ROWS):
                    n_rows += len(rows)
                    yield _table_of(rows, names)
            except sqlalchemy.exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise DatabaseError.from_loss(self._database.shown, n_rows) from None
                raise DatabaseError.from_statement(self._database.said(error)) from None
            except sqlalchemy.exc.SQLAlchemyError as error:
                raise DatabaseError.from_statement(self._database.said(error)) from None
            finally:
                self._database.let_go(connection, result)
        if not n_rows:
            raise EmptyFileError.from_answer(len(names))


def parameter_names(sql: str) -> tuple[str, ...]:
    """Names that stand in the SQL as ``:name``, in their order.

    Parameters
    ----------
    sql : str

    Returns
    -------
    names : tuple of str

    Examples
    --------
    >>> parameter_names("select * from t where day > :first and town = :town and x::int = 3")
    ('first', 'town')
    """
    return tuple(import_sqlalchemy().text(sql).compile().params)


def refuse_other_than_select(sql: str) -> None:
    """Refuse a statement that does something else than read.

    Parameters
    ----------
    sql : str

    Raises
    ------
    SqlUsageError
    """
    word = _first_word(sql)
    if not word:
        raise SqlUsageError.from_empty()
    if word.lower() not in _READS:
        raise SqlUsageError.from_not_select(word[:40])


def _first_word(sql: str) -> str:
    place = 0
    while found := _COMMENT.match(sql, place):
        place = found.end()
    rest = sql[place:].lstrip("(").strip()
    found = re.match(r"[^\s(;]+", rest)
    return found[0] if found else ""


def _bound(sql: str, params: Mapping[str, Any]) -> Any:
    sqlalchemy = import_sqlalchemy()
    bound = []
    for name in parameter_names(sql):
        if name not in params:
            raise SqlUsageError.from_missing_parameter(name, params)
        value = params[name]
        several = isinstance(value, list | tuple | set | frozenset | np.ndarray) or hasattr(value, "to_list")
        if several:
            values = [_plain_value(name, each) for each in list(value)]
            bound.append(sqlalchemy.bindparam(name, values, expanding=True))
        else:
            bound.append(sqlalchemy.bindparam(name, _plain_value(name, value)))
    return sqlalchemy.text(sql).bindparams(*bound)


def _plain_value(name: str, value: Any) -> Any:
    import datetime
    import decimal
    import uuid

    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    if isinstance(value, np.datetime64):
        return value.astype("datetime64[us]").item()
    if isinstance(value, np.generic):
        return value.item()
    known = str | int | float | bool | bytes | datetime.date | datetime.time | datetime.timedelta | decimal.Decimal
    if value is None or isinstance(value, known | uuid.UUID):
        return value
    raise SqlUsageError.from_parameter_type(name, value)


def _unique(names: Sequence[str]) -> list[str]:
    """Names of the columns, twins numbered: a join gives two of one name."""
    from lepton_jupyter.data.csv_dialect import unique_names

    return list(unique_names([str(name) for name in names])[0])


def _table_of(rows: Sequence[Any], names: Sequence[str]) -> pa.Table:
    import pyarrow as pa

    columns = [_column(list(values)) for values in zip(*rows, strict=True)]
    return pa.table(columns, names=list(names))


def _column(values: list[Any]) -> pa.Array:
    """Values of a driver as Arrow; those of mixed types, as SQLite allows, as text."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        texts = [None if value is None else value if isinstance(value, str) else str(value) for value in values]
        return pa.array(texts, type=pa.string())
