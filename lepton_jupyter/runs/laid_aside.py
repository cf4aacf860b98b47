"""Bytes that wait until they may be part of a run."""

from __future__ import annotations

import os
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

from lepton_jupyter.runs.private_files import UNFINISHED

#: Fewer bytes stay in memory: writing them takes longer than it spares.
_FEW_BYTES = 2**18


class LaidAside:
    """Bytes of a file that is to lie in a run's folder, or not at all: many of them wait on the disk.

    The file they wait in goes with this object, or, where the process dies, with what else it left unfinished.

    Parameters
    ----------
    content : bytes
    folder : Path
        Where they wait, on the disk of the place that they will be moved to.

    Raises
    ------
    OSError
        If they cannot be written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     aside = LaidAside(bytes(1_000_000), Path(folder))
    ...     aside.move_to(Path(folder, "model"))
    ...     len(aside), [each.name for each in Path(folder).iterdir()]
    (1000000, ['model'])
    """

    def __init__(self, content: bytes, folder: Path) -> None:
        self._n_bytes = len(content)
        self._content: bytes | None = content
        if len(content) < _FEW_BYTES:
            return
        descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
        self._path = Path(name)
        weakref.finalize(self, _remove, self._path)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        self._content = None

    def __len__(self) -> int:
        return self._n_bytes

    def move_to(self, path: Path) -> None:
        """Be that file, whole; once.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        if self._content is None:
            self._path.replace(path)
        else:
            path.write_bytes(self._content)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
