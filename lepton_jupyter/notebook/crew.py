"""Who works for one run: at once, and better ones that are on their way."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import wait as wait_for
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.execution_errors import ClusterLostError, WorkerLostError

if TYPE_CHECKING:
    from lepton_jupyter.execution.executor import Executor

#: A fresh worker imports its libraries for a second or more; one that is warm answers within this time.
_ANSWER_SECONDS = 0.15
#: Longest time that workers are waited for; then they are taken as they are.
_PATIENCE_SECONDS = 60.0
_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works for one run.

    Parameters
    ----------
    executor : Executor
        Works at once.
    better : Future of Executor or None
        Processes that take over when each of them has answered; None in it if they cannot be had.
    """

    executor: Executor
    better: Future[Executor | None] | None = None


def when_warm(executor: Executor) -> Future[Executor | None]:
    """Find out when every worker answers at once; also one that is restarted because its last call overstayed.

    Parameters
    ----------
    executor : Executor
        On processes.

    Returns
    -------
    warm : Future of Executor
        Gives `executor`, or None if its workers are gone.
    """
    warm: Future[Executor | None] = Future()
    threading.Thread(target=_ask_around, args=(executor, warm), name="lepton-warm-workers", daemon=True).start()
    return warm


def answers_at_once(warm: Future[Executor | None]) -> bool:
    """Whether all workers have answered within the time that warm ones take."""
    return not wait_for([warm], _ANSWER_SECONDS).not_done


def _ask_around(executor: Executor, warm: Future[Executor | None]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    try:
        while time.monotonic() < end:
            if _all_answer(executor, max(0.1, end - time.monotonic())):
                break
            time.sleep(_AGAIN_SECONDS)
    except TimeoutError:
        pass
    except Exception:  # noqa: BLE001  whatever it is, nobody works there
        executor.close()
        _resolve(warm, None)
        return
    _resolve(warm, executor)


def _all_answer(executor: Executor, timeout: float) -> bool:
    # One call for each worker: those that are free get one each, and a cold one is slow to answer.
    calls = [executor.submit(os.getpid) for _ in range(executor.resources.n_workers)]
    try:
        return len({call.result(timeout) for call in calls}) >= len(calls)
    except ClusterLostError:
        raise
    except WorkerLostError:  # ended just now: another one takes its place
        return False


def _resolve(warm: Future[Executor | None], executor: Executor | None) -> None:
    with suppress(InvalidStateError):
        warm.set_result(executor)
