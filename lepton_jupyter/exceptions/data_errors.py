"""Errors about a table and its target, found before anything is fitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def _some(names: Sequence[str], limit: int = 3) -> str:
    listed = ", ".join(repr(name) for name in names[:limit])
    return listed if len(names) <= limit else f"{listed} and {len(names) - limit} more"


class UnknownTableError(LeptonError, TypeError):
    """A value is not a table that can be read."""

    @classmethod
    def from_value(cls, value: object) -> Self:
        """Build from what was given as a table."""
        kind = type(value).__name__
        return cls(f"A {kind} is not a table. Give a pandas or polars DataFrame, or an array of shape (rows, columns).")

    @classmethod
    def from_sparse(cls, value: object) -> Self:
        """Build from a sparse matrix."""
        kind = type(value).__name__
        return cls(f"A sparse matrix ({kind}) is not supported. Make it dense first with X.toarray().")

    @classmethod
    def from_records(cls) -> Self:
        """Build from a list whose rows have different lengths."""
        return cls("The rows of this list have different lengths. Give every row one value for each column.")


class TableShapeError(LeptonError, ValueError):
    """A table has no rows, no columns, or is not two-dimensional."""

    @classmethod
    def from_dimensions(cls, n_dimensions: int) -> Self:
        """Build from the number of dimensions of an array."""
        # scikit-learn's own words, which its checks of estimators look for
        advice = (
            "Reshape your data either using array.reshape(-1, 1) if it has a single column or array.reshape(1, -1) "
            "if it is a single row."
        )
        return cls(f"Expected 2D array, got {n_dimensions}D array instead. {advice}")

    @classmethod
    def from_no_rows(cls, n_columns: int) -> Self:
        """Build for a table that has columns but no rows."""
        return cls(
            f"The table is empty: 0 sample(s) (shape=(0, {n_columns})) while a minimum of 1 is required. "
            "Give a table that has rows."
        )

    @classmethod
    def from_no_columns(cls, n_rows: int) -> Self:
        """Build for a table without any column to learn from."""
        return cls(
            f"The table has no columns to learn from: 0 feature(s) (shape=({n_rows}, 0)) while a minimum of 1 is "
            "required. Give at least one column beside the target."
        )


class DuplicateColumnsError(LeptonError, ValueError):
    """Several columns of a table have the same name."""

    @classmethod
    def from_names(cls, names: Sequence[str]) -> Self:
        """Build from the names that occur more than once."""
        return cls(
            f"Column names must be unique, but {_some(names)} {'occurs' if len(names) == 1 else 'occur'} more than "
            "once. Rename the columns, or keep the first of each: df.loc[:, ~df.columns.duplicated()]."
        )


class UnknownColumnError(LeptonError, KeyError):
    """A column that was named does not exist."""

    @classmethod
    def from_name(cls, name: str, known: Iterable[str], *, role: str = "column") -> Self:
        """Build from the name, the names that exist, and what the column was wanted for."""
        return cls(f"There is no {role} {name!r} in the table. {did_you_mean(name, known)}".rstrip())


class ComplexDataError(LeptonError, ValueError):
    """A column holds complex numbers."""

    @classmethod
    def from_column(cls, name: str) -> Self:
        """Build from the name of the column."""
        return cls(
            f"Complex data not supported: column {name!r} holds complex numbers. "
            "Give their real and imaginary parts as two columns."
        )


class InfiniteValuesError(LeptonError, ValueError):
    """A column holds infinite values."""

    @classmethod
    def from_column(cls, name: str, count: int) -> Self:
        """Build from the name of the column and how many of its values are infinite."""
        held = "one infinite value" if count == 1 else f"{count:,} infinite values"
        return cls(
            f"Column {name!r} contains infinity: {held} (inf or -inf). "
            f"Replace them first: df[{name!r}] = df[{name!r}].replace([np.inf, -np.inf], np.nan)."
        )


class TooFewRowsError(LeptonError, ValueError):
    """A table has fewer rows than validation needs."""

    @classmethod
    def from_folds(cls, n_rows: int, n_folds: int) -> Self:
        """Build from the rows there are and the folds that were asked for."""
        return cls(
            f"The table has n_samples={n_rows} with a target, fewer than its {n_folds} folds. "
            + (f"Give more rows, or at most {n_rows} folds." if n_rows >= 2 else "Give more rows.")
        )

    @classmethod
    def from_groups(cls, n_groups: int, n_folds: int) -> Self:
        """Build from the groups of rows there are, each of which stays in one fold."""
        return cls(f"{n_groups} groups of rows cannot be split into {n_folds} folds. Give more groups, or fewer folds.")

    @classmethod
    def from_count(cls, n_folds: int) -> Self:
        """Build from a number of folds that cannot be made."""
        return cls(f"{n_folds} folds cannot be made. Use 1 for a holdout part, or 2 and more.")


class InvalidTaskError(LeptonError, ValueError):
    """A task is unknown or cannot be learnt from the target."""

    @classmethod
    def from_unknown(cls, task: str, known: Iterable[str]) -> Self:
        """Build from what was typed as the task."""
        return cls(f"{task!r} is not a task. {did_you_mean(task, known)}")

    @classmethod
    def from_text(cls, name: str, value: str) -> Self:
        """Build for a regression on a target that holds text."""
        return cls(
            f"Regression needs numbers, but target {name!r} holds text such as {value!r}. "
            "Leave the task out to predict classes, or turn the target into numbers."
        )

    @classmethod
    def from_continuous(cls, name: str, value: float) -> Self:
        """Build for a classification on a target that holds fractions."""
        # the opening is scikit-learn's, which its checks of estimators look for
        return cls(
            f"Unknown label type: continuous. Target {name!r} holds fractions such as {value:g}, "
            "which are not classes. Use regression, or turn the target into text or whole numbers."
        )

    @classmethod
    def from_class_count(cls, name: str, n_classes: int) -> Self:
        """Build for a binary task on a target with more than two classes."""
        return cls(
            f"A binary task has two classes, but target {name!r} has {n_classes}. "
            "Use --task multiclass, or join classes until two are left."
        )


class InvalidTargetError(LeptonError, ValueError):
    """A target cannot be learnt."""

    @classmethod
    def from_missing(cls, name: str) -> Self:
        """Build for a target of which no value is known."""
        return cls(f"Every value of target {name!r} is missing. Name another target, or fill it.")

    @classmethod
    def from_nothing(cls, owner: str) -> Self:
        """Build for an estimator that is fitted without a target."""
        # scikit-learn's words, which its checks of estimators look for
        return cls(f"{owner} requires y to be passed, but the target y is None. Call fit(X, y).")

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Build for an estimator that is given the target's name where its values are meant."""
        return cls(f"y holds the values of the target, and {name!r} is a name. Call fit(X, df[{name!r}]).")

    @classmethod
    def from_constant(cls, name: str, value: object) -> Self:
        """Build for a target with one value only."""
        return cls(
            f"Target {name!r} has one class or value only, {value!r}, so there is nothing to learn. "
            "Name another target, or give rows with other values."
        )

    @classmethod
    def from_infinite(cls, name: str, count: int) -> Self:
        """Build from how many values of the target are infinite."""
        held = "one value" if count == 1 else f"{count:,} values"
        return cls(f"Target {name!r} contains infinity in {held}. Leave those rows out: df[np.isfinite(df[{name!r}])].")

    @classmethod
    def from_single_row_classes(cls, name: str, labels: Sequence[object]) -> Self:
        """Build from the classes that have one row."""
        listed = _some([str(label) for label in labels])
        first = labels[0]
        subject = f"Class {listed}" if len(labels) == 1 else f"Each of the classes {listed}"
        return cls(
            f"{subject} of target {name!r} has only one row, and a class needs at least two. "
            f"Leave {'it' if len(labels) == 1 else 'them'} out, such as df[df[{name!r}] != {first!r}], "
            "or join it with another class."
        )

    @classmethod
    def from_too_many_classes(cls, name: str, n_classes: int, n_rows: int) -> Self:
        """Build for a target of text that is different in almost every row."""
        return cls(
            f"Target {name!r} has {n_classes:,} different classes in {n_rows:,} rows, too many to learn. "
            "It looks like a name or an identifier: name another target, or group its values."
        )

    @classmethod
    def from_date(cls, name: str) -> Self:
        """Build for a target that holds dates."""
        return cls(
            f"Target {name!r} holds dates. Turn it into a number to predict, such as the days since a date: "
            f"(df[{name!r}] - df[{name!r}].min()).dt.days."
        )

    @classmethod
    def from_length(cls, n_values: int, n_rows: int) -> Self:
        """Build for a target that does not have one value for each row."""
        return cls(f"The target has {n_values:,} values, but the table has {n_rows:,} rows. Give one for each row.")

    @classmethod
    def from_several_columns(cls, shape: tuple[int, ...]) -> Self:
        """Build for a target that is a table."""
        return cls(f"The target has shape {shape}; one value a row is needed. Give one column of it.")


class UnknownLabelError(LeptonError, ValueError):
    """A class that was named is not a class of the target."""

    @classmethod
    def from_label(cls, label: object, classes: Iterable[object]) -> Self:
        """Build from what was named and the classes there are."""
        hint = did_you_mean(str(label), [str(each) for each in classes])
        return cls(f"{label!r} is not a class of the target. {hint}")

    @classmethod
    def from_task(cls, label: object, task: str) -> Self:
        """Build for a positive class in a task that has none."""
        return cls(
            f"A positive class ({label!r}) needs a target with two classes, but the task is {task}. Leave it out."
        )
