"""A table that was read from somewhere, with what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from lepton_jupyter.events.run_events import SampleDrawn


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
    sample : SampleDrawn or None
        What was drawn at random, where the frame is not all there is.
    place : str or None
        What opens it again, where that is a path of this machine.
    named : bool
        Whether its columns are known by name rather than by place, as those of arrays are.
    """

    frame: pd.DataFrame
    label: str = "table"
    notes: tuple[str, ...] = ()
    sample: SampleDrawn | None = None
    place: str | None = None
    named: bool = True

    @property
    def n_drawn(self) -> int | None:
        """Rows that were drawn at random, where the frame is not all there is."""
        return None if self.sample is None else self.sample.n_rows

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self.frame.columns]

    def __len__(self) -> int:
        return len(self.frame)
