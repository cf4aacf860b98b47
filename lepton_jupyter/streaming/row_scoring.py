"""Scores of many rows at once, of which one that cannot be scored spoils no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from lepton_jupyter.preprocessing.row_reading import RowRefusal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.streaming.stream_source import Row


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model says of rows.

    Parameters
    ----------
    columns : dict of str to list
        One entry for each row that was not refused, in their order.
    refused : dict of int to RowRefusal
        The others, by their place.
    outputs : ndarray of shape (n_kept_rows, n_outputs) or None
        The same as numbers, to be judged when labels come.
    """

    columns: dict[str, list[Any]]
    refused: dict[int, RowRefusal] = field(default_factory=dict)
    outputs: NDArray[np.float64] | None = None


class Scorer(Protocol):
    """Predicts rows; what `notebook` makes of a run's model."""

    @property
    def label(self) -> str:
        """What a person reads, such as ``"Ensemble of 4"``."""
        ...

    @property
    def columns(self) -> Collection[str]:
        """Fields of a row that it looks at."""
        ...

    def score(self, rows: Sequence[Row]) -> Scores:
        """Predict rows; one that cannot be predicted is refused, and an error is about all of them."""
        ...


def score_each(scorer: Scorer, rows: Sequence[Row]) -> Scores:
    """Score rows; where that raises, score them in halves, until the rows it is about are known.

    Parameters
    ----------
    scorer : Scorer
    rows : sequence of mapping

    Returns
    -------
    scores : Scores
    """
    try:
        return scorer.score(rows)
    except Exception as error:  # noqa: BLE001  whatever a model raises, over whatever a row holds
        if len(rows) == 1:
            reason = f"the model raised {type(error).__name__}"
            return Scores({}, {0: RowRefusal(reason, f"The model raised {type(error).__name__}: {error}")})
    half = len(rows) // 2
    first, second = score_each(scorer, rows[:half]), score_each(scorer, rows[half:])
    names = first.columns or second.columns
    columns = {name: [*first.columns.get(name, ()), *second.columns.get(name, ())] for name in names}
    refused = first.refused | {half + place: refusal for place, refusal in second.refused.items()}
    outputs = [each.outputs for each in (first, second) if each.outputs is not None]
    return Scores(columns, refused, np.concatenate(outputs) if outputs else None)
