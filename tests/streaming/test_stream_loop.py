from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import (
    ConnectionLost,
    ConnectionRegained,
    OffsetsCommitted,
    RowsQuarantined,
    SecondPassed,
    StreamEnded,
)
from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.runs.run_store import RunStore
from lepton_jupyter.streaming.function_sink import FunctionSink
from lepton_jupyter.streaming.generator_source import GeneratorSource
from lepton_jupyter.streaming.growing_files import GrowingFiles
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.loop_settings import LoopSettings
from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.row_scoring import Scores
from lepton_jupyter.streaming.sql_upserts import SqlUpserts
from lepton_jupyter.streaming.stream_loop import StreamLoop
from lepton_jupyter.streaming.stream_source import Batch
from lepton_jupyter.streaming.stream_thread import StreamThread

PATIENCE = 60.0


class Doubler:
    """A model that doubles x; negative x it refuses, and 13 makes it raise."""

    label = "Doubler"
    columns = frozenset({"x"})

    def score(self, rows):
        if any(row["x"] == 13 for row in rows):
            raise ArithmeticError("13")
        refused = {place: RowRefusal("x is negative", "x") for place, row in enumerate(rows) if row["x"] < 0}
        return Scores({"y": [2 * row["x"] for row in rows if row["x"] >= 0]}, refused)


class Streaming:
    """One stream in a folder of its own, and what it said."""

    def __init__(self, home, source, sink, *, folder=None, **wishes):
        self.folder = folder or RunStore(home).create("stream")
        self.events = []
        self.lease = OwnerLease()
        self.letters = self.folder.path / "dead_letters.jsonl"
        self.loop = StreamLoop(
            source,
            sink,
            JsonLinesFile(self.letters),
            Doubler(),
            say=self.events.append,
            checkpoint=OffsetCheckpoint(self.folder),
            settings=LoopSettings(**{"most_rows": 8, **wishes}),
            lease=self.lease,
        )
        self.thread = StreamThread(self.loop, self.lease, name="stream", at_end=lambda: None)

    def begin(self):
        self.thread.start()
        return self

    def finish(self):
        assert self.thread.wait(PATIENCE)
        return self.of(StreamEnded)[0]

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def dead(self):
        return [json.loads(line) for line in self.letters.read_text().splitlines()] if self.letters.exists() else []


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


PAYLOADS = st.one_of(
    st.integers(0, 30).map(lambda x: {"x": x}),
    st.integers(-5, -1).map(lambda x: json.dumps({"x": x})),
    st.sampled_from(['{"x": 13}', "[1]", "{", b"\xff", '{"y": 1}', '{"x": "a"}', "", b'{"x": 7}']),
)


@settings(max_examples=12)
@given(st.lists(PAYLOADS, max_size=40))
def test_every_row_is_stored_or_a_dead_letter_with_its_reason(tmp_path_factory, payloads):
    stored = []
    home = tmp_path_factory.mktemp("home")
    streaming = Streaming(home, GeneratorSource(iter(payloads)), FunctionSink(stored.extend)).begin()
    ended = streaming.finish()
    dead = streaming.dead()
    assert ended.reason == "exhausted"
    assert sorted(int(row["position"]) for row in [*stored, *dead]) == list(range(len(payloads)))
    assert (ended.n_read, ended.n_stored, ended.n_dead) == (len(payloads), len(stored), len(dead))
    assert all(letter["reason"] and "payload" in letter for letter in dead)
    for row in stored:
        payload = payloads[int(row["position"])]
        assert row["y"] == 2 * (payload if isinstance(payload, dict) else json.loads(payload))["x"]
    assert sum(event.n_rows for event in streaming.of(RowsQuarantined)) == len(dead)
    assert sum(event.n_stored for event in streaming.of(SecondPassed)) == len(stored)


def lines(path, numbers):
    with path.open("a") as file:
        file.writelines(json.dumps({"x": x}) + "\n" for x in numbers)
    return path


