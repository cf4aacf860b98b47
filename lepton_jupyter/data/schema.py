"""A table understood: what each of its columns holds, what is to be predicted, and what a person should know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.checks import check_table, find_column
from lepton_jupyter.data.column_kinds import ColumnSchema, understand_column
from lepton_jupyter.data.target import Target, understand_target
from lepton_jupyter.exceptions.data_errors import InvalidTargetError, TableShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """What a training table holds.

    Parameters
    ----------
    columns : tuple of ColumnSchema
        The columns that a prediction is made from, in the table's order; target and dropped columns are not among them.
    target : Target or None
    dropped : tuple of str
        Columns that were left out by name.
    notes : tuple of str
        Sentences that a person should read.
    """

    columns: tuple[ColumnSchema, ...]
    target: Target | None
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    def training_table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The columns of `frame` that are learnt from, and of its rows those that have a target."""
        table = frame[list(self.names)]
        if self.target is None or self.target.kept.all():
            return table
        return table[self.target.kept]

    def summary(self) -> str:
        """The columns counted by kind, such as ``"3 columns: 2 numbers, 1 text"``."""
        plural = {"category": "categories", "text": "texts"}
        counts = Counter(column.kind for column in self.columns)
        parts = [f"{n} {kind if n == 1 else plural.get(kind, kind + 's')}" for kind, n in counts.most_common()]
        n_columns = len(self.columns)
        return f"{n_columns} column{'' if n_columns == 1 else 's'}: {', '.join(parts)}"


def understand(
    frame: pd.DataFrame,
    *,
    target: Any = None,
    task: str | None = None,
    positive: Any = None,
    drop: Sequence[str] = (),
    single_row_classes: str = "refuse",
) -> Schema:
    """Find out what a training table holds.

    Parameters
    ----------
    frame : pandas.DataFrame
        As given by `to_pandas`.
    target : str or array-like of shape (n_rows,), optional
        Name of the column to predict, or its values, which are then not part of the table.
    task : {"binary", "multiclass", "regression", "classification"}, optional
        Overrides what is inferred from the target.
    positive : str, int, float or bool, optional
        The class of two whose probability is of interest.
    drop : sequence of str
        Columns that are not learnt from.
    single_row_classes : {"refuse", "keep"}, default="refuse"
        What to do with a class of one row, which can be learnt or validated but not both. Kept, it gets a note.

    Returns
    -------
    schema : Schema

    Raises
    ------
    UnknownColumnError
        If the target or a column to drop does not exist; the message names the nearest one.
    TableShapeError
        If no row or no column is left.
    DuplicateColumnsError, InfiniteValuesError, ComplexDataError
        If the table cannot be learnt from.
    InvalidTargetError, InvalidTaskError, UnknownLabelError
        See `understand_target`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [31, 45, 52, 28], "town": ["Ulm", "Bonn", "Ulm", "Ulm"], "paid": [0, 1, 1, 0]})
    >>> schema = understand(table, target="paid")
    >>> schema.target.task, schema.summary()
    ('binary', '2 columns: 1 number, 1 category')
    """
    check_table(frame)
    for name in drop:
        find_column(frame, name)
    understood = None
    left_out = set(drop)
    wishes: dict[str, Any] = {"task": task, "positive": positive, "single_row_classes": single_row_classes}
    if isinstance(target, str):
        find_column(frame, target, role="target column")
        understood = understand_target(frame[target], name=target, **wishes)
        left_out.add(target)
    elif target is not None:
        understood = understand_target(target, name=name_of_target(target), **wishes)
        if len(understood.kept) != len(frame):
            raise InvalidTargetError.from_length(len(understood.kept), len(frame))
    names = [name for name in frame.columns if name not in left_out]
    if not names:
        raise TableShapeError.from_no_columns(len(frame))
    if understood is not None and not understood.kept.all():
        frame = frame[understood.kept]
    columns = tuple(understand_column(frame[name], name) for name in names)
    notes = (*(understood.notes if understood is not None else ()), *_notes(columns))
    return Schema(columns, understood, tuple(drop), notes)


def name_of_target(target: Any) -> str:
    """What the values of a target are called: the name that they carry, else ``"y"``."""
    name = getattr(target, "name", None)
    return name if isinstance(name, str) and name else "y"


def _notes(columns: tuple[ColumnSchema, ...]) -> tuple[str, ...]:
    notes = [
        f"Column {column.name!r} has {column.reason}."
        for column in columns
        if column.reason.startswith(("mixed types", "values of type"))
    ]
    if not any(column.used for column in columns):
        notes.append("No column is left to learn from: each is constant, empty or an identifier.")
    return tuple(notes)
