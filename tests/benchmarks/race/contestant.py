"""One system on one table within one budget, in a process of its own: prints a JSON line of what it did.

``PYTHONPATH=tests PYTHON -m benchmarks.race.contestant SYSTEM DATA TABLE SECONDS SEED``, where PYTHON is the
interpreter of an environment that has the system. Times are of the wall clock; processor and memory are of the whole
process tree, workers and a Java machine included.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks.race.contest_table import ContestTable
from benchmarks.race.peer_calls import CALLS
from benchmarks.race.process_tree import ProcessTree

MARK = "RESULT "


def compete(system: str, table: ContestTable, budget: float, seed: int) -> dict[str, Any]:
    """Fit, predict and judge; a failure is a result too.

    Returns
    -------
    result : dict
        ``fit_s``, ``predict_s``, ``loss``, ``loss_se`` (bootstrap) and, where the system tells, ``estimate`` (the loss
        it expects); or ``error``.
    """
    result: dict[str, Any] = {
        "system": system, "name": table.name, "task": table.task, "budget": budget, "seed": seed,
        "test_rows": len(table.y_test),
    }  # fmt: skip
    began = time.perf_counter()

    def started() -> None:
        nonlocal began
        result["import_s"] = round(time.perf_counter() - began, 2)
        began = time.perf_counter()

    try:
        # What follows a hyphen tells presets of one system apart: ag-best, ag-medium.
        fitted = CALLS[system.split("-", maxsplit=1)[0]](table, budget, seed, started)
        result["fit_s"] = round(time.perf_counter() - began, 2)
        began = time.perf_counter()
        predictions = fitted.predict()
        result["predict_s"] = round(time.perf_counter() - began, 3)
        result["loss"] = float(f"{table.loss(predictions, fitted.classes):.7g}")
        result["loss_se"] = float(f"{table.loss_error(predictions, fitted.classes):.3g}")
        if fitted.estimate is not None:
            result["estimate"] = float(f"{fitted.estimate():.7g}")
    except Exception as error:  # noqa: BLE001 — whatever a system raises is its result
        result["error"] = f"{type(error).__name__}: {error}"[:300]
    return result


def main() -> None:
    warnings.simplefilter("ignore")
    system, data, name, budget, seed = sys.argv[1:]
    table = ContestTable.open(Path(data), name)
    tree = ProcessTree()
    tree.start()
    result = compete(system, table, float(budget), int(seed))
    tree.end()
    result["cpu_s"], result["memory_mb"] = round(tree.processor_seconds, 1), round(tree.peak_bytes / 2**20)
    print(MARK + json.dumps(result), flush=True)
    if "h2o" in sys.modules:
        sys.modules["h2o"].cluster().shutdown()
    tree.look()
    for pid in tree.members - {os.getpid()}:  # workers left behind would keep the caller's pipe open
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    sys.stdout.flush()
    os._exit(0)  # whatever threads a system has left


if __name__ == "__main__":
    main()
