"""Connections to databases by SQLAlchemy: URLs, the packages that speak to them, and what may be said of them."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.source_errors import MissingPackageError, said_by
from lepton_jupyter.exceptions.sql_errors import DatabaseError, SqlUsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The package that speaks to each database where the URL names none: those of the extra.
_DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
_PACKAGES = {"psycopg": "psycopg", "psycopg2": "psycopg2", "pymysql": "pymysql", "MySQLdb": "mysqlclient"}
_CONNECT_SECONDS = 10
_READ_ONLY = {
    "mysql": ("set session transaction read only", "set session transaction read write"),
    "mariadb": ("set session transaction read only", "set session transaction read write"),
    "sqlite": ("pragma query_only = on", "pragma query_only = off"),
}


class Database:
    """A database that can be asked, and its name without secrets.

    Parameters
    ----------
    connection : str, URL, Engine or Connection
        A URL, or SQLAlchemy's own objects.

    Raises
    ------
    SqlUsageError
        If it is none of these.
    MissingPackageError
        If SQLAlchemy or the package that speaks to the database is not installed.
    """

    def __init__(self, connection: Any) -> None:
        sqlalchemy = import_sqlalchemy()
        self._own = False
        if isinstance(connection, sqlalchemy.engine.Connection):
            connection = connection.engine
        if isinstance(connection, str | sqlalchemy.engine.URL):
            connection = _engine(connection)
            self._own = True
        if not isinstance(connection, sqlalchemy.engine.Engine):
            raise SqlUsageError.from_connection(connection)
        self.engine = connection
        self.shown = shown_url(connection.url)

    @contextmanager
    def connect(self, *, read_only: bool) -> Iterator[Any]:
        """A connection; closed at the end of the block, what was not committed taken back.

        Raises
        ------
        DatabaseError
            If nobody answers, or nobody is let in.
        """
        sqlalchemy = import_sqlalchemy()
        try:
            connection = self.engine.connect()
        except sqlalchemy.exc.DBAPIError as error:
            raise DatabaseError.from_refusal(self.shown, self.said(error)) from None
        except OSError as error:
            raise DatabaseError.from_refusal(self.shown, self.said(error)) from None
        try:
            if read_only:
                connection = _made_read_only(connection)
            yield connection
        finally:
            try:
                if read_only and not connection.invalidated:
                    _made_writable(connection)
                connection.close()
            except sqlalchemy.exc.DBAPIError:  # it was lost before; what broke it has been said
                connection.invalidate()
            if self._own:
                self.engine.dispose()

    def let_go(self, connection: Any, result: Any) -> None:
        """Close what rows were read with, also where the connection is gone, which SQLAlchemy leaves open."""
        cursor = getattr(result, "cursor", None)
        if result is not None and not connection.invalidated:
            result.close()
        elif cursor is not None:
            # PyMySQL would go on to read from the connection that is gone, when the result is collected.
            unread = getattr(cursor, "_result", None)
            if unread is not None and hasattr(unread, "unbuffered_active"):
                unread.unbuffered_active = False
            with suppress(Exception):  # drivers raise what they like over a connection that is gone
                cursor.close()

    def said(self, error: BaseException) -> str:
        """What a driver said, in one line and without the password."""
        original = getattr(error, "orig", None) or error
        arguments: tuple[Any, ...] = getattr(original, "args", ())
        # pymysql gives a number and a text.
        text = str(arguments[1]) if len(arguments) > 1 and isinstance(arguments[0], int) else said_by(original)
        text = re.sub(r"^connection failed: ", "", " ".join(text.split()))
        text = re.sub(r"connection to server at .*? failed: ", "", text)
        text = re.sub(r"^(FATAL|ERROR): +", "", text)
        password = self.engine.url.password
        if password:
            text = text.replace(str(password), "…")
        text = text.rstrip(". ")
        return text if len(text) <= 200 else f"{text[:199]}…"


def import_sqlalchemy() -> Any:
    """SQLAlchemy, or in one sentence how it is had.

    Raises
    ------
    MissingPackageError
    """
    try:
        import sqlalchemy
        import sqlalchemy.exc
    except ImportError:
        raise MissingPackageError.from_extra("SQL", "sqlalchemy", "sql") from None
    return sqlalchemy


def shown_url(url: Any) -> str:
    """A URL of SQLAlchemy's without user, password and options."""
    host = url.host or ""
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{host}{port}/{url.database or ''}"


def _engine(text: Any) -> Any:
    sqlalchemy = import_sqlalchemy()
    try:
        url = sqlalchemy.engine.make_url(
            re.sub(r"^postgres(?=[:+])", "postgresql", text) if isinstance(text, str) else text
        )
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise SqlUsageError.from_url() from None
    # An @ that was not escaped parts a password, and the rest of it would be shown as the host.
    if "@" in (url.host or "") or "password=" in (url.database or ""):
        raise SqlUsageError.from_url()
    backend = url.get_backend_name()
    if "+" not in url.drivername and backend in _DRIVERS:
        url = url.set(drivername=f"{backend}+{_DRIVERS[backend]}")
    driver = url.drivername.partition("+")[2]
    options: dict[str, Any] = {}
    if driver in {"psycopg", "psycopg2", "pymysql"}:
        options["connect_timeout"] = _CONNECT_SECONDS
    try:
        return sqlalchemy.create_engine(
            url, connect_args=options, poolclass=sqlalchemy.pool.NullPool, hide_parameters=True
        )
    except sqlalchemy.exc.NoSuchModuleError:
        raise SqlUsageError.from_dialect(url.drivername) from None
    except ImportError as error:
        package = _PACKAGES.get(error.name or driver, error.name or driver)
        raise MissingPackageError.from_extra(f"Asking a {backend} database", package, "sql") from None
    except (sqlalchemy.exc.ArgumentError, TypeError, ValueError):
        raise SqlUsageError.from_url() from None


def _made_read_only(connection: Any) -> Any:
    """A connection in which nothing can be changed: SQL is typed quickly, and a select may call functions."""
    name = connection.dialect.name
    if name == "postgresql":
        return connection.execution_options(postgresql_readonly=True)
    sqlalchemy = import_sqlalchemy()
    if name in _READ_ONLY:
        connection.execute(sqlalchemy.text(_READ_ONLY[name][0]))
        connection.rollback()  # it holds from the next transaction on
    return connection


def _made_writable(connection: Any) -> None:
    """Undo it before an engine of the person's own gets its connection back; PostgreSQL's option ends by itself."""
    name = connection.dialect.name
    if name in _READ_ONLY:
        connection.rollback()
        connection.execute(import_sqlalchemy().text(_READ_ONLY[name][1]))
        connection.rollback()
