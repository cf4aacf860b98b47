"""How numbers are written in a column of texts: decimal mark, thousands, currency, unit; and reading them so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

#: Share of the texts of a column that must be readable for it to hold numbers.
READABLE_SHARE = 0.95
#: Units that are converted into each other, with their size in the first of their family.
_FAMILIES: tuple[Mapping[str, float], ...] = (
    {"kg": 1.0, "g": 1e-3, "mg": 1e-6, "t": 1e3, "lb": 0.45359237, "lbs": 0.45359237, "oz": 0.028349523125},
    {"m": 1.0, "cm": 1e-2, "mm": 1e-3, "km": 1e3, "in": 0.0254, "ft": 0.3048, "mi": 1609.344, "yd": 0.9144},
    {"l": 1.0, "ml": 1e-3, "cl": 1e-2, "dl": 1e-1},
    {"s": 1.0, "sec": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "hrs": 3600.0, "days": 86400.0, "d": 86400.0},
    {"MB": 1.0, "kB": 1e-3, "KB": 1e-3, "GB": 1e3, "TB": 1e6, "B": 1e-6},
    {"W": 1.0, "kW": 1e3, "MW": 1e6},
)
#: Signs of several currencies that mean the same.
_SAME_CURRENCY = {"€": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "¥": "JPY"}
_CURRENCIES = frozenset({
    "EUR", "USD", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "INR", "CNY",
    "BRL", "₹", "₽", "₩", "₺", "₫", "₪", "R$", "kr", "zł",
})  # fmt: skip
#: Texts in another unit, two at least, from which units are kept apart; fewer are errors, and become missing.
_SOME_APART = 0.005
_SIGNS = r"[-+−–]"
_BODIES = {
    ".": r"(?:[0-9]+|[0-9]{1,3}(?:[,'’  \x{202f}][0-9]{3})+)(?:\.[0-9]+)?|\.[0-9]+",
    ",": r"(?:[0-9]+|[0-9]{1,3}(?:[.'’  \x{202f}][0-9]{3})+)(?:,[0-9]+)?|,[0-9]+",
}
_POWER = r"(?:[eE][-+]?[0-9]{1,3})?"
#: Letters or signs that may be a unit.
WORD = r"[^\s0-9.,;:'’()+\-−–eE][^\s0-9.,;:()+\-−–]{0,11}|[eE][^\s0-9.,;:()+\-−–]{1,11}"


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How the numbers of a column are written.

    Parameters
    ----------
    decimal : {".", ","}
    units : mapping of str to float
        Words before or behind a number, and what one of each is in `unit`; a plain number needs none.
    unit : str
        What the numbers are in; empty for plain ones, and where `apart` tells.
    apart : mapping of str to str, optional
        Where units or currencies are mixed that are not converted into each other: what each word is converted into.

    Examples
    --------
    >>> import pyarrow as pa
    >>> form = sniff_number_form(pa.array(["1.234,50 €", "12 €", "7,5 €"]))
    >>> form.read(pa.array(["1.000,25 €", "many", "€ 3"]))
    array([1000.25,     nan,    3.  ])
    """

    decimal: str = "."
    units: Mapping[str, float] | None = None
    unit: str = ""
    apart: Mapping[str, str] | None = None

    def read(self, texts: pa.Array) -> NDArray[np.float64]:
        """Numbers, NaN where a text is missing or is none written like this.

        Parameters
        ----------
        texts : pyarrow.Array of large_string
        """
        numbers = self._read_plain(texts)
        left = np.flatnonzero(np.isnan(numbers))
        if len(left):
            numbers[left] = self._read_any(texts.take(left))
        return numbers

    def units_of(self, texts: pa.Array) -> pa.Array:
        """What the number of each text is in, where units are kept apart; missing where none stands there.

        Parameters
        ----------
        texts : pyarrow.Array of large_string

        Examples
        --------
        >>> import pyarrow as pa
        >>> texts = pa.array(["12 EUR", "€ 3", "7 USD", "$ 5"], pa.large_string())
        >>> sniff_number_form(texts).units_of(texts).to_pylist()
        ['EUR', 'EUR', 'USD', 'USD']
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        apart = self.apart or {}
        parts = _parts(texts, self.decimal)
        words, meant = pa.array(list(apart), pa.large_string()), pa.array(list(apart.values()), pa.large_string())
        before, behind = (
            meant.take(pc.index_in(parts[side].cast(pa.large_string()), words)) for side in ("before", "behind")
        )
        return pc.coalesce(before, behind)

    def _read_plain(self, texts: pa.Array) -> NDArray[np.float64]:
        """Digits with at most a sign in front, a decimal mark within and one unit on one side; NaN for other texts.

        A pattern without groups is matched several times as fast as the whole one, and most texts are such.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        numbers = np.full(len(texts), np.nan)
        digits = rf"[-+]?[0-9]+(?:\{self.decimal}[0-9]+)?"
        for unit, factor in ({"": 1.0} | dict(self.units or {})).items():
            word = re.escape(unit)
            pattern = rf"^\s*(?:{digits}\s*{word}|{word}\s*{digits})\s*$"
            places = np.flatnonzero(_matching(texts, pattern) & np.isnan(numbers))
            if not len(places):
                continue
            plain = pc.utf8_trim(pc.utf8_trim_whitespace(texts.take(places)), characters=f"{unit} \t+\xa0\u202f")
            if self.decimal == ",":
                plain = pc.replace_substring(plain, pattern=",", replacement=".")
            found = np.asarray(plain.cast(pa.float64()))
            numbers[places] = found if factor == 1.0 else found * factor
        return numbers

    def _read_any(self, texts: pa.Array) -> NDArray[np.float64]:
        import pyarrow as pa
        import pyarrow.compute as pc

        parts = _parts(texts, self.decimal)
        numbers = _as_floats(parts["number"], self.decimal)
        known = {"": 1.0, **(self.units or {})}
        words = pa.array(list(known), pa.large_string())
        factors = np.array([*known.values(), np.nan])
        for side in ("before", "behind"):
            places = pc.index_in(parts[side].cast(pa.large_string()), words).fill_null(len(known))
            factor = factors[places.to_numpy(zero_copy_only=False)]
            # A factor of one is not multiplied by: minus zero and all digits stay.
            numbers = np.where(factor == 1.0, numbers, numbers * factor)
        minus, opened, closed = (_lengths(parts[name]) > 0 for name in ("minus", "open", "close"))
        return np.where(opened == closed, np.where(minus | opened, -numbers, numbers), np.nan)

    @property
    def says(self) -> str:
        """How they are written, in a few words; empty for plain numbers."""
        words = ["decimal commas"] if self.decimal == "," else []
        if self.apart:
            words.append(f"in {', '.join(sorted(set(self.apart.values())))}")
        if self.unit:
            others = [each for each in self.units or {} if each != self.unit]
            kind = "currency" if currency_of(self.unit) else "unit"
            words.append(f"{kind} {self.unit}" + (f", {', '.join(others)} converted" if self._converts else ""))
        return ", ".join(words)

    @property
    def _converts(self) -> bool:
        return any(factor != 1.0 for factor in (self.units or {}).values())


