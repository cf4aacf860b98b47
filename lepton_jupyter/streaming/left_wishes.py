"""Wishes that a stream stops or pauses, left in its folder by another process of the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.runs.run_folder import RunFolder

_STOP, _PAUSE = "stop.requested", "pause.requested"


class LeftWishes:
    """Files whose being there is the wish.

    Parameters
    ----------
    folder : RunFolder

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from lepton_jupyter.runs.run_store import RunStore
    >>> with tempfile.TemporaryDirectory() as home:
    ...     wishes = LeftWishes(RunStore(Path(home)).create("orders"))
    ...     wishes.stop()
    ...     wishes.stops, wishes.pauses
    (True, False)
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    def stop(self) -> None:
        """Wish that it stops."""
        self._folder.write_text_atomically(_STOP, "")

    def pause(self) -> None:
        """Wish that it reads no more for now."""
        self._folder.write_text_atomically(_PAUSE, "")

    def proceed(self) -> None:
        """Wish no more that it pauses."""
        (self._folder.path / _PAUSE).unlink(missing_ok=True)

    @property
    def stops(self) -> bool:
        """Whether somebody wishes that it stops."""
        return (self._folder.path / _STOP).exists()

    @property
    def pauses(self) -> bool:
        """Whether somebody wishes that it reads no more for now."""
        return (self._folder.path / _PAUSE).exists()

    def withdraw(self) -> None:
        """Forget old wishes, before a stream begins."""
        (self._folder.path / _STOP).unlink(missing_ok=True)
        self.proceed()
