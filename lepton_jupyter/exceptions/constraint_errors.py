"""Errors about what a search is held to: weights of classes, monotone columns, memory and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


class ClassWeightError(LeptonError, ValueError):
    """Weights of classes cannot be used."""

    @classmethod
    def from_value(cls, value: object) -> Self:
        """Build from something that is no weight for each class."""
        return cls(
            f"class_weight cannot be {shown(value)}. Give 'balanced', or weights by class: {{'yes': 5, 'no': 1}}."
        )

    @classmethod
    def from_weight(cls, label: object, weight: object) -> Self:
        """Build from a class and a weight that it cannot have."""
        return cls(f"Class {label!r} cannot have the weight {shown(weight)}. Give a number above 0, such as 5.")

    @classmethod
    def from_task(cls) -> Self:
        """Build for a target that has no classes."""
        return cls(
            "class_weight needs classes, and the target holds numbers. Leave it out, or weigh rows: --weights COLUMN"
        )


class MonotoneError(LeptonError, ValueError):
    """A monotone constraint cannot be kept."""

    @classmethod
    def from_value(cls, value: object) -> Self:
        """Build from something that says of no column how predictions go along it."""
        return cls(f"monotone cannot be {shown(value)}. Give 1 or -1 by column, such as {{'age': 1, 'income': -1}}.")

    @classmethod
    def from_sign(cls, name: str, sign: object) -> Self:
        """Build from a column and a direction that there is not."""
        return cls(
            f"monotone cannot be {shown(sign)} for column {name!r}. Give 1 if predictions may never fall as it grows, "
            "-1 if they may never rise."
        )

    @classmethod
    def from_kind(cls, name: str, kind: str) -> Self:
        """Build from a column whose values have no order that learners know."""
        holds = {"category": "categories", "date": "dates", "text": "texts"}.get(kind, f"values of kind {kind}")
        return cls(
            f"monotone needs a column of numbers, and {name!r} holds {holds}. Leave it out, or turn it into a number."
        )

    @classmethod
    def from_unused(cls, name: str) -> Self:
        """Build from a column that nothing is learnt from."""
        return cls(f"monotone names column {name!r}, which is not learnt from. Leave it out.")

    @classmethod
    def from_classes(cls, n_classes: int) -> Self:
        """Build from the number of classes."""
        return cls(
            f"monotone needs a number or two classes to predict, and the target has {n_classes} classes, whose "
            "probabilities cannot all rise together. Leave it out, or predict one class against the rest."
        )

    @classmethod
    def from_learners(cls, name: str, learners: Iterable[str]) -> Self:
        """Build from a column and learners that all disregard it."""
        return cls(
            f"Along column {name!r} none of these learners can be held monotone: {', '.join(learners)}. "
            "Those that can: lightgbm, xgboost, catboost."
        )


class MemoryLimitError(LeptonError, ValueError):
    """Nothing can be fitted within the memory that was allowed."""

    @classmethod
    def from_need(cls, most: str, learner: str, needed: str) -> Self:
        """Build from the limit, and the learner that needs least of all."""
        return cls(
            f"No learner can be fitted within {most}: {learner} needs least, about {needed}. "
            f"Allow more, or give fewer rows or columns: --max-memory {needed}"
        )


class TrialTimeError(LeptonError, ValueError):
    """The time of a trial cannot be limited so."""

    @classmethod
    def from_value(cls, value: object) -> Self:
        """Build from what is no time."""
        return cls(f"trial_seconds cannot be {shown(value)}. Give a time above 0, such as 20s, or 20 for seconds.")


class MemorySizeError(LeptonError, ValueError):
    """Memory cannot be limited so."""

    @classmethod
    def from_value(cls, value: object) -> Self:
        """Build from what is no size."""
        return cls(f"max_memory cannot be {shown(value)}. Give a size such as 512MB or 2GB, or a number of bytes.")
