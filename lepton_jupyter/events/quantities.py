"""Budgets, sizes and durations as people type them; the one place where they are read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from lepton_jupyter.exceptions.budget_errors import InvalidBudgetError, InvalidQuantityError

_SECONDS = {"ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {
    "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
_NUMBER_AND_UNIT = re.compile(r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([A-Za-z]*)")

#: Seconds a search may take when nobody says otherwise.
DEFAULT_BUDGET_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """What a run may spend: seconds, trials, or whichever is reached first.

    Parameters
    ----------
    seconds : float or None
        Wall seconds from the call to the model.
    trials : int or None
        Configurations that are tried. Without `seconds` no clock is read for any decision.

    Examples
    --------
    >>> Budget.parse("5m")
    Budget(seconds=300.0, trials=None)
    >>> str(Budget.parse("30s,40trials"))
    '30s,40trials'
    """

    seconds: float | None = None
    trials: int | None = None

    @classmethod
    def parse(cls, value: str | float | Budget, *, trials: int | None = None) -> Budget:
        """Read a budget as a person gives it.

        Parameters
        ----------
        value : str, float or Budget
            ``"30s"``, ``"5m"``, ``"1h"``, ``"40trials"``, ``"30s,40trials"``; a bare number is seconds.
        trials : int, optional
            A limit on trials beside the time.

        Returns
        -------
        budget : Budget

        Raises
        ------
        InvalidBudgetError
            If the value is not a budget, or nothing could be done within it.
        """
        budget = value if isinstance(value, Budget) else cls._from_text(str(value).strip())
        if trials is not None:
            if trials < 1:
                raise InvalidBudgetError.from_value(f"{trials}trials")
            budget = cls(seconds=budget.seconds, trials=trials)
        return budget

    @classmethod
    def _from_text(cls, text: str) -> Budget:
        parts = [cls._from_part(part, text) for part in text.split(",")]
        seconds = [part.seconds for part in parts if part.seconds is not None]
        trials = [part.trials for part in parts if part.trials is not None]
        if len(seconds) > 1 or len(trials) > 1:
            raise InvalidBudgetError.from_value(text)
        return cls(seconds=seconds[0] if seconds else None, trials=trials[0] if trials else None)

    @classmethod
    def _from_part(cls, part: str, text: str) -> Budget:
        match = _NUMBER_AND_UNIT.fullmatch(part)
        if match is None:
            raise InvalidBudgetError.from_value(text)
        number, unit = float(match[1]), match[2]
        if not math.isfinite(number) or number <= 0:
            raise InvalidBudgetError.from_value(text)
        if unit in {"trials", "trial"}:
            if number != int(number):
                raise InvalidBudgetError.from_value(text)
            return cls(trials=int(number))
        scale = _SECONDS.get(unit or "s")
        if scale is None:
            raise InvalidBudgetError.from_value(text)
        return cls(seconds=number * scale)

    def __str__(self) -> str:
        parts = []
        if self.seconds is not None:
            parts.append(f"{self.seconds:g}s")
        if self.trials is not None:
            parts.append(f"{self.trials}trials")
        return ",".join(parts)


def parse_duration(text: str) -> float:
    """Seconds meant by a duration such as ``"30d"`` or ``"5m"``.

    Parameters
    ----------
    text : str
        A number and one of ms, s, m, h, d, with no blank between.

    Returns
    -------
    seconds : float

    Raises
    ------
    InvalidQuantityError
        If the text is not a positive duration.

    Examples
    --------
    >>> parse_duration("30d")
    2592000.0
    """
    match = _NUMBER_AND_UNIT.fullmatch(text.strip())
    scale = _SECONDS.get(match[2]) if match else None
    if match is None or scale is None or float(match[1]) < 0:
        raise InvalidQuantityError.from_duration(text)
    return float(match[1]) * scale


def parse_size(text: str) -> int:
    """Bytes meant by a size such as ``"512MB"`` or ``"2GiB"``.

    Parameters
    ----------
    text : str
        A number and a decimal or binary unit, with no blank between.

    Returns
    -------
    size : int
        Bytes.

    Raises
    ------
    InvalidQuantityError
        If the text is not a positive size.

    Examples
    --------
    >>> parse_size("256MiB")
    268435456
    """
    match = _NUMBER_AND_UNIT.fullmatch(text.strip())
    scale = _BYTES.get(match[2] or "B") if match else None
    if match is None or scale is None or float(match[1]) <= 0:
        raise InvalidQuantityError.from_size(text)
    return int(float(match[1]) * scale)
