"""Reading a log back: whole lines only, a torn end cut off, events of a newer version passed over."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.events.encoding import decode_event, to_json
from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.exceptions.encoding_errors import UnknownTypeError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.runs.log_segments import full_segments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lepton_jupyter.events.run_events import Event


@dataclass(frozen=True, slots=True)
class LogContents:
    """What the files of a log hold.

    Parameters
    ----------
    events : tuple of LoggedEvent
        In order; numbers may have gaps where events of a newer version were passed over.
    notes : tuple of str
        Sentences about what was passed over or cut.
    n_bytes : int
        Length of the whole lines of the file that is written now; what lies beyond is torn.
    next_sequence : int
        Number of the event that would come next.
    elapsed_seconds : float
        Of the last event.
    n_full : int
        Full files before the one that is written now.
    """

    events: tuple[LoggedEvent, ...]
    notes: tuple[str, ...]
    n_bytes: int
    next_sequence: int
    elapsed_seconds: float
    n_full: int = 0


def log_line(logged: LoggedEvent) -> bytes:
    r"""Write one entry as the line of JSON that the file holds, its end included.

    Examples
    --------
    >>> from lepton_jupyter.events.run_events import BudgetExtended
    >>> event = BudgetExtended(seconds=30.0)
    >>> log_line(LoggedEvent(sequence=0, at="2026-11-23T14:32:07.120Z", elapsed_seconds=1.5, event=event))
    b'{"sequence":0,"at":"2026-11-23T14:32:07.120Z","elapsed_seconds":1.5,"event":{"type":"BudgetExtended","seconds":30.0}}\n'
    """
    head = f'{{"sequence":{logged.sequence},"at":"{logged.at}","elapsed_seconds":{round(logged.elapsed_seconds, 6)}'
    return f'{head},"event":{to_json(logged.event)}}}\n'.encode()


def read_log(path: Path, *, repair: bool = False) -> LogContents:
    """Read a log: its full files, see `log_segments`, then the one that is written now.

    A kernel that dies, or a machine that loses power, leaves the last line unfinished: it is passed over, and cut off
    when the file is opened to be continued. A damaged line before it is another matter, and is refused by its number.

    Parameters
    ----------
    path : Path
    repair : bool, default=False
        Cut a torn end off the file. Only for the process that holds the run's lock.

    Returns
    -------
    contents : LogContents

    Raises
    ------
    DamagedRunError
        If a line that is not the last one cannot be read, or there is no file.
    """
    parts = _read_parts(path)
    contents = _parse(parts)
    data = parts[-1][1]
    if repair and contents.n_bytes < len(data):
        with path.open("r+b") as file:
            file.truncate(contents.n_bytes)
            file.flush()
            os.fsync(file.fileno())
    return contents


def first_event(path: Path) -> Event | None:
    """What a log begins with, which tells of what kind its run is; no more of the file is read.

    None where the file is missing, or its first line cannot be read: `read_log` says of those what is wrong.
    """
    try:
        with next(iter(full_segments(path)), path).open("rb") as log:
            return decode_event(_read_entry(log.readline(), 0).document)
    except (OSError, _DamageError, LeptonError):
        return None


def _read_parts(path: Path) -> list[tuple[Path, bytes]]:
    while True:
        full = full_segments(path)
        parts = [(each, each.read_bytes()) for each in full]
        try:
            parts.append((path, path.read_bytes()))
        except FileNotFoundError:
            if not full and not full_segments(path):
                raise DamagedRunError.from_missing_log(path) from None
            # Between one file and the next: one has become full just now, or the process died there.
            parts.append((path, b""))
        if full_segments(path) == full:  # else one has become full meanwhile
            return parts


def _parse(parts: list[tuple[Path, bytes]]) -> LogContents:
    newest = parts[-1][1]
    # A line is whole when its end is there: what follows the last one was being written.
    torn = newest[newest.rfind(b"\n") + 1 :]
    n_bytes = len(newest) - len(torn)
    events: list[LoggedEvent] = []
    skipped: dict[str, int] = {}
    next_sequence, elapsed_seconds = 0, 0.0
    for path, number, line, is_last in _lines(parts):
        try:
            entry = _read_entry(line, next_sequence)
        except _DamageError as damage:
            if is_last:
                # After a power cut the end of a file may be blocks of zeros or of old data, line ends included.
                torn, n_bytes = line, n_bytes - len(line) - 1
                break
            raise DamagedRunError.from_line(path, number, str(damage)) from None
        next_sequence, elapsed_seconds = entry.sequence + 1, entry.elapsed_seconds
        try:
            event = decode_event(entry.document)
        except UnknownTypeError:
            name = str(entry.document["type"])
            skipped[name] = skipped.get(name, 0) + 1
            continue
        except LeptonError as error:
            raise DamagedRunError.from_line(path, number, str(error)) from None
        events.append(
            LoggedEvent(sequence=entry.sequence, at=entry.at, elapsed_seconds=entry.elapsed_seconds, event=event)
        )
    return LogContents(
        tuple(events), _notes(skipped, torn), n_bytes, next_sequence, elapsed_seconds, n_full=len(parts) - 1
    )


def read_line(line: bytes, path: Path) -> LoggedEvent | None:
    """Entry of one whole line; None for an event of a newer version.

    Raises
    ------
    DamagedRunError
        If it is none.
    """
    try:
        entry = _read_entry(line, 0)
        event = decode_event(entry.document)
    except UnknownTypeError:
        return None
    except (_DamageError, LeptonError) as error:
        raise DamagedRunError.from_file(path, error) from None
    return LoggedEvent(sequence=entry.sequence, at=entry.at, elapsed_seconds=entry.elapsed_seconds, event=event)


def _lines(parts: list[tuple[Path, bytes]]) -> Iterator[tuple[Path, int, bytes, bool]]:
    """Whole lines of files with their number, and whether one is the last of the last file."""
    for place, (path, data) in enumerate(parts):
        lines = data.split(b"\n")[:-1]
        for number, line in enumerate(lines, start=1):
            yield path, number, line, place == len(parts) - 1 and number == len(lines)


class _DamageError(Exception):
    """A line is no entry of a log; never leaves this module."""


@dataclass(frozen=True, slots=True)
class _Entry:
    sequence: int
    at: str
    elapsed_seconds: float
    document: dict[str, object]


def _read_entry(line: bytes, lowest_sequence: int) -> _Entry:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise _DamageError("it is not JSON.") from None
    if not isinstance(found, dict):
        raise _DamageError("it is not an object.")
    sequence, at, elapsed, document = (found.get(name) for name in ("sequence", "at", "elapsed_seconds", "event"))
    if type(sequence) is not int or sequence < lowest_sequence:
        raise _DamageError(f"its sequence is {sequence!r}, and {lowest_sequence} or more was due.")
    if not isinstance(at, str) or not isinstance(elapsed, int | float) or not isinstance(document, dict):
        raise _DamageError("it lacks its time or its event.")
    if not isinstance(document.get("type"), str):
        raise _DamageError("its event has no type.")
    return _Entry(sequence, at, float(elapsed), document)


def _notes(skipped: dict[str, int], torn: bytes) -> tuple[str, ...]:
    notes = []
    if skipped:
        listed = ", ".join(f"{count} {name}" for name, count in sorted(skipped.items()))
        notes.append(f"Events of a newer lepton-jupyter were passed over: {listed}.")
    if torn:
        notes.append(f"The last line was unfinished ({len(torn)} bytes) and is left out.")
    return tuple(notes)
