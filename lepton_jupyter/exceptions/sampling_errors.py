"""Errors of drawing a sample of the rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class SampleError(LeptonError, ValueError):
    """No such sample can be drawn."""

    @classmethod
    def from_size(cls, size: object) -> Self:
        """Build from what should have said how large the sample is."""
        return cls(f"--sample takes a share or a number of rows, and {shown(size)} is neither. Try 10% or 50000.")

    @classmethod
    def from_column(cls, name: str, known: Sequence[str]) -> Self:
        """Build from a column of groups that does not exist."""
        return cls(f"--sample-by names {name[:60]!r}, which is no column. {did_you_mean(name, known)}")

    @classmethod
    def from_no_size(cls) -> Self:
        """Build for groups of which no share is to be drawn."""
        return cls("--sample-by says what is drawn together, and not how much. Add --sample 10%.")

    @classmethod
    def from_nothing(cls) -> Self:
        """Build for a share of which no row is drawn."""
        return cls("Fewer than one row in a million would be drawn. Ask for a larger --sample.")