def sniff_number_form(texts: pa.Array, counts: Any = None) -> NumberForm | None:
    """Find how numbers are written in a column, or that it holds none.

    Parameters
    ----------
    texts : pyarrow.Array
        Different texts of a sample, words for missing left out.
    counts : array-like of int, optional
        How often each occurs.

    Returns
    -------
    form : NumberForm or None
        None where fewer than 95 of 100 are numbers. Currencies and units that cannot be converted are kept apart.

    Examples
    --------
    >>> import pyarrow as pa
    >>> sniff_number_form(pa.array(["12 kg", "500 g", "3 kg"])).says
    'unit kg, g converted'
    >>> sniff_number_form(pa.array(["red", "1", "blue"])) is None
    True
    """
    import pyarrow as pa

    texts = texts.cast(pa.large_string())
    weights = np.ones(len(texts)) if counts is None else np.asarray(counts, dtype=np.float64)
    if not len(texts) or not weights.sum():
        return None
    if _share(NumberForm().read(texts), weights) >= READABLE_SHARE and not _clearly_commas(texts):
        return NumberForm()
    decimal = "," if _prefers_commas(texts, weights) else "."
    found = _with_units(texts, weights, decimal)
    return found if found is not None and _share(found.read(texts), weights) >= READABLE_SHARE else None


def _with_units(texts: pa.Array, weights: NDArray[np.float64], decimal: str) -> NumberForm | None:
    parts = _parts(texts, decimal)
    seen: dict[str, float] = {}
    # Over the different words of a sample of a thousand texts.
    for side in ("before", "behind"):
        for word, weight in zip(parts[side].to_pylist(), weights.tolist(), strict=True):
            if word:
                seen[word] = seen.get(word, 0.0) + weight
    if not seen:
        return NumberForm(decimal)
    apart = _apart(seen, float(weights.sum()), decimal)
    if apart is not None:
        return apart
    common = max(seen, key=lambda word: (seen[word], word))
    kept: dict[str, float] = {common: 1.0}
    for word in sorted(seen, key=lambda each: (-seen[each], each)):
        factor = _factor(word, common)
        if factor is not None:
            kept[word] = factor
    return NumberForm(decimal, kept, common)


