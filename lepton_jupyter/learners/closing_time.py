"""What a fit leaves of its time for what follows it: its model is written, and predicts rows.

A call that overstays its limit may lose its process, and with it the model. Thousands of large trees take as long to
write and to walk as some hundred of them took to grow, so a fit that stopped at the last moment would be too late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.learners.training_data import Fold

#: Rows of the training part that are predicted too, to see how far a model fits them better than the others.
_TRAINING_ROWS = 2_000
#: Estimates are of a quiet machine; most are not.
_ALLOWANCE = 1.5


def closing_seconds(fold: Fold, *, writing: float, per_row: float, validation_known: bool = False) -> float:
    """Seconds to leave at the end of a fit.

    Parameters
    ----------
    fold : Fold
    writing : float
        Seconds to write the model and read it back.
    per_row : float
        Seconds to predict one row.
    validation_known : bool, default=False
        Whether the fit leaves predictions of the validation rows behind.

    Returns
    -------
    seconds : float
        Positive.
    """
    n_rows = (0 if validation_known else len(fold.X_validation)) + min(_TRAINING_ROWS, len(fold.X_train))
    return _ALLOWANCE * (writing + n_rows * per_row)
