"""One thing that is done to a column, as a plan tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.preprocessing.cleaning_steps import CleaningStep
    from lepton_jupyter.preprocessing.feature_steps import FeatureStep


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One thing that is done to a column, or would be.

    Parameters
    ----------
    kind : str
        One of `STEP_KINDS`.
    action : str
        What is done, in a few words.
    reason : str
        Why; figures, and no value of a text.
    on : bool
        False where it was switched off.
    step : CleaningStep or None
        What does it; None where the column is read in another way or left out, and for what is made of it.
    choice : str
        What is made of the cleaned column, one of `feature_choices.CHOICES`; it has to be learnt from the column.
    makes : FeatureStep or None
        What is made of it and need not be learnt.
    """

    kind: str
    action: str
    reason: str
    on: bool = True
    step: CleaningStep | None = None
    choice: str = ""
    makes: FeatureStep | None = None


def rows_of(count: float, *, about: bool = False) -> str:
    """A number of rows in words.

    Examples
    --------
    >>> rows_of(1), rows_of(1200, about=True)
    ('1 row', 'about 1,200 rows')
    """
    return f"{'about ' if about else ''}{round(count):,} row{'' if round(count) == 1 else 's'}"
