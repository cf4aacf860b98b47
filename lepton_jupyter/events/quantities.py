"""Budgets, sizes and durations as people type them; the one place where they are read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from lepton_jupyter.exceptions.budget_errors import InvalidBudgetError, InvalidQuantityError, UnpricedBudgetError

_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {
    "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
_NUMBER_AND_UNIT = re.compile(r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)([A-Za-z]*)")

_CURRENCY = re.compile("[A-Z]{3}")

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
    def parse(
        cls,
        value: str | float | Budget,
        *,
        trials: int | None = None,
        core_hour_price: str | None = None,
        n_cores: int = 1,
    ) -> Budget:
        """Read a budget as a person gives it.

        Parameters
        ----------
        value : str, float or Budget
            ``"30s"``, ``"5m"``, ``"1h"``, ``"40trials"``, ``"30s,40trials"``; a bare number is seconds. Money, such as
            ``"0.10EUR"``, is the time for which it pays all cores.
        trials : int, optional
            A limit on trials beside the time.
        core_hour_price : str, optional
            What an hour of one core costs, in the same currency.
        n_cores : int, default=1
            Cores that are paid for.

        Returns
        -------
        budget : Budget

        Raises
        ------
        InvalidBudgetError
            If the value is not a budget, or nothing could be done within it.
        UnpricedBudgetError
            If it is money, and no price in that currency is known.

        Examples
        --------
        >>> Budget.parse("0.10EUR", core_hour_price="0.05EUR", n_cores=2)
        Budget(seconds=3600.0, trials=None)
        """
        if isinstance(value, Budget):
            budget = value
        else:
            price = None if core_hour_price is None else Price.parse(core_hour_price).times(n_cores)
            budget = cls._from_text(str(value).strip(), price)
        if trials is not None:
            if trials < 1:
                raise InvalidBudgetError.from_value(f"{trials}trials")
            budget = cls(seconds=budget.seconds, trials=trials)
        return budget

    @classmethod
    def _from_text(cls, text: str, price: Price | None) -> Budget:
        parts = [cls._from_part(part, text, price) for part in text.split(",")]
        seconds = [part.seconds for part in parts if part.seconds is not None]
        trials = [part.trials for part in parts if part.trials is not None]
        if len(seconds) > 1 or len(trials) > 1:
            raise InvalidBudgetError.from_value(text)
        return cls(seconds=seconds[0] if seconds else None, trials=trials[0] if trials else None)

    @classmethod
    def _from_part(cls, part: str, text: str, price: Price | None) -> Budget:
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
        if _CURRENCY.fullmatch(unit):
            if price is None or price.currency != unit:
                raise UnpricedBudgetError.from_no_price(text, unit)
            return cls(seconds=3600.0 * number / price.amount)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """An amount of money.

    Parameters
    ----------
    amount : float
    currency : str
        Three capital letters, as ISO 4217 has them.

    Examples
    --------
    >>> str(Price.parse("0.05EUR").times(3))
    '0.15 EUR'
    """

    amount: float
    currency: str

    @classmethod
    def parse(cls, text: str) -> Price:
        """Read a price such as ``"0.05EUR"``.

        Raises
        ------
        InvalidQuantityError
            If the text is not a positive number and a currency, with no blank between.
        """
        match = _NUMBER_AND_UNIT.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None or not _CURRENCY.fullmatch(match[2]) or not 0 < float(match[1]) < math.inf:
            raise InvalidQuantityError.from_price(text)
        return cls(amount=float(match[1]), currency=match[2])

    def times(self, factor: float) -> Price:
        """So much of it."""
        return Price(amount=factor * self.amount, currency=self.currency)

    def __str__(self) -> str:
        # Two digits that matter, and never fewer decimals than a bill has.
        decimals = 2 if self.amount == 0 else max(2, 1 - math.floor(math.log10(abs(self.amount))))
        return f"{self.amount:,.{min(decimals, 12)}f} {self.currency}"


def parse_duration(text: str) -> float:
    """Seconds meant by a duration such as ``"30d"`` or ``"5m"``.

    Parameters
    ----------
    text : str
        A number and one of us, ms, s, m, h, d, with no blank between.

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


def parse_rate(text: str) -> float:
    """Rows in a second meant by a rate such as ``"500/s"``.

    Parameters
    ----------
    text : str
        A number of rows, a stroke and one of s, min, h, d.

    Returns
    -------
    rate : float

    Raises
    ------
    InvalidQuantityError
        If the text is not a positive rate.

    Examples
    --------
    >>> parse_rate("500/s"), parse_rate("30/min")
    (500.0, 0.5)
    """
    number, stroke, unit = text.strip().partition("/")
    match = _NUMBER_AND_UNIT.fullmatch(number)
    scale = _SECONDS.get(unit)
    if match is None or match[2] or not stroke or scale is None or not 0 < float(match[1]) < math.inf:
        raise InvalidQuantityError.from_rate(text)
    return float(match[1]) / scale


def parse_speed(text: str) -> float:
    """How many times as fast as it happened something is replayed, from ``"10x"``.

    Raises
    ------
    InvalidQuantityError
        If the text is not a positive number followed by x.

    Examples
    --------
    >>> parse_speed("10x")
    10.0
    """
    match = _NUMBER_AND_UNIT.fullmatch(text.strip())
    if match is None or match[2] != "x" or not 0 < float(match[1]) < math.inf:
        raise InvalidQuantityError.from_speed(text)
    return float(match[1])


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


def size_text(n_bytes: int) -> str:
    """A size that a person can read and `parse_size` can, rounded up so that what is named suffices.

    Examples
    --------
    >>> size_text(2_000_000_000), size_text(134_217_729), size_text(900)
    ('2GB', '135MB', '900B')
    """
    for unit in ("GB", "MB", "kB"):
        if n_bytes >= 10 * _BYTES[unit] or n_bytes % _BYTES[unit] == 0:
            return f"{-(-n_bytes // _BYTES[unit])}{unit}"
    return f"{n_bytes}B"


def seconds_of(duration: str | float) -> float:
    """Seconds of a duration as a person gives it in Python: text as in `parse_duration`, or a number of seconds.

    Raises
    ------
    InvalidQuantityError
        If it is not a positive duration.

    Examples
    --------
    >>> seconds_of("250ms"), seconds_of(30)
    (0.25, 30.0)
    """
    text = str(duration) if isinstance(duration, str) else f"{duration}s"
    seconds = parse_duration(text)
    if not seconds > 0:
        raise InvalidQuantityError.from_duration(text)
    return seconds


def bytes_of(size: str | float) -> int:
    """Bytes of a size as a person gives it in Python: text as in `parse_size`, or a number of bytes.

    Raises
    ------
    InvalidQuantityError
        If it is not a positive size.

    Examples
    --------
    >>> bytes_of("5MB"), bytes_of(1024)
    (5000000, 1024)
    """
    return parse_size(str(size))
