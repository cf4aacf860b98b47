"""What every sink of a stream must do; a new one begins by inheriting `SinkContract`."""

from __future__ import annotations

import asyncio

from lepton_jupyter.streaming.stream_sink import Results

N = 6


def results(start=0, stop=N, shift=0.0):
    numbers = range(start, stop)
    return Results(
        "id",
        [f"r{number}" for number in numbers],
        {
            "town": [["Ulm", "Köln 'x'", None][number % 3] for number in numbers],
            "probability": [number / 8 + shift for number in numbers],
        },
    )


def by_key(rows):
    return {row["id"]: (row["town"], row["probability"]) for row in rows}


class SinkContract:
    """Inherit it, and say how a sink is made and what it has stored."""

    def make(self):
        """A sink; again, on the same place, after the death of an earlier one."""
        raise NotImplementedError

    def stored(self):
        """Rows that are stored, found by other means than the sink's."""
        raise NotImplementedError

    def written(self, *parts):
        async def go():
            sink = self.make()
            await sink.open()
            for part in parts:
                await sink.write(part)
            await sink.flush()
            found = self.stored()
            await sink.close()
            return found

        return asyncio.run(go())

    def test_what_was_flushed_is_stored_whatever_comes_next(self):
        assert by_key(self.written(results(0, 3), results(3, N))) == by_key(results().rows())

    def test_adds_to_what_is_there(self):
        self.written(results(0, 3))
        found = self.written(results(3, N))
        assert len(found) == N
        assert by_key(found) == by_key(results().rows())

    def test_a_key_that_comes_again_is_there_once_where_it_says_so(self):
        self.written(results())
        found = self.written(results(0, 3, shift=0.5))
        if self.make().keyed:
            assert by_key(found) == by_key(results().rows()) | by_key(results(0, 3, shift=0.5).rows())
            assert len(found) == N
        else:
            assert len(found) == N + 3

    def test_one_key_twice_in_a_batch_is_its_newest(self):
        twice = Results("id", ["a", "a"], {"town": ["Ulm", "Bonn"], "probability": [0.1, 0.9]})
        found = self.written(twice)
        if self.make().keyed:
            assert [(row["town"], row["probability"]) for row in found] == [("Bonn", 0.9)]
        else:
            assert len(found) == 2

    def test_what_was_not_flushed_is_whole_or_absent(self):
        async def go():
            sink = self.make()
            await sink.open()
            await sink.write(results())
            await sink.close()

        asyncio.run(go())
        assert len(self.stored()) in {0, N}

    def test_is_opened_again_after_an_error(self):
        async def go():
            sink = self.make()
            await sink.open()
            await sink.write(results(0, 3))
            await sink.open()
            await sink.write(results(3, N))
            await sink.flush()
            await sink.close()

        asyncio.run(go())
        assert by_key(self.stored()) == by_key(results().rows())

    def test_is_closed_twice_and_unopened(self):
        async def go():
            sink = self.make()
            await sink.close()
            await sink.open()
            await sink.close()
            await sink.close()
            assert sink.label

        asyncio.run(go())
