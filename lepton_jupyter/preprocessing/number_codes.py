"""Codes that hold digits, such as keys and post codes, told from numbers with a unit before they are read as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.preprocessing.number_form import WORD, currency_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: Whole numbers are not written with a zero before other digits, whatever stands before it.
_LEADING_ZERO = rf"^\s*(?:{WORD})?[-_#/ ]?0[0-9]+\s*$"
#: A word, at most a dash, whole digits: a unit stands behind its number, and before it stand currencies alone.
_WORD_BEFORE = rf"^\s*(?P<word>{WORD})[-_#/]?[0-9]+\s*$"
#: Of all rows, how many codes with leading zeros make a column one of codes: as numbers they would lose them.
_SOME = 0.01
#: The same of words joined to digits: fewer are slips among numbers.
_BEYOND_SLIPS = 0.05


def are_codes(texts: pa.Array, counts: NDArray[Any]) -> bool:
    """Whether the digits of a column are those of codes: as numbers they would lose what they say.

    They are where one row in a hundred has a zero in front of other digits, as in ``01067`` or ``C000123``, or where
    one in twenty is a word and whole digits joined to it, as in ``C4711`` or ``INV-17``, and the word is no currency:
    beside ``7`` a ``K7`` is another thing, and no number.

    Parameters
    ----------
    texts : pyarrow.Array of large_string
        Different texts of a sample.
    counts : ndarray of int
        How often each occurs.

    Examples
    --------
    >>> import pyarrow as pa
    >>> once = np.array([1, 1])
    >>> are_codes(pa.array(["C000123", "C000124"]), once), are_codes(pa.array(["€5", "€12"]), once)
    (True, False)
    """
    import pyarrow.compute as pc

    total = float(counts.sum())
    zeros = np.asarray(pc.match_substring_regex(texts, pattern=_LEADING_ZERO).fill_null(False))
    if float(counts[zeros].sum()) >= _SOME * total:
        return True
    words = pc.struct_field(pc.extract_regex(texts, pattern=_WORD_BEFORE), "word")
    different = pc.dictionary_encode(words)
    is_word = np.array([bool(word) and not currency_of(word) for word in different.dictionary.to_pylist()], dtype=bool)
    places = different.indices.fill_null(len(is_word)).to_numpy(zero_copy_only=False)
    return float(counts[np.append(is_word, False)[places]].sum()) >= _BEYOND_SLIPS * total
