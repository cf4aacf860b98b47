"""What keeps a model from being compiled; its stream then goes on with the model itself."""

from __future__ import annotations

from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError


class NotCompilableError(LeptonError, ValueError):
    """A part of a model has no compiled form."""

    @classmethod
    def from_part(cls, part: str) -> Self:
        """Name the part."""
        return cls(f"There is no compiled form of {part}.")

    @classmethod
    def from_package(cls, package: str, extra: str) -> Self:
        """Name the package that would compile it."""
        return cls(f"{package} is not installed: pip install 'lepton-jupyter[{extra}]'")

    @classmethod
    def from_size(cls, what: str, size: int, most: int) -> Self:
        """Name what is too large, and the limit."""
        return cls(f"{size:,} {what} are more than the {most:,} that are compiled.")

    @classmethod
    def from_few(cls, what: str, size: int, fewest: int) -> Self:
        """Name what is too small to gain by it, and the limit."""
        return cls(f"{size:,} {what} are fewer than the {fewest:,} from which on it pays.")

    @classmethod
    def from_difference(cls, difference: float, most: float, n_flipped: int, n_rows: int) -> Self:
        """How far apart the model and its compiled form are."""
        return cls(
            f"On {n_rows:,} rows the compiled model was up to {difference:.2g} away from the model, where {most:g} is "
            f"allowed, and decided {n_flipped} otherwise."
        )
