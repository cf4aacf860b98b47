"""How a stream is to flow, as its loop needs to know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopSettings:
    """How a stream is to flow.

    Parameters
    ----------
    key : str
        Column that names a row; empty: its position in the source.
    keep : tuple of str
        Columns that are stored beside the scores.
    labels : str
        Column that may hold the truth about its row; with a key also about an earlier one. Empty: none does.
    rate : float or None
        Most rows in a second.
    most_rows : int
        Of a micro-batch: so many are only read when they are there. The fewer, the more often brokers wait for a disk.
    most_batches : int
        Read ahead of the scoring; more wait in the source.
    pauses_on_bad_rows : bool
        Whether it reads no more when most of the newest rows were refused, until somebody says so.
    """

    key: str = ""
    keep: tuple[str, ...] = ()
    labels: str = ""
    rate: float | None = None
    most_rows: int = 4096
    most_batches: int = 4
    pauses_on_bad_rows: bool = False
