"""Ends of a stream as its folder keeps them, so that it can be gone on with: paths, and addresses without a secret."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lepton_jupyter.notebook.tables import kept_place

#: The file of an SQLite database, and how it is used.
_SQLITE = re.compile(r"sqlite:///(?P<path>[^?]+)(?P<options>\?.*)?", re.DOTALL)
#: Options of addresses that are no secret. Others may be: a websocket's token, a database's password.
_OPEN_OPTIONS = frozenset({
    "as", "assign", "by", "consumer", "db", "group", "listen", "qos", "sslmode", "table", "vhost",
})  # fmt: skip
#: Databases find the password of a user in the environment, or in a file. A user of NATS is a token.
_USERS_WITHOUT_PASSWORD = frozenset({"postgres", "postgresql"})


def end_to_keep(value: Any) -> str | None:
    """What opens an end again: a path of this machine, an SQLite file, or an address in which nothing may be secret.

    Examples
    --------
    >>> end_to_keep("sqlite:////data/scored.db?table=scores"), end_to_keep("redis://:secret@host/orders")
    ('sqlite:////data/scored.db?table=scores', None)
    >>> end_to_keep("redis://host/scored?as=hash"), end_to_keep("wss://host/feed?token=abc")
    ('redis://host/scored?as=hash', None)
    """
    if not isinstance(value, str | os.PathLike):
        return None
    place = os.fspath(value)
    sqlite = _SQLITE.fullmatch(place)
    if sqlite is not None and not sqlite["path"].startswith(":"):  # ":memory:" is gone with its kernel
        return f"sqlite:///{_absolute(sqlite['path'])}{sqlite['options'] or ''}"
    place = place.removeprefix("file://")
    if "://" in place:
        return place if sqlite is None and _is_open(place) else None
    return _absolute(place)


def _is_open(address: str) -> bool:
    try:
        # A # belongs to topics of MQTT.
        parts = urlsplit(address, allow_fragments=False)
    except ValueError:  # whoever opens it says so
        return False
    has_login = "@" in parts.netloc and (
        ":" in parts.netloc.rpartition("@")[0] or parts.scheme not in _USERS_WITHOUT_PASSWORD
    )
    return not has_login and {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)} <= _OPEN_OPTIONS


def kept_end(place: object) -> str | None:
    """An end that a stream's folder names, if it is one that may be opened whoever wrote the folder: no address.

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
