"""Values written once to a file and mapped, read-only, by every process that uses them.

A file holds a pickle (protocol 5) whose large buffers lie beside it, each at a multiple of 64 bytes:

    8 bytes   length of the directory
    directory JSON: [[offset, length], …], the pickle first, then its buffers
    the pickle and the buffers

The processes of one machine thus share one copy of a table: the page cache's.
"""

from __future__ import annotations

import json
import mmap
import os
import pickle
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_jupyter.exceptions.execution_errors import PlacementError

_ALIGNMENT = 64
# A run places its features, its target and its folds, so that this holds the values of a few runs. Memory is not at
# stake, as long as files exist: pages come and go with use.
_N_CACHED = 16

_cache: OrderedDict[str, Any] = OrderedDict()


@dataclass(frozen=True, slots=True)
class MappedValue:
    """Name of the file that holds a value; it pickles in a few bytes, wherever the value is needed."""

    path: str

    def load(self) -> Any:
        """Value, its arrays read-only and mapped; the same object for all calls in a process, for as long as it fits.

        Raises
        ------
        FileNotFoundError
            If the executor that placed it was closed.
        """
        if self.path in _cache:
            _cache.move_to_end(self.path)
            return _cache[self.path]
        value = _cache[self.path] = _read(Path(self.path))
        while len(_cache) > _N_CACHED:
            _cache.popitem(last=False)
        return value


def write_mapped(value: Any, folder: Path) -> MappedValue:
    """Write a value for other processes to map.

    Parameters
    ----------
    value : object
        Anything that pickles; what was defined in a notebook goes by value. Buffers of arrays and tables (NumPy,
        pandas, Arrow) are mapped, everything else is unpickled once in each process.
    folder : Path
        Where the file is made.

    Returns
    -------
    mapped : MappedValue

    Raises
    ------
    PlacementError
        If the file cannot be written, such as on a full disk; nothing is left of it.

    Examples
    --------
    >>> import numpy as np
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     array = write_mapped(np.arange(3.0), Path(folder)).load()
    >>> array, array.flags.writeable
    (array([0., 1., 2.]), False)
    """
    import cloudpickle

    buffers: list[pickle.PickleBuffer] = []
    head = cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    path = folder / f"{uuid.uuid4().hex}.mapped"
    unfinished = path.with_suffix(".unfinished")
    try:
        with unfinished.open("xb") as file:
            sizes = [part.nbytes for part in parts]
            directory, offsets = _directory(sizes)
            file.write(len(directory).to_bytes(8, "little") + directory)
            for offset, part in zip(offsets, parts, strict=True):
                file.write(b"\0" * (offset - file.tell()))
                file.write(part)
        os.replace(unfinished, path)  # noqa: PTH105 -- the same call on all platforms, as everywhere in the project
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise PlacementError.from_disk(folder, error) from error
    return MappedValue(str(path))


def forget_mapped(folder: str) -> None:
    """Let go of all values mapped from files of a folder, in this process."""
    for path in [path for path in _cache if Path(path).parent == Path(folder)]:
        _cache.pop(path, None)


def _directory(sizes: list[int]) -> tuple[bytes, list[int]]:
    """Directory of parts of the given sizes, padded to a fixed length so that offsets do not depend on it."""
    length = 8 + 48 * len(sizes)
    offsets = []
    position = 8 + length
    for size in sizes:
        position = -(-position // _ALIGNMENT) * _ALIGNMENT
        offsets.append(position)
        position += size
    text = json.dumps([[offset, size] for offset, size in zip(offsets, sizes, strict=True)])
    return text.encode().ljust(length), offsets


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        directory = json.loads(file.read(length))
        # The map outlives the file object, and is unmapped with the last array that looks into it.
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    head, *buffers = (mapped[offset : offset + size] for offset, size in directory)
    return pickle.loads(head, buffers=buffers)
