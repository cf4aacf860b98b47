"""Errors about figures of a run: nothing to draw yet, or nothing to draw with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class MissingPlotPackageError(LeptonError, ImportError):
    """Figures need a package that is not installed."""

    @classmethod
    def from_package(cls, package: str) -> Self:
        """Build from the package."""
        return cls(f"Figures need {package!r}, which is not installed. Install it: pip install 'lepton-jupyter[plot]'")


class NothingToDrawError(LeptonError, LookupError):
    """A figure is asked of a run that has nothing to show in it."""

    @classmethod
    def from_failure(cls, run_id: str, reason: str) -> Self:
        """Build from a run that ended without a model, and its own sentence."""
        return cls(f"Run {run_id!r} has no score to draw. {reason}".rstrip())

    @classmethod
    def no_score(cls, run_id: str, *, running: bool) -> Self:
        """Build from a run in which nothing was scored."""
        more = "Its first score comes within seconds: ask again." if running else "Go on with it: %lepton resume."
        return cls(f"Run {run_id!r} has no score to draw yet. {more}")

    @classmethod
    def no_path(cls, run_id: str) -> Self:
        """Build from a run in which no step was judged."""
        return cls(
            f"Run {run_id!r} walked no path to draw: no step of a learner with numbers to tune was judged. "
            "Its scores are drawn by run.plot.history()."
        )

    @classmethod
    def no_path_of(cls, learner: str, known: Iterable[str]) -> Self:
        """Build from the learner that was named and those that have a path."""
        return cls(f"There is no path of {learner!r}. {did_you_mean(learner, known)}")

    @classmethod
    def no_front(cls, run_id: str) -> Self:
        """Build from a run with a single model."""
        return cls(f"Run {run_id!r} has one model, and the front begins with the second. Give it more time.")

    @classmethod
    def no_model(cls, run_id: str) -> Self:
        """Build from a run in which nothing but constant predictions was scored."""
        return cls(f"Run {run_id!r} scored nothing but a constant prediction, so there are no models to draw.")

    @classmethod
    def from_part(cls, part: str, target: str, reason: str) -> Self:
        """Build from a picture that does not apply, the target, and when it would."""
        return cls(f"Predictions of {target!r} have no {part}. {reason.rstrip('.') or 'None was computed'}.")

    @classmethod
    def no_column(cls, name: str, known: Iterable[str]) -> Self:
        """Build from the column that was named and those there are."""
        return cls(f"There is no column {name!r}. {did_you_mean(name, known)}".rstrip())

    @classmethod
    def no_picture_of(cls, name: str) -> Self:
        """Build from a column whose values are not drawn."""
        return cls(f"{name!r} has no picture: its values are not counted, as those of identifiers and constants.")

    @classmethod
    def without_target(cls, table: str) -> Self:
        """Build from a profile without a target."""
        return cls(f"The profile of {table!r} knows no target that columns could tell. Name it: --target NAME")

    @classmethod
    def without_other_table(cls, table: str) -> Self:
        """Build from a profile of one table."""
        return cls(f"The profile of {table!r} is of one table. Name another to tell them apart: --against df")
