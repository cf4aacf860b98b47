"""A model that predicts a stream, or may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lepton_jupyter.events.stream_events import ChampionCompiled
    from lepton_jupyter.streaming.column_watch import ColumnWatch
    from lepton_jupyter.streaming.row_scoring import Scorer


@dataclass(frozen=True, slots=True)
class Contender:
    """A model that predicts, or may.

    Parameters
    ----------
    run_id : str
        Whose best model it is.
    scorer : Scorer
    column_watch : ColumnWatch or None
        Compares rows with what it learnt from.
    compiled : ChampionCompiled or None
        To be logged when it begins to predict: by which way.
    """

    run_id: str
    scorer: Scorer
    column_watch: ColumnWatch | None = None
    compiled: ChampionCompiled | None = None
