"""The files of a log: ``events.jsonl`` is written now, and ``events-000001.jsonl`` and so on are full."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: A file that has grown so large gets a number, and another one is begun: that of a stream after some two days.
SEGMENT_BYTES = 64 * 2**20


def full_segments(path: Path) -> list[Path]:
    """Files of a log that are full, the oldest first.

    Parameters
    ----------
    path : Path
        That which is written now.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as home:
    ...     log = Path(home) / "events.jsonl"
    ...     for name in ("events.jsonl", "events-000002.jsonl", "events-000001.jsonl", "events-old.jsonl"):
    ...         _ = (Path(home) / name).write_text("")
    ...     [each.name for each in full_segments(log)], next_segment(log).name
    (['events-000001.jsonl', 'events-000002.jsonl'], 'events-000003.jsonl')
    """
    return [place for _, place in _numbered(path)]


def next_segment(path: Path) -> Path:
    """What the file that is written now will be called when it is full."""
    numbered = _numbered(path)
    number = numbered[-1][0] + 1 if numbered else 1
    return path.with_name(f"{path.stem}-{number:06d}{path.suffix}")


def _numbered(path: Path) -> list[tuple[int, Path]]:
    form = re.compile(rf"{re.escape(path.stem)}-(\d{{6,}}){re.escape(path.suffix)}")
    found = ((form.fullmatch(each.name), each) for each in path.parent.glob(f"{path.stem}-*{path.suffix}"))
    return sorted((int(match[1]), place) for match, place in found if match is not None)
