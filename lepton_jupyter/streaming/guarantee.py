"""What a stream promises about each row, which follows from what it reads from and writes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Source


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A promise.

    Parameters
    ----------
    word : {"effectively-once", "at-least-once", "at-most-once"}
    promise : str
        What it means here, in one sentence.
    """

    word: str
    promise: str

    def __str__(self) -> str:
        return f"{self.word}: {self.promise}"


def guarantee(source: Source, sink: Sink) -> Guarantee:
    """What a source and a sink can promise together.

    Parameters
    ----------
    source : Source
    sink : Sink

    Returns
    -------
    guarantee : Guarantee

    Examples
    --------
    >>> from types import SimpleNamespace as Like
    >>> guarantee(Like(replays=True), Like(keyed=True)).word, guarantee(Like(replays=False), Like(keyed=True)).word
    ('effectively-once', 'at-most-once')
    """
    if not source.replays:
        return Guarantee(
            "at-most-once",
            "the source cannot be read again: rows that were read and not stored when the kernel dies are lost.",
        )
    if sink.keyed:
        return Guarantee(
            "effectively-once",
            "offsets are committed after results are stored, and a row that is scored again after a crash replaces "
            "its earlier result.",
        )
    return Guarantee(
        "at-least-once",
        "offsets are committed after results are stored: no row is lost, and some may be stored twice after a crash or "
        "a lost connection.",
    )
