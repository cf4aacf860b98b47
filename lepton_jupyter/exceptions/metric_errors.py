"""Errors about metrics, and about what is scored, split or blended with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def _listed(names: Iterable[str], limit: int = 8) -> str:
    known = list(names)
    return ", ".join(known[:limit]) + (", …" if len(known) > limit else "")


class UnknownMetricError(LeptonError, ValueError):
    """No metric has this name."""

    @classmethod
    def from_name(cls, name: str, known: Iterable[str]) -> Self:
        """Build from what was typed and the names that exist."""
        return cls(f"There is no metric {name!r}. {did_you_mean(name, known)}")


class QuantileError(LeptonError, ValueError):
    """A quantile cannot be learnt."""

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Build from a pinball loss that names no quantile."""
        return cls(
            f"Metric {name!r} names no quantile. Write the one to predict, above 0 and below 1: --metric pinball:0.9"
        )

    @classmethod
    def from_monotone(cls) -> Self:
        """Build where predictions are also to rise or fall along a column."""
        return cls(
            "A quantile cannot be held to --monotone: its leaves are set after the trees have grown. "
            "Leave out one of the two, or take quantiles of a run on means: %lepton predict … --quantiles 90%"
        )

    @classmethod
    def from_learners(cls, names: Iterable[str]) -> Self:
        """Build from learners none of which learns a quantile."""
        return cls(
            f"None of these learners learns quantiles: {_listed(names)}. "
            "Those that do: linear, lightgbm, catboost, xgboost."
        )


class MetricMismatchError(LeptonError, ValueError):
    """A metric exists and cannot judge this task or this target."""

    @classmethod
    def from_task(cls, name: str, task: str, fitting: Iterable[str]) -> Self:
        """Build from the metric, the task, and the metrics that would fit, the default first."""
        names = list(fitting)
        near = nearest(name, names)
        ordered = sorted(names, key=lambda each: (not each.startswith(name), each != near))
        return cls(f"Metric {name!r} does not fit a {task} task. Those that do: {_listed(ordered)}.")

    @classmethod
    def from_target(cls, label: str, bound: str, smallest: float) -> Self:
        """Build from the metric's label, what it asks of the target (``"positive"``), and the target's minimum."""
        return cls(
            f"{label} needs a {bound} target, and the smallest value is {smallest:g}. "
            "Choose another metric, such as --metric rmse."
        )

    @classmethod
    def from_folds(cls, label: str, n_smallest: int, n_folds: int, *, n_classes: int) -> Self:
        """Build from the metric's label, the rows of the rarest class (or all), and the folds."""
        if not n_classes:
            return cls(
                f"{label} has no value on folds as small as {n_smallest} rows make in {n_folds} folds. "
                "Give more rows, fewer folds, or another metric, such as --metric rmse."
            )
        rows = "one row" if n_smallest == 1 else f"{n_smallest} rows"
        return cls(
            f"{label} needs rows of every class in each of {n_folds} folds, and the rarest class has {rows}. "
            + (f"Use at most {n_smallest} folds" if n_smallest > 1 else "Give more rows of it")
            + ", or another metric, such as --metric log_loss."
        )


class InvalidPredictionsError(LeptonError, ValueError):
    """Predictions cannot be scored: wrong shape, or not numbers."""

    @classmethod
    def from_shape(cls, found: Sequence[int], expected: Sequence[int]) -> Self:
        """Build from the shape of the predictions and the one that was expected."""
        return cls(f"Predictions have shape {tuple(found)}, and {tuple(expected)} was expected. Give one row per row.")

    @classmethod
    def from_non_finite(cls, n_bad: int, n_rows: int) -> Self:
        """Build from how many rows hold NaN or infinity."""
        return cls(
            f"Predictions of {n_bad} of {n_rows} rows are NaN or infinite and cannot be scored. "
            "Leave this configuration out, or look for extreme values in the columns."
        )


class UnknownFoldError(LeptonError, KeyError):
    """A fold was named that this run does not have."""

    @classmethod
    def from_index(cls, index: int, n_folds: int) -> Self:
        """Build from the fold that was named and the number there are."""
        return cls(f"There is no fold {index}: folds are numbered 0 to {n_folds - 1}.")


class IncompletePredictionsError(LeptonError, ValueError):
    """Out-of-fold predictions are asked for before all folds are there."""

    @classmethod
    def from_missing(cls, missing: Sequence[int]) -> Self:
        """Build from the folds that are missing."""
        folds = ", ".join(str(each) for each in missing)
        return cls(f"Predictions of fold {folds} are missing. Add every fold before asking for the whole.")


class NoCandidatesError(LeptonError, ValueError):
    """An ensemble is asked of no candidates."""

    @classmethod
    def from_nothing(cls) -> Self:
        """Build for an empty set of candidates."""
        return cls("No trial has finished, so there is nothing to build an ensemble from. Give the run more time.")