def test_offsets_are_committed_after_results_are_stored_and_a_later_stream_goes_on_from_them(home, tmp_path):
    path = lines(tmp_path / "rows.jsonl", range(12))
    database = f"sqlite:///{tmp_path / 'scored.db'}?table=scores"
    source = GrowingFiles(path, until_end=True)
    first = Streaming(home, source, SqlUpserts(database), keep=("x",)).begin()
    first.finish()
    assert first.of(OffsetsCommitted)[-1].offsets == {"rows.jsonl": path.stat().st_size}
    lines(path, range(20, 23))

    seen = []
    rest = GrowingFiles(path, until_end=True)
    Streaming(home, rest, FunctionSink(seen.extend), folder=first.folder, keep=("x",)).begin().finish()
    assert [row["x"] for row in seen] == [20, 21, 22]
    with sqlite3.connect(tmp_path / "scored.db") as connection:
        assert sorted(connection.execute("select x, y from scores")) == [(x, 2 * x) for x in range(12)]
    connection.close()


def test_a_sink_that_stalls_fills_a_bounded_queue_and_nothing_is_lost(home):
    answers = threading.Event()
    tried, stored, n_made = threading.Event(), [], 0

    def rows():
        nonlocal n_made
        for n_made in range(1, 201):  # noqa: B007  counted for the test
            yield {"x": 1}

    def take(some):
        if not answers.is_set():
            tried.set()
            raise StreamConnectionError.from_error("sink", OSError("stalled"))
        stored.extend(some)

    streaming = Streaming(home, GeneratorSource(rows), FunctionSink(take), most_batches=2).begin()
    assert tried.wait(PATIENCE)
    streaming.loop.pause("python")  # nothing more may come while this looks
    # Batches of eight: two wait to be scored, one to be written; one each is read, scored and written.
    assert streaming.loop.tally.n_read <= 8 * (2 + 1 + 3)
    assert n_made <= 8 * (2 + 1 + 3) + 1
    streaming.loop.proceed("python")
    answers.set()
    assert streaming.finish().n_stored == 200
    assert len({row["position"] for row in stored}) == 200
    assert [event.end for event in streaming.of(ConnectionLost)] == ["sink"]
    assert len(streaming.of(ConnectionRegained)) == 1


def test_a_row_that_the_sink_refuses_is_a_dead_letter_and_the_others_are_stored(home):
    stored = []

    def take(some):
        if any(row["y"] == 10 for row in some):
            raise ValueError("ten is too much")
        stored.extend(some)

    streaming = Streaming(home, GeneratorSource(iter([{"x": x} for x in range(12)])), FunctionSink(take)).begin()
    assert streaming.finish().n_stored == 11
    assert [(letter["position"], json.loads(letter["payload"])) for letter in streaming.dead()] == [("5", {"x": 5})]
    assert "ten is too much" in streaming.dead()[0]["reason"]


def test_a_key_names_rows_and_a_row_without_one_is_a_dead_letter(home):
    stored = []
    rows = [{"x": 1, "id": 7}, {"x": 2}, {"x": 3, "id": None}, {"x": 4, "id": "b"}]
    streaming = Streaming(home, GeneratorSource(iter(rows)), FunctionSink(stored.extend), key="id").begin()
    streaming.finish()
    assert [(row["id"], row["y"]) for row in stored] == [("7", 2), ("b", 8)]
    assert [event.reason for event in streaming.of(RowsQuarantined)] == ["no key"]


def test_a_source_that_raises_ends_the_stream_after_what_it_gave_is_stored(home):
    stored = []

    async def broken():
        yield {"x": 1}
        raise ValueError("the sensor is gone")

    ended = Streaming(home, GeneratorSource(broken), FunctionSink(stored.extend)).begin().finish()
    assert (ended.reason, ended.n_stored, len(stored)) == ("failed", 1, 1)
    assert "broken raised ValueError: the sensor is gone" in ended.sentence


def test_stop_ends_a_stream_that_never_would_and_stores_what_was_read(home):
    stored, some = [], threading.Event()

    def take(rows):
        stored.extend(rows)
        some.set()

    async def forever():
        while True:
            yield {"x": 1}
            await asyncio.sleep(0)

    streaming = Streaming(home, GeneratorSource(forever), FunctionSink(take)).begin()
    assert some.wait(PATIENCE)
    streaming.loop.stop("python")
    ended = streaming.finish()
    assert ended.reason == "stopped"
    assert ended.n_read == ended.n_stored == len(stored)


