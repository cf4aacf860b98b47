"""Numbers cut into pieces: where along its column a value lies, told by as many columns as there are pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.training_rows import TrainingRows

#: Pieces of all columns together: with more columns each is cut less.
MOST_PIECES_OF_ALL = 1_024
#: What a made column is worth beside the scaled numbers themselves, from minus to plus so much. With a whole one the
#: many columns drown the few: a network on them was better than without on 4 of 18 tables, with this on 9.
_HEIGHT = 0.3
#: Rows by which the ends of pieces are chosen.
_SAMPLED_ROWS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class NumberPieces:
    """Columns that rise along one piece of a number, and are level before and behind it [1]_.

    A weighted sum of them is any line with a bend at each end of a piece. So a linear model follows what is bent, and a
    network finds what changes within little of a column, which it hardly does from the number by itself.

    Parameters
    ----------
    places : ndarray of shape (n_made,)
        int64, the column of each piece.
    low, high : ndarray of shape (n_made,)
        float32, where it begins and ends.

    References
    ----------
    .. [1] Y. Gorishniy, I. Rubachev, A. Babenko. On embeddings for numerical features in tabular deep learning.
           NeurIPS 2022.

    Examples
    --------
    >>> pieces = NumberPieces(np.array([0, 0]), np.float32([0.0, 2.0]), np.float32([2.0, 4.0]))
    >>> (10 * pieces.columns(np.array([[-9.0], [1.0], [3.0]], np.float32))).round().tolist()
    [[-3.0, -3.0], [0.0, -3.0], [3.0, 0.0]]
    """

    kind: ClassVar[str] = "number pieces"
    places: NDArray[np.int64]
    low: NDArray[np.float32]
    high: NDArray[np.float32]

    @classmethod
    def learn(cls, rows: TrainingRows, n_pieces: int) -> Self:
        """Cut every number at its quantiles, or between its values where these are few.

        Parameters
        ----------
        rows : TrainingRows
            Of the linear view: complete, so that no piece ends at a missing value.
        n_pieces : int
            Of each column, at most.
        """
        drawn = rows.sample(_SAMPLED_ROWS)
        numbers = drawn.numbers
        n_pieces = min(n_pieces, MOST_PIECES_OF_ALL // max(1, len(numbers)))
        places: list[int] = []
        ends: list[tuple[np.float32, np.float32]] = []
        if n_pieces >= 2:
            for place in numbers:
                cuts = _cuts(drawn.X[:, place], n_pieces)
                ends += pairwise(cuts)
                places += [place] * (len(cuts) - 1)
        low, high = np.array(ends, dtype=np.float32).reshape(-1, 2).T
        return cls(np.array(places, dtype=np.int64), low, high)

    def keeping(self, places: NDArray[np.int64]) -> Self:
        """With some of the columns only."""
        return replace(self, places=self.places[places], low=self.low[places], high=self.high[places])

    def columns(self, X: NDArray[np.float32]) -> NDArray[np.float32]:
        """The made columns of some rows."""
        made = X[:, self.places]
        # Held within the piece first: far beyond a narrow one there is no such number of its lengths.
        np.clip(made, self.low, self.high, out=made)
        made -= self.low
        made /= self.high - self.low
        made *= 2 * _HEIGHT
        made -= _HEIGHT
        return made

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """What was learnt, as arrays."""
        return {"places": self.places, "low": self.low, "high": self.high}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """From what `to_arrays` gave."""
        low, high = (arrays[name].astype(np.float32) for name in ("low", "high"))
        return cls(arrays["places"].astype(np.int64), low, high)


def _cuts(values: NDArray[np.float32], n_pieces: int) -> NDArray[np.float32]:
    different = np.unique(values)
    if len(different) <= n_pieces + 1:
        return different
    return np.unique(np.quantile(values, np.linspace(0, 1, n_pieces + 1)).astype(np.float32))
