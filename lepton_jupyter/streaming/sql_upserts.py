"""A table of a database as a sink: a row that comes again replaces the earlier one of its key."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.sql_connections import Database, import_sqlalchemy
from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.broker_address import address_parts

if TYPE_CHECKING:
    from lepton_jupyter.streaming.stream_sink import Results

#: Databases whose ``insert … on conflict`` is spoken here.
_DIALECTS = ("sqlite", "postgresql")


class SqlUpserts:
    """Results in one table with a primary key; made with the first rows if it is not there.

    Each `write` is one transaction.

    Parameters
    ----------
    address : str
        ``"sqlite:///scored.db?table=scores"``, ``"postgresql://user@host/database?table=scores"``.

    Raises
    ------
    StreamPlaceError
        If it cannot be read, or names no table.
    SqlUsageError
        If it is no database that can replace rows by their key.
    """

    keyed = True
    gather_seconds = 0.0

    def __init__(self, address: str) -> None:
        sqlalchemy = import_sqlalchemy()
        address_parts(address)
        try:
            url = sqlalchemy.engine.make_url(address)
        except sqlalchemy.exc.ArgumentError:
            raise SqlUsageError.from_url() from None
        name = url.query.get("table")
        self._database = Database(url.difference_update_query(["table"]))
        if not isinstance(name, str) or not name:
            raise StreamPlaceError.from_address(self._database.shown, f"{self._database.shown}?table=scores")
        if url.get_backend_name() not in _DIALECTS:
            raise SqlUsageError.from_dialect(url.get_backend_name())
        self._name = name
        self.label = f"{self._database.shown}?table={name}"
        self._connection: Any = None
        self._table: Any = None

    async def open(self) -> None:
        """Connect."""
        sqlalchemy = import_sqlalchemy()
        await self.close()
        try:
            self._connection = self._database.engine.connect()
        except sqlalchemy.exc.DBAPIError as error:
            raise StreamConnectionError.from_error(self.label, Exception(self._database.said(error))) from None

    async def write(self, results: Results) -> None:
        """Insert rows, or replace those of the same key, in one transaction."""
        sqlalchemy = import_sqlalchemy()
        try:
            # On a thread: a disk is waited for, and meanwhile the next rows are read and scored.
            await asyncio.to_thread(self._write, results)
        except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError) as error:
            self._table = None
            raise StreamConnectionError.from_error(self.label, Exception(self._database.said(error))) from None

    def _write(self, results: Results) -> None:
        with self._connection.begin():
            if self._table is None:
                self._table = self._made(results)
            statement = self._statement(results)
            if self._connection.dialect.name == "sqlite":
                # By its own driver: SQLAlchemy would take longer over each row than the database.
                text = str(statement.compile(dialect=self._connection.dialect, column_keys=results.names))
                given = {results.key_name: results.keys, **results.columns}
                columns = [given[column.name] for column in self._table.columns if column.name in given]
                self._connection.exec_driver_sql(text, list(zip(*columns, strict=True)))
                return
            # Of equal keys in one statement PostgreSQL would not know which one counts.
            self._connection.execute(statement, list({row[results.key_name]: row for row in results.rows()}.values()))

    async def flush(self) -> None:
        """Each write was committed."""

    async def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
            self._database.engine.dispose()

    def _statement(self, results: Results) -> Any:
        if self._connection.dialect.name == "sqlite":
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert
        statement = insert(self._table)
        others = {name: statement.excluded[name] for name in results.columns}
        key = [results.key_name]
        if not others:
            return statement.on_conflict_do_nothing(index_elements=key)
        return statement.on_conflict_do_update(index_elements=key, set_=others)

    def _made(self, results: Results) -> Any:
        sqlalchemy = import_sqlalchemy()
        columns = [sqlalchemy.Column(results.key_name, sqlalchemy.String(255), primary_key=True)]
        columns += [sqlalchemy.Column(name, _type_of(values)) for name, values in results.columns.items()]
        table = sqlalchemy.Table(self._name, sqlalchemy.MetaData(), *columns)
        inspector = sqlalchemy.inspect(self._connection)
        if not inspector.has_table(self._name):
            table.create(self._connection)
            return table
        there = [each["name"] for each in inspector.get_columns(self._name)]
        lacking = [name for name in results.names if name not in there]
        if lacking:
            raise StreamPlaceError.from_lacking_column(self.label, lacking[0], there)
        return table


def _type_of(values: Any) -> Any:
    sqlalchemy = import_sqlalchemy()
    types = {type(value) for value in values if value is not None}
    if types and types <= {bool}:
        return sqlalchemy.Boolean()
    if types and types <= {int}:
        return sqlalchemy.BigInteger()
    return sqlalchemy.Float() if types and types <= {int, float} else sqlalchemy.Text()
