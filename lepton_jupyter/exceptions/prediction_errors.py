"""Errors and warnings about tables that are predicted, and about recipes that prepare them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, LeptonWarning, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence


def _some(names: Sequence[str], limit: int = 5) -> str:
    listed = ", ".join(repr(name) for name in names[:limit])
    return listed if len(names) <= limit else f"{listed} and {len(names) - limit} more"


class MissingColumnsError(LeptonError, ValueError):
    """A table lacks columns that the model was trained with."""

    @classmethod
    def from_names(cls, missing: Sequence[str], present: Sequence[str]) -> Self:
        """Build from the columns that are missing and those that are there."""
        one = len(missing) == 1
        hint = nearest(missing[0], present) if one else None
        remedy = f"Did you mean its column {hint!r}?" if hint else f"Add {'it' if one else 'them'}, empty if need be."
        return cls(
            f"The table lacks the column{'' if one else 's'} {_some(missing)} that the model was trained with. {remedy}"
        )

    @classmethod
    def from_recipe(cls, missing: Sequence[str], present: Sequence[str]) -> Self:
        """Build from the columns that a recipe prepares and a table lacks, and those that are there."""
        one = len(missing) == 1
        hint = nearest(missing[0], present) if one else None
        remedy = f"Did you mean its column {hint!r}?" if hint else f"Add {'it' if one else 'them'}, empty if need be."
        return cls(
            f"The table lacks the column{'' if one else 's'} {_some(missing)} that the recipe prepares. {remedy}"
        )


class FeatureCountError(LeptonError, ValueError):
    """An array has more or fewer columns than the model was trained with."""

    @classmethod
    def from_counts(cls, n_given: int, n_expected: int, owner: str) -> Self:
        """Build from both numbers of columns and the name of what was asked to predict."""
        # scikit-learn's words, which its checks of estimators look for
        return cls(
            f"X has {n_given} features, but {owner} is expecting {n_expected} features as input. "
            "Give the columns of the training table, in their order."
        )


class ColumnTypeError(LeptonError, ValueError):
    """A column holds values of another kind than the model was trained with."""

    @classmethod
    def from_value(cls, name: str, kind: str, value: object) -> Self:
        """Build from the column, what it was in training, and one value that cannot be read as that."""
        shown = repr(value.item() if hasattr(value, "item") else value)  # 5, not np.int64(5)
        shown = shown if len(shown) <= 60 else shown[:57] + "…"
        wanted = {"number": "numbers", "date": "dates", "boolean": "true or false"}.get(kind, kind)
        return cls(
            f"Column {name!r} held {wanted} in training, and {shown} cannot be read as such. "
            "Correct the value, or leave it empty."
        )


class UnusedColumnsWarning(LeptonWarning):
    """A table has columns that the model does not know."""

    @classmethod
    def from_names(cls, names: Sequence[str]) -> Self:
        """Build from the columns that are not used."""
        one = len(names) == 1
        return cls(
            f"The column{'' if one else 's'} {_some(names)} {'was' if one else 'were'} not in training: ignored."
        )


class InvalidRecipeError(LeptonError, ValueError):
    """A saved recipe cannot be read."""

    @classmethod
    def from_version(cls, version: object, known: int) -> Self:
        """Build from the version of the recipe and the newest that this package reads."""
        return cls(
            f"The recipe has version {version!r}, and this lepton-jupyter reads up to version {known}. "
            "Update the package."
        )

    @classmethod
    def from_code(cls) -> Self:
        """Build for a recipe with code that nobody has said may be run."""
        return cls(
            "This recipe holds code of a cell, which runs when rows are prepared. If it is your own, load it with "
            "trust=True."
        )

    @classmethod
    def from_text(cls, problem: str) -> Self:
        """Build from what is wrong with the text."""
        return cls(f"This is not a recipe that lepton-jupyter wrote ({problem}). Fit the run again to make a new one.")
