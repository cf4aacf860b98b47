"""Trees of any library as tables of one form: a row goes to the left where its value is at most the cut.

That one kind of cut is enough for all. A value below a cut is at most the next smaller float32; a double cut is rounded
down, since a float32 value is at most the one exactly when it is at most the other; and a cut between sets of
categories is one at ½ of a column that holds, for each code, whether it goes to the left.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.compilation_errors import NotCompilableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.learners.packed_forest import PackedForest

_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_MISSING_IS_NAN = 2


@dataclass(frozen=True, slots=True)
class TreeTable:
    """One tree, whose inner nodes come first.

    Parameters
    ----------
    feature : ndarray of shape (n_inner,)
        Column that is looked at; from the number of the view's columns on: one of `SideTables`.
    cut : ndarray of float32, shape (n_inner,)
    left, right : ndarray of shape (n_inner,)
        Where a row goes: an inner node, or ``n_inner`` and a leaf.
    missing_left : ndarray of bool, shape (n_inner,)
        Whether a missing value goes to the left.
    values : ndarray of shape (n_leaves, n_outputs)
    """

    feature: NDArray[np.int64]
    cut: NDArray[np.float32]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    missing_left: NDArray[np.bool_]
    values: NDArray[np.float64]


@dataclass(slots=True)
class SideTables:
    """Columns beside those of a view: for each code of a category, whether a cut sends it to the left.

    Parameters
    ----------
    n_columns : int
        Of the view.
    n_levels : mapping of int to int
        Codes of each column of categories.

    Examples
    --------
    >>> sides = SideTables(2, {1: 3})
    >>> sides.column(1, [0, 2], missing_left=False), sides.column(1, [0, 2], missing_left=False)
    (2, 2)
    >>> sides.arrange()
    array([0, 1, 2])
    >>> sides.beside(np.array([[7.0, 2.0], [7.0, np.nan]], np.float32))
    array([[ 7.,  2.,  0.],
           [ 7., nan,  1.]], dtype=float32)
    """

    n_columns: int
    n_levels: Mapping[int, int]
    _places: dict[tuple[int, bytes], int] = field(default_factory=dict)
    _tables: list[tuple[int, slice, NDArray[np.float32]]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._places)

    def column(self, category: int, to_left: Sequence[int], *, missing_left: bool) -> int:
        """Number of the column for a cut that sends these codes to the left; its cut is at ½.

        Raises
        ------
        NotCompilableError
            If the column holds no codes.
        """
        if category not in self.n_levels:
            raise NotCompilableError.from_part(f"a cut of column {category} by categories")
        stays = np.ones(self.n_levels[category] + 1, dtype=bool)
        stays[[code for code in to_left if code < len(stays) - 1]] = False
        stays[-1] = not missing_left
        return self._places.setdefault((category, stays.tobytes()), self.n_columns + len(self._places))

    def meanings(self) -> list[tuple[int, NDArray[np.bool_] | None]]:
        """What a cut of each column is about, before `arrange`.

        Returns
        -------
        meanings : list of tuple of int and (ndarray of bool, shape (n_levels + 1,), or None)
            The view's column, and of a column beside it the codes that its cut sends right, the last for a missing one.
        """
        beside = ((category, np.frombuffer(bits, dtype=bool)) for category, bits in self._places)
        return [*((column, None) for column in range(self.n_columns)), *beside]

    def arrange(self) -> NDArray[np.int64]:
        """Lay the columns of each category side by side, and make ready for `beside`.

        Returns
        -------
        columns : ndarray of shape (n_columns + len(self),)
            Where each column is from now on.
        """
        where = np.arange(self.n_columns + len(self._places))
        start = self.n_columns
        self._tables = []
        for category in sorted({each for each, _ in self._places}):
            mine = {bits: column for (each, bits), column in self._places.items() if each == category}
            where[list(mine.values())] = start + np.arange(len(mine))
            rows = np.array([np.frombuffer(bits, dtype=bool) for bits in mine], dtype=np.float32)
            self._tables.append((category, slice(start, start + len(mine)), np.ascontiguousarray(rows.T)))
            start += len(mine)
        return where

    def beside(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows of the view with all such columns on the right; the last entry of a table is for a missing value."""
        if not self._tables:
            return X
        wide = np.empty((len(X), self.n_columns + len(self._places)), dtype=np.float32)
        wide[:, : self.n_columns] = X
        for category, columns, table in self._tables:
            if len(X) == 1:
                code = float(X[0, category])
                wide[0, columns] = table[-1 if math.isnan(code) else int(code)]
            else:
                codes = X[:, category]
                wide[:, columns] = table[np.where(np.isnan(codes), np.float32(-1), codes).astype(np.intp)]
        return wide


def lightgbm_trees(text: str, sides: SideTables) -> Iterator[TreeTable]:
    """Trees of a model that ``Booster.model_to_string`` wrote.

    Parameters
    ----------
    text : str
    sides : SideTables
        Gets a column for each cut between categories.

    Yields
    ------
    tree : TreeTable
        Of one output; those of several classes take turns.

    Raises
    ------
    NotCompilableError
        If trees hold more than cuts and values.
    """
    _, *parts = text.split("\nTree=")
    for part in parts:
        given = dict(line.split("=", 1) for line in part.split("\n\n", 1)[0].splitlines()[1:] if "=" in line)
        if given.get("is_linear", "0") != "0":
            raise NotCompilableError.from_part("linear models in the leaves of LightGBM's trees")
        yield _lightgbm_tree(given, sides)


