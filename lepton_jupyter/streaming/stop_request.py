"""A wish that a stream stops, left in its folder by another kernel of the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.runs.run_folder import RunFolder

_NAME = "stop.requested"


class StopRequest:
    """A file whose being there is the wish.

    Parameters
    ----------
    folder : RunFolder

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from lepton_jupyter.runs.run_store import RunStore
    >>> with tempfile.TemporaryDirectory() as home:
    ...     folder = RunStore(Path(home)).create("orders")
    ...     StopRequest(folder).leave()
    ...     StopRequest(folder).is_there()
    True
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._path = folder.path / _NAME

    def leave(self) -> None:
        """Wish it."""
        self._folder.write_text_atomically(_NAME, "")

    def is_there(self) -> bool:
        """Whether somebody wishes it."""
        return self._path.exists()

    def withdraw(self) -> None:
        """Forget an old wish, before a stream begins."""
        self._path.unlink(missing_ok=True)
