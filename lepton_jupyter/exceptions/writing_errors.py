"""Errors about tables that are written: predictions to a file or into a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean
from lepton_jupyter.exceptions.source_errors import said_by

if TYPE_CHECKING:
    from collections.abc import Iterable


class DestinationError(LeptonError, ValueError):
    """A destination is of no kind that is written; nothing was."""

    @classmethod
    def from_ending(cls, name: str, known: Iterable[str]) -> Self:
        """Build from a name that ends in nothing known, and the endings that are."""
        listed = ", ".join(known)
        return cls(
            f"{name!r} is neither a file nor a table: end it in {listed}, or add --connection URL for a table of a "
            "database."
        )

    @classmethod
    def from_replace(cls, name: str) -> Self:
        """Build for a file that is to be replaced by name, which files are in any case."""
        return cls(f"--replace is for tables of a database; the file {name!r} is replaced without it.")

    @classmethod
    def from_option(cls, option: str) -> Self:
        """Build for an option that means nothing without a destination."""
        return cls(f"{option} says how predictions are written: name a place for them, such as --to predictions.csv.")

    @classmethod
    def from_rows(cls, name: str, n_rows: int, limit: int) -> Self:
        """Build for a table with more rows than a sheet has."""
        return cls(f"{name!r} cannot hold {n_rows:,} rows: a sheet of Excel has {limit:,}. Write .parquet or .csv.")

    @classmethod
    def from_kept_column(cls, name: str, known: Iterable[str]) -> Self:
        """Build from a column that is to be kept and is not there."""
        return cls(f"There is no column {name!r} to keep. {did_you_mean(name, known)}".rstrip())


class WriteError(LeptonError, OSError):
    """A file could not be written; what was there before is as it was."""

    @classmethod
    def from_os_error(cls, name: str, error: OSError) -> Self:
        """Build from what the operating system said."""
        reason = (error.strerror or said_by(error)).lower()
        return cls(f"{name!r} was not written: {reason}. Choose another place; nothing half-made is left.")

    @classmethod
    def from_missing_folder(cls, name: str, folder: str) -> Self:
        """Build for a folder that is not there."""
        return cls(f"{name!r} was not written: there is no folder {folder!r}. Make it first, or choose another one.")

    @classmethod
    def from_folder(cls, name: str) -> Self:
        """Build for a folder of that name."""
        return cls(f"{name!r} was not written: it is a folder. Name a file in it.")

    @classmethod
    def from_values(cls, name: str, error: BaseException) -> Self:
        """Build for values that the format cannot hold."""
        return cls(f"{name!r} was not written: {said_by(error)}. Write another format, such as .csv.")
