"""Errors about what a search was asked to do."""

from __future__ import annotations

from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError


class InvalidSettingError(LeptonError, ValueError):
    """A setting has a value that it cannot have."""

    @classmethod
    def from_choice(cls, setting: str, value: str, hint: str) -> Self:
        """Build from a value that is not among the choices."""
        return cls(f"{setting} cannot be {value!r}. {hint}")

    @classmethod
    def from_folds(cls, n_folds: int) -> Self:
        """Build from a number of folds that leaves nothing to validate on."""
        return cls(f"{n_folds} folds leave nothing to compare on. Use at least 2, or leave --folds out.")

    @classmethod
    def from_workers(cls, n_workers: int) -> Self:
        """Build from a number of workers below one."""
        return cls(f"n_jobs={n_workers} leaves nobody to work. Use 1 or more, or -1 for all cores.")
