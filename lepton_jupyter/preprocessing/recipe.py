"""A recipe: how a table becomes the numeric views that learners are fitted on, saved as JSON that a person can read."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.data.checks import align
from lepton_jupyter.data.column_kinds import ColumnSchema
from lepton_jupyter.data.target import Label, labels_as_array
from lepton_jupyter.events.run_events import ColumnTreatment
from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError
from lepton_jupyter.execution.inside_worker import inside_worker
from lepton_jupyter.execution.side_by_side import side_by_side
from lepton_jupyter.preprocessing.category_column import CategoryColumn
from lepton_jupyter.preprocessing.date_column import DateColumn
from lepton_jupyter.preprocessing.number_column import NumberColumn
from lepton_jupyter.preprocessing.prepared_column import VIEWS, PreparedColumn
from lepton_jupyter.preprocessing.text_column import TextColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.schema import Schema

#: Version of the saved form; a recipe of a newer one is refused.
RECIPE_VERSION = 1
#: Columns of the linear view beyond which copies and indicators are left out.
MOST_LINEAR_COLUMNS = 2_000
_CACHE_BYTES = 2**21
#: Values of a table from which its columns are worth threads: a tenth of a second on one core.
_VALUES_WORTH_THREADS = 1_000_000

_COLUMNS: dict[str, type[PreparedColumn]] = {
    "number": NumberColumn,
    "boolean": NumberColumn,
    "category": CategoryColumn,
    "date": DateColumn,
    "text": TextColumn,
}


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """How a table becomes the views that learners are fitted on.

    There are two views, both float32. ``"tree"`` keeps missing values as NaN and holds categories as codes;
    ``"linear"`` is complete and scaled, with indicators for categories. Nothing in a recipe has seen the target, so one
    recipe serves all folds. Each row is prepared by itself: any part of a table gives the same bits as the whole.

    Parameters
    ----------
    columns : tuple of PreparedColumn
        Columns that are learnt from.
    table : tuple of ColumnSchema
        All columns of the training table but target and dropped ones, in its order.
    target : str or None
        Name of the target, which may be in a table that is predicted.
    classes : tuple of str, int, float or bool
        Class labels in the order of the codes; empty for regression.
    ignored : tuple of str
        Columns that were dropped by name, which may be in a table that is predicted.

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.data.schema import understand
    >>> table = pd.DataFrame({"age": [31, 45, None, 28], "town": ["Ulm", "Bonn", "Ulm", "Ulm"], "paid": [0, 1, 1, 0]})
    >>> recipe = Recipe.fit(table, understand(table, target="paid"))
    >>> recipe.transform(pd.DataFrame({"age": [30], "town": ["Kiel"]}))["tree"]
    array([[30., nan]], dtype=float32)
    >>> recipe.feature_names("linear")
    ('age', 'age is missing', 'town = Ulm', 'town = Bonn', 'town = other')
    """

    columns: tuple[PreparedColumn, ...]
    table: tuple[ColumnSchema, ...]
    target: str | None = None
    classes: tuple[Label, ...] = ()
    ignored: tuple[str, ...] = ()

    @classmethod
    def fit(cls, frame: pd.DataFrame, schema: Schema) -> Self:
        """Learn a recipe from the training table.

        Parameters
        ----------
        frame : pandas.DataFrame
            The table that `schema` describes; rows without a target are left out.
        schema : Schema

        Returns
        -------
        recipe : Recipe

        Raises
        ------
        InfiniteValuesError
            If a column holds infinite numbers.
        """
        return cls._fit(frame, schema)[0]

    @classmethod
    def fit_transform(cls, frame: pd.DataFrame, schema: Schema) -> tuple[Self, dict[str, NDArray[np.float32]]]:
        """Learn a recipe and prepare the training table, which is read only once.

        Returns
        -------
        recipe : Recipe
        views : dict of str to ndarray of shape (n_kept_rows, n_columns)
            As `transform` gives them.
        """
        recipe, values, n_rows = cls._fit(frame, schema)
        return recipe, {view: recipe._view(view, values, n_rows) for view in VIEWS}

    @classmethod
    def _fit(cls, frame: pd.DataFrame, schema: Schema) -> tuple[Self, list[Any], int]:
        training = schema.training_table(frame)
        used = [column for column in schema.columns if column.used]
        fitted = _of_each(
            lambda column: _COLUMNS[column.kind].fit(training[column.name], column), used, len(training) * len(used)
        )
        columns = _within_width([column for column, _ in fitted])
        target = schema.target
        recipe = cls(
            columns,
            schema.columns,
            None if target is None else target.name,
            () if target is None else target.classes,
            schema.dropped,
        )
        return recipe, [values for _, values in fitted], len(training)

    def transform(
        self, table: Any, *, owner: str = "Recipe", views: Sequence[str] = VIEWS
    ) -> dict[str, NDArray[np.float32]]:
        """Prepare a table for prediction.

        Columns are found by name in any order; those of arrays by place. Values of another type are read if they can
        be; categories that were not seen in training count as such.

        Parameters
        ----------
        table : DataFrame or array-like of shape (n_rows, n_columns)
            Whatever `to_pandas` reads.
        owner : str, default="Recipe"
            Who is asked to predict, in one word, for error messages.
        views : sequence of str
            Those that are wanted.

        Returns
        -------
        views : dict of str to ndarray of shape (n_rows, n_columns)
            ``"tree"`` and ``"linear"``, float32, by rows.

        Raises
        ------
        MissingColumnsError, FeatureCountError
            If columns are missing.
        ColumnTypeError
            If a value cannot be what its column held in training.
        InfiniteValuesError
            If a number is infinite.

        Warns
        -----
        UnusedColumnsWarning
            If the table has columns that were not in training.
        """
        known = {*self.ignored, *(() if self.target is None else (self.target,))}
        needed = [column.schema.name for column in self.columns]
        frame = align(table, self.input_names, needed=needed, known=known, owner=owner)
        return self.assemble([column.read(frame[column.schema.name]) for column in self.columns], len(frame), views)

    def assemble(self, values: list[Any], n_rows: int, views: Sequence[str] = VIEWS) -> dict[str, NDArray[np.float32]]:
        """Views of values that were read already.

        Parameters
        ----------
        values : list
            What ``read`` of each of `columns` gave.
        n_rows : int
        views : sequence of str
            Those that are wanted.

        Returns
        -------
        views : dict of str to ndarray of shape (n_rows, n_columns)
        """
        return {view: self._view(view, values, n_rows) for view in views}

    def _view(self, view: str, values: list[Any], n_rows: int) -> NDArray[np.float32]:
        if not self.columns:
            # Learners need at least one column; this one tells them nothing.
            return np.zeros((n_rows, 1), dtype=np.float32)
        blocks = _of_each(
            lambda each: each[0].columns(view, each[1]).astype(np.float32, copy=False),
            list(zip(self.columns, values, strict=True)),
            n_rows * len(values),
        )
        return _as_matrix(blocks, n_rows)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Columns of the training table, in its order, target and dropped ones left out."""
        return tuple(column.name for column in self.table)

    def class_array(self) -> NDArray[Any]:
        """Class labels in the order of the codes; empty for regression."""
        return labels_as_array(self.classes)

    def feature_names(self, view: str) -> tuple[str, ...]:
        """Names of the columns of a view.

        Parameters
        ----------
        view : {"tree", "linear"}

        Returns
        -------
        names : tuple of str
        """
        if not self.columns:
            return ("nothing",)
        return tuple(name for column in self.columns for name in column.names(view))

    def categorical_columns(self, view: str) -> tuple[int, ...]:
        """Columns of a view that hold category codes.

        Parameters
        ----------
        view : {"tree", "linear"}

        Returns
        -------
        places : tuple of int
            Empty for the linear view.
        """
        places: list[int] = []
        start = 0
        for column in self.columns if view == "tree" else ():
            places += [start + place for place in column.categorical()]
            start += len(column.names(view))
        return tuple(places)

    def treatments(self) -> tuple[ColumnTreatment, ...]:
        """What is done to each column of the training table, in its order, as the event `TableDescribed` tells it."""
        done = {column.schema.name: column.treatment() for column in self.columns}
        return tuple(
            ColumnTreatment(
                name=column.name,
                kind=column.kind,
                treatment=done.get(column.name, "set aside"),
                reason=column.reason,
                missing_share=column.missing_share,
                n_distinct=column.n_distinct,
            )
            for column in self.table
        )

    def to_json(self) -> str:
        """The recipe as JSON, one line for each column; numbers come back with the same bits."""
        prepared = {column.schema.name: column.to_dict() for column in self.columns}
        head = {
            "format": "lepton recipe",
            "version": RECIPE_VERSION,
            "target": self.target,
            "classes": list(self.classes),
            "ignored": list(self.ignored),
        }
        lines = [json.dumps(asdict(column) | {"prepared": prepared.get(column.name)}) for column in self.table]
        opening = json.dumps(head, indent=1)[:-2]
        body = ",\n  ".join(lines)
        return f'{opening},\n "columns": [\n  {body}\n ]\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        InvalidRecipeError
            If the text is no recipe, or one of a newer version.
        """
        try:
            saved = json.loads(text)
            if saved["format"] != "lepton recipe":
                raise InvalidRecipeError.from_text("its format is another")
            if saved["version"] != RECIPE_VERSION:
                raise InvalidRecipeError.from_version(saved["version"], RECIPE_VERSION)
            return cls._from_saved(saved)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, InvalidRecipeError):
                raise
            raise InvalidRecipeError.from_text(f"{type(error).__name__}: {error}") from error

    @classmethod
    def _from_saved(cls, saved: dict[str, Any]) -> Self:
        table, columns = [], []
        for entry in saved["columns"]:
            prepared = entry.pop("prepared")
            schema = ColumnSchema(**entry)
            table.append(schema)
            if prepared is not None:
                columns.append(_COLUMNS[schema.kind].from_dict(schema, prepared))
        return cls(tuple(columns), tuple(table), saved["target"], tuple(saved["classes"]), tuple(saved["ignored"]))


def _of_each(call: Callable[[Any], Any], columns: Sequence[Any], n_values: int) -> list[Any]:
    """The same for each column, several at once in a table where that is worth threads."""
    worth_threads = n_values >= _VALUES_WORTH_THREADS and not inside_worker()
    return side_by_side(call, columns, most_threads=sys.maxsize if worth_threads else 1)


def _as_matrix(blocks: list[NDArray[np.float32]], n_rows: int) -> NDArray[np.float32]:
    width = sum(block.shape[1] for block in blocks)
    matrix = np.empty((n_rows, width), dtype=np.float32)
    # So many rows at a time stay in the processor's cache; np.concatenate takes several times as long on wide tables.
    step = min(8192, max(256, _CACHE_BYTES // (4 * width)))
    for start in range(0, n_rows, step):
        rows = slice(start, start + step)
        place = 0
        for block in blocks:
            matrix[rows, place : place + block.shape[1]] = block[rows]
            place += block.shape[1]
    return matrix


def _within_width(columns: list[PreparedColumn]) -> tuple[PreparedColumn, ...]:
    """Leave out copies, then indicators, until the linear view is narrow enough; no column is left out whole."""
    for most_levels in (30, 15, 8, 4, 2, 1):
        width = sum(len(column.names("linear")) for column in columns)
        if width <= MOST_LINEAR_COLUMNS:
            break
        columns = [column.narrowed(most_levels) for column in columns]
    return tuple(columns)
