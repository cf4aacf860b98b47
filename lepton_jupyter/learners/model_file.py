"""A library's own model format after one line of JSON, which tells whose it is and whether it is whole.

Boosting libraries may end the process, not raise, when they read a damaged file: the checksum is compared first. It
guards against damage, not against a forger.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.learner_errors import UnreadableModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_model_file(path: Path, learner: str, settings: Mapping[str, Any], payload: bytes) -> None:
    """Write one model.

    Parameters
    ----------
    path : Path
    learner : str
        Name of the learner.
    settings : mapping
        What the learner must know beside the payload; plain JSON.
    payload : bytes
        The model in its library's own format.
    """
    head = {"learner": learner, "settings": dict(settings), "sha256": hashlib.sha256(payload).hexdigest()}
    path.write_bytes(json.dumps(head, separators=(",", ":")).encode("ascii") + b"\n" + payload)


def is_model_file(path: Path, learner: str) -> bool:
    """Whether a file begins like one that `write_model_file` wrote for this learner, whole or not."""
    beginning = f'{{"learner":{json.dumps(learner)},'.encode("ascii")
    with path.open("rb") as file:
        return file.read(len(beginning)) == beginning


def read_model_file(path: Path, learner: str) -> tuple[dict[str, Any], bytes]:
    """Settings and payload of what `write_model_file` wrote.

    Raises
    ------
    UnreadableModelError
        If the file is damaged, cut short, or another learner's.
    """
    head, _, payload = path.read_bytes().partition(b"\n")
    try:
        described = json.loads(head)
        whole = described["sha256"] == hashlib.sha256(payload).hexdigest()
        settings = dict(described["settings"])
        own = described["learner"] == learner
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableModelError.from_file(path, learner) from error
    if not (whole and own):
        raise UnreadableModelError.from_file(path, learner)
    return settings, payload
