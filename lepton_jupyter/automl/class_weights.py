"""Weights of classes: how much more a row counts in fits because its class is rare, or because it matters more."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import label_of
from lepton_jupyter.data.target import class_code
from lepton_jupyter.exceptions.constraint_errors import ClassWeightError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.data.target import Target

BALANCED = "balanced"
#: Classes whose weights a note lists.
_MOST_LISTED = 6


def as_class_weight(wish: Any) -> str | dict[str, float] | None:
    """Weights of classes as settings keep them: ``"balanced"``, or a number by the text of each label.

    Raises
    ------
    ClassWeightError
        If it is neither, or a weight is not a positive number.

    Examples
    --------
    >>> as_class_weight({1: 5, 0: 1}), as_class_weight("balanced")
    ({'1': 5.0, '0': 1.0}, 'balanced')
    """
    if wish is None or (isinstance(wish, str) and wish == BALANCED):
        return wish
    if not isinstance(wish, Mapping) or not wish:
        raise ClassWeightError.from_value(wish)
    for label, weight in wish.items():
        real = isinstance(weight, numbers.Real) and not isinstance(weight, bool)
        if not real or not math.isfinite(weight) or weight <= 0:
            raise ClassWeightError.from_weight(label, weight)
    return {label_of(label): float(weight) for label, weight in wish.items()}


def weights_of_classes(
    wish: str | Mapping[str, float] | None, target: Target, row_weights: NDArray[np.float64] | None
) -> NDArray[np.float64] | None:
    """Factor by which the weight of each row is multiplied in fits, by its class.

    As in scikit-learn, ``"balanced"`` makes every class count the same in sum, and a class that is not named counts 1.
    The factors are then scaled so that rows count 1 on average: a penalty means the same with weights as without.

    Parameters
    ----------
    wish : "balanced", mapping of str to float, or None
    target : Target
    row_weights : ndarray of shape (n_rows,) or None
        Of the rows, beside their classes.

    Returns
    -------
    factors : ndarray of shape (n_classes,) or None
        None where nothing is wished.

    Raises
    ------
    ClassWeightError
        If the target has no classes.
    UnknownLabelError
        If a label is no class of it.

    Examples
    --------
    >>> from lepton_jupyter.data.target import understand_target
    >>> target = understand_target(["no", "no", "no", "yes"], single_row_classes="keep")
    >>> weights_of_classes("balanced", target, None).round(3).tolist()
    [0.667, 2.0]
    >>> weights_of_classes({"yes": 5}, target, None).tolist()
    [0.5, 2.5]
    """
    if wish is None:
        return None
    if not target.classes:
        raise ClassWeightError.from_task()
    counts = np.bincount(target.y.astype(np.int64), row_weights, minlength=target.n_classes).astype(np.float64)
    if isinstance(wish, str):
        factors = 1.0 / counts
    else:
        factors = np.ones(target.n_classes)
        for label, weight in wish.items():
            factors[class_code(label, target.classes)] = weight
    return np.asarray(factors * counts.sum() / (factors * counts).sum())


def note_on_class_weights(factors: NDArray[np.float64] | None, target: Target) -> tuple[str, ...]:
    """What a person should know of weights of classes: what they are, and that scores do not know them."""
    if factors is None:
        return ()
    listed = ", ".join(f"{label!r} {factor:.3g}" for label, factor in zip(target.classes, factors, strict=True))
    said = listed if target.n_classes <= _MOST_LISTED else f"{min(factors):.3g} to {max(factors):.3g}"
    return (f"Class weights ({said}) count in fits; scores count rows as they are, and probabilities are shifted.",)
