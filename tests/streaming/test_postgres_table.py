from __future__ import annotations

import asyncio
import time
from itertools import count

import pytest
from contracts.sink_contract import SinkContract
from contracts.source_contract import ROWS, SourceContract, is_silent, read_all, read_some, rows_of
from streaming.broker_servers import postgresql

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError, StreamPlaceError
from lepton_jupyter.streaming.stream_places import sink_of, source_of

psycopg = pytest.importorskip("psycopg", reason="the package psycopg is not installed")

NUMBERS = count()


@pytest.fixture(scope="module")
def server():
    with postgresql() as address:
        _wait_until_it_answers(address)
        yield address


def _wait_until_it_answers(address):
    give_up = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:  # it starts
            assert time.monotonic() < give_up
            time.sleep(0.05)
        else:
            return


class _OnPostgres:
    @pytest.fixture(autouse=True)
    def _table(self, server):
        self.server = server
        self.table = f"things{next(NUMBERS)}"
        self.address = f"{server}?table={self.table}"

    def say(self, statement, values=()):
        with psycopg.connect(self.server, autocommit=True) as connection:
            return connection.execute(statement, values)

    def make_table(self):
        self.say(f"create table {self.table} (n bigserial primary key, id text unique, x numeric, town text)")

    def add(self, rows):
        with psycopg.connect(self.server) as connection:
            for row in rows:
                connection.execute(f"insert into {self.table} (id, x, town) values (%(id)s, %(x)s, %(town)s)", row)


class TestPostgresSource(_OnPostgres, SourceContract):
    def fill(self, rows):
        self.make_table()
        self.add(rows)

    def same(self, rows):
        return [{"n": number + 1, **row} for number, row in enumerate(rows)]

    def make(self, options=""):
        return source_of(self.address + options, name="churn")

    def test_a_row_that_was_begun_earlier_and_ended_later_is_not_passed_over(self):
        async def go():
            source = self.make()
            await source.open({})
            with psycopg.connect(self.server) as slow:
                slow.execute(f"insert into {self.table} (id) values ('slow')")
                self.add(ROWS[:1])
                assert await is_silent(source)
                slow.commit()
            batches = await read_all(source, enough=2)
            assert [row["id"] for row in rows_of(batches)] == ["slow", "r0"]
            await source.close()

        self.make_table()
        asyncio.run(go())

    def test_a_notification_wakes_it(self, monkeypatch):
        monkeypatch.setattr("lepton_jupyter.streaming.postgres_table.PATIENCE_SECONDS", 60.0)

        async def go():
            source = self.make("&listen=orders")
            await source.open({})
            reading = asyncio.create_task(read_some(source))
            await asyncio.sleep(0.1)
            assert not reading.done()
            await asyncio.to_thread(self.add, ROWS[:1])
            await asyncio.to_thread(self.say, "notify orders")
            assert len(await asyncio.wait_for(reading, 30)) == 1
            await source.close()

        self.make_table()
        asyncio.run(go())

    def test_reads_by_another_unique_column(self):
        async def go():
            source = self.make("&by=id")
            await source.open({"n": 3, self.table: "r7"})
            rows = rows_of(await read_all(source, enough=2))
            assert [row["id"] for row in rows] == ["r8", "r9"]
            assert await source.lag() == 0
            await source.close()

        self.fill(ROWS)
        asyncio.run(go())

    @pytest.mark.mistake
    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ("&by=town", "cannot be read by 'town', which is not unique; unique are 'n', 'id'"),
            ("s", "There is no table at postgresql://127"),
        ],
    )
    def test_what_cannot_be_read_is_said(self, options, sentence):
        self.make_table()
        with pytest.raises(StreamPlaceError, match=sentence):
            asyncio.run(self.make(options).open({}))


class TestPostgresSink(_OnPostgres, SinkContract):
    def make(self):
        pytest.importorskip("sqlalchemy", reason="the package SQLAlchemy is not installed")
        return sink_of(self.address)

    def stored(self):
        with psycopg.connect(self.server, row_factory=psycopg.rows.dict_row) as connection:
            try:
                return connection.execute(f"select * from {self.table}").fetchall()
            except psycopg.errors.UndefinedTable:
                return []


@pytest.mark.mistake
def test_a_server_that_is_not_there_is_said_without_its_password():
    source = source_of("postgres://ada:secret@127.0.0.1:1/a?table=things", name="churn")
    with pytest.raises(
        StreamConnectionError, match=r"postgresql://127.0.0.1:1/a\?table=things does not answer"
    ) as caught:
        asyncio.run(source.open({}))
    assert "secret" not in str(caught.value)
