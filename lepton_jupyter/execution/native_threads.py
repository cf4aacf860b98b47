"""One thread for native code: calls that run side by side would otherwise each start one thread for every core.

BLAS libraries hold one limit for the whole process: it is set when the first executor starts and put back when the
last one closes. OpenMP holds one for each thread that starts a parallel region, so every worker thread sets its own,
once for each set of loaded libraries. Looking for libraries takes about 3 ms, which is why it is done again only when
modules have been imported since.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_this_thread = threading.local()
_blas_before: dict[str, tuple[Any, int]] = {}
_openmp: list[Any] = []
_n_holders = 0
_n_modules_seen = -1


def hold_native_threads() -> None:
    """Limit BLAS to one thread until as many calls of `release_native_threads` have been made."""
    global _n_holders, _n_modules_seen  # noqa: PLW0603 -- the limit is the process's, so its count is too
    with _lock:
        _n_holders += 1
        _n_modules_seen = -1
        _look_for_libraries()


def release_native_threads() -> None:
    """Undo one `hold_native_threads`; the last one gives BLAS its threads back."""
    global _n_holders  # noqa: PLW0603 -- see above
    with _lock:
        _n_holders -= 1
        if _n_holders == 0:
            for library, n_threads in _blas_before.values():
                library.set_num_threads(n_threads)
            _blas_before.clear()


@contextmanager
def one_native_thread() -> Iterator[None]:
    """Let BLAS use one thread meanwhile: sums that several threads share have other last bits with other numbers."""
    hold_native_threads()
    try:
        yield
    finally:
        release_native_threads()


def limit_this_thread() -> None:
    """Let parallel regions started by the current thread run on one thread, for libraries loaded by now."""
    with _lock:
        if len(sys.modules) != _n_modules_seen:
            _look_for_libraries()
        libraries = list(_openmp)
    limited: set[str] = _this_thread.__dict__.setdefault("limited", set())
    for library in libraries:
        if library.filepath not in limited:
            library.set_num_threads(1)
            limited.add(library.filepath)


def _look_for_libraries() -> None:
    global _n_modules_seen  # noqa: PLW0603 -- see above
    from threadpoolctl import ThreadpoolController

    _n_modules_seen = len(sys.modules)
    libraries = ThreadpoolController().lib_controllers
    _openmp[:] = [library for library in libraries if library.user_api == "openmp"]
    for library in libraries:
        if _n_holders and library.user_api == "blas" and library.filepath not in _blas_before:
            _blas_before[library.filepath] = library, library.get_num_threads()
            library.set_num_threads(1)
