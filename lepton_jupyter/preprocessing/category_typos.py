"""Rare spellings of a category that are one slip away from a frequent one, found from the counts of its texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa

from lepton_jupyter.preprocessing.cleaning_steps import spelling_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lepton_jupyter.preprocessing.heavy_hitters import HeavyHitters

#: A spelling is rare up to this share of the rows with a value (or one row) …
_RARE_SHARE = 0.005
#: … and where the spelling that it is taken for is there this many times as often.
_TIMES_AS_OFTEN = 20
#: Shorter words are too near to each other: Iran and Iraq, male and mile.
_SHORTEST = 5
_LETTERS = re.compile(r"\D+")


def typos_of(held: HeavyHitters) -> dict[str, str]:
    """Rare spellings of a column and the frequent one that each is taken for.

    One is taken for the other where all of this is true, so that two frequent values are never united:

    - the rare one is in at most one row of 200 (or in one row), the other in 20 times as many;
    - they differ by one slip, which four of five typing errors are [1]_: a letter too many, one missing, a wrong one,
      or two neighbours exchanged;
    - both have at least five letters and no digit, and begin and end alike: *typical* is not *atypical*, *employer* not
      *employee*, *model 1* not *model 2*;
    - no other frequent spelling is one slip away.

    Spellings that differ in case and blanks alone count as one.

    Parameters
    ----------
    held : HeavyHitters
        Of the texts, with exact counts.

    Returns
    -------
    typos : dict of str to str
        The commonest spelling of the frequent one, by the `spelling_key` of the rare one.

    References
    ----------
    .. [1] F. J. Damerau. A technique for computer detection and correction of spelling errors. Communications of the
           ACM 7(3):171-176, 1964.

    Examples
    --------
    >>> from lepton_jupyter.preprocessing.heavy_hitters import HeavyHitters
    >>> typos_of(HeavyHitters.of_counted(pa.array(["Berlin", "berlin", "Belrin", "Bremen"]), [150, 50, 1, 99]))
    {'belrin': 'Berlin'}
    """
    commonest = held.commonest()
    keys = spelling_key(pa.array([text for text, _ in commonest], pa.large_string())).to_pylist()
    counts: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for key, (text, count) in zip(keys, commonest, strict=True):
        counts[key] = counts.get(key, 0) + count
        spelled.setdefault(key, re.sub(r"\s+", " ", text.strip()))
    words = sorted(key for key in counts if len(key) >= _SHORTEST and _LETTERS.fullmatch(key))
    most = max(1.0, _RARE_SHARE * sum(counts.values()))
    frequent = _Neighbours([word for word in words if counts[word] > most])
    typos = {}
    for word in words:
        near = frequent.of(word) if counts[word] <= most else []
        if len(near) == 1 and counts[near[0]] >= _TIMES_AS_OFTEN * counts[word]:
            typos[word] = spelled[near[0]]
    return typos


class _Neighbours:
    """Finds the words that are one slip away, without comparing each with each.

    Two words are one slip apart only where a letter can be left out of one or both so that they are the same (W. Garbe,
    SymSpell, 2012).
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._by_shortened: dict[str, set[str]] = {}
        for word in words:
            for shortened in _shortened(word):
                self._by_shortened.setdefault(shortened, set()).add(word)

    def of(self, word: str) -> list[str]:
        """Words that begin and end like `word` and are one slip away from it, in their order."""
        empty: set[str] = set()
        found = empty.union(*(self._by_shortened.get(each, empty) for each in _shortened(word)))
        return sorted(other for other in found if is_one_slip(word, other))


def _shortened(word: str) -> Iterator[str]:
    yield word
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))


def is_one_slip(one: str, other: str) -> bool:
    """Whether two words begin and end alike, and differ by one letter or by two neighbours exchanged.

    Examples
    --------
    >>> is_one_slip("berlin", "belrin"), is_one_slip("employer", "employee"), is_one_slip("berlin", "berlin")
    (True, False, False)
    """
    if one == other or one[0] != other[0] or one[-1] != other[-1] or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (place for place, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other))
    )
    one, other = one[start:], other[start:]
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return longer[1:] == shorter
    return one[1:] == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])
