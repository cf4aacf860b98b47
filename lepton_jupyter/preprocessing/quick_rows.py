"""Rows of plain JSON values as views of a recipe: all numbers in one array, each category by one look-up.

`Recipe.assemble` goes column by column, a few calls of NumPy for each, which is nothing for a table and five times the
trees of a booster for a single row.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lepton_jupyter.preprocessing.category_column import CategoryColumn
from lepton_jupyter.preprocessing.number_column import LARGEST_NUMBER, NumberColumn
from lepton_jupyter.preprocessing.scaled_values import CLIP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.json_rows import JsonRows
    from lepton_jupyter.preprocessing.recipe import Recipe

    _Codes = list[int] | NDArray[np.float64]

_NUMBERS_OR_NONE: frozenset[type] = frozenset({int, float, type(None)})
_TRUTHS_OR_NONE: frozenset[type] = frozenset({bool, type(None)})
_TEXTS_OR_NONE = frozenset({str, type(None)})
#: Rows up to which a value is looked for among the quantiles of its column by Python.
_FEW_ROWS = 4
#: Codes of a text that is missing, and of one that no row had in training.
_GONE, _UNSEEN = -1, -2


class _Copy(NamedTuple):
    """Where the normal copy of a number goes, and what it is read from."""

    place: int
    of: int
    quantiles: list[float]
    scores: list[float]


class _Category(NamedTuple):
    name: str
    column: CategoryColumn
    codes: Mapping[str, int]
    tree: slice
    linear: slice


class QuickRows:
    """Reads rows of a recipe that has numbers, truths and categories only.

    Parameters
    ----------
    recipe : Recipe
        One for which `reads` is true.

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.data.schema import understand
    >>> from lepton_jupyter.preprocessing.recipe import Recipe
    >>> table = pd.DataFrame({"age": [31, 45, 28, 50], "town": ["Ulm", "Bonn"] * 2, "paid": [0, 1, 1, 0]})
    >>> rows = QuickRows(Recipe.fit(table, understand(table, target="paid")))
    >>> rows.views([{"age": 30, "town": "Kiel"}], ["tree"])
    {'tree': array([[30., nan]], dtype=float32)}
    >>> rows.views([{"age": "30", "town": "Kiel"}], ["tree"]) is None
    True
    """

    def __init__(self, recipe: Recipe) -> None:
        numbers = [column for column in recipe.columns if isinstance(column, NumberColumn)]
        truths = [column for column in numbers if column.schema.kind == "boolean"]
        numbers = [column for column in numbers if column.schema.kind != "boolean"]
        places = {view: _places(recipe, view) for view in ("tree", "linear")}
        self._width = {view: sum(len(column.names(view)) for column in recipe.columns) for view in places}
        self._numbers, self._truths = (
            _Fields([column.schema.name for column in each], types)
            for each, types in ((numbers, _NUMBERS_OR_NONE), (truths, _TRUTHS_OR_NONE))
        )
        of_numbers = numbers + truths
        tree, linear = ([places[view][column.schema.name] for column in of_numbers] for view in ("tree", "linear"))
        self._tree_places = _slice_if_whole(tree)
        self._moved = any(column.shift != 0.0 or column.unit != 1.0 for column in of_numbers)
        self._shifts, self._units = (
            np.array([getattr(column, name) for column in of_numbers], dtype=np.float64) for name in ("shift", "unit")
        )
        scaled = [column.scaled for column in of_numbers]
        self._medians, self._means, self._scales = (
            np.array([getattr(each, name) for each in scaled], dtype=np.float64) for name in ("median", "mean", "scale")
        )
        self._linear_places = np.array(linear, dtype=np.intp)
        self._copies = [
            _Copy(place + 1, at, each.quantiles.tolist(), each.scores.tolist())
            for at, (place, each) in enumerate(zip(linear, scaled, strict=True))
            if each.quantiles is not None and each.scores is not None
        ]
        flagged = [at for at, each in enumerate(scaled) if each.flagged]
        self._flagged = np.array(flagged, dtype=np.intp)
        self._flags = np.array([linear[at] + len(scaled[at].names("")) - 1 for at in flagged], dtype=np.intp)
        self._categories = [
            _Category(
                column.schema.name,
                column,
                column.codes,
                *(
                    slice(places[view][column.schema.name], places[view][column.schema.name] + len(column.names(view)))
                    for view in ("tree", "linear")
                ),
            )
            for column in recipe.columns
            if isinstance(column, CategoryColumn)
        ]

    @staticmethod
    def reads(recipe: Recipe) -> bool:
        """Whether all columns are of kinds that are read here."""
        return bool(recipe.columns) and all(isinstance(each, NumberColumn | CategoryColumn) for each in recipe.columns)

    def views(self, rows: Sequence[Mapping[str, Any]], views: Sequence[str]) -> dict[str, NDArray[np.float32]] | None:
        """Views of rows; None if a value is of no type that JSON has for its column, or is larger than float32 holds.

        Parameters
        ----------
        rows : sequence of mapping
            A field that is absent is a missing value.
        views : sequence of str

        Returns
        -------
        views : dict of str to ndarray of shape (n_rows, n_columns), or None
        """
        numbers, truths = self._numbers.read(rows), self._truths.read(rows)
        if numbers is None or truths is None:
            return None
        values = np.hstack([numbers, truths]) if truths.shape[1] else numbers
        codes: list[list[int]] = []
        for category in self._categories:
            texts = [row.get(category.name) for row in rows]
            if not _TEXTS_OR_NONE.issuperset(map(type, texts)):
                return None
            find = category.codes.get
            codes.append([_GONE if text is None else find(text, _UNSEEN) for text in texts])
        return self._made(values, codes, views)

    def views_of_json(self, rows: JsonRows, views: Sequence[str]) -> dict[str, NDArray[np.float32]] | None:
        """The same for rows that Arrow has read by `schema`, in which no field that must be there is missing."""
        names = [*self._numbers.names, *self._truths.names]
        values = np.empty((len(rows), len(names)))
        for place, name in enumerate(names):
            values[:, place] = rows.numbers(name)
        try:
            codes = [_codes_of(rows.column(category.name), category.codes) for category in self._categories]
        except UnicodeDecodeError:  # half of a character, by an escape
            return None
        return self._made(values, codes, views)

    def schema(self) -> pa.Schema:
        """Columns as Arrow reads them."""
        import pyarrow as pa

        return pa.schema([
            *((name, pa.float64()) for name in self._numbers.names),
            *((name, pa.bool_()) for name in self._truths.names),
            *((category.name, pa.string()) for category in self._categories),
        ])  # fmt: skip

    def _made(
        self, values: NDArray[np.float64], codes: Sequence[_Codes], views: Sequence[str]
    ) -> dict[str, NDArray[np.float32]] | None:
        # Also infinite ones, which are refused.
        if values.shape[1] and np.fmax.reduce(np.abs(values), axis=None) > LARGEST_NUMBER:
            return None
        of_each = list(zip(self._categories, codes, strict=True))
        return {view: (self._tree if view == "tree" else self._linear)(values, of_each) for view in views}

    def _tree(self, values: NDArray[np.float64], codes: list[tuple[_Category, _Codes]]) -> NDArray[np.float32]:
        out = np.empty((len(values), self._width["tree"]), dtype=np.float32)
        out[:, self._tree_places] = (values - self._shifts) / self._units if self._moved else values
        for category, given in codes:
            start, stop = category.tree.start, category.tree.stop
            if stop - start == 1 and isinstance(given, list):
                out[:, start] = [code if code >= 0 else np.nan for code in given]
            else:
                found, _ = _as_codes(given)
                out[:, category.tree] = category.column.of_codes("tree", found, found < 0)
        return out

    def _linear(self, values: NDArray[np.float64], codes: list[tuple[_Category, _Codes]]) -> NDArray[np.float32]:
        n_rows = len(values)
        out = np.empty((n_rows, self._width["linear"]), dtype=np.float32)
        missing = np.isnan(values)
        complete = np.where(missing, self._medians, values)
        scaled = (complete - self._means) / self._scales
        out[:, self._linear_places] = np.minimum(np.maximum(scaled, -CLIP), CLIP)
        if n_rows <= _FEW_ROWS:
            lists = complete.tolist()
            for copy in self._copies:
                out[:, copy.place] = [_interpolated(row[copy.of], copy.quantiles, copy.scores) for row in lists]
        else:
            for copy in self._copies:
                out[:, copy.place] = np.interp(complete[:, copy.of], copy.quantiles, copy.scores)
        if len(self._flags):
            out[:, self._flags] = missing[:, self._flagged]
        for category, given in codes:
            found, gone = _as_codes(given)
            out[:, category.linear] = category.column.of_codes("linear", found, gone)
        return out


class _Fields:
    """Fields of rows that hold values of some types, as one block."""

    def __init__(self, names: list[str], types: frozenset[type]) -> None:
        self.names, self._types = names, types
        one, many = len(names) == 1, len(names) > 1
        get: Callable[[Mapping[str, Any]], Any] = itemgetter(*names) if many else _no_fields
        self._get = (lambda row: (row[names[0]],)) if one else get

    def read(self, rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64] | None:
        """Numbers of shape (n_rows, n_fields), NaN where a field is absent or null; None if one is of another type."""
        try:
            given = [self._get(row) for row in rows]
        except KeyError:
            given = [tuple(map(row.get, self.names)) for row in rows]
        if not self._types.issuperset(map(type, chain.from_iterable(given))):
            return None
        try:
            return np.array(given, dtype=np.float64).reshape(len(rows), len(self.names))
        except OverflowError:  # a whole number that no float64 holds
            return None

    def __getstate__(self) -> tuple[list[str], frozenset[type]]:
        return self.names, self._types

    def __setstate__(self, state: tuple[list[str], frozenset[type]]) -> None:
        self.__init__(*state)  # type: ignore[misc]  # what gets the fields cannot be pickled: it is made again


def _no_fields(row: Mapping[str, Any]) -> tuple[()]:
    del row
    return ()


def _places(recipe: Recipe, view: str) -> dict[str, int]:
    places, start = {}, 0
    for column in recipe.columns:
        places[column.schema.name] = start
        start += len(column.names(view))
    return places


def _slice_if_whole(places: list[int]) -> Any:
    """The same as a slice where nothing stands between them: a third of the time."""
    if places and places == list(range(places[0], places[0] + len(places))):
        return slice(places[0], places[0] + len(places))
    return np.array(places, dtype=np.intp)


def _codes_of(column: pa.Array, codes: Mapping[str, int]) -> NDArray[np.float64]:
    """Places among the levels, each different text looked up once."""
    encoded = column.dictionary_encode()
    table = np.array([*(codes.get(text, _UNSEEN) for text in encoded.dictionary.to_pylist()), _GONE], dtype=np.float64)
    places: NDArray[np.intp] = encoded.indices.fill_null(len(table) - 1).to_numpy(zero_copy_only=False)
    found: NDArray[np.float64] = table[places]
    return found


def _as_codes(given: _Codes) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Codes with NaN for none, and where the value is missing."""
    codes = np.array(given, dtype=np.float64)
    return np.where(codes < 0, np.nan, codes), codes == _GONE


def _interpolated(value: float, xs: list[float], ys: list[float]) -> float:
    """What ``np.interp`` gives for one value, to the bit."""
    place = bisect_right(xs, value) - 1
    if place < 0:
        return ys[0]
    if place == len(xs) - 1 or xs[place] == value:
        return ys[place]
    slope = (ys[place + 1] - ys[place]) / (xs[place + 1] - xs[place])
    return slope * (value - xs[place]) + ys[place]
