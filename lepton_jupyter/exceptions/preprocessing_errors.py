"""Errors about a table that is to be standardised and reduced to its principal components."""

from __future__ import annotations

from typing import Self

from lepton_jupyter.exceptions.lepton_error import LeptonError


class NotNumbersError(LeptonError, ValueError):
    """A table holds something that cannot be standardised."""

    @classmethod
    def from_table(cls, which: str, found: tuple[str, str]) -> Self:
        """Build from the table's name in the call, and its first column that holds anything else, and what."""
        column, what = found
        if not column:
            return cls(f"{which} holds no values. Give a table with rows and columns.")
        return cls(
            f"Column {column[:60]!r} of {which} holds {what}: preprocess_data takes complete numbers, and "
            "LeptonModel takes the table as it is."
        )

    @classmethod
    def from_width(cls, n_train: int, n_test: int) -> Self:
        """Build from the numbers of columns of both tables."""
        return cls(f"X_train has {n_train:,} columns and X_test {n_test:,}. Give both the same columns.")


class ComponentCountError(LeptonError, ValueError):
    """There are not as many principal components as were asked for."""

    @classmethod
    def from_value(cls, value: object) -> Self:
        """Build from what is no whole number."""
        return cls(f"n_components cannot be {str(value)[:60]!r}. Give a whole number, such as 2.")

    @classmethod
    def from_count(cls, asked: int, n_rows: int, n_columns: int) -> Self:
        """Build from the number asked for and the size of the table."""
        return cls(
            f"n_components cannot be {asked:,} for {n_rows:,} rows and {n_columns:,} columns. "
            f"Give 1 to {min(n_rows, n_columns):,}."
        )
