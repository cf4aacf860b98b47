"""Errors about budgets, sizes and durations."""

from __future__ import annotations

from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError


class InvalidBudgetError(LeptonError, ValueError):
    """A budget cannot be read, or leaves nothing to spend."""

    @classmethod
    def from_value(cls, value: str) -> Self:
        """Build from what was typed."""
        return cls(f"Budget {value!r} is not a positive time or number of trials. Write it as 30s, 5m, 1h or 40trials.")


class InvalidQuantityError(LeptonError, ValueError):
    """A size or duration cannot be read."""

    @classmethod
    def from_duration(cls, text: str) -> Self:
        """Build from what was typed as a duration."""
        return cls(f"{text!r} is not a duration. Write a number and a unit without a blank: 90s, 5m, 12h, 30d.")

    @classmethod
    def from_size(cls, text: str) -> Self:
        """Build from what was typed as a size."""
        return cls(f"{text!r} is not a size. Write a number and a unit without a blank: 512MB, 2GiB.")
