"""What an online learner has learnt, as plain JSON that is safe to read: numbers, and trees as LightGBM writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@runtime_checkable
class KeepableLearner(Protocol):
    """An online learner whose state can be kept, and taken up by a new one of its kind.

    Rows are no part of a state.
    """

    def state(self) -> dict[str, Any]:
        """What it has learnt, as plain JSON."""
        ...

    def take_up(self, state: Mapping[str, Any], n_columns: int) -> None:
        """Go on with what another learnt of so many columns.

        Raises
        ------
        ValueError, TypeError, KeyError
            If it is no such state; then nothing is taken up.
        """
        ...


def numbers(value: Any, *shape: int) -> NDArray[np.float64]:
    """Finite numbers of a shape.

    Raises
    ------
    ValueError, TypeError
        If `value` is something else.

    Examples
    --------
    >>> numbers([[1, 2.5]], 1, 2)
    array([[1. , 2.5]])
    >>> numbers([1, float("nan")], 2)
    Traceback (most recent call last):
    ...
    ValueError: no 2 finite numbers
    """
    made = np.asarray(value, dtype=np.float64)
    if made.shape != shape or not np.isfinite(made).all():
        raise ValueError(f"no {' x '.join(map(str, shape))} finite numbers")
    return made
