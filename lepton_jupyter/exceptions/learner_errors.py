"""Errors about learners: unknown or uninstalled ones, fits that ran out of time, model files that are not trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class DeadlinePassedError(LeptonError, TimeoutError):
    """The deadline passed before a fit had any model worth returning."""

    @classmethod
    def from_learner(cls, label: str) -> Self:
        """Build from the learner's label."""
        return cls(f"{label} had no model yet when its time was over. Give the run a larger --budget, or leave it out.")


class UnknownLearnerError(LeptonError, ValueError):
    """A learner was named that does not exist."""

    @classmethod
    def from_name(cls, name: str, known: Iterable[str]) -> Self:
        """Build from what was typed and what exists."""
        return cls(f"There is no learner {name!r}. {did_you_mean(name, known)}")


class MissingLearnerPackageError(LeptonError, ImportError):
    """A learner was named whose package is not installed."""

    @classmethod
    def from_learner(cls, name: str, package: str) -> Self:
        """Build from the learner and the package it needs."""
        extra = ": pip install 'lepton-jupyter[boosting]'" if package in {"catboost", "xgboost"} else ""
        return cls(f"Learner {name!r} needs the package {package!r}, which is not installed. Install it{extra}.")


class UnsuitableLearnerError(LeptonError, ValueError):
    """A learner was named that cannot be fitted on this table, or none is left."""

    @classmethod
    def from_shape(cls, name: str, *, task: str, n_rows: int, n_columns: int) -> Self:
        """Build from the learner and the table's size."""
        return cls(
            f"Learner {name!r} does not suit a {task} task with {n_rows} rows and {n_columns} columns. "
            f"Leave it out of --learners."
        )

    @classmethod
    def from_empty_choice(cls) -> Self:
        """Build when every learner was left out."""
        return cls("No learner is left to try. Name one more in --learners, or fewer in --without.")


class LearnerNameTakenError(LeptonError, ValueError):
    """A learner is registered under a name that another one has."""

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Build from the name."""
        return cls(f"There is already a learner {name!r}. Register yours under another name, or with replace=True.")


class InvalidLearnerError(LeptonError, TypeError):
    """Something that cannot be made a learner was given as one."""

    @classmethod
    def from_estimator(cls, estimator: object) -> Self:
        """Build from what was given."""
        return cls(
            f"{type(estimator).__name__!r} is not a scikit-learn classifier or regressor. "
            f"Give an unfitted estimator with fit and predict_proba, or a regressor with fit and predict."
        )

    @classmethod
    def from_parameter(cls, name: str, estimator: object, known: Iterable[str]) -> Self:
        """Build from a coordinate that the estimator does not have."""
        return cls(f"{type(estimator).__name__} has no parameter {name!r}. {did_you_mean(name, known)}")

    @classmethod
    def from_range(cls, name: str, value: object) -> Self:
        """Build from a coordinate whose range cannot be read."""
        return cls(
            f"Range {value!r} of {name!r} cannot be searched. "
            f"Give (low, high) with low < high, (low, high, 'log') with low > 0, or a list of options."
        )


class UntrustedModelError(LeptonError, ValueError):
    """A model file asks for more than its learner's own types."""

    @classmethod
    def from_types(cls, path: Path, types: Iterable[str]) -> Self:
        """Build from the file and the types it names."""
        names = ", ".join(sorted(types))
        return cls(
            f"Model file {path.name!r} asks for types that are not trusted: {names}. "
            f"If you know where it comes from, open the run with --trust, or the exported model with trust=True."
        )

    @classmethod
    def from_objects(cls, path: Path) -> Self:
        """Build from a file that holds pickled objects where numbers are expected."""
        return cls(f"Model file {path.name!r} holds pickled objects, which are never opened. Fit the run again.")


class UnreadableModelError(LeptonError, ValueError):
    """A model file is damaged, or was written by another learner."""

    @classmethod
    def from_file(cls, path: Path, learner: str) -> Self:
        """Build from the file and the learner that should read it."""
        return cls(f"Model file {path.name!r} cannot be read as a model of {learner!r}. Fit the run again.")
