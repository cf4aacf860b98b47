"""Errors of columns that are made from other rows: of another table by a key, of earlier rows of an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


class JoinError(LeptonError, ValueError):
    """Another table cannot be joined."""

    @classmethod
    def from_no_key(cls) -> Self:
        """Build for a table to join whose key was not named."""
        return cls("A table to join needs the column by which its rows belong to others: --join orders --on customer.")

    @classmethod
    def from_no_table(cls) -> Self:
        """Build for a key and no table."""
        return cls("--on names the key of a table to join, and none is named. Add --join TABLE.")

    @classmethod
    def from_key(cls, key: str, label: str, known: Sequence[str]) -> Self:
        """Build from a key that one of the tables lacks."""
        return cls(f"{label!r} has no column {key[:60]!r} to join by. {did_you_mean(key, known)}")

    @classmethod
    def from_kinds(cls, key: str, label: str, here: str, there: str) -> Self:
        """Build from a key that holds different things in the two tables."""
        return cls(
            f"The key {key[:60]!r} holds {here}s here and {there}s in {label!r}, which never agree. "
            "Bring one of them into the form of the other, such as by the code of a cell."
        )

    @classmethod
    def from_fractions(cls, key: str, label: str) -> Self:
        """Build from a key of numbers that are not whole."""
        return cls(
            f"The key {key[:60]!r} of {label!r} holds numbers that are not whole. Join by texts or whole numbers."
        )

    @classmethod
    def from_partition(cls, label: str, partition: str, problem: str) -> Self:
        """Build from a partition of the joined table and what is wrong with it."""
        return cls(f"Partition {partition!r} of the joined table {label!r} is bad: {problem}")

    @classmethod
    def from_nothing(cls, label: str) -> Self:
        """Build from a table in which no row has a key."""
        return cls(f"No row of {label!r} has a key, so there is nothing to join. Look at its key column.")


class MadeColumnError(LeptonError, ValueError):
    """A column cannot be made, since there is one of its name."""

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Build from the name."""
        return cls(
            f"A column {name[:80]!r} would be made, and the table has one of that name. Rename that column first."
        )


class TimeOrderError(LeptonError, ValueError):
    """Earlier rows of an entity cannot be told."""

    @classmethod
    def from_kind(cls, time: str, reads: str) -> Self:
        """Build from a time column that holds neither moments nor numbers."""
        return cls(
            f"The column {time[:60]!r} holds {reads}s, which have no order in time. Name one of dates or numbers."
        )

    @classmethod
    def from_no_time(cls, option: str) -> Self:
        """Build from an option that needs an order in time, which is not named."""
        return cls(f"{option} needs to know which rows are earlier. Add --time COLUMN.")

    @classmethod
    def from_no_numbers(cls) -> Self:
        """Build for a table without a column whose earlier values would be of use."""
        return cls("The table has no column of numbers whose earlier values could be added. Leave --time out.")

    @classmethod
    def from_distance(cls, option: str, value: object, most: int) -> Self:
        """Build from a number of rows that is none."""
        return cls(f"{option} takes numbers of rows from 1 to {most}, and {shown(value)} is none. Try {option} 1,2.")
