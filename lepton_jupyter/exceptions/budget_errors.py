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


class UnpricedBudgetError(InvalidBudgetError):
    """A budget in money is worth no known time."""

    @classmethod
    def from_no_price(cls, value: str, currency: str) -> Self:
        """Build from a budget whose currency no hour of a core has a price in."""
        return cls(
            f"Budget {value!r} is worth no known time. Say what an hour of one core costs: "
            f"--core-hour-price 0.05{currency}, or core_hour_price in Python."
        )


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

    @classmethod
    def from_rate(cls, text: object) -> Self:
        """Build from what was given as a rate."""
        return cls(f"{text!r} is not a rate. Write rows and a unit of time without a blank: 500/s, 30/min.")

    @classmethod
    def from_speed(cls, text: object) -> Self:
        """Build from what was given as a speed."""
        return cls(f"{text!r} is not a speed. Write how many times as fast, followed by x: 10x, 0.5x.")

    @classmethod
    def from_price(cls, text: object) -> Self:
        """Build from what was given as a price."""
        return cls(f"{text!r} is not a price. Write a number and a currency's three letters without a blank: 0.05EUR.")
