"""Errors about runs: their folders, their logs, and who may write them."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_failure(error: OSError) -> str:
    """Why something could not be written, in words.

    Examples
    --------
    >>> write_failure(OSError(errno.ENOSPC, "No space left on device"))
    'the disk is full (or a quota is reached)'
    """
    # NumPy counts what it could write, and gives no number of an error: "10000 requested and 3968 written".
    is_short = error.errno is None and "requested and" in str(error)
    if is_short or error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return "the disk is full (or a quota is reached)"
    return error.strerror or str(error)


class UnknownRunError(LeptonError, KeyError):
    """No run has this id or name."""

    @classmethod
    def from_text(cls, text: str, known: Sequence[str], home: Path) -> Self:
        """Build from what was typed, the ids and names that exist, and where they were looked for."""
        if not known:
            return cls(f"There is no run {text!r}: no run is kept in {home}. Start one with %lepton fit.")
        return cls(f"There is no run {text!r} in {home}. {did_you_mean(text, known)} %lepton runs lists all.")


class AmbiguousRunError(LeptonError, KeyError):
    """Several runs begin with what was typed."""

    @classmethod
    def from_matches(cls, text: str, matches: Sequence[str]) -> Self:
        """Build from what was typed and the runs it could be."""
        listed = ", ".join(repr(each) for each in matches[:4]) + (", …" if len(matches) > 4 else "")
        return cls(f"{text!r} could be any of {len(matches)} runs: {listed}. Type more of the one that is meant.")


class RunLockedError(LeptonError, RuntimeError):
    """A run is being written by another process."""

    @classmethod
    def from_holder(cls, run_id: str, pid: int | None) -> Self:
        """Build from the run and, if it is known, the process that holds it."""
        if pid == os.getpid():
            return cls(f"Run {run_id!r} goes on in this kernel. End it first: %lepton stop {run_id}")
        holder = "another kernel" if pid is None else f"another kernel (process {pid})"
        return cls(f"Run {run_id!r} is being written by {holder}. Stop it there, or shut that kernel down, first.")


class DamagedRunError(LeptonError, ValueError):
    """Files of a run do not hold what they should."""

    @classmethod
    def from_line(cls, path: Path, line: int, reason: str) -> Self:
        """Build from the line of a log, counted from 1, that cannot be read."""
        return cls(
            f"Line {line} of {path} is damaged: {reason} "
            "Restore the file from a copy, or delete that line to open the rest."
        )

    @classmethod
    def from_missing_log(cls, path: Path) -> Self:
        """Build from the path where the log should be."""
        return cls(f"There is no log at {path}. The run ended before it began: remove it with %lepton runs --remove.")

    @classmethod
    def from_file(cls, path: Path, error: Exception) -> Self:
        """Build from a file of the run that cannot be read."""
        reason = "it is missing" if isinstance(error, FileNotFoundError) else "it is not text in UTF-8"
        return cls(f"{path} cannot be read: {reason}. Restore it from a copy, or fit again.")

    @classmethod
    def from_copies(cls, path: Path, reason: object) -> Self:
        """Build from the file of what is known of copied rows."""
        return cls(f"What is known of copied rows in {path} cannot be read: {reason}. Resume the run to make it anew.")

    @classmethod
    def from_out_of_fold(cls, path: Path, reason: object) -> Self:
        """Build from the file of predictions that cannot be read."""
        return cls(f"Predictions in {path} cannot be read: {reason}. Remove that trial's folder and resume the run.")


class LogWriteError(LeptonError, OSError):
    """The log of a run can no longer be written; the run goes on in memory."""

    @classmethod
    def from_os_error(cls, path: Path, error: OSError) -> Self:
        """Build from the file and what the system said."""
        return cls(
            f"The log {path} cannot be written: {write_failure(error)}. The run goes on in memory; "
            "free some space and save its model before the kernel ends."
        )


class HomeUnusableError(LeptonError, OSError):
    """The folder where runs are kept cannot be made or written."""

    @classmethod
    def from_os_error(cls, home: Path, error: OSError) -> Self:
        """Build from the folder and what the system said."""
        reason = error.strerror or str(error)
        return cls(f"Runs cannot be kept in {home}: {reason}. Set LEPTON_HOME to a folder that can be written.")
