"""What a prepared column is: how one column of a table becomes columns of the views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np

from lepton_jupyter.exceptions.prediction_errors import ColumnTypeError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.column_kinds import ColumnSchema
    from lepton_jupyter.data.readings import Reading

#: Names of the views, in the order they are made.
VIEWS = ("tree", "linear")


class PreparedColumn(Protocol):
    """One column's part of a recipe: fitted, frozen, and saved as JSON.

    A column is first read (the slow part, done once for all views) and then written as columns of a view. Both look at
    one row at a time, so that any part of a table is prepared to the same bits as the whole.
    """

    @property
    def schema(self) -> ColumnSchema:
        """What the column was understood as."""
        ...

    @classmethod
    def fit(cls, series: pd.Series[Any], schema: ColumnSchema) -> tuple[Self, Any]:
        """Learn from the training table; also give its values as `read` would."""
        ...

    def read(self, series: pd.Series[Any]) -> Any:
        """Values that `columns` understands.

        Raises
        ------
        ColumnTypeError
            If a value cannot be what the column held in training.
        """
        ...

    def columns(self, view: str, values: Any) -> NDArray[Any]:
        """Columns of the view, of shape (n_rows, len(names(view)))."""
        ...

    def names(self, view: str) -> list[str]:
        """Names of the columns of the view."""
        ...

    def categorical(self) -> tuple[int, ...]:
        """Which of its columns of the tree view hold category codes."""
        ...

    def narrowed(self, most_levels: int) -> Self:
        """The same with as few columns of the linear view as may be, for a table that has too many."""
        ...

    def treatment(self) -> str:
        """What is done to the column, in a few words."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """What was learnt, as JSON can hold it; the schema is saved beside it."""
        ...

    @classmethod
    def from_dict(cls, schema: ColumnSchema, saved: dict[str, Any]) -> Self:
        """From what `to_dict` gave."""
        ...


def refuse_unreadable(reading: Reading, series: pd.Series[Any], schema: ColumnSchema) -> None:
    """Refuse values that are not what the column held in training.

    Raises
    ------
    ColumnTypeError
        Naming the column and the first such value.
    """
    if reading.unreadable is not None and reading.unreadable.any():
        value = series.iloc[int(np.argmax(reading.unreadable))]
        raise ColumnTypeError.from_value(schema.name, schema.kind, value)
