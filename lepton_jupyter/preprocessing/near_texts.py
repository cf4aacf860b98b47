"""Texts that mean the same though they are not written alike: what they share, by which they find each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.preprocessing.category_typos import is_one_slip
from lepton_jupyter.preprocessing.cleaning_steps import spelling_key
from lepton_jupyter.preprocessing.stored_values import is_missing_word

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: From so many characters on, two texts are near by what they share, and shorter ones by one slip.
LONG_TEXT = 24
#: Share of the shingles of two long texts that both must have.
_SHARED = 0.8
_SHORTEST = 5
_SHINGLE = 4
#: Bands of MinHash and hashes of a band: of texts that share 80 % of their shingles 98 % are found, of 90 % nearly all.
_BANDS, _ROWS_OF_A_BAND = 6, 3
_DIGITS = re.compile(r"\d+")
_SEED = 0x5EED


def plain_texts(texts: pa.Array) -> pa.Array:
    """Texts in lower case, with single blanks, without signs at the ends of words; words for missing are null.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plain_texts(pa.array([" St.  Gallen!", "3.5", "N/A"], pa.large_string())).to_pylist()
    ['st gallen', '3.5', None]
    """
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(texts)
    return _plain(coded.dictionary).take(coded.indices)


def are_near(one: str, other: str) -> bool:
    """Whether two plain texts are one but for a slip, or, where they are long, but for a fifth of what they hold.

    Numbers in them are facts: where these differ, the texts do.

    Examples
    --------
    >>> are_near("main street 5", "mian street 5"), are_near("main street 5", "main street 6"), are_near("male", "mail")
    (True, False, False)
    """
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORTEST or _DIGITS.findall(one) != _DIGITS.findall(other):
        return False
    if is_one_slip(one, other):
        return True
    if min(len(one), len(other)) < LONG_TEXT:
        return False
    first, second = _shingles(one), _shingles(other)
    return len(first & second) >= _SHARED * len(first | second)


def text_keys(texts: pa.Array, *, long: bool = False) -> list[NDArray[np.uint64]]:
    """Keys of which two plain texts that are near share at least one; of long ones nearly always.

    The first half and the second, of which one slip leaves one alone; of long texts also bands of a MinHash [1]_ of
    runs of four characters.

    Parameters
    ----------
    texts : pyarrow.Array
        Plain, none missing.
    long : bool, default=False
        Whether some of all texts of the column are long, so that there are bands.

    Returns
    -------
    keys : list of ndarray of uint64, shape (n_texts,)
        As many whatever these texts are; any of one text may be any of the other.

    References
    ----------
    .. [1] A. Z. Broder. On the resemblance and containment of documents. Compression and Complexity of Sequences 1997.

    Examples
    --------
    >>> import pyarrow as pa
    >>> first, second = (text_keys(pa.array([text], pa.large_string())) for text in ("berlin", "brelin"))
    >>> bool({int(key[0]) for key in first} & {int(key[0]) for key in second})
    True
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = np.asarray(pc.utf8_length(texts), dtype=np.int64)
    keys = []
    for begins in (True, False):
        # As long as it is, and as if a letter were added: of two texts that differ by one the halves are then alike.
        for added in (0, 1):
            halves = np.clip((lengths + added - 1) // 2, 1, LONG_TEXT // 2 - 1)
            key = np.zeros(len(lengths), np.uint64)
            for half in np.unique(halves).tolist():
                chosen = halves == half
                few = texts.filter(pa.array(chosen))
                cut = pc.utf8_slice_codeunits(few, 0, half) if begins else pc.utf8_slice_codeunits(few, -half)
                key[chosen] = hashed_texts(cut) + np.uint64(begins)
            keys.append(key)
    if long:
        is_long = lengths >= LONG_TEXT
        # A short text has no bands: its own hash stands there, which only its equals have.
        own = hashed_texts(texts)
        bands = _bands(texts.filter(pa.array(is_long))) if is_long.any() else [own] * _BANDS
        for band in bands:
            key = own.copy()
            key[is_long] = band if is_long.any() else own[is_long]
            keys.append(key)
    return keys


def hashed_texts(texts: pa.Array) -> NDArray[np.uint64]:
    """A hash of each text, the same in every process; 0 where it is missing."""
    import pandas as pd
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(texts)
    if not len(coded.dictionary):
        return np.zeros(len(texts), np.uint64)
    different = pd.util.hash_array(np.asarray(coded.dictionary.to_pandas(), dtype=object), categorize=False)
    return np.asarray(np.append(different, np.uint64(0))[np.asarray(coded.indices.fill_null(len(different)))])


def _plain(texts: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    composed = pc.utf8_normalize(spelling_key(pc.utf8_normalize(texts, form="NFKC")), form="NFKC")
    unsigned = pc.replace_substring_regex(composed, pattern=r"""[.,;:!?'"()]+(\s|$)""", replacement=r"\1")
    # Where there is nothing but signs, such as :-), these tell.
    bare = pc.equal(pc.utf8_trim_whitespace(unsigned), "")
    plain = spelling_key(pc.if_else(bare, composed, unsigned))
    missing = is_missing_word(texts) | is_missing_word(plain)
    return pc.if_else(pa.array(missing), pa.scalar(None, plain.type), plain)


def _shingles(text: str) -> set[str]:
    return {text[place : place + _SHINGLE] for place in range(max(1, len(text) - _SHINGLE + 1))}


def _bands(texts: pa.Array) -> list[NDArray[np.uint64]]:
    """Hashes of the bands of long texts, from all their runs of four bytes at once."""
    import pyarrow as pa

    own: Any = pa.concat_arrays([texts, texts[:0]]) if texts.offset else texts
    _, offsets_buffer, data = own.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64)[: len(own) + 1]
    letters = np.frombuffer(data, np.uint8)[: offsets[-1]].astype(np.uint64)
    runs = letters[:-3] | letters[1:-2] << np.uint64(8) | letters[2:-1] << np.uint64(16) | letters[3:] << np.uint64(24)
    # Runs that go over the end of a text stand for those at its end; each text has some, as all are long.
    ends = np.repeat(offsets[1:] - _SHINGLE, np.diff(offsets))[: len(runs)]
    runs = runs[np.minimum(np.arange(len(runs)), ends)]
    factors = np.random.default_rng(_SEED).integers(1, 2**63, (_BANDS, _ROWS_OF_A_BAND), dtype=np.uint64) * np.uint64(2)
    bands = []
    for row in factors + np.uint64(1):
        key = np.zeros(len(own), np.uint64)
        for factor in row:
            mixed = (runs + factor) * factor
            mixed ^= mixed >> np.uint64(29)
            least = np.minimum.reduceat(mixed * factor, offsets[:-1])
            key = (key ^ least) * np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(31)
        bands.append(key)
    return bands
