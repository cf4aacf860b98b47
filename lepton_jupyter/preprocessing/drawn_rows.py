"""Rows drawn from what a recipe knows of each column: like those of its table, without any of them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.preprocessing.category_column import CategoryColumn
from lepton_jupyter.preprocessing.date_column import DateColumn
from lepton_jupyter.preprocessing.number_column import NumberColumn
from lepton_jupyter.preprocessing.text_column import TextColumn

if TYPE_CHECKING:
    from lepton_jupyter.preprocessing.prepared_column import PreparedColumn
    from lepton_jupyter.preprocessing.recipe import Recipe

_UNSEEN = "(a level that no row had)"
_UNSEEN_SHARE, _EXACT_SHARE = 0.02, 0.5
_LEAST_MISSING = 0.05
_DAYS = 365
_MOST_WORDS = 12


def drawn_rows(recipe: Recipe, n_rows: int, *, seed: int = 0) -> list[dict[str, Any]]:
    """Draw rows as a stream would bring them, each column by itself.

    Numbers come from between the quantiles of the table and from the quantiles themselves, where trees cut; categories
    as often as the table had them, and some that it had not; values are missing where the table lacked some.

    Parameters
    ----------
    recipe : Recipe
    n_rows : int
    seed : int, default=0

    Returns
    -------
    rows : list of dict

    Examples
    --------
    >>> import pandas as pd
    >>> from lepton_jupyter.data.schema import understand
    >>> from lepton_jupyter.preprocessing.recipe import Recipe
    >>> table = pd.DataFrame({"age": [31, 45, 28, 50], "town": ["Ulm", "Bonn"] * 2, "paid": [0, 1, 1, 0]})
    >>> rows = drawn_rows(Recipe.fit(table, understand(table, target="paid")), 4)
    >>> [row["town"] for row in rows]
    ['Ulm', 'Ulm', 'Ulm', 'Bonn']
    """
    random = np.random.default_rng(seed)
    columns = {column.schema.name: _drawn(column, n_rows, random) for column in recipe.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)] or [
        {} for _ in range(n_rows)
    ]


def _drawn(column: PreparedColumn, n_rows: int, random: np.random.Generator) -> list[Any]:
    values = _known(column, n_rows, random)
    share = column.schema.missing_share
    if share <= 0:
        return values
    gone = random.random(n_rows) < max(share, _LEAST_MISSING)
    return [None if missing else value for value, missing in zip(values, gone, strict=True)]


def _known(column: PreparedColumn, n_rows: int, random: np.random.Generator) -> list[Any]:
    if isinstance(column, NumberColumn):
        if column.schema.kind == "boolean":
            truths: list[Any] = (random.random(n_rows) < column.scaled.mean).tolist()
            return truths
        return _numbers(column, n_rows, random)
    if isinstance(column, CategoryColumn):
        counts = np.array(column.counts, dtype=np.float64)
        places = random.choice(len(counts), n_rows, p=counts / counts.sum()) if len(counts) else np.zeros(n_rows, int)
        unseen = (random.random(n_rows) < _UNSEEN_SHARE) | (len(counts) == 0)
        return [_UNSEEN if new else column.levels[at] for at, new in zip(places.tolist(), unseen, strict=True)]
    if isinstance(column, DateColumn):
        days = random.integers(0, _DAYS, n_rows).tolist()
        first = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=column.earliest)  # noqa: DTZ001  as columns hold them
        return [(first + datetime.timedelta(days=day, minutes=7 * day)).isoformat(" ", "seconds") for day in days]
    if isinstance(column, TextColumn):
        words = column.vocabulary or ("a",)
        sizes = random.integers(0, _MOST_WORDS, n_rows).tolist()
        return [" ".join(words[at] for at in random.integers(0, len(words), size).tolist()) for size in sizes]
    return [None] * n_rows


def _numbers(column: NumberColumn, n_rows: int, random: np.random.Generator) -> list[Any]:
    scaled = column.scaled
    if scaled.quantiles is None:
        made = scaled.mean + scaled.scale * random.normal(size=n_rows)
        return list(np.where(random.random(n_rows) < _EXACT_SHARE, np.rint(made), made).tolist())
    between = np.interp(random.random(n_rows), np.linspace(0, 1, len(scaled.quantiles)), scaled.quantiles)
    exact = random.choice(scaled.quantiles, n_rows)
    drawn: list[Any] = np.where(random.random(n_rows) < _EXACT_SHARE, exact, between).tolist()
    return drawn
