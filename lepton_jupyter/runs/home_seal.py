"""A mark that only one home can make: what a run's folder says with it was written here, and not by somebody else."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAME = "seal.key"


def sealed(home: Path, parts: Sequence[str | None]) -> str:
    """The mark of some words, by the key of a home; the key is made with its first use.

    Parameters
    ----------
    home : Path
        Exists.
    parts : sequence of str or None
        What is marked. Each folder must mark its own name too, or a mark could be taken to another.

    Returns
    -------
    mark : str
        Hexadecimal digits.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as other:
    ...     mark = sealed(Path(home), ["orders", "redis://host/orders"])
    ...     mark == sealed(Path(home), ["orders", "redis://host/orders"]), mark == sealed(Path(other), ["orders", None])
    (True, False)
    """
    return hmac.new(_key(home / _NAME), json.dumps(list(parts)).encode(), hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        key = secrets.token_bytes(32)
        file.write(key)
    return key
