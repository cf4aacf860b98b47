"""Features that are offered to the learners of a view: which there are, what making them costs, and how it is done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

from lepton_jupyter.learners.made_folds import MadeFolds, make_fold
from lepton_jupyter.preprocessing.made_features import FEATURE_CHOICES, MOST_MADE, PIECES
from lepton_jupyter.preprocessing.number_pieces import MOST_PIECES_OF_ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepton_jupyter.learners.made_folds import MadeFold
    from lepton_jupyter.learners.training_data import Fold, TableShape

#: The choice of none, the first one of every view.
PLAIN = FEATURE_CHOICES[0]
#: Columns from which some may be left out.
_WIDE = 30
#: Seconds that screening takes on one core: a constant, and for each row up to the screens' samples and beyond.
_SCREENING_SECONDS, _SECONDS_PER_ROW, _SECONDS_PER_FURTHER_ROW = 0.05, 2e-5, 2e-6
_SCREENED_ROWS = 10_000
#: The same for each value of pieces, which are not screened.
_SECONDS_PER_PIECE = 5e-9
#: Values of pieces up to which they are made, 4 bytes each.
_MOST_VALUES = 2**23
# Of the process, not of a learner: a learner that is sent to a worker arrives as a new object with each call, and
# learners of different kinds share what is made.
_MADE_FOLDS = MadeFolds()


class OfferedFeatures(Protocol):
    """What may be made of the columns of one view before a learner."""

    def choices(self, shape: TableShape) -> tuple[str, ...]:
        """Names of what may be made, after `PLAIN`; that alone on a table which nothing is made of."""
        ...

    def n_made(self, choice: str, shape: TableShape) -> int:
        """Columns that a choice makes, about."""
        ...

    def making_seconds(self, choice: str, shape: TableShape) -> float:
        """What making a choice takes on one core."""
        ...

    def make(self, fold: Fold, choice: str, *, stop: Callable[[], bool]) -> MadeFold | None:
        """The fold with the columns of a choice other than `PLAIN`; None if it was told to stop before."""
        ...


class ScreenedFeatures:
    """Features of the tree view, of which a small booster keeps the best: dear to choose, few, and kept by fold."""

    def choices(self, shape: TableShape) -> tuple[str, ...]:
        """All of `FEATURE_CHOICES` where there are two columns.

        Columns are selected on wide tables alone: on narrow ones even the least telling column is worth having.
        """
        n_columns = shape.n_columns["tree"]
        if n_columns <= 1:
            return (PLAIN,)
        return tuple(each for each in FEATURE_CHOICES if each != "selected" or n_columns >= _WIDE)

    def n_made(self, choice: str, shape: TableShape) -> int:  # noqa: ARG002  # of the protocol
        """As many as are kept at most."""
        return 0 if choice == PLAIN else MOST_MADE

    def making_seconds(self, choice: str, shape: TableShape) -> float:
        """A constant, and more by the row up to the screen's sample than beyond it."""
        if choice == PLAIN:
            return 0.0
        further = max(0, shape.n_rows - _SCREENED_ROWS)
        screened = shape.n_rows - further
        return _SCREENING_SECONDS + _SECONDS_PER_ROW * screened + _SECONDS_PER_FURTHER_ROW * further

    def make(self, fold: Fold, choice: str, *, stop: Callable[[], bool]) -> MadeFold | None:
        """Make it once for all learners of the process."""
        return _MADE_FOLDS.get(fold, choice, stop=stop)


class PiecesOfNumbers:
    """Features of the linear view, numbers cut into pieces: made in no time, and too large to keep."""

    def choices(self, shape: TableShape) -> tuple[str, ...]:
        """Those of `PIECES`, on tables that have numbers and room for the pieces of all."""
        most = self.n_made(max(PIECES, key=PIECES.__getitem__), shape)
        return tuple(PIECES) if most > 0 and shape.n_rows * most <= _MOST_VALUES else (PLAIN,)

    def n_made(self, choice: str, shape: TableShape) -> int:
        """About so many: a number stands for itself in both views, a category for several columns of this one."""
        n_numbers = min(shape.n_columns["linear"], shape.n_columns.get("tree", sys.maxsize) - shape.n_categorical)
        if 2 * n_numbers > MOST_PIECES_OF_ALL:
            return 0
        return min(MOST_PIECES_OF_ALL, max(0, n_numbers) * PIECES.get(choice, 0))

    def making_seconds(self, choice: str, shape: TableShape) -> float:
        """As long as the values take to write."""
        return _SECONDS_PER_PIECE * shape.n_rows * self.n_made(choice, shape)

    def make(self, fold: Fold, choice: str, *, stop: Callable[[], bool]) -> MadeFold | None:
        """Make it for this once."""
        return make_fold(fold, choice, stop=stop)


#: By the name of the view.
OFFERED: Mapping[str, OfferedFeatures] = {"tree": ScreenedFeatures(), "linear": PiecesOfNumbers()}
