"""Errors about how sure a prediction is: intervals, quantiles and sets of classes."""

from __future__ import annotations

import math
from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, shown


def _share(value: float) -> str:
    """A share rounded down, so that whoever asks for it gets it."""
    return f"{math.floor(value * 1e4) / 1e4:g}"


class CoverageError(LeptonError, ValueError):
    """A coverage or a quantile cannot be had."""

    @classmethod
    def from_value(cls, setting: str, value: object) -> Self:
        """Build from what was asked for and is no share between 0 and 1."""
        return cls(f"{setting} cannot be {shown(value)}. Give a share between 0 and 1, such as 0.9.")

    @classmethod
    def from_rows(cls, setting: str, value: float, n_rows: int, most: float) -> Self:
        """Build from a coverage so high that no row of those judged lies beyond it, and the highest there is."""
        return cls(
            f"{setting} {value:g} needs more rows than the {n_rows:,} that were judged out of fold. "
            f"Ask for at most {_share(most)}, or fit more rows."
        )

    @classmethod
    def from_quantile(cls, value: float, n_rows: int, least: float) -> Self:
        """Build from a quantile so far out that no row of those judged lies beyond it, and the lowest there is."""
        lowest = math.ceil(least * 1e4) / 1e4
        return cls(
            f"quantile {value:g} needs more rows than the {n_rows:,} that were judged out of fold. "
            f"Ask for {lowest:g} to {1 - lowest:g}, or fit more rows."
        )

    @classmethod
    def from_no_quantiles(cls) -> Self:
        """Build for an empty list."""
        return cls("quantiles cannot be empty. Give shares between 0 and 1, such as 0.1, 0.5, 0.9.")

    @classmethod
    def from_classes(cls, asked: str) -> Self:
        """Build from what was asked of a model that predicts classes."""
        return cls(
            f"{asked} needs a model that predicts numbers, and this one predicts classes. Ask for a set: --set 90%"
        )

    @classmethod
    def from_values(cls, asked: str) -> Self:
        """Build from what was asked of a model that predicts numbers."""
        return cls(
            f"{asked} needs a model that predicts classes, and this one predicts numbers. "
            "Ask for an interval: --interval 90%"
        )

    @classmethod
    def from_conflict(cls, first: str, second: str) -> Self:
        """Build from two things that one prediction cannot be at once."""
        return cls(f"{first} and {second} exclude each other; give one of them.")


class NoConformityError(LeptonError, RuntimeError):
    """How far off a model was out of fold is not known."""

    @classmethod
    def from_model(cls) -> Self:
        """Build for a model of a run that goes on, or for which these figures were not kept."""
        return cls(
            "How far off this model is was not kept: that is written when a run ends, for its model and those of its "
            "front. Wait for its end (run.model), or let an older run go on: %lepton resume"
        )