def test_a_stream_without_an_owner_ends(home):
    async def forever():
        await asyncio.Event().wait()
        yield {}

    streaming = Streaming(home, GeneratorSource(forever), FunctionSink(print)).begin()
    streaming.lease.release()
    assert streaming.finish().reason == "lease"


def test_an_end_that_does_not_open_is_said_at_once_and_nothing_begins(home):
    class Gone(FunctionSink):
        async def open(self):
            raise StreamConnectionError.from_error("gone", OSError("refused"))

    streaming = Streaming(home, GeneratorSource(iter([{"x": 1}])), Gone(print))
    with pytest.raises(StreamConnectionError, match="gone does not answer: refused"):
        streaming.begin()
    assert streaming.thread.wait(PATIENCE)
    assert streaming.events == []


def test_a_table_of_other_columns_ends_the_stream_with_one_sentence(home, tmp_path):
    with sqlite3.connect(tmp_path / "scored.db") as connection:
        connection.execute("create table scores (position text primary key, z real)")
    connection.close()
    sink = SqlUpserts(f"sqlite:///{tmp_path / 'scored.db'}?table=scores")
    ended = Streaming(home, GeneratorSource(iter([{"x": 1}])), sink).begin().finish()
    assert (ended.reason, ended.n_dead) == ("failed", 0)
    assert "has no column 'y' for the results; it has 'position', 'z'" in ended.sentence


def test_a_stream_that_is_to_stop_does_not_wait_for_its_rate(home):
    streaming = Streaming(home, GeneratorSource(iter([{"x": 1}] * 9)), FunctionSink(print), rate=1e-6).begin()
    streaming.loop.stop("python")
    assert streaming.finish().reason == "stopped"


def test_a_rate_is_kept_by_the_clock_of_the_loop(home):
    now = [0.0]
    streaming = Streaming(home, GeneratorSource(iter([])), FunctionSink(print), rate=50.0)
    reader = streaming.loop._reader
    reader._clock, reader._next_read = (lambda: now[0]), 0.0
    slept = []

    async def go():
        for _ in range(20):
            slept.append(max(0.0, reader._next_read - now[0]))
            now[0] = max(now[0], reader._next_read)  # as if it had slept
            await reader._pace()

    asyncio.run(go())
    assert reader._most_rows() == 5
    assert sum(slept) == pytest.approx(19 * 0.1)


class Prefetched:
    """A source that has read all before its connection is lost, as brokers that push do."""

    label, replays, keeps_offsets = "prefetched", True, True

    def __init__(self, n_rows):
        self.left = list(range(100, 100 + n_rows))
        self.n_opened = 0
        self.committed = 0

    async def open(self, offsets):
        self.n_opened += 1
        return "There was no queue." if self.n_opened == 1 else "It was made again."

    async def read(self, most_rows):
        taken, self.left = self.left[:most_rows], self.left[most_rows:]
        return Batch([{"x": x} for x in taken], [str(x) for x in taken]) if taken else None

    async def commit(self, batches):
        if self.n_opened == 1:
            raise StreamConnectionError.from_error(self.label, OSError("gone"))
        self.committed += sum(map(len, batches))

    async def lag(self):
        return None

    async def close(self):
        pass


def test_a_commit_that_fails_while_the_reader_waits_for_room_opens_the_source_again(home):
    source, stored = Prefetched(400), []
    flowing = Streaming(home, source, FunctionSink(stored.extend)).begin()
    assert flowing.finish().reason == "exhausted"
    assert len(stored) == source.committed == 400
    assert source.n_opened == 2
    assert [event.text for event in flowing.of(WarningRaised)] == ["There was no queue."]


def test_rows_that_come_at_the_moment_when_others_are_due_are_stored_too(home, tmp_path):
    path = tmp_path / "out.jsonl"
    streaming = Streaming(home, GeneratorSource({"x": x} for x in range(100, 500)), JsonLinesFile(path))
    # Each look finds half of the time gone for which a file gathers: at every second one no time is left.
    looks = itertools.count()
    streaming.loop._storing._clock = lambda: next(looks) * JsonLinesFile.gather_seconds / 1.9
    assert streaming.begin().finish().reason == "exhausted"
    assert len(path.read_text().splitlines()) == 400
