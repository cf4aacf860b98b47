"""Ends of a stream as its folder keeps them, so that it can be gone on with: places of this machine, no addresses."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from lepton_jupyter.notebook.tables import kept_place

#: The file of an SQLite database, and how it is used.
_SQLITE = re.compile(r"sqlite:///(?P<path>[^?]+)(?P<options>\?.*)?", re.DOTALL)


def end_to_keep(value: Any) -> str | None:
    """What opens an end again: a path of this machine, or an SQLite file; not an address, which may hold a secret.

    Examples
    --------
    >>> end_to_keep("sqlite:////data/scored.db?table=scores"), end_to_keep("redis://:secret@host/orders")
    ('sqlite:////data/scored.db?table=scores', None)
    """
    if not isinstance(value, str | os.PathLike):
        return None
    place = os.fspath(value)
    sqlite = _SQLITE.fullmatch(place)
    if sqlite is not None and not sqlite["path"].startswith(":"):  # ":memory:" is gone with its kernel
        return f"sqlite:///{_absolute(sqlite['path'])}{sqlite['options'] or ''}"
    place = place.removeprefix("file://")
    return None if "://" in place or sqlite is not None else _absolute(place)


def kept_end(place: object) -> str | None:
    """An end that a stream's folder names, if it is one that `end_to_keep` may have kept on this machine.

    Examples
    --------
    >>> kept_end("sqlite:////data/scored.db?table=scores"), kept_end("sqlite:///scored.db"), kept_end("redis://host/a")
    ('sqlite:////data/scored.db?table=scores', None, None)
    """
    sqlite = _SQLITE.fullmatch(place) if isinstance(place, str) else None
    if sqlite is None:
        return kept_place(place)
    return place if isinstance(place, str) and kept_place(sqlite["path"]) else None


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute())
