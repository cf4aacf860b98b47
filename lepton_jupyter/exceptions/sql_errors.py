"""Errors about tables that are read from databases or written there; passwords are never part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable


class SqlUsageError(LeptonError, ValueError):
    """What is asked of a database cannot be asked, or not like this; nothing was sent."""

    @classmethod
    def from_missing_connection(cls) -> Self:
        """Build for SQL without a database."""
        return cls("SQL needs a database to ask: add --connection URL, a variable that holds one, or $VARIABLE.")

    @classmethod
    def from_missing_sql(cls) -> Self:
        """Build for a database that is asked nothing."""
        return cls('A connection alone reads nothing: add --sql "select …".')

    @classmethod
    def from_table_and_sql(cls) -> Self:
        """Build for a table and SQL at once."""
        return cls("A table and --sql exclude each other; give one of them.")

    @classmethod
    def from_sql_type(cls, value: object) -> Self:
        """Build from SQL that is not text."""
        return cls(f'A {type(value).__name__} is not SQL. Give a text, such as "select * from customers".')

    @classmethod
    def from_partition_column(cls, name: str, kind: str) -> Self:
        """Build from a column that has no ranges, and the type of its values."""
        return cls(f"--partition-by {name[:60]!r} holds values of type {kind}. Name a column of numbers or dates.")

    @classmethod
    def from_partition_without_sql(cls) -> Self:
        """Build for ranges of a column where no select is asked."""
        return cls("--partition-by parts what --sql selects; files and frames have partitions of their own.")

    @classmethod
    def from_not_select(cls, first_word: str) -> Self:
        """Build from the first word of a statement that does not read."""
        return cls(
            f"{first_word.upper()!r} does not read rows, and nothing else is run here: write a select "
            "(or with … select)."
        )

    @classmethod
    def from_empty(cls) -> Self:
        """Build for blank SQL."""
        return cls('The SQL is empty: write a select, such as --sql "select * from customers".')

    @classmethod
    def from_missing_parameter(cls, name: str, known: Iterable[str]) -> Self:
        """Build from a ``:name`` of the SQL that has no value, and the names that have one."""
        match = nearest(name, known)
        hint = f"Did you mean :{match}?" if match else "Give it a value: a variable of that name, or params={…}."
        return cls(f"The SQL asks for :{name}, which has no value. {hint}")

    @classmethod
    def from_parameter_type(cls, name: str, value: object) -> Self:
        """Build from a parameter that no database takes."""
        return cls(
            f"The value of :{name} is a {type(value).__name__}, which no database takes. Give a number, text, date, or "
            "a list of them for in :name."
        )

    @classmethod
    def from_connection(cls, value: object) -> Self:
        """Build from something that is no connection."""
        return cls(
            f"A {type(value).__name__} is not a connection. Give a URL such as postgresql://user@host/database, or an "
            "SQLAlchemy engine."
        )

    @classmethod
    def from_unknown_name(cls, name: str, known: Iterable[str]) -> Self:
        """Build from text that is no URL and names no variable."""
        match = nearest(name, known)
        hint = f"Did you mean {match!r}?" if match else "Write a URL such as postgresql://user@host/database."
        return cls(f"There is no connection {name!r}: it is no URL, and no variable has this name. {hint}")

    @classmethod
    def from_failure(cls, kind: str | None) -> Self:
        """Build for an expression that gives no connection, and the kind of error it raised, if it did."""
        said = "" if kind is None else f" ({kind})"
        return cls(f"The connection cannot be evaluated{said}. Give an engine a name on a line of its own first.")

    @classmethod
    def from_environment(cls, name: str) -> Self:
        """Build from an environment variable that is not set."""
        return cls(f"The environment variable {name!r} is not set. Set it to the URL of the database.")

    @classmethod
    def from_url(cls) -> Self:
        """Build from a URL that cannot be read; it may hold a password, so it is not shown."""
        return cls("The connection is not a URL that can be read. Write postgresql://user:password@host:5432/database.")

    @classmethod
    def from_dialect(cls, name: str) -> Self:
        """Build from a kind of database that nothing here speaks to."""
        return cls(f"Nothing here speaks to {name!r} databases. Use postgresql://, mysql://, mariadb:// or sqlite:///.")

    @classmethod
    def from_existing_table(cls, table: str) -> Self:
        """Build for a table that is there already."""
        return cls(f"There is a table {table!r} already, and it is left as it is. Add --replace, or name another one.")


class DatabaseError(LeptonError, ConnectionError):
    """A database did not do what it was asked."""

    @classmethod
    def from_refusal(cls, shown: str, said: str) -> Self:
        """Build from a database that could not be reached or let nobody in."""
        return cls(f"No connection to {shown!r}: {said}. Check host, port, user and password.")

    @classmethod
    def from_statement(cls, said: str) -> Self:
        """Build from what a database said of a statement."""
        return cls(f"The database refused the statement: {said}. Correct the SQL.")

    @classmethod
    def from_loss(cls, shown: str, n_rows: int) -> Self:
        """Build from a connection that broke while rows were coming."""
        return cls(f"The connection to {shown!r} was lost after {n_rows:,} rows. Run the line again.")

    @classmethod
    def from_write(cls, table: str, said: str) -> Self:
        """Build from what a database said when it was written to; nothing of it was kept."""
        return cls(f"Table {table!r} was not written: {said}. Nothing of it was kept.")
