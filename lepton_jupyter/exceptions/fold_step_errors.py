"""Errors of steps that are fitted within each fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


class FoldStepError(LeptonError, ValueError):
    """A step cannot be fitted within the folds of a search."""

    @classmethod
    def from_name(cls, name: str, known: Iterable[str]) -> Self:
        """Build from what was typed and the steps that exist."""
        return cls(f"There is no step {shown(name)} to fit within folds. {did_you_mean(name, known, limit=10)}")

    @classmethod
    def from_monotone(cls) -> Self:
        """Build for mean targets beside columns along which predictions must not fall or rise."""
        return cls(
            "Mean targets (encode) are made of columns, and then predictions may fall along one that --monotone names. "
            "Leave out one of the two."
        )
