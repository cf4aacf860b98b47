from __future__ import annotations

import asyncio
import csv
import json
import os

import pandas as pd
import pytest
from contracts.source_contract import ROWS, SourceContract, offsets_of, read_all, rows_of
from pyarrow import Table, parquet

from lepton_jupyter.exceptions.stream_errors import StreamFailedError, StreamPlaceError
from lepton_jupyter.streaming.generator_source import GeneratorSource
from lepton_jupyter.streaming.growing_files import GrowingFiles
from lepton_jupyter.streaming.table_replay import TableReplay


class TestTableReplay(SourceContract):
    def fill(self, rows):
        self.frame = pd.DataFrame(rows).astype(object).where(lambda frame: frame.notna(), None)

    def make(self):
        return TableReplay(self.frame)


class TestGenerator(SourceContract):
    def fill(self, rows):
        async def rows_in_turn():
            for row in rows:
                yield row

        self.generator = rows_in_turn

    def make(self):
        return GeneratorSource(self.generator)


class TestPlainIterator(SourceContract):
    def fill(self, rows):
        self.rows = [json.dumps(row) for row in rows]

    def make(self):
        return GeneratorSource(iter(self.rows))


class _Files(SourceContract):
    @pytest.fixture(autouse=True)
    def _place(self, tmp_path):
        self.path = tmp_path

    def make(self):
        return GrowingFiles(self.path)


class TestJsonLinesFile(_Files):
    def fill(self, rows):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (self.path / "rows.jsonl").write_text(lines + '{"id": "not whole', encoding="utf-8")

    def make(self):
        return GrowingFiles(self.path / "rows.jsonl")


class TestFolderOfCsv(_Files):
    texts = True

    def fill(self, rows):
        for name, part in (("b.csv", rows[10:]), ("a.csv", rows[:10])):
            with (self.path / name).open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, ["id", "x", "town"])
                writer.writeheader()
                writer.writerows(part)


class TestFolderOfParquet(_Files):
    def fill(self, rows):
        parquet.write_table(Table.from_pylist(rows[:10]), self.path / "a.parquet", row_group_size=4)
        parquet.write_table(Table.from_pylist(rows[10:]), self.path / "b.parquet")
        (self.path / ".unfinished-c.parquet").write_bytes(b"PAR1")


def test_a_file_is_read_as_it_grows_and_a_torn_line_waits(tmp_path):
    async def go():
        path = tmp_path / "late.jsonl"
        source = GrowingFiles(path)
        await source.open({})
        assert not len(await source.read(5))
        path.write_text('{"x": 1}\n{"x"')
        assert rows_of([await source.read(5)]) == [{"x": 1}]
        assert not len(await source.read(5))
        with path.open("a") as file:
            file.write(": 2}\n")
        batch = await source.read(5)
        assert rows_of([batch]) == [{"x": 2}]
        assert batch.offsets == {"late.jsonl": path.stat().st_size}
        path.write_text('{"x": 3}\n')  # begun anew, as logs are when they are rotated
        assert rows_of([await source.read(5)]) == [{"x": 3}]

    asyncio.run(go())


def test_a_quoted_value_may_span_lines_and_a_row_of_another_width_is_no_row(tmp_path):
    (tmp_path / "a.csv").write_text('id,text\n1,"two\nlines, ""x"""\n2\n3,\n', encoding="utf-8")

    async def go():
        source = GrowingFiles(tmp_path / "a.csv", until_end=True)
        await source.open({})
        [batch] = await read_all(source)
        assert batch.payloads == [{"id": "1", "text": 'two\nlines, "x"'}, b"2\n", {"id": "3", "text": None}]
        assert await source.read(5) is None

    asyncio.run(go())


