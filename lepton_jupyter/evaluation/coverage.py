"""Coverages and quantiles as a person gives them, checked."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

from lepton_jupyter.exceptions.conformal_errors import CoverageError


def check_share(setting: str, value: Any) -> float:
    """A share between 0 and 1.

    Raises
    ------
    CoverageError
        If it is anything else.

    Examples
    --------
    >>> check_share("coverage", 0.9)
    0.9
    """
    share = float(value) if isinstance(value, numbers.Real) and value is not True else 0.0
    if not 0 < share < 1:
        raise CoverageError.from_value(setting, value)
    return share


def check_quantiles(values: Any) -> tuple[float, ...]:
    """Quantiles between 0 and 1, in the order given; a single number is one.

    Raises
    ------
    CoverageError
        If there is none, or one is anything else.

    Examples
    --------
    >>> check_quantiles([0.1, 0.9]), check_quantiles(0.5)
    ((0.1, 0.9), (0.5,))
    """
    several = isinstance(values, Iterable) and not isinstance(values, str)
    found = tuple(check_share("quantile", each) for each in (values if several else (values,)))
    if not found:
        raise CoverageError.from_no_quantiles()
    return found
