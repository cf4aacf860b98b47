"""A stream from Redis to Redis for a test to kill: ``python -m streaming.killed_stream ADDRESS FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

from lepton_jupyter.runs.run_store import RunStore
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.loop_settings import LoopSettings
from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.redis_sink import RedisSink
from lepton_jupyter.streaming.redis_source import RedisSource
from lepton_jupyter.streaming.row_scoring import Scores
from lepton_jupyter.streaming.stream_loop import StreamLoop
from lepton_jupyter.streaming.stream_thread import StreamThread


class Doubler:
    """A model that doubles x."""

    label = "Doubler"
    columns = frozenset({"x"})

    def score(self, rows):
        return Scores({"y": [2 * row["x"] for row in rows]})


class Until(RedisSource):
    """Ends when the stream is silent, so that a test ends too."""

    async def read(self, most_rows):
        batch = await super().read(most_rows)
        return batch if len(batch) else None


class Telling(RedisSink):
    """Tells how many rows it has taken."""

    def __init__(self, address, after_write):
        super().__init__(address)
        self.after_write = after_write
        self.n_rows = 0

    async def write(self, results):
        await super().write(results)
        self.n_rows += len(results)
        self.after_write(self.n_rows)


def streaming(address, folder, *, n_rows, after_write=lambda _: None, heard=lambda _: None, sink=None):
    """A stream of orders that is ready to start."""
    kept = RunStore(Path(folder)).create("orders")
    events = []

    def say(event):
        events.append(event)
        heard(event)

    lease = OwnerLease()
    loop = StreamLoop(
        Until(f"{address}/orders", "orders"),
        sink or Telling(f"{address}/scored?as=hash", after_write),
        JsonLinesFile(kept.path / "dead_letters.jsonl"),
        Doubler(),
        say=say,
        checkpoint=OffsetCheckpoint(kept),
        settings=LoopSettings(key="id", most_rows=64),
        lease=lease,
    )
    thread = StreamThread(loop, lease, name="killed-stream", at_end=lambda: None)
    return SimpleNamespace(loop=loop, thread=thread, events=events, n_rows=n_rows)


if __name__ == "__main__":

    def tell(n_rows):
        if n_rows == 512:
            print(n_rows, flush=True)
            # Here it stands between storing and acknowledging until it is killed.
            import time

            time.sleep(60)

    flowing = streaming(sys.argv[1], sys.argv[2], n_rows=0, after_write=tell)
    flowing.thread.start()
    flowing.thread.wait()
