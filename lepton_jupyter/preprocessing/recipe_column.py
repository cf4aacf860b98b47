"""What a recipe does to one column, and how it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from lepton_jupyter.preprocessing.cleaning_steps import CleaningStep, step_from_dict, step_to_dict
from lepton_jupyter.preprocessing.stored_columns import look_from_dict, look_to_dict
from lepton_jupyter.preprocessing.stored_values import as_texts, moments_array, numbers_array, storage_of

if TYPE_CHECKING:
    import pyarrow as pa

    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.column_summary import ColumnSummary
    from lepton_jupyter.preprocessing.preparation_plan import ColumnPlan

_TARGET_TYPES = frozenset({"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"})


@dataclass(frozen=True, slots=True)
class RecipeColumn:
    """What is done to one column of a table.

    Parameters
    ----------
    look : ColumnLook
        As what its values are read.
    steps : tuple of CleaningStep
        What is done to the values, in this order.
    kept : bool
        Whether it is part of the prepared table.
    role : {"", "target"}
        A target may be missing where rows are prepared that are to be predicted.
    done : tuple of (str, str, str)
        Kind, action and reason of each step, for people.
    stored_as : str
        Arrow's name of the type that a target keeps; empty for other columns.
    """

    look: ColumnLook
    steps: tuple[CleaningStep, ...] = ()
    kept: bool = True
    role: str = ""
    done: tuple[tuple[str, str, str], ...] = ()
    stored_as: str = ""

    @classmethod
    def of_plan(cls, plan: ColumnPlan, summary: ColumnSummary) -> Self:
        """What a plan says."""
        done = tuple((step.kind, step.action, step.reason) for step in plan.steps if step.on)
        alone = next(iter(summary.storages)) if len(summary.storages) == 1 else ""
        # Classes 0 and 1 must not become 0.0 and 1.0; of other types numbers, moments and texts are right.
        keeps = plan.role == "target" and plan.look.reads == plan.look.storage and alone in _TARGET_TYPES
        return cls(plan.look, plan.cleaning, plan.kept, plan.role, done, alone if keeps else "")

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.look.name

    def apply(self, column: pa.Array) -> pa.Array:
        """Values of the column, prepared: numbers and truths as float64, moments in microseconds, else text."""
        import pyarrow as pa

        if self.stored_as and str(column.type) == self.stored_as:
            return column
        values: Any = self.look.values(column)
        for step in self.steps:
            values = step.apply(values)
        if self.look.reads == "text":
            return values
        prepared = moments_array(values) if self.look.reads == "moment" else numbers_array(values)
        return prepared.cast(pa.type_for_alias(self.stored_as)) if self.stored_as else prepared

    def units(self, column: pa.Array) -> pa.Array | None:
        """What each number is in, where units are kept apart; None elsewhere."""
        form = self.look.form
        if form is None or not form.apart:
            return None
        import pyarrow as pa

        stored = storage_of(column.type) == "text"
        return form.units_of(as_texts(column)) if stored else pa.nulls(len(column), pa.large_string())

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            **look_to_dict(self.look),
            "kept": self.kept,
            "role": self.role,
            "stored_as": self.stored_as,
            "steps": [step_to_dict(step) for step in self.steps],
            "why": [list(each) for each in self.done],
        }

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        look = look_from_dict(saved)
        done = tuple((str(kind), str(action), str(reason)) for kind, action, reason in saved["why"])
        return cls(look, tuple(map(step_from_dict, saved["steps"])), saved["kept"], saved["role"], done,
                   saved["stored_as"])  # fmt: skip
