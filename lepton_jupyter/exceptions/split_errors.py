"""Errors about columns that say how rows are split and weighed: groups, time and weights."""

from __future__ import annotations

from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


class SplitColumnError(LeptonError, ValueError):
    """A column cannot have the part that it was given."""

    @classmethod
    def from_target(cls, option: str, name: str) -> Self:
        """Build for the target named as groups, time or weights too."""
        return cls(f"{option} {name!r} is the target, which cannot be both. Name another column for {option}.")

    @classmethod
    def from_two_parts(cls, name: str, option: str, other: str) -> Self:
        """Build for one column named for two parts."""
        return cls(f"Column {name!r} is named for {option} and for {other}. Name one column for each.")

    @classmethod
    def from_length(cls, option: str, n_values: int, n_rows: int) -> Self:
        """Build for values that are not one for each row."""
        return cls(f"{option} has {n_values:,} values, but the table has {n_rows:,} rows. Give one for each row.")

    @classmethod
    def from_dimensions(cls, option: str, n_dimensions: int) -> Self:
        """Build for values that are not a single column."""
        # The opening is scikit-learn's, which its checks of estimators look for.
        return cls(f"{option} must be 1D array or scalar, and has {n_dimensions} dimensions. Give one value a row.")

    @classmethod
    def from_both(cls) -> Self:
        """Build for folds by group and by time at once."""
        return cls(
            "--groups and --time cannot be combined: a group may last longer than a fold. "
            "Use --time if later rows are to be predicted, --groups if new groups are."
        )


class GroupColumnError(LeptonError, ValueError):
    """A column does not tell groups of rows."""

    @classmethod
    def from_missing(cls, name: str, count: int) -> Self:
        """Build from how many rows have no group."""
        verb = "has" if count == 1 else "have"
        return cls(f"{_rows(count)} {verb} no group in column {name!r}. Fill it, or leave those rows out.")

    @classmethod
    def from_single(cls, name: str) -> Self:
        """Build for rows that all belong to one group."""
        return cls(
            f"All rows are of one group in column {name!r}, and a group stays in one fold. "
            "Name a column with at least two groups."
        )

    @classmethod
    def from_folds(cls, name: str, n_groups: int, n_folds: int) -> Self:
        """Build from the groups there are and the folds that were wished for."""
        return cls(
            f"Column {name!r} has {n_groups:,} groups, fewer than the {n_folds} folds asked for. "
            f"Use at most {n_groups} folds."
        )

    @classmethod
    def from_metric(cls, name: str, label: str) -> Self:
        """Build for groups that leave a fold on which the metric has no value."""
        return cls(
            f"{label} has no value on some fold, however the groups of {name!r} are dealt. "
            "Use another metric, or groups that each hold several classes."
        )


class TimeColumnError(LeptonError, ValueError):
    """A column does not tell the time of rows."""

    @classmethod
    def from_unreadable(cls, name: str, value: object) -> Self:
        """Build from the first value that is neither a date nor a number."""
        return cls(
            f"Column {name!r} holds {str(value)[:60]!r}, which is neither a date nor a number. "
            "Name a column of times, or write all times alike."
        )

    @classmethod
    def from_missing(cls, name: str, count: int) -> Self:
        """Build from how many rows have no time."""
        verb = "has" if count == 1 else "have"
        return cls(f"{_rows(count)} {verb} no time in column {name!r}. Fill it, or leave those rows out.")

    @classmethod
    def from_moments(cls, n_moments: int, n_folds: int) -> Self:
        """Build from the different times there are, each of which stays in one block."""
        times = "1 different time" if n_moments == 1 else f"{n_moments:,} different times"
        return cls(
            f"The time column holds {times}, too few for {n_folds} folds one after the other, each of which needs a "
            "time of its own and one before it. Name a finer column, or use fewer folds."
        )

    @classmethod
    def from_metric(cls, name: str, label: str) -> Self:
        """Build for times that leave a fold on which the metric has no value."""
        return cls(
            f"{label} has no value on some stretch of {name!r}, such as one where a single class occurs. "
            "Use another metric, or fewer folds."
        )


class WeightsError(LeptonError, ValueError):
    """Weights of rows cannot be used."""

    @classmethod
    def from_text(cls, name: str, value: object) -> Self:
        """Build from a value that is not a number."""
        return cls(f"The weights in {name!r} hold {str(value)[:60]!r}, which is not a number. Give numbers from 0 up.")

    @classmethod
    def from_missing(cls, name: str, count: int) -> Self:
        """Build from how many weights are missing."""
        verb = "has" if count == 1 else "have"
        return cls(f"{_rows(count)} {verb} no weight in {name!r}. Fill it: 0 leaves a row out, 1 counts it once.")

    @classmethod
    def from_infinite(cls, name: str) -> Self:
        """Build for infinite weights."""
        return cls(f"The weights in {name!r} contain infinity. Give finite numbers from 0 up.")

    @classmethod
    def from_negative(cls, name: str, value: float) -> Self:
        """Build from the lowest weight."""
        return cls(f"The weights in {name!r} hold {value:g}, and a weight is never negative. Give numbers from 0 up.")

    @classmethod
    def from_zeros(cls, name: str) -> Self:
        """Build for weights that leave every row out."""
        return cls(f"All weights in {name!r} are zero, which leaves every row out. Give some rows a positive weight.")
