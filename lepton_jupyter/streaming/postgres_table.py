"""A growing table of PostgreSQL as a source: polled by a key that rises, woken by its notifications."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlunsplit

from lepton_jupyter.exceptions.source_errors import MissingPackageError
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError
from lepton_jupyter.streaming.broker_address import BrokerAddress, address_parts
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar

_WANTED = "postgresql://host/database?table=orders"
_OWN_OPTIONS = ("table", "by", "listen")
_ANSWER_SECONDS = 10
#: Waiting rows are counted up to this.
_MOST_COUNTED = 100_000
# Columns that alone are unique in the table, the primary key first.
_UNIQUE = """
    select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = %s::regclass and i.indisunique and i.indnkeyatts = 1 and i.indpred is null
    order by i.indisprimary desc, a.attnum
"""
# A transaction that goes on may hold a lower key than one that has ended: rows are read when all that began before
# theirs have ended, or that lower key would be passed over. Ages of transactions outlive the turn of their numbers.
_SETTLED = "age(xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)"


def _import_psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise MissingPackageError.from_extra("PostgreSQL", "psycopg", "sql") from None
    return psycopg


class PostgresSource:
    """Rows of a table in the order of a unique key that rises, such as a ``bigserial``; the table is only read.

    The stream keeps the last key that was stored. Rows appear when every transaction that was open as they were written
    has ended, so that none is passed over; rows that change later are not read again. The table is looked at five times
    a second, or, with ``?listen=CHANNEL``, as soon as somebody says ``NOTIFY CHANNEL``: a notification is only a nudge,
    and none that is lost loses a row.

    Parameters
    ----------
    address : str
        ``"postgresql://user:password@host:port/database?table=orders&by=id&listen=orders"``. Default of ``by``: the
        primary key. Other options are those of libpq, such as ``sslmode``.

    Raises
    ------
    StreamPlaceError
        If it names no table.
    MissingPackageError
        If the package psycopg is not installed.
    """

    replays = True
    keeps_offsets = False

    def __init__(self, address: str) -> None:
        self._psycopg = _import_psycopg()
        parts = address_parts(address)
        given = dict(parse_qsl(parts.query))
        self._table = given.get("table", "")
        host = (parts.hostname or "localhost") + (f":{parts.port}" if parts.port else "")
        shown = f"postgresql://{host}{parts.path}"
        if not self._table:
            raise StreamPlaceError.from_address(shown, _WANTED)
        self.label = f"{shown}?table={self._table}"
        self._by, self._channel = given.get("by", ""), given.get("listen", "")
        others = {name: value for name, value in given.items() if name not in _OWN_OPTIONS}
        self._server = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(others), ""))
        self._named = BrokerAddress(self.label, "postgresql", host, 0, None, None, self._table, {})
        self._connection: Any = None
        self._after: Scalar = None

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Connect, and go on after the key in `offsets`.

        Raises
        ------
        StreamPlaceError
            If there is no such table, or no such unique key.
        """
        await self.close()
        self._after = offsets.get(self._table)
        with self._asking():
            self._connection = await self._psycopg.AsyncConnection.connect(
                self._server, autocommit=True, connect_timeout=_ANSWER_SECONDS, row_factory=self._psycopg.rows.dict_row
            )
        try:
            # A number of any precision as one that models read.
            self._connection.adapters.register_loader("numeric", self._psycopg.types.numeric.FloatLoader)
            await self._find_key()
            if self._channel:
                with self._asking():
                    await self._ask("listen {channel}")
        except BaseException:
            await self.close()
            raise

    async def _find_key(self) -> None:
        errors = self._psycopg.errors
        try:
            with self._asking():
                kind = await (await self._ask(
                    "select relkind from pg_class where oid = %s::regclass", self._quoted()
                )).fetchone()  # fmt: skip
                unique = await (await self._ask(_UNIQUE, self._quoted())).fetchall()
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            raise StreamPlaceError.from_absent("table", self.label) from None
        if kind["relkind"] not in {"r", "p", "m"}:
            raise StreamPlaceError.from_kind(self.label, "view", "table")
        names = [each["attname"] for each in unique]
        if not names or (self._by and self._by not in names):
            raise StreamPlaceError.from_key(self.label, self._by, names)
        self._by = self._by or names[0]

    def _quoted(self) -> str:
        return ".".join('"{}"'.format(part.replace('"', '""')) for part in self._table.split("."))

    async def _ask(self, statement: str, *values: Any) -> Any:
        """A cursor of the answer; names stand in braces, each quoted."""
        sql = self._psycopg.sql
        names = {"table": self._table.split("."), "by": [self._by], "channel": [self._channel]}
        made = sql.SQL(statement).format(**{
            name: sql.Identifier(*parts) for name, parts in names.items() if f"{{{name}}}" in statement
        })  # fmt: skip
        return await self._connection.execute(made, values)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Turn what may be otherwise later into an error after which the stream asks again."""
        with self._named.asking(self._psycopg.OperationalError, self._psycopg.InterfaceError):
            yield

    async def read(self, most_rows: int) -> Batch | None:
        """Rows after the last key that was read."""
        with self._asking():
            rows = await self._next_rows(most_rows)
            if not rows:
                await self._wait()
                rows = await self._next_rows(most_rows)
        if not rows:
            return Batch([], [])
        keys = [row[self._by] for row in rows]
        self._after = keys[-1] if isinstance(keys[-1], int | str) else str(keys[-1])
        return Batch(rows, [str(key) for key in keys], {self._table: self._after})

    async def _next_rows(self, most_rows: int) -> list[dict[str, Any]]:
        after, values = ("", []) if self._after is None else ("and {by} > %s", [self._after])
        found = await self._ask(
            f"select * from {{table}} where {_SETTLED} {after} order by {{by}} limit %s",
            *values, most_rows,
        )  # fmt: skip
        rows: list[dict[str, Any]] = await found.fetchall()
        return rows

    async def _wait(self) -> None:
        if not self._channel:
            await asyncio.sleep(PATIENCE_SECONDS)
            return
        async for _ in self._connection.notifies(timeout=PATIENCE_SECONDS, stop_after=1):
            return

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Nothing: the stream keeps the key."""

    async def lag(self) -> int | None:
        """Rows after the last key that was read, up to 100,000."""
        if self._connection is None:
            return None
        after, values = ("", []) if self._after is None else ("where {by} > %s", [self._after])
        with self._asking():
            found = await self._ask(
                f"select count(*) as n from (select 1 from {{table}} {after} limit %s) as waiting",
                *values, _MOST_COUNTED,
            )  # fmt: skip
            counted = await found.fetchone()
        return int(counted["n"])

    async def close(self) -> None:
        """Disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(self._psycopg.Error, OSError):
                await connection.close()
