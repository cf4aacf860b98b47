"""What every source of a stream must do; a new one begins by inheriting `SourceContract`."""

from __future__ import annotations

import asyncio
import time

import pytest

from lepton_jupyter.streaming.row_parsing import parse_row

ROWS = [{"id": f"r{number}", "x": number / 4, "town": ["Ulm", "Köln", None][number % 3]} for number in range(25)]


async def read_all(source, most_rows=7, enough=25):
    """Batches until the source has ended or given enough rows; a broker may take a few reads to begin."""
    batches = []
    give_up = time.monotonic() + 30
    while sum(map(len, batches)) < enough and time.monotonic() < give_up:
        batch = await source.read(most_rows)
        if batch is None:
            break
        assert len(batch) == len(batch.positions) <= most_rows
        batches += [batch] if len(batch) else []
    return batches


async def read_some(source, most_rows=7):
    """The next batch that has rows."""
    [batch] = await read_all(source, most_rows, enough=1)
    return batch


async def open_twice(source):
    """What a source says when it is opened, and when it is opened again."""
    said = [await source.open({}), await source.open({})]
    await source.close()
    return said


async def is_silent(source):
    """Whether nothing more comes."""
    reads = [await asyncio.wait_for(source.read(7), 10) for _ in range(2)]
    return all(batch is None or not len(batch) for batch in reads)


def rows_of(batches):
    return [dict(parse_row(payload)) for batch in batches for payload in batch.payloads]


def positions_of(batches):
    return [position for batch in batches for position in batch.positions]


def offsets_of(batches):
    return {partition: offset for batch in batches for partition, offset in batch.offsets.items()}


class SourceContract:
    """Inherit it, and say how a source of some rows is made."""

    #: Whether values come back as the texts of a file.
    texts = False

    def fill(self, rows):
        """Put rows where the source will find them; called once."""
        raise NotImplementedError

    def make(self):
        """A source of what `fill` put there; again after the death of an earlier one."""
        raise NotImplementedError

    def same(self, rows):
        if not self.texts:
            return rows
        return [{name: None if value is None else str(value) for name, value in row.items()} for row in rows]

    def test_gives_all_rows_in_order_each_with_a_position_of_its_own(self):
        async def go():
            source = self.make()
            await source.open({})
            batches = await read_all(source)
            assert rows_of(batches) == self.same(ROWS)
            assert len(set(positions_of(batches))) == len(ROWS)
            await source.close()

        self.fill(ROWS)
        asyncio.run(go())

    def test_is_silent_or_ends_when_nothing_is_left(self):
        async def go():
            source = self.make()
            await source.open({})
            await read_all(source)
            assert await is_silent(source)
            assert not await source.lag()
            await source.close()

        self.fill(ROWS)
        asyncio.run(go())

    def test_what_was_not_committed_comes_again_as_it_was_and_what_was_does_not(self):
        async def go():
            source = self.make()
            await source.open({})
            first = await read_some(source)
            lost = await read_some(source)
            await source.commit([first])
            await source.commit([first])
            await source.close()

            source = self.make()
            await source.open({} if source.keeps_offsets else offsets_of([first]))
            again = await read_all(source, enough=len(ROWS) - len(first))
            assert rows_of(again) == self.same(ROWS)[len(first) :]
            assert positions_of(again)[: len(lost)] == list(lost.positions)
            await source.commit(again)
            await source.close()

            source = self.make()
            await source.open({} if source.keeps_offsets else offsets_of([first, *again]))
            assert await is_silent(source)
            await source.close()

        self.fill(ROWS)
        if self.make().replays:
            asyncio.run(go())

    def test_begins_anew_after_an_error_without_losing_a_row(self):
        async def go():
            source = self.make()
            await source.open({})
            first = await read_some(source)
            await source.commit([first])
            await read_some(source)
            await source.open({} if source.keeps_offsets else offsets_of([first]))
            again = await read_all(source, enough=len(ROWS) - len(first))
            await source.close()
            # A queue whose broker is still giving some out puts what comes back behind those.
            given, expected = rows_of(again), self.same(ROWS)[len(first) :]
            order = (lambda rows: rows) if source.keeps_offsets else (lambda rows: sorted(rows, key=repr))
            assert order(given) == order(expected), f"{len(given)} of {len(expected)} rows: {given}"

        self.fill(ROWS)
        if self.make().replays:
            asyncio.run(go())

    def test_a_commit_that_comes_while_it_is_closed_may_be_repeated(self):
        async def go():
            source = self.make()
            await source.open({})
            batch = await read_some(source)
            await source.close()
            if source.keeps_offsets:
                with pytest.raises(OSError, match="does not answer"):
                    await source.commit([batch])
                await source.open({})
            await source.commit([batch])
            await source.close()

        self.fill(ROWS)
        asyncio.run(go())

    def test_is_closed_twice_and_unopened(self):
        async def go():
            source = self.make()
            await source.close()
            await source.close()
            assert source.label
            assert isinstance(source.replays, bool)

        self.fill(ROWS)
        asyncio.run(go())
