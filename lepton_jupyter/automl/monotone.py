"""Monotone constraints: columns along which predictions may never fall, or never rise."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.checks import find_column
from lepton_jupyter.exceptions.constraint_errors import MonotoneError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from lepton_jupyter.data.schema import Schema
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.preprocessing.recipe import Recipe


def as_monotone(wish: Any) -> dict[str, int] | None:
    """Constraints as settings keep them: 1 or -1 by column.

    Raises
    ------
    MonotoneError
        If it is no mapping, or a value is neither.

    Examples
    --------
    >>> as_monotone({"age": 1.0, "income": -1})
    {'age': 1, 'income': -1}
    """
    if wish is None:
        return None
    if not isinstance(wish, Mapping) or not wish or not all(isinstance(name, str) for name in wish):
        raise MonotoneError.from_value(wish)
    for name, sign in wish.items():
        if isinstance(sign, bool) or not isinstance(sign, numbers.Real) or sign not in {1, -1}:
            raise MonotoneError.from_sign(name, sign)
    return {name: int(sign) for name, sign in wish.items()}


def check_monotone(wish: Mapping[str, int], frame: pd.DataFrame, schema: Schema) -> None:
    """Refuse constraints that no model of this table could keep.

    Parameters
    ----------
    wish : mapping of str to {1, -1}
    frame : pandas.DataFrame
        The training table.
    schema : Schema
        With a target.

    Raises
    ------
    MonotoneError
        If a column is not learnt from or has no order, or the target has more than two classes, whose probabilities
        sum to one and so cannot all rise.
    UnknownColumnError
        If there is no such column.
    """
    kinds = {column.name: column.kind for column in schema.columns if column.used}
    for name in wish:
        find_column(frame, name, role="column for --monotone")
        if name not in kinds:
            raise MonotoneError.from_unused(name)
        if kinds[name] not in {"number", "boolean"}:
            raise MonotoneError.from_kind(name, kinds[name])
    if schema.target is not None and schema.target.n_classes > 2:
        raise MonotoneError.from_classes(schema.target.n_classes)


def monotone_columns(wish: Mapping[str, int] | None, recipe: Recipe) -> tuple[int, ...]:
    """Constraint of each column of the tree view: 1, -1, or 0 for none; empty where nothing is wished.

    Numbers stand in that view as they are, or moved and divided by a positive number, so their order is the column's.
    """
    if wish is None:
        return ()
    return tuple(wish.get(column.schema.name, 0) for column in recipe.columns for _ in column.names("tree"))


def keeping(learners: Sequence[Learner], wish: Mapping[str, int] | None) -> tuple[tuple[Learner, ...], tuple[str, ...]]:
    """Learners that keep constraints, and what a person should know of the others.

    Raises
    ------
    MonotoneError
        If none but baselines does.
    """
    if wish is None:
        return tuple(learners), ()
    kept = tuple(each for each in learners if each.keeps_monotone)
    others = [each.name for each in learners if not each.keeps_monotone]
    if others and all(each.baseline for each in kept):
        raise MonotoneError.from_learners(next(iter(wish)), others)
    said = ", ".join(f"{'rises' if sign > 0 else 'falls'} with {name!r}" for name, sign in wish.items())
    note = f"Held to constraints: the prediction {said}, or stays as it is."
    if others:
        note += f" Left out, since they cannot be held to any: {', '.join(others)}."
    return kept, (note,)
