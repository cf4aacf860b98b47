"""A generator of the notebook as a source: what it yields are rows, once."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.stream_errors import StreamFailedError, StreamPlaceError
from lepton_jupyter.streaming.stream_source import PATIENCE_SECONDS, Batch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.streaming.stream_source import Payload


class GeneratorSource:
    """The rows that a generator yields, plain or async; nobody can ask it for them twice.

    Parameters
    ----------
    generator : async iterator, iterator, or a function that makes one
        Yields mappings, or JSON texts.
    label : str, optional

    Examples
    --------
    >>> async def ages():
    ...     yield {"age": 31}
    >>> source = GeneratorSource(ages)
    >>> asyncio.run(source.read(10)).payloads
    [{'age': 31}]
    """

    replays = False
    keeps_offsets = False

    def __init__(self, generator: Any, *, label: str | None = None) -> None:
        made = generator() if inspect.isfunction(generator) or inspect.ismethod(generator) else generator
        self.label: str = label or str(getattr(generator, "__name__", type(generator).__name__))
        if hasattr(made, "__aiter__"):
            self._items: AsyncIterator[Payload] = aiter(made)
        elif hasattr(made, "__iter__") and not isinstance(made, str | bytes):
            self._items = _in_turns(iter(made))
        else:
            raise StreamPlaceError.from_value(generator, "source")
        self._next: asyncio.Task[Payload] | None = None
        self._n_read = 0
        self._ended = False

    async def open(self, offsets: Mapping[str, Scalar]) -> None:
        """Nothing: it begins with its first row."""

    async def read(self, most_rows: int) -> Batch | None:
        """Rows until there is none at once."""
        payloads: list[Payload] = []
        while len(payloads) < most_rows and not self._ended:
            if self._next is None:
                self._next = asyncio.ensure_future(anext(self._items))
                await asyncio.sleep(0)
            # The task goes on where it was: cancelling it would end the generator.
            await asyncio.wait([self._next], timeout=0 if payloads else PATIENCE_SECONDS)
            if not self._next.done():
                break
            task, self._next = self._next, None
            try:
                payloads.append(task.result())
            except StopAsyncIteration:
                self._ended = True
            except Exception as error:
                self._ended = True
                if not payloads:
                    # Also an OSError, which of other sources means that they are to be asked again.
                    raise StreamFailedError.from_source(self.label, error) from error
                self._next = task  # what it yielded before it raised comes first
                self._ended = False
                break
        if self._ended and not payloads:
            return None
        start, self._n_read = self._n_read, self._n_read + len(payloads)
        return Batch(payloads, [str(place) for place in range(start, self._n_read)])

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Nothing: what was yielded is gone."""

    async def lag(self) -> int | None:
        """Nobody knows what it will yield."""
        return None

    async def close(self) -> None:
        """End the generator."""
        self._ended = True
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])
            self._next = None
        close = getattr(self._items, "aclose", None)
        if close is not None:
            await close()


async def _in_turns(items: Iterator[Payload]) -> AsyncIterator[Payload]:
    for item in items:
        yield item
