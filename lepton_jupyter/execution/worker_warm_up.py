"""Imports that a fresh worker makes while it waits for its first call. Dask loads this module as a preload."""

from __future__ import annotations

import importlib
import threading
from contextlib import suppress
from typing import Any

#: What nearly every trial imports, slowest last.
WARM_UP_MODULES = ("pandas", "pyarrow", "sklearn.ensemble", "sklearn.linear_model", "lightgbm")

#: Where the modules to import are found in Dask's configuration, which travels to workers by itself.
CONFIGURATION_KEY = "lepton.warm-up"

_finished = threading.Event()
_finished.set()  # in any process that is not a worker, and on clusters of others


def dask_setup(worker: Any) -> None:  # noqa: ARG001 -- Dask's signature
    """Start the imports in the background; Dask calls this when the worker has started."""
    import dask

    _finished.clear()
    modules = tuple(dask.config.get(CONFIGURATION_KEY, ()))
    threading.Thread(target=_import_all, args=(modules,), name="lepton-warm-up", daemon=True).start()


def wait_until_warm(timeout_seconds: float = 60.0) -> None:
    """Wait for the imports, so that a call's own time does not contain them.

    A trial that met its deadline on an import would be ended with its process, and the next process would be as cold.
    """
    _finished.wait(timeout_seconds)


def _import_all(modules: tuple[str, ...]) -> None:
    try:
        for module in modules:
            with suppress(Exception):  # a library that is missing or broken is its user's to report
                importlib.import_module(module)
    finally:
        _finished.set()