def _apart(seen: Mapping[str, float], total: float, decimal: str) -> NumberForm | None:
    """How numbers are written whose units are known and cannot be converted into each other; None where they can."""
    kinds: dict[str, list[str]] = {}
    for word in sorted(seen, key=lambda each: (-seen[each], each)):
        kind = currency_of(word) or next((f"family {place}" for place, one in enumerate(_FAMILIES) if word in one), "")
        if kind:
            kinds.setdefault(kind, []).append(word)
    common = {
        kind: words for kind, words in kinds.items() if sum(seen[word] for word in words) >= max(2, _SOME_APART * total)
    }
    if len(common) < 2:
        return None
    units, apart = {}, {}
    for kind, words in common.items():
        for word in words:
            factor = _factor(word, words[0])
            if factor is not None:
                units[word] = factor
                apart[word] = words[0] if kind.startswith("family") else kind
    return NumberForm(decimal, units, apart=apart)


def _factor(word: str, common: str) -> float | None:
    """What one `word` is in `common`; None where nobody knows."""
    if word == common:
        return 1.0
    if currency_of(common) or currency_of(word):
        return 1.0 if currency_of(word) == currency_of(common) else None
    for family in _FAMILIES:
        if common in family and word in family:
            return family[word] / family[common]
    return 1.0 if word.casefold().rstrip(".") == common.casefold().rstrip(".") else None


def currency_of(word: str) -> str:
    """The currency that a word or sign stands for; empty where it is none.

    Examples
    --------
    >>> currency_of("€"), currency_of("EUR"), currency_of("C")
    ('EUR', 'EUR', '')
    """
    plain = _SAME_CURRENCY.get(word, word)
    return plain if plain in _CURRENCIES else ""


def _parts(texts: pa.Array, decimal: str) -> dict[str, pa.Array]:
    import pyarrow.compute as pc

    # A sign stands before a currency or behind it; brackets are how accountants write a minus.
    pattern = (
        rf"^\s*(?P<open>\(?)(?P<minus>[-−–]?)\+?\s*(?P<before>(?:{WORD})?)\s*"
        rf"(?P<number>(?:{_SIGNS})?(?:{_BODIES[decimal]}){_POWER})\s*(?P<behind>(?:{WORD}|%)?)(?P<close>\)?)\s*$"
    )
    found = pc.extract_regex(texts, pattern=pattern)
    # Not its fields: those of a text that does not match are blank, not missing.
    return dict(zip((field.name for field in found.type), found.flatten(), strict=True))


def _as_floats(numbers: pa.Array, decimal: str) -> NDArray[np.float64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = pc.replace_substring_regex(numbers, pattern="[−–]", replacement="-")
    plain = pc.replace_substring_regex(plain, pattern=r"^\+", replacement="")
    grouping = ".'’  \u202f" if decimal == "," else ",'’  \u202f"
    plain = pc.replace_substring_regex(plain, pattern=f"[{re.escape(grouping)}]", replacement="")
    if decimal == ",":
        plain = pc.replace_substring(plain, pattern=",", replacement=".")
    return np.asarray(plain.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _lengths(texts: pa.Array) -> NDArray[np.int64]:
    import pyarrow.compute as pc

    return np.asarray(pc.binary_length(texts).fill_null(0), dtype=np.int64)


def _share(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    return float(weights[~np.isnan(values)].sum() / weights.sum())


def _matching(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    import pyarrow.compute as pc

    return np.asarray(pc.match_substring_regex(texts, pattern=pattern).fill_null(False))


def _clearly_commas(texts: pa.Array) -> bool:
    """Whether a comma stands where it can only be a decimal mark, though every text would be read without."""
    return bool(_matching(texts, r"[0-9]\.[0-9]{3},[0-9]").any())


def _prefers_commas(texts: pa.Array, weights: NDArray[np.float64]) -> bool:
    """Whether commas that cannot part thousands outweigh points that cannot."""

    def decimal(mark: str, other: str) -> float:
        alone = rf"[0-9]{mark}[0-9]{{1,2}}(?:[^0-9,.]|$)|{mark}[0-9]{{4,}}|{other}[0-9]{{3}}{mark}"
        small_or_large = rf"(?:^|[^0-9])0{mark}[0-9]|[0-9]{{4,}}{mark}[0-9]"
        return float(weights[_matching(texts, f"{alone}|{small_or_large}")].sum())

    return decimal(",", r"\.") > decimal(r"\.", ",")
