"""Where a stream stands in sources that do not remember it themselves: one small file in the stream's folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.run_errors import DamagedRunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepton_jupyter.events.run_events import Scalar
    from lepton_jupyter.runs.run_folder import RunFolder

_NAME = "offsets.json"
#: Each save is an fsync: more often than this only slows the stream, less often repeats more after a crash.
_SAVE_SECONDS = 0.2


class OffsetCheckpoint:
    """Offsets on disk, replaced as a whole.

    Parameters
    ----------
    folder : RunFolder or None
        None where the source remembers them itself: nothing is loaded or saved.
    """

    def __init__(self, folder: RunFolder | None) -> None:
        self._folder = folder
        self.offsets: dict[str, Scalar] = {}
        self._saved_at = float("-inf")
        self._unsaved = False

    def load(self) -> dict[str, Scalar]:
        """Offsets of an earlier life of the stream; none if it has none.

        Raises
        ------
        DamagedRunError
            If the file holds something else.
        """
        if self._folder is None or not (path := self._folder.path / _NAME).exists():
            return {}
        try:
            loaded = json.loads(self._folder.read_text(_NAME))
            if not isinstance(loaded, dict):
                raise TypeError(loaded)
        except (ValueError, TypeError) as error:
            raise DamagedRunError.from_file(path, error) from None
        self.offsets = loaded
        return dict(loaded)

    def commit(self, offsets: Mapping[str, Scalar], now: float) -> None:
        """Everything before these is stored; saved at once, or soon."""
        self.offsets |= offsets
        self._unsaved = True
        if now >= self._saved_at + _SAVE_SECONDS:
            self.save(now)

    def save(self, now: float) -> None:
        """Bring to disk what is not there yet.

        Raises
        ------
        OSError
            If it cannot be written; the old file is as it was.
        """
        if self._unsaved and self._folder is not None:
            self._folder.write_text_atomically(_NAME, json.dumps(self.offsets))
            self._unsaved, self._saved_at = False, now
