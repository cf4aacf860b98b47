"""What a stream's online learner has learnt, kept in the folder of the stream: plain JSON, and that of before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.exceptions.source_errors import said_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.runs.run_folder import RunFolder

_NAMES = ("learner.json", "learner-before.json")
#: A crash costs the learner so much of what it has learnt: no label is learnt from twice.
_SAVE_SECONDS = 10.0
_MOST_BYTES = 64 * 2**20


class LearnerCheckpoint:
    """Keeps states of a learner on disk, each with the offsets that were committed when it was so.

    Parameters
    ----------
    folder : RunFolder
    state : callable
        ``state()`` is what the learner has learnt, and None where there is nothing to keep yet.
    say : callable
        ``say(event)`` appends to the run's log.
    """

    def __init__(
        self, folder: RunFolder, state: Callable[[], Mapping[str, Any] | None], say: Callable[[Event], object]
    ) -> None:
        self._folder, self._state, self._say = folder, state, say
        self._saved_at: float | None = None
        self._failed = False

    def committed(self, now: float) -> None:
        """Hear that everything is stored that the learner has learnt from; it is kept every ten seconds."""
        if self._saved_at is None or now >= self._saved_at + _SAVE_SECONDS:
            self._saved_at = now
            self.save()

    def save(self) -> None:
        """Keep what it has learnt now; where that cannot be, the log says so once and the stream goes on."""
        state = self._state()
        if state is None:
            return
        text = json.dumps(state)
        try:
            if len(text) > _MOST_BYTES:
                self._warn(f"It has {len(text):,} characters, and at most {_MOST_BYTES:,} are kept.")
                return
            newest, before = (self._folder.path / name for name in _NAMES)
            if newest.exists():
                newest.replace(before)
            self._folder.write_text_atomically(_NAMES[0], text)
        except OSError as error:
            self._warn(f"{said_by(error).rstrip('.')}.")

    def _warn(self, why: str) -> None:
        if not self._failed:
            self._failed = True
            self._say(WarningRaised(text=f"What the learner of this stream has learnt is not kept. {why}"))


def take_up_kept(folder: RunFolder, take_up: Callable[[Mapping[str, Any]], None]) -> str | None:
    """Let a learner go on with what was kept, the newest that it can take up.

    Parameters
    ----------
    folder : RunFolder
    take_up : callable
        Raises ValueError, TypeError or KeyError for a state that is none of its own, and takes up nothing then.

    Returns
    -------
    sentence : str or None
        Why nothing was taken up; None if something was.
    """
    sentence = "nothing was kept of it"
    for name in _NAMES:
        path = folder.path / name
        if not path.exists():
            continue
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise ValueError("it is too large")
            take_up(json.loads(folder.read_text(name)))
        except (ValueError, TypeError, KeyError, AttributeError, OSError, DamagedRunError) as error:
            sentence = f"{name} in the stream's folder is of another learner, or damaged: {said_by(error).rstrip('.')}"
            continue
        return None
    return sentence
