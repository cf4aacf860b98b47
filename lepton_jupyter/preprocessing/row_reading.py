"""Rows as they come from a stream, read into the views of a recipe without a data frame in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lepton_jupyter.data.readings import Labels
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.prediction_errors import ColumnTypeError
from lepton_jupyter.preprocessing.category_column import CategoryColumn
from lepton_jupyter.preprocessing.json_rows import JsonRows
from lepton_jupyter.preprocessing.number_column import NumberColumn
from lepton_jupyter.preprocessing.quick_rows import QuickRows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.prepared_column import PreparedColumn
    from lepton_jupyter.preprocessing.recipe import Recipe

_NUMBERS = frozenset({int, float})
_NUMBERS_OR_NONE = _NUMBERS | {type(None)}
_TRUTHS_OR_NONE = frozenset({bool, type(None)})
_TEXTS_OR_NONE = frozenset({str, type(None)})
#: Values that are read together to find those that cannot be read.
_TOGETHER = 32


class RowRefusal(NamedTuple):
    """Why a row cannot be predicted.

    Parameters
    ----------
    reason : str
        Without any value of the row, so that it may be counted and logged.
    sentence : str
        The whole story, for whoever looks at the row.
    """

    reason: str
    sentence: str


class RowReader:
    """Reads rows, which are mappings from column to value, into the views of a recipe.

    What it gives is equal to the bit to what the recipe makes of a data frame of the same rows. Rows are judged one by
    one, whatever others they came with: a field that is absent is a missing value if its column had such in training,
    else the row is refused, as it is when a value cannot be what its column held.

    Parameters
    ----------
    recipe : Recipe

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.data.schema import understand
    >>> from lepton_jupyter.preprocessing.recipe import Recipe
    >>> table = pd.DataFrame({"age": [31, 45, 28, 50], "town": ["Ulm", "Bonn"] * 2, "paid": [0, 1, 1, 0]})
    >>> reader = RowReader(Recipe.fit(table, understand(table, target="paid")))
    >>> views, refused = reader.read([{"age": 30, "town": "Kiel"}, {"town": "Ulm"}], ["tree"])
    >>> views["tree"], refused[1].sentence
    (array([[30., nan]], dtype=float32), "It lacks 'age', which no row lacked in training.")
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._columns = [(column.schema.name, column) for column in recipe.columns]
        self._required = frozenset(name for name, column in self._columns if column.schema.missing_share <= 0)
        self._quick = QuickRows(recipe) if QuickRows.reads(recipe) else None

    @property
    def names(self) -> frozenset[str]:
        """Fields of a row that are looked at."""
        return frozenset(name for name, _ in self._columns)

    def read(
        self, rows: Sequence[Mapping[str, Any]], views: Sequence[str]
    ) -> tuple[dict[str, NDArray[np.float32]], dict[int, RowRefusal]]:
        """Prepare rows.

        Parameters
        ----------
        rows : sequence of mapping
        views : sequence of str
            Those that are wanted.

        Returns
        -------
        views : dict of str to ndarray of shape (n_kept_rows, n_columns)
            Of the rows that were not refused, in their order.
        refused : dict of int to RowRefusal
            The others, by their place.
        """
        required = self._required
        if isinstance(rows, JsonRows):
            read = self._of_json(rows, views)
            if read is not None:
                return read, {}
            rows = list(rows)
        if self._quick is not None and all(required <= row.keys() for row in rows):
            quick = self._quick.views(rows, views)
            if quick is not None:
                return quick, {}
        refused = {place: self._lacking(row) for place, row in enumerate(rows) if not required <= row.keys()}
        kept = [row for place, row in enumerate(rows) if place not in refused] if refused else rows
        values, bad = self._values(kept)
        if bad:
            places = [place for place in range(len(rows)) if place not in refused]
            refused |= {places[place]: refusal for place, refusal in bad.items()}
            kept = [row for place, row in enumerate(kept) if place not in bad]
            values, _ = self._values(kept)
        return self._recipe.assemble(values, len(kept), views), refused

    @property
    def schema(self) -> pa.Schema | None:
        """Columns as `JsonRows` should read them; None for a recipe with columns that need a closer look.

        Those are not nullable of which no value was missing in training.
        """
        if self._quick is None:
            return None
        schema = self._quick.schema()
        for place, field in enumerate(schema):
            schema = schema.set(place, field.with_nullable(field.name not in self._required))
        return schema

    def _of_json(self, rows: JsonRows, views: Sequence[str]) -> dict[str, NDArray[np.float32]] | None:
        # Whether a field is absent or null is not told: only the first is refused.
        if self._quick is None or any(rows.n_missing(name) for name in self._required):
            return None
        return self._quick.views_of_json(rows, views)

    def _values(self, rows: Sequence[Mapping[str, Any]]) -> tuple[list[Any], dict[int, RowRefusal]]:
        values: list[Any] = []
        bad: dict[int, RowRefusal] = {}
        for name, column in self._columns:
            given = [row.get(name) for row in rows]
            read = _quickly(column, given)
            if read is None:
                read, unreadable = _thoroughly(column, given)
                bad = unreadable | bad  # the first column of a row that is bad is told
                if bad and len(bad) == len(rows):
                    break
            values.append(read)
        return values, bad

    def _lacking(self, row: Mapping[str, Any]) -> RowRefusal:
        names = sorted(self._required - row.keys())
        listed = ", ".join(repr(name) for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        return RowRefusal(f"column {names[0]!r} is missing", f"It lacks {listed}, which no row lacked in training.")


def _quickly(column: PreparedColumn, given: list[Any]) -> Any:
    """Values of the types that JSON has for such a column; None for any others."""
    types = set(map(type, given))
    if isinstance(column, CategoryColumn):
        return _labels(given, has_none=type(None) in types) if types <= _TEXTS_OR_NONE else None
    if not isinstance(column, NumberColumn):
        return None
    if not types <= (_TRUTHS_OR_NONE if column.schema.kind == "boolean" else _NUMBERS_OR_NONE):
        return None
    if type(None) in types:
        given = [np.nan if value is None else value for value in given]
    try:
        numbers = np.array(given, dtype=np.float64)
    except OverflowError:
        return None
    return None if np.isinf(numbers).any() else numbers


def _labels(given: list[Any], *, has_none: bool) -> Labels:
    places: dict[Any, int] = {None: -1} if has_none else {}
    first = len(places)
    indices = [places.setdefault(value, len(places) - first) for value in given]
    return Labels(np.array(indices, dtype=np.int64), tuple(each for each in places if each is not None))


def _thoroughly(column: PreparedColumn, given: list[Any]) -> tuple[Any, dict[int, RowRefusal]]:
    """Values of any types, as the recipe reads them, and what it refuses."""
    import pandas as pd

    def read(values: list[Any]) -> Any:
        return column.read(pd.Series(values, dtype=object))

    try:
        return read(given), {}
    except Exception as error:  # noqa: BLE001  of lepton, or of pandas: a row may hold anything
        together = error
    if len(given) == 1:
        return None, {0: _refusal(column, given[0], together)}
    refused = {}
    for place in _suspects(given, read):
        try:
            read([given[place]])
        except Exception as error:  # noqa: BLE001  as above
            refused[place] = _refusal(column, given[place], error)
    if not refused:
        raise together
    return None, refused


def _refusal(column: PreparedColumn, value: Any, error: Exception) -> RowRefusal:
    name, kind = column.schema.name, column.schema.kind
    wanted = {"number": "no number", "date": "no date", "boolean": "neither true nor false"}
    if isinstance(error, OverflowError):
        said = str(ColumnTypeError.from_value(name, kind, value))
    elif isinstance(error, LeptonError):
        said = str(error)
    else:
        said = f"Column {name!r} raised {type(error).__name__}: {error}."
    return RowRefusal(f"column {name!r} is {wanted.get(kind, 'unreadable')}", said)


def _suspects(given: list[Any], read: Callable[[list[Any]], Any]) -> list[int]:
    """Places of values among which those lie that cannot be read: one alone takes as long as a hundred together."""
    suspects: list[int] = []
    for start in range(0, len(given), _TOGETHER):
        some = given[start : start + _TOGETHER]
        try:
            read(some)
        except Exception:  # noqa: BLE001  of which value it is, and what it says, is asked by whoever reads them alone
            suspects.extend(range(start, start + len(some)))
    return suspects
