"""A table that was read from somewhere, with what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class OpenedTable:
    """A table in memory, and what is to be said of where it came from.

    Parameters
    ----------
    frame : pandas.DataFrame
    label : str
        Short name, such as ``churn.csv``; no secrets.
    notes : tuple of str
        Sentences for the run's board: the dialect that was found, how many rows were drawn.
    n_drawn : int or None
        Rows that were drawn at random, where the frame is not all there is.
    place : str or None
        What opens it again, where that is a path of this machine.
    named : bool
        Whether its columns are known by name rather than by place, as those of arrays are.
    """

    frame: pd.DataFrame
    label: str = "table"
    notes: tuple[str, ...] = ()
    n_drawn: int | None = None
    place: str | None = None
    named: bool = True

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self.frame.columns]

    def __len__(self) -> int:
        return len(self.frame)
