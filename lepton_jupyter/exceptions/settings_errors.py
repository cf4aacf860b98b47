"""Errors about what a search was asked to do."""

from __future__ import annotations

from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, shown


class InvalidSettingError(LeptonError, ValueError):
    """A setting has a value that it cannot have."""

    @classmethod
    def from_choice(cls, setting: str, value: str, hint: str) -> Self:
        """Build from a value that is not among the choices."""
        return cls(f"{setting} cannot be {value!r}. {hint}")

    @classmethod
    def from_text(cls, setting: str, value: object) -> Self:
        """Build from a value that is not a name."""
        return cls(f"{setting} cannot be {shown(value)}. Give a text that is not empty.")

    @classmethod
    def from_number(cls, setting: str, value: object) -> Self:
        """Build from a value that is not a whole number."""
        return cls(f"{setting} cannot be {shown(value)}. Give a whole number, such as 5.")

    @classmethod
    def from_seed(cls, seed: int, largest: int) -> Self:
        """Build from a seed and the largest that is possible."""
        return cls(f"seed cannot be {seed}. Give a whole number from 0 to {largest}.")

    @classmethod
    def from_folds(cls, n_folds: int) -> Self:
        """Build from a number of folds that leaves nothing to validate on."""
        return cls(f"{n_folds} folds leave nothing to compare on. Use at least 2, or leave --folds out.")

    @classmethod
    def from_workers(cls, n_workers: int) -> Self:
        """Build from a number of workers below one."""
        return cls(f"n_jobs={n_workers} leaves nobody to work. Use 1 or more, or -1 for all cores.")

    @classmethod
    def from_patience(cls, patience: int) -> Self:
        """Build from a patience that ends a search before its first trial."""
        return cls(f"patience={patience} ends the search before it begins. Use 1 or more, or None to use all the time.")
