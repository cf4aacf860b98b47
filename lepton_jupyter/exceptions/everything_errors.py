"""Errors of fitting a run's model on all rows of a table that fits no worker."""

from __future__ import annotations

import re
from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError

#: Where and when a library says that it failed, before what it says.
_PLACE_IN_SOURCE = re.compile(r"^(?:- |\[[^\]]*\]:?\s*|\S+\.(?:cc|cpp|h|cu):\d+:\s*)+")


class EverythingError(LeptonError, RuntimeError):
    """A run's model cannot be fitted on all rows of its table."""

    @classmethod
    def from_whole(cls, run_id: str) -> Self:
        """Build for a run whose table was no sample."""
        return cls(f"Run {run_id!r} has learnt from all rows of its table, so that there is nothing more to fit.")

    @classmethod
    def from_no_table(cls, run_id: str, name: str) -> Self:
        """Build for a table that is not known by a path."""
        return cls(
            f"Run {run_id!r} learnt from a sample of {name!r}, which this kernel does not know how to open. "
            "Give the table as the run had it: run.fit_everything(table)"
        )

    @classmethod
    def from_place(cls, name: str) -> Self:
        """Build for a table whose partitions workers cannot read by themselves."""
        return cls(
            f"The workers cannot read {name!r} by themselves, and its rows do not go through the kernel. "
            "Write it to files that they see: %lepton prepare … --to FOLDER, and fit on that folder."
        )

    @classmethod
    def from_no_cluster(cls) -> Self:
        """Build where no cluster works for the kernel."""
        return cls(
            "All rows are learnt by the workers of a Dask cluster together, and there is none. "
            "Connect to one: %lepton cluster tcp://HOST:8786, or start processes here: %lepton cluster local"
        )

    @classmethod
    def from_no_booster(cls, run_id: str) -> Self:
        """Build for a run without a booster that several workers can fit together."""
        return cls(
            f"Run {run_id!r} has no model of LightGBM or XGBoost on disk, and only these are fitted by several workers "
            "together. Search with one of them: --learners lightgbm,xgboost (pip install 'lepton-jupyter[boosting]')"
        )

    @classmethod
    def from_old_library(cls, label: str, package: str, version: str) -> Self:
        """Build from a library that does not work with today's Dask."""
        return cls(
            f"{label} {version} cannot be fitted by several workers together. "
            f"Renew it: pip install --upgrade {package}, or search with LightGBM: --learners lightgbm"
        )

    @classmethod
    def from_time(cls, name: str) -> Self:
        """Build for a run whose folds follow one another in time."""
        return cls(
            f"Rows that lie in the order of {name!r} would have to be held out by it, which is not done yet. "
            "The run's model stays that of the sample."
        )

    @classmethod
    def from_few_rows(cls, n_rows: int) -> Self:
        """Build for too few rows to tell which of two models is better."""
        return cls(
            f"Only {n_rows} rows with a target could be held out, too few to tell whether the model of all rows is "
            "better. The run's model stays that of the sample."
        )

    @classmethod
    def from_memory(cls, label: str, needed_bytes: float, free_bytes: float, n_workers: int) -> Self:
        """Build from the memory that all rows take on each worker, and what each has left."""
        each = "the worker" if n_workers == 1 else f"each of {n_workers} workers"
        return cls(
            f"{label} needs about {needed_bytes / 1e9:.2g} GB on {each} for all rows, and {free_bytes / 1e9:.2g} GB "
            "are left there. Use more workers or larger ones, or leave columns out with --drop."
        )

    @classmethod
    def from_changed(cls, run_id: str, n_rows: int, n_before: int) -> Self:
        """Build for a table of another number of rows than the run drew its sample from."""
        return cls(
            f"The table has {n_rows:,} rows, and run {run_id!r} drew its sample from {n_before:,}: it is another one, "
            "or has changed. Fit anew."
        )

    @classmethod
    def from_library(cls, label: str, error: BaseException) -> Self:
        r"""Build from what a library of distributed training said.

        Examples
        --------
        >>> said = "[20:27:04] src/result.cc:83: [comm.cc:220]:\n- [comm.cc:220]: No group came about."
        >>> str(EverythingError.from_library("XGBoost", RuntimeError(said)))
        "XGBoost could not be fitted by the workers together: No group came about. The run's model stays as it is."
        """
        said = (_PLACE_IN_SOURCE.sub("", line).strip() for line in str(error).splitlines())
        what = next((line[:200].rstrip(".") for line in said if line), type(error).__name__)
        return cls(f"{label} could not be fitted by the workers together: {what}. The run's model stays as it is.")
