"""Equal rows and equal columns, found by 64-bit fingerprints of their values.

Two of a million different rows share a fingerprint with a probability of one in 40 million, so that counts are exact
for every purpose but proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.inspection.column_values import ColumnValues

_PIECE = 16_384
_MISSING = np.uint64(0xFFF8_0000_DEAD_BEEF)


def mixed(bits: NDArray[np.uint64], salt: int = 0) -> NDArray[np.uint64]:
    """64-bit values whose every bit depends on every bit of `bits`: the finaliser of SplitMix64.

    References
    ----------
    .. [1] G. L. Steele, D. Lea, C. H. Flood. Fast splittable pseudorandom number generators. OOPSLA 2014.

    Examples
    --------
    >>> len(np.unique(mixed(np.arange(1000, dtype=np.uint64))))
    1000
    """
    with np.errstate(over="ignore"):
        out = bits + np.uint64((salt * 0x9E37_79B9_7F4A_7C15 + 0x9E37_79B9_7F4A_7C15) % 2**64)
        # In pieces that stay in the cache: six passes over memory would take four times as long.
        for start in range(0, len(out), _PIECE):
            piece = out[start : start + _PIECE]
            piece ^= piece >> np.uint64(30)
            piece *= np.uint64(0xBF58_476D_1CE4_E5B9)
            piece ^= piece >> np.uint64(27)
            piece *= np.uint64(0x94D0_49BB_1331_11EB)
            piece ^= piece >> np.uint64(31)
    return out


def value_bits(values: ColumnValues) -> NDArray[np.uint64]:
    """Each row's value as 64 bits, equal for equal values of this column; missing values are equal."""
    if values.codes is not None:
        return values.codes.view(np.uint64)
    if values.exact is not None:
        return np.ascontiguousarray(values.exact).view(np.uint64)
    numbers = values.numbers
    if numbers is None:
        return np.zeros(0, dtype=np.uint64)
    if numbers.dtype.kind == "i":
        return numbers.view(np.uint64)
    bits = (numbers + 0.0).view(np.uint64)  # −0.0 + 0.0 is 0.0
    gone = np.isnan(numbers)
    if gone.any():
        bits[gone] = _MISSING
    return bits


def digest(bits: NDArray[np.uint64]) -> int:
    """One number for all rows in their order."""
    with np.errstate(over="ignore"):
        return int(mixed(bits ^ mixed(np.arange(len(bits), dtype=np.uint64))).sum())


def partition_digest(values: ColumnValues, n_distinct: int) -> int | None:
    """One number for which rows are equal to which, whatever their values are called; None for very many values."""
    if values.codes is not None:
        return digest(in_order_of_appearance(values.codes).view(np.uint64))
    if values.numbers is None or n_distinct > 1_000:
        return None
    import pandas as pd

    numbers: Any = values.numbers
    if numbers.dtype.kind == "i":
        numbers = np.where(numbers == NO_MOMENT, np.nan, numbers.astype(np.float64))
    codes, _ = pd.factorize(numbers)
    return digest(codes.astype(np.int64).view(np.uint64))


def in_order_of_appearance(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Codes numbered anew by their first row; -1 stays.

    Examples
    --------
    >>> in_order_of_appearance(np.array([2, -1, 0, 2]))
    array([ 0, -1,  1,  0])
    """
    import pandas as pd

    known = codes >= 0
    out = np.full(len(codes), -1, dtype=np.int64)
    out[known] = pd.factorize(codes[known])[0]
    return out


def count_duplicates(row_bits: NDArray[np.uint64]) -> int:
    """Rows that are equal to an earlier one."""
    ordered = np.sort(row_bits)
    return int(np.count_nonzero(ordered[1:] == ordered[:-1]))
