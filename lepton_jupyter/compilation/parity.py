"""How near a compiled model is to the model, and how near it has to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from lepton_jupyter.exceptions.compilation_errors import NotCompilableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Largest difference of a probability, or of a value in standard deviations of the predictions.
MOST_DIFFERENCE = 1e-5
#: Share of rows that may be decided otherwise.
MOST_FLIPPED = 1e-4


@dataclass(frozen=True, slots=True)
class Parity:
    """What was measured on some rows.

    Parameters
    ----------
    n_rows : int
    largest_difference : float
        Of a probability; of values in standard deviations of what the model predicts.
    n_flipped : int
        Rows whose most probable class is another; 0 for values.

    Examples
    --------
    >>> Parity.measured(np.array([[0.4, 0.6], [0.1, 0.9]]), np.array([[0.4, 0.6], [0.1, 0.9]]))
    Parity(n_rows=2, largest_difference=0.0, n_flipped=0)
    """

    n_rows: int
    largest_difference: float
    n_flipped: int

    @classmethod
    def measured(cls, expected: NDArray[np.float64], found: NDArray[np.float64]) -> Self:
        """Compare predictions.

        Parameters
        ----------
        expected, found : ndarray of shape (n_rows, n_outputs)
            Of the model, and of its compiled form.
        """
        differences = np.abs(expected - found)
        # Of NaN nothing is known: it is as far away as may be.
        largest = float(np.where(np.isnan(differences), np.inf, differences).max(initial=0.0))
        if expected.shape[1] == 1:
            spread = float(expected.std())
            return cls(len(expected), largest / spread if spread > 0 else largest, 0)
        flipped = expected.argmax(axis=1) != found.argmax(axis=1)
        return cls(len(expected), largest, int(flipped.sum()))

    def check(self) -> None:
        """Refuse a compiled model that is too far from the model.

        Raises
        ------
        NotCompilableError
        """
        if not (self.largest_difference <= MOST_DIFFERENCE and self.n_flipped <= MOST_FLIPPED * self.n_rows):
            raise NotCompilableError.from_difference(
                self.largest_difference, MOST_DIFFERENCE, self.n_flipped, self.n_rows
            )
