from __future__ import annotations

import asyncio
import json
import threading

import pytest
from contracts.sink_contract import SinkContract
from contracts.source_contract import ROWS, SourceContract, positions_of, read_all, rows_of
from streaming.redis_server import free_port

from lepton_jupyter.exceptions.stream_errors import StreamConnectionError
from lepton_jupyter.streaming.guarantee import guarantee
from lepton_jupyter.streaming.stream_places import sink_of, source_of

pytest.importorskip("websockets.asyncio", reason="the package websockets is not installed")


class Peer:
    """Sends rows to whoever connects, and keeps what it is sent; in a thread of its own."""

    def __init__(self):
        self.port, self.rows, self.heard = free_port(), [], []
        self.hangs_up = False
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._up.wait(30)

    async def _serve(self):
        from websockets.asyncio.server import serve

        self._done = asyncio.Event()
        async with serve(self._meet, "127.0.0.1", self.port):
            self._up.set()
            await self._done.wait()

    async def _meet(self, connection):
        for row in self.rows:
            await connection.send(json.dumps(row))
        if not self.hangs_up:
            async for message in connection:
                self.heard.append(json.loads(message))

    def hear_out(self):
        """Let the handler take what has arrived: the library answers a ping before it has looked."""

        async def turn():
            for _ in range(1_000):  # turns of the loop, of which each message needs a few
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(turn(), self._loop).result(30)

    def close(self):
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()
        self._loop.close()


class _OnWebsocket:
    @pytest.fixture(autouse=True)
    def _peer(self):
        self.peer = Peer()
        self.address = f"ws://127.0.0.1:{self.peer.port}/things"
        yield
        self.peer.close()


class TestWebsocketSource(_OnWebsocket, SourceContract):
    def fill(self, rows):
        self.peer.rows = rows

    def make(self):
        return source_of(self.address, name="churn")

    def test_what_is_lost_is_lost_and_it_says_so(self):
        promised = guarantee(self.make(), sink_of("sqlite:///scored.db?table=scores"))
        assert promised.word == "at-most-once"

    def test_who_hangs_up_is_waited_for_and_rows_of_another_connection_are_others(self):
        async def go():
            source = self.make()
            await source.open({})
            first = await read_all(source)
            with pytest.raises(StreamConnectionError, match="does not answer"):
                await read_all(source, enough=1)  # the end may come later than the rows
            await asyncio.sleep(0.002)
            await source.open({})
            second = await read_all(source)
            assert rows_of(first) == rows_of(second) == ROWS
            assert not set(positions_of(first)) & set(positions_of(second))
            await source.close()

        self.fill(ROWS)
        self.peer.hangs_up = True
        asyncio.run(go())


class TestWebsocketSink(_OnWebsocket, SinkContract):
    def make(self):
        return sink_of(self.address)

    def stored(self):
        self.peer.hear_out()
        return list(self.peer.heard)


@pytest.mark.mistake
def test_a_peer_that_is_not_there_is_said_without_its_token():
    with pytest.raises(StreamConnectionError, match=r"ws://127.0.0.1:1/a does not answer") as caught:
        asyncio.run(sink_of("ws://127.0.0.1:1/a?token=secret").open())
    assert "secret" not in str(caught.value)
