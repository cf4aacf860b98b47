"""Tables into databases, whole or not at all: under another name first, then renamed at once."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.sql_connections import Database, import_sqlalchemy
from lepton_jupyter.exceptions.sql_errors import DatabaseError, SqlUsageError

if TYPE_CHECKING:
    import pandas as pd

_CHUNK_ROWS = 5_000


class SqlDestination:
    """A table of a database that is to be written.

    Parameters
    ----------
    name : str
        Of the table, with its schema before a point where it is not the usual one.
    connection : str, URL, Engine or Connection
    replace : bool
        Whether a table of that name gives way.

    Raises
    ------
    SqlUsageError
        If there is a table of that name and it is to stay.
    DatabaseError
        If nobody answers.
    """

    def __init__(self, name: str, connection: Any, *, replace: bool) -> None:
        self.name = name
        schema, _, self._table = name.rpartition(".")
        self._schema = schema or None
        self._database = Database(connection)
        self._replace = replace
        self.shown = self._database.shown
        with self._database.connect(read_only=False) as found:
            if not replace and self._exists(found):
                raise SqlUsageError.from_existing_table(name)

    def write(self, frame: pd.DataFrame) -> None:
        """Write all rows; the table is there when all are, and until then as it was before.

        Raises
        ------
        DatabaseError
        """
        sqlalchemy = import_sqlalchemy()
        with self._database.connect(read_only=False) as connection:
            unfinished = f"lepton_unfinished_{secrets.token_hex(4)}"
            try:
                frame.to_sql(
                    unfinished, connection, schema=self._schema, index=False, chunksize=_CHUNK_ROWS, if_exists="fail"
                )
                self._put_in_place(connection, unfinished)
                connection.commit()
            except (sqlalchemy.exc.SQLAlchemyError, ValueError, OverflowError) as error:
                with suppress(sqlalchemy.exc.SQLAlchemyError):
                    connection.rollback()
                    self._execute(connection, f"drop table if exists {self._quoted(connection, unfinished)}")
                    connection.commit()
                if isinstance(error, sqlalchemy.exc.DBAPIError) and error.connection_invalidated:
                    connection.invalidate()
                raise DatabaseError.from_write(self.name, self._database.said(error)) from None
            except SqlUsageError:
                connection.rollback()
                self._execute(connection, f"drop table if exists {self._quoted(connection, unfinished)}")
                connection.commit()
                raise

    def _put_in_place(self, connection: Any, unfinished: str) -> None:
        new, final = self._quoted(connection, unfinished), self._quoted(connection, self._table)
        there = self._exists(connection)
        if there and not self._replace:  # somebody made it meanwhile
            raise SqlUsageError.from_existing_table(self.name)
        if connection.dialect.name in {"mysql", "mariadb"}:
            # Their changes of tables end the transaction; several names in one statement change at once.
            old = self._quoted(connection, f"{unfinished}_old")
            swap = f"{final} to {old}, " if there else ""
            self._execute(connection, f"rename table {swap}{new} to {final}")
            if there:
                self._execute(connection, f"drop table {old}")
            return
        if there:
            self._execute(connection, f"drop table {final}")
        plain = connection.dialect.identifier_preparer.quote(self._table)
        self._execute(connection, f"alter table {new} rename to {plain}")

    def _exists(self, connection: Any) -> bool:
        sqlalchemy = import_sqlalchemy()
        try:
            return bool(sqlalchemy.inspect(connection).has_table(self._table, schema=self._schema))
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise DatabaseError.from_write(self.name, self._database.said(error)) from None

    def _quoted(self, connection: Any, table: str) -> str:
        preparer = connection.dialect.identifier_preparer
        parts = [self._schema, table] if self._schema else [table]
        return ".".join(preparer.quote_identifier(part) for part in parts)

    def _execute(self, connection: Any, statement: str) -> None:
        connection.exec_driver_sql(statement.replace("%", "%%"))
