"""The process that holds a local cluster: a Dask scheduler and the nannies of its workers, away from the kernel.

Apart from the kernel for four reasons. A cell that keeps the interpreter busy does not keep the scheduler from
working. Dask starts workers by `spawn`, which imports the kernel's main script again: here the main module is none,
so a script needs no guard. The environment and the configuration that workers need are not forced on the kernel. And
the end of the kernel, whatever it died of, closes this process's standard input: then it kills its workers, even those
in native code that never lets go of the interpreter, and goes.

The kernel writes two lines of JSON, its import path and the settings, and reads two: where the scheduler is and how to
talk to it, then that the workers are up. Secrets go this way only, not through arguments or environment.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import shutil
import sys
import threading
from contextlib import AsyncExitStack, suppress
from typing import Any, TextIO

from lepton_jupyter.execution.worker_warm_up import CONFIGURATION_KEY

#: What the kernel has Python run. The import path comes first, so that the package is found wherever it lies.
BOOTSTRAP = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from lepton_jupyter.execution.cluster_process import hold_cluster; hold_cluster()"
)

#: Native code in a worker runs on one thread: there is one worker for each core.
WORKER_ENVIRONMENT = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "POLARS_MAX_THREADS"), "1"
)

_CONFIGURATION: dict[str, Any] = {
    # Calls of the pool fail with their worker whatever is allowed; a partition is worked on again by another.
    "distributed.scheduler.allowed-failures": 3,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.idle-timeout": None,
    "distributed.scheduler.preload": [],
    # A call may keep its worker from answering for as long as its own limit allows.
    "distributed.scheduler.worker-ttl": None,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.multiprocessing-method": "spawn",
    "distributed.worker.lifetime.duration": None,
    "distributed.worker.profile.enabled": False,
    # One call has a worker to itself: it may use the memory there is, and is ended beyond.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.admin.tick.limit": "1h",
    "distributed.active-memory-manager.start": False,
}


def hold_cluster() -> None:
    """Read the settings from standard input, hold a cluster until that closes, and leave no process behind."""
    settings = json.loads(sys.stdin.buffer.readline())
    # Workers inherit standard output, and whatever they print must not end up among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threading.Thread(target=_leave_with_kernel, args=(settings,), name="lepton-kernel-watch", daemon=True).start()
    asyncio.run(_serve(settings, answers))


async def _serve(settings: dict[str, Any], answers: TextIO) -> None:
    import dask

    dask.config.set(_CONFIGURATION)
    dask.config.set({CONFIGURATION_KEY: settings["warm_up"], "temporary-directory": settings["folder"]})
    from distributed import Nanny, Scheduler, Security

    security = Security.temporary()
    async with AsyncExitStack() as stack:
        # Dask has no scheduler without an HTTP server; this one answers nothing, on a free port of the loopback.
        scheduler = await stack.enter_async_context(
            Scheduler(
                protocol="tls",
                host="127.0.0.1",
                port=0,
                dashboard=False,
                dashboard_address="127.0.0.1:0",
                security=security,
            )
        )
        tls = {"ca": security.tls_ca_file, "certificate": security.tls_client_cert, "key": security.tls_client_key}
        _answer(answers, {"address": scheduler.address, "tls": tls})
        nannies = [
            Nanny(
                scheduler.address,
                nthreads=1,
                name=number,
                host="127.0.0.1",
                memory_limit=settings["memory_limit"],
                security=security,
                preload=["lepton_jupyter.execution.worker_warm_up"],
            )
            for number in range(settings["n_workers"])
        ]
        await asyncio.gather(*(stack.enter_async_context(nanny) for nanny in nannies))
        _answer(answers, {"n_workers": len(nannies)})
        answers.close()
        await asyncio.Event().wait()


def _answer(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _leave_with_kernel(settings: dict[str, Any]) -> None:
    with suppress(OSError):
        sys.stdin.buffer.read()
    _kill_workers()
    shutil.rmtree(settings["folder"], ignore_errors=True)
    # Not sys.exit: nothing here needs tidying, and Dask's own way of closing waits seconds for busy workers.
    os._exit(0)


def _kill_workers() -> None:
    import psutil

    # Only what multiprocessing started, and its children: its resource tracker tidies up after the dead by itself.
    for child in multiprocessing.active_children():
        with suppress(psutil.NoSuchProcess):
            worker = psutil.Process(child.pid)
            for process in [*worker.children(recursive=True), worker]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