def test_a_parquet_file_that_cannot_be_read_is_refused_once_it_has_had_time_to_be_whole(tmp_path):
    async def go():
        broken = tmp_path / "a.parquet"
        broken.write_bytes(b"PAR1, it says")
        parquet.write_table(Table.from_pylist([{"x": 1}]), tmp_path / "b.parquet")
        source = GrowingFiles(tmp_path)
        await source.open({})
        assert rows_of([await source.read(5)]) == [{"x": 1}]
        os.utime(broken, (1e9, 1e9))
        batch = await source.read(5)
        assert (batch.payloads[0].reason, batch.positions) == ("unreadable file", ["a.parquet:0"])
        assert not len(await source.read(5))
        await source.open(offsets_of([batch]) | {"b.parquet": 1})
        assert not len(await source.read(5))

    asyncio.run(go())


def test_a_table_is_replayed_at_the_pace_of_its_times():
    now = [100.0]
    times = pd.to_datetime(["2024-01-01 00:00:30", "2024-01-01 00:00:00", "2024-01-01 00:00:10"])
    frame = pd.DataFrame({"at": times, "x": [3, 1, 2]})

    async def go():
        source = TableReplay(frame, time="at", speed=10.0, clock=lambda: now[0])
        await source.open({})
        assert [row["x"] for row in rows_of([await source.read(9)])] == [1]
        assert await source.lag() == 0
        now[0] += 1.0
        assert await source.lag() == 1
        batch = await source.read(9)
        assert [row["x"] for row in rows_of([batch])] == [2]
        await source.open(offsets_of([batch]))  # what waited while nobody read is not waited for again
        assert [row["x"] for row in rows_of([await source.read(9)])] == [3]
        assert await source.read(9) is None

    asyncio.run(go())


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("values", "said"), [([1.0, None], "none missing"), (["soon", "2024-01-01"], "must hold dates")]
)
def test_a_column_that_holds_no_times_is_refused(values, said):
    with pytest.raises(StreamPlaceError, match=said):
        TableReplay(pd.DataFrame({"at": values}), time="at")


@pytest.mark.mistake
def test_a_time_that_is_no_column_is_named():
    with pytest.raises(StreamPlaceError, match="no column 'a' for --time"):
        TableReplay(pd.DataFrame({"at": [1]}), time="a")


@pytest.mark.parametrize("kind", [ValueError, ConnectionResetError])
def test_what_a_generator_yielded_before_it_raised_comes_first_and_it_is_not_asked_again(kind):
    async def broken():
        yield {"x": 1}
        raise kind("the sensor is gone")

    async def go():
        source = GeneratorSource(broken)
        assert rows_of([await source.read(5)]) == [{"x": 1}]
        # No OSError, after which a stream would ask it again and find it at its end.
        with pytest.raises(StreamFailedError, match=rf"broken raised {kind.__name__}: the sensor is gone\. The stream"):
            await source.read(5)
        await source.close()

    asyncio.run(go())


def test_a_slow_generator_is_not_cancelled_by_a_read_that_found_nothing():
    async def go():
        release = asyncio.Event()

        async def slow():
            yield ROWS[0]
            await release.wait()
            yield ROWS[1]

        source = GeneratorSource(slow)
        assert len(await source.read(5)) == 1
        assert not len(await source.read(5))
        release.set()
        assert rows_of([await source.read(5)]) == [ROWS[1]]
        await source.close()

    asyncio.run(go())


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("a.jsonl", b'{"x": 1}\n{"x": 2}', [{"x": 1}, {"x": 2}]),
        ("a.jsonl", b'\xef\xbb\xbf{"x": 1}', [{"x": 1}]),
        ("a.csv", b"\xef\xbb\xbfx,y\r\n1,2\r\n3,4", [{"x": "1", "y": "2"}, {"x": "3", "y": "4"}]),
        ("a.csv", b'x,y\n1,"two', [{"x": "1", "y": "two"}]),
        ("a.csv", b"x,y", []),
        ("a.jsonl", b"", []),
    ],
)
def test_the_last_line_needs_no_end_where_the_stream_ends_with_it(tmp_path, name, text, rows):
    (tmp_path / name).write_bytes(text)

    async def go():
        source = GrowingFiles(tmp_path / name, until_end=True)
        await source.open({})
        batches = []
        while (batch := await source.read(5)) is not None:
            batches.append(batch)
        assert rows_of(batches) == rows
        assert not batches or batches[-1].offsets == {name: len(text)}

    asyncio.run(go())
