"""What a stream reads from: batches of rows, each with where the source stands after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.preprocessing.row_reading import RowRefusal

    Row = Mapping[str, Any]
    Payload = bytes | str | Row | RowRefusal

#: Longest that `Source.read` waits for a first row, in seconds, so that a stream hears that it is to stop.
PATIENCE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that were read together, not parsed yet.

    Parameters
    ----------
    payloads : sequence of bytes, str, mapping or RowRefusal
        Text is one JSON object; a mapping is a row already; a refusal says why there is no row.
    positions : sequence of str
        Where each row stands in its source: the same whenever it is read again.
    offsets : mapping of str to scalar
        Where the source stands after this batch, for each of its partitions that moved.
    token : object
        Whatever else the source needs to know to commit it.
    n_again : int
        How many of the rows were read before, by a reader that did not commit them.
    """

    payloads: Sequence[Payload]
    positions: Sequence[str]
    offsets: Mapping[str, Scalar] = field(default_factory=dict)
    token: Any = None
    n_again: int = 0

    def __len__(self) -> int:
        return len(self.payloads)


def was_made(kind: str, label: str) -> str:
    """What a person is told of a place that was not there: its name may have been mistyped.

    Examples
    --------
    >>> was_made("queue", "amqp://localhost/ordres")
    'There was no queue at amqp://localhost/ordres: it was made, and its first row is waited for.'
    """
    return f"There was no {kind} at {label}: it was made, and its first row is waited for."


class Source(Protocol):
    """Where rows come from.

    Everything is called from one event loop, one thing at a time, but that `commit` may come while `read` waits. A
    source that does not answer for now raises `StreamConnectionError` (or another OSError); it is then opened and asked
    again. Any other error ends the stream.
    """

    @property
    def label(self) -> str:
        """What a person reads; holds no secrets."""
        ...

    @property
    def replays(self) -> bool:
        """Whether rows that were read and not committed can be read again."""
        ...

    @property
    def keeps_offsets(self) -> bool:
        """Whether `commit` is remembered by the source itself; else the stream's checkpoint does it."""
        ...

    async def open(self, offsets: Mapping[str, Scalar]) -> str | None:
        """Begin after `offsets`, which are empty the first time; may be called again after an error.

        Returns
        -------
        remark : str or None
            What a person should know of it, such as that the queue was not there and was made.
        """
        ...

    async def read(self, most_rows: int) -> Batch | None:
        """Rows that are there now, at most so many; waits up to `PATIENCE_SECONDS` for the first.

        Returns
        -------
        batch : Batch or None
            Empty if nothing came; None at the end of a source that has one.
        """
        ...

    async def commit(self, batches: Sequence[Batch]) -> None:
        """Hear that the results of these are stored; may be repeated, and fails where it was closed meanwhile."""
        ...

    async def lag(self) -> int | None:
        """Rows that are there and were not read yet; None if that is not known."""
        ...

    async def close(self) -> None:
        """Let go of everything; may be called twice, and without `open`."""
        ...
