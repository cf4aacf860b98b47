"""Errors about what a model is judged on, and at which threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable


class EvaluationRowsError(LeptonError, ValueError):
    """The rows that a model is to be judged on cannot judge it."""

    @classmethod
    def from_no_target(cls, name: str, known: Iterable[str]) -> Self:
        """Build from the target's name and the columns there are."""
        return cls(
            f"The table has no target column {name!r}, and without it nothing can be judged. "
            f"{did_you_mean(name, known)}".rstrip()
        )

    @classmethod
    def from_missing_target(cls, name: str, n_rows: int) -> Self:
        """Build for a table of which no row has a target."""
        return cls(f"None of the {n_rows:,} rows has a target {name!r}. Give rows of which the truth is known.")

    @classmethod
    def from_one_class(cls, name: str, label: object, n_rows: int) -> Self:
        """Build from the only class there is."""
        return cls(
            f"All {n_rows:,} rows with a target {name!r} are of the class {shown(label)}. "
            "Give rows of at least two classes, so that telling them apart can be judged."
        )

    @classmethod
    def from_count(cls, n_rows: int, name: str) -> Self:
        """Build from too few rows."""
        return cls(f"{n_rows} row with a target {name!r} judges nothing. Give at least 2, better 100 and more.")


class TrainingRowsError(LeptonError, LookupError):
    """The rows a run learnt from are needed again, and are not there: they are never stored."""

    @classmethod
    def from_run(cls, run_id: str, table_name: str, n_rows: int) -> Self:
        """Build for an evaluation out of fold without a table."""
        return cls(
            f"Run {run_id!r} keeps its predictions but never its {n_rows:,} rows, so the truth is missing. "
            f"Name the table it learnt from, or one it has not seen: %lepton evaluate {_word(table_name)}"
        )

    @classmethod
    def from_distillation(cls, run_id: str, n_rows: int) -> Self:
        """Build for a small model that is to learn from a run whose table is not here."""
        return cls(
            f"A small model learns from the {n_rows:,} rows that run {run_id!r} learnt from, which are never stored. "
            "Load them as they were, and give them: run.distil(train=df)"
        )

    @classmethod
    def from_other_table(cls, run_id: str) -> Self:
        """Build for a table that was given as the one a run learnt from, and is not."""
        return cls(
            f"The table given with --train is not the one that run {run_id!r} learnt from: columns, rows or values "
            "differ. Load it as it was, or leave --train out."
        )


class ThresholdError(LeptonError, ValueError):
    """A threshold cannot be used, or cannot be chosen."""

    @classmethod
    def from_value(cls, value: object) -> Self:
        """Build from what was given as a threshold."""
        return cls(f"The threshold cannot be {shown(value)}. Give a probability from 0 to 1, such as 0.3, or tuned.")

    @classmethod
    def from_cost(cls, name: str, value: object) -> Self:
        """Build from what was given as a cost."""
        return cls(f"{name} cannot be {shown(value)}. Give what one such error costs, a number that is not negative.")

    @classmethod
    def from_half_the_costs(cls, given: str, missing: str) -> Self:
        """Build from one cost without the other."""
        return cls(f"{given} was given without {missing}. Give both: only their ratio decides.")

    @classmethod
    def from_no_costs(cls) -> Self:
        """Build for two costs of zero."""
        return cls("Both costs are 0, so every threshold is as good. Give at least one that is positive.")

    @classmethod
    def from_task(cls, what: str, task: str) -> Self:
        """Build for a task that has no threshold."""
        reason = "predicts numbers" if task == "regression" else "tells more than two classes apart"
        return cls(f"{what} needs a run that tells two classes apart, and this one {reason}. Leave it out.")

    @classmethod
    def from_two_ways(cls, first: str, second: str) -> Self:
        """Build for two wishes that contradict each other."""
        return cls(f"{first} and {second} contradict each other. Give one of them.")

    @classmethod
    def from_metric(cls, name: str, known: Iterable[str]) -> Self:
        """Build from a metric that does not depend on a threshold."""
        fitting = ", ".join(list(known)[:5])
        return cls(f"{name!r} does not depend on a threshold. Those that do: {fitting}, …")

    @classmethod
    def from_missing_rows(cls, run_id: str, table_name: str) -> Self:
        """Build for a choice for which the run's own rows are needed."""
        return cls(
            f"To choose a threshold the rows that run {run_id!r} learnt from are needed, which are never stored. "
            f"Load them and name them: --train {_word(table_name)}"
        )

    @classmethod
    def from_untuned(cls, run_id: str) -> Self:
        """Build for a tuned threshold that nobody has tuned."""
        return cls(
            f"No threshold of run {run_id!r} was tuned in this kernel. Tune one: "
            f"%lepton evaluate df --run {run_id} --cost-fp 1 --cost-fn 5"
        )


class ComparisonError(LeptonError, ValueError):
    """Runs cannot be compared."""

    @classmethod
    def from_too_few(cls, n_runs: int) -> Self:
        """Build from the number of runs that were named."""
        return cls(f"{n_runs} run{'' if n_runs == 1 else 's'} cannot be compared. Name two or more.")

    @classmethod
    def from_same(cls, run_id: str) -> Self:
        """Build for a run that was named twice."""
        return cls(f"Run {run_id!r} is named twice, and equals itself. Name two different runs.")

    @classmethod
    def from_running(cls, run_id: str) -> Self:
        """Build for a run that has not ended."""
        return cls(f"Run {run_id!r} goes on and has no result yet. Wait for it, or end it: %lepton stop {run_id}")

    @classmethod
    def from_no_model(cls, run_id: str, reason: str) -> Self:
        """Build for a run without a model."""
        said = f": {reason.rstrip('.')}" if reason else ""
        return cls(f"Run {run_id!r} has no model to compare{said}. Name another run, or go on: %lepton resume {run_id}")

    @classmethod
    def from_targets(cls, first: str, second: str) -> Self:
        """Build for runs that predict different things."""
        return cls(f"The runs predict different columns, {first!r} and {second!r}. Compare runs of one target.")

    @classmethod
    def from_tasks(cls, first: str, second: str) -> Self:
        """Build for runs that solve different tasks."""
        return cls(f"The runs solve different tasks, {first} and {second}. Compare runs of one task.")

    @classmethod
    def from_classes(cls) -> Self:
        """Build for runs that tell different classes apart."""
        return cls(
            "The runs tell different classes apart, or count another one as positive. Compare runs of the same classes."
        )


def _word(name: str) -> str:
    return name if name.isidentifier() else "df"
