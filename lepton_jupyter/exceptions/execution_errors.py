"""Errors of executors and clusters: calls that were lost, that overstayed, that could not travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError

if TYPE_CHECKING:
    from pathlib import Path


def _in_gigabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e8 else f"{n_bytes / 1e6:.0f} MB"


_MORE_MEMORY = "Give each worker at least 0.7 GB (memory_limit), or write the table in smaller files."


class ExecutorClosedError(LeptonError, RuntimeError):
    """Work was given to an executor after its end."""

    @classmethod
    def from_kind(cls, kind: str) -> Self:
        """Build from the executor's kind, such as ``"threads"``."""
        return cls(f"The executor of kind {kind!r} is closed and takes no more calls. Start another one.")


class InvalidWorkerCountError(LeptonError, ValueError):
    """An executor or cluster was asked for no workers at all."""

    @classmethod
    def from_value(cls, n_workers: int) -> Self:
        """Build from the number that was asked for."""
        return cls(f"{n_workers} workers cannot run anything. Ask for at least 1, or leave the number out.")


class WorkerLostError(LeptonError, RuntimeError):
    """The process that ran a call is gone, and the call with it."""

    @classmethod
    def from_death(cls, function: str, worker: str) -> Self:
        """Build from the function that ran and the worker that died."""
        return cls(
            f"The worker process {worker} died while it ran {function}. "
            "Other calls go on; if it happens again, look for native code that crashes."
        )

    @classmethod
    def from_training(cls, what: str, worker: str) -> Self:
        """Build from what several workers did together, and the one that is gone."""
        return cls(
            f"A worker ({worker or 'unknown'}) was lost during {what}, which needs all of them until it ends. "
            "Try again when its place is taken, with more memory for each if that is what it lacked."
        )

    @classmethod
    def from_memory(cls, function: str, used_bytes: int, limit_bytes: int) -> Self:
        """Build from the memory the worker used and was allowed."""
        limit = f" of the {_in_gigabytes(limit_bytes)} it may use" if limit_bytes else ""
        return cls(
            f"{function} used {_in_gigabytes(used_bytes)} of memory{limit}, so its worker process was ended. "
            "Use fewer rows, a smaller model or fewer workers."
        )


class WorkerMemoryError(WorkerLostError):
    """The workers of a cluster may use too little memory for what they are to do."""

    @classmethod
    def from_pause(cls, used_bytes: int, limit_bytes: int) -> Self:
        """Build from what the fullest worker uses and may use, when none takes up any more work."""
        return cls(
            f"No worker goes on: they wait for memory, of which one uses {_in_gigabytes(used_bytes)} "
            f"of the {_in_gigabytes(limit_bytes)} it may use. {_MORE_MEMORY}"
        )

    @classmethod
    def from_none(cls, seconds: float, limit_bytes: int) -> Self:
        """Build from the time for which all workers have been gone, and the memory that each was allowed."""
        return cls(
            f"All workers of the cluster are gone, and none came back within {seconds:.0f} s. Each was allowed "
            f"{_in_gigabytes(limit_bytes)} of memory, and is ended when it uses nearly all. {_MORE_MEMORY}"
        )

    @classmethod
    def from_deaths(cls, function: str, limit_bytes: int) -> Self:
        """Build from the function at which workers died again and again, and the memory that each may use."""
        return cls(
            f"Workers died again and again while they ran {function}. Each may use {_in_gigabytes(limit_bytes)} of "
            f"memory, and is ended when it uses nearly all. {_MORE_MEMORY} If that is not why, look for native code "
            "that crashes."
        )


class ClusterLostError(WorkerLostError):
    """All workers are gone for good, and so are the calls that waited for them."""

    @classmethod
    def from_cluster(cls, function: str) -> Self:
        """Build from the function that was to run there."""
        return cls(f"The Dask cluster went away while {function} was to run on it. Start or connect to another one.")


class TaskOverranError(LeptonError, TimeoutError):
    """A call did not return within the time it had promised."""

    @classmethod
    def from_limit(cls, function: str, limit_seconds: float) -> Self:
        """Build from the function and its limit."""
        return cls(
            f"{function} did not return within its limit of {limit_seconds:.3g} s, so its worker process was "
            "restarted. Give it more time or less work."
        )


class UnpicklableCallError(LeptonError, TypeError):
    """A function, an argument or a result cannot travel between processes."""

    @classmethod
    def from_call(cls, function: str, cause: Exception) -> Self:
        """Build from the function and pickle's own words."""
        return cls(
            f"{function} or one of its arguments cannot be sent to another process ({cause}). "
            "Leave out open files, locks and connections, or use threads."
        )

    @classmethod
    def from_result(cls, function: str, cause: BaseException) -> Self:
        """Build from the function whose result stayed behind."""
        return cls(
            f"The result of {function} cannot be sent back from its process ({cause}). "
            "Return plain values, arrays, tables or fitted estimators."
        )


class PlacementError(LeptonError, OSError):
    """A value could not be put where the workers are."""

    @classmethod
    def from_disk(cls, folder: Path, cause: OSError) -> Self:
        """Build from the folder that could not be written to."""
        return cls(
            f"The data could not be written for the workers to {folder} ({cause.strerror or cause}). "
            "Free some space there, or set TMPDIR to a larger disk."
        )


class ClusterStartError(LeptonError, RuntimeError):
    """The local cluster did not come up."""

    @classmethod
    def from_log(cls, last_line: str) -> Self:
        """Build from the last line the cluster's process wrote."""
        said = f": {last_line}" if last_line else ""
        return cls(
            f"The local Dask cluster did not start{said}. Runs go on in threads; set LEPTON_CLUSTER=off to stay so."
        )


class ClusterUnreachableError(LeptonError, ConnectionError):
    """No Dask scheduler answers at an address."""

    @classmethod
    def from_address(cls, address: str, seconds: float) -> Self:
        """Build from the address and the time that was waited."""
        return cls(
            f"No Dask scheduler answered at {address!r} within {seconds:g} s. "
            "Check the address (such as tcp://127.0.0.1:8786) and that the scheduler runs, "
            "or use a cluster of this machine: %lepton cluster local"
        )