def _lightgbm_tree(given: Mapping[str, str], sides: SideTables) -> TreeTable:
    values = np.array(given["leaf_value"].split(), dtype=np.float64)[:, None]
    if len(values) == 1:
        return _single_leaf(values)
    feature = np.array(given["split_feature"].split(), dtype=np.int64)
    threshold = np.array(given["threshold"].split(), dtype=np.float64)
    decision = np.array(given["decision_type"].split(), dtype=np.int64)
    left, right = (_children(given[f"{side}_child"], len(feature)) for side in ("left", "right"))
    # Where the training rows lacked no value of a column, LightGBM takes a missing one for 0.
    missing_left = np.where((decision >> 2) == _MISSING_IS_NAN, (decision & _DEFAULT_LEFT) > 0, threshold >= 0)
    if ((decision >> 2) == 1).any():
        raise NotCompilableError.from_part("zeros that LightGBM takes for missing values")
    cut = _rounded_down(threshold)
    by_category = np.flatnonzero(decision & _CATEGORICAL)
    if len(by_category):
        ends = np.array(given["cat_boundaries"].split(), dtype=np.int64)
        words = np.array(given["cat_threshold"].split(), dtype=np.uint32)
        for node in by_category:
            place = int(threshold[node])
            bits = np.unpackbits(words[ends[place] : ends[place + 1]].view(np.uint8), bitorder="little")
            feature[node] = sides.column(int(feature[node]), np.flatnonzero(bits).tolist(), missing_left=False)
            cut[node], missing_left[node] = 0.5, False
    return TreeTable(feature, cut, left, right, missing_left, values)


def _children(text: str, n_inner: int) -> NDArray[np.int64]:
    places = np.array(text.split(), dtype=np.int64)
    return np.where(places < 0, n_inner + ~places, places)  # LightGBM numbers leaves by their complement


def _single_leaf(values: NDArray[np.float64]) -> TreeTable:
    """A tree that asks a question both of whose answers are the same: the form of trees knows no other."""
    zeros = np.zeros(1, dtype=np.int64)
    ones = np.ones(1, dtype=np.int64)
    return TreeTable(zeros, zeros.astype(np.float32), ones, ones + 1, zeros > 0, np.vstack([values, values]))


def _rounded_down(cuts: NDArray[np.float64]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        rounded = cuts.astype(np.float32)
    too_high = rounded > cuts
    rounded[too_high] = np.nextafter(rounded[too_high], np.float32(-np.inf))
    return rounded


def xgboost_trees(saved: Mapping[str, Any], sides: SideTables) -> Iterator[TreeTable]:
    """Trees of a model that XGBoost saved as JSON.

    Parameters
    ----------
    saved : mapping
        As ``json.loads`` reads it.
    sides : SideTables
        Gets a column for each cut between categories.

    Yields
    ------
    tree : TreeTable
        Of one output; those of several classes take turns.
    """
    for tree in saved["learner"]["gradient_booster"]["model"]["trees"]:
        yield _xgboost_tree(tree, sides)


def _xgboost_tree(tree: Mapping[str, Any], sides: SideTables) -> TreeTable:
    left, right = (np.array(tree[f"{side}_children"], dtype=np.int64) for side in ("left", "right"))
    conditions = np.array(tree["split_conditions"], dtype=np.float32)
    inner = left >= 0
    values = conditions[~inner].astype(np.float64)[:, None]
    if not inner.any():
        return _single_leaf(values)
    n_inner = int(inner.sum())
    place = np.where(inner, np.cumsum(inner) - 1, n_inner + np.cumsum(~inner) - 1)
    feature = np.array(tree["split_indices"], dtype=np.int64)
    missing_left = np.array(tree["default_left"], dtype=bool)
    cut = np.nextafter(conditions, np.float32(-np.inf))
    starts = zip(tree["categories_nodes"], tree["categories_segments"], tree["categories_sizes"], strict=True)
    for node, start, size in starts:
        to_right = set(tree["categories"][start : start + size])
        every = range(sides.n_levels.get(int(feature[node]), 0))
        goes_left = bool(missing_left[node])
        feature[node] = sides.column(
            int(feature[node]), [code for code in every if code not in to_right], missing_left=goes_left
        )
        cut[node] = 0.5
    return TreeTable(
        feature[inner], cut[inner], place[left[inner]], place[right[inner]], missing_left[inner], values
    )  # fmt: skip


def forest_trees(forest: PackedForest) -> Iterator[TreeTable]:
    """Trees of a forest, whose leaves hold its mean's share of each output.

    Parameters
    ----------
    forest : PackedForest

    Yields
    ------
    tree : TreeTable
    """
    for tree in forest.trees:
        values = tree.values.astype(np.float64) / len(forest.trees)
        inner = tree.feature >= 0
        if not inner.any():
            yield _single_leaf(values)
            continue
        n_inner = int(inner.sum())
        place = np.where(inner, np.cumsum(inner) - 1, n_inner + np.cumsum(~inner) - 1)
        feature = tree.feature[inner].astype(np.int64)
        yield TreeTable(
            feature,
            tree.threshold,
            place[np.flatnonzero(inner) + 1],
            place[tree.right],
            forest.fill[feature] <= tree.threshold,
            values,
        )


def read_json(text: str) -> Any:
    """A model of XGBoost as JSON; it is parsed once for its trees and its settings."""
    return json.loads(text)
