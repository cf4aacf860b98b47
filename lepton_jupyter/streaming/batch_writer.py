"""The scoring side of a stream's loop: a batch is parsed, predicted and written; what cannot be is a dead letter."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.exceptions.stream_errors import StreamPlaceError
from lepton_jupyter.preprocessing.json_rows import JsonRows
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.batch_rows import BatchRows
from lepton_jupyter.streaming.patience import GivenUpError
from lepton_jupyter.streaming.row_parsing import written
from lepton_jupyter.streaming.row_scoring import Scores, score_each
from lepton_jupyter.streaming.stream_sink import Results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.streaming.loop_judge import LoopJudge
    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.patience import Patience
    from lepton_jupyter.streaming.row_scoring import Scorer
    from lepton_jupyter.streaming.second_tally import SecondTally
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Batch, Row
    from lepton_jupyter.streaming.window_features import WindowFeatures

#: Rows of the last results that `tail` shows; in memory only.
TAIL_ROWS = 50
_TAIL_OF_BATCH = 5


class ScoredBatch(NamedTuple):
    """What is to be written of a batch.

    Parameters
    ----------
    batch : Batch
    parts : list of tuple of Results and sequence of int
        Results of neighbours, and their places.
    refused : dict of int to RowRefusal
        The others, by their place.
    """

    batch: Batch
    parts: list[tuple[Results, Sequence[int]]]
    refused: dict[int, RowRefusal]


class BatchWriter:
    """Scores batches and writes what their rows got.

    Parameters
    ----------
    sink, dead_letters : Sink
    scorer : Scorer
        Until the judge names another.
    judge : LoopJudge
        Hears of every prediction.
    windows : WindowFeatures or None
        Extends rows before they are predicted.
    patience : Patience
    settings : LoopSettings
    tally : SecondTally

    Attributes
    ----------
    tail : deque of dict
        The last results.
    """

    def __init__(
        self,
        sink: Sink,
        dead_letters: Sink,
        scorer: Scorer,
        *,
        judge: LoopJudge,
        windows: WindowFeatures | None,
        patience: Patience,
        settings: LoopSettings,
        tally: SecondTally,
    ) -> None:
        self._sink, self._dead_letters = sink, dead_letters
        self._scorer, self._judge, self._windows = scorer, judge, windows
        self._patience, self._settings, self._tally = patience, settings, tally
        self._rows_of = BatchRows(settings, scorer.columns).of
        self.tail: deque[dict[str, Any]] = deque(maxlen=TAIL_ROWS)

    def score(self, batch: Batch) -> ScoredBatch:
        """Parse a batch and predict its rows; its judge hears of them."""
        self._scorer = self._judge.crowned() or self._scorer
        scored = ScoredBatch(batch, [], {})
        singly = self._settings.labels or self._windows is not None
        schema = None if singly else getattr(self._scorer, "schema", None)
        for rows, places, labels in self._rows_of(batch, schema, scored.refused):
            self._score_rows(scored, rows, places, labels)
        return scored

    async def write(self, scored: ScoredBatch) -> tuple[int, dict[int, RowRefusal]]:
        """Write the results of a batch, and its dead letters; how many results, and why other rows have none."""
        refused = dict(scored.refused)
        n_written = 0
        for results, places in scored.parts:
            unstorable = await self._write_all(results, 0)
            refused |= {places[place]: refusal for place, refusal in unstorable.items()}
            self.tail.extend(results.part(max(0, len(results) - _TAIL_OF_BATCH), len(results)).rows())
            n_written += len(results) - len(unstorable)
        if refused:
            await self._bury(scored.batch, refused)
        return n_written, refused

    def _score_rows(self, scored: ScoredBatch, rows: Sequence[Row], places: Sequence[int], labels: list[Row]) -> None:
        """Add what rows of a batch got; those that cannot be scored are refused."""
        refused = scored.refused
        if self._windows is not None and rows:
            rows, places = self._extended(self._windows, rows, places, refused)
        # Not in a thread: what takes long is native code, and a hop to a thread would be a third of a small batch.
        scores = score_each(self._scorer, rows) if rows else Scores({})
        refused.update((places[place], refusal) for place, refusal in scores.refused.items())
        if scores.refused:
            rows = [row for place, row in enumerate(rows) if place not in scores.refused]
            places = [place for at, place in enumerate(places) if at not in scores.refused]
        results = self._results(scored.batch, rows, places, scores)
        self._judge.saw(results.keys, rows, scores, labels)
        self._tally.label_rows(len(labels))
        if len(results):
            scored.parts.append((results, places))

    @staticmethod
    def _extended(
        windows: WindowFeatures, rows: Sequence[Row], places: Sequence[int], refused: dict[int, RowRefusal]
    ) -> tuple[Sequence[Row], Sequence[int]]:
        """Rows with their columns of windows, and their places; those without a time are refused."""
        extended = windows.extend(rows)
        refused.update((places[place], refusal) for place, refusal in extended.refused.items())
        return list(extended.rows), [place for at, place in enumerate(places) if at not in extended.refused]

    def _results(self, batch: Batch, rows: Sequence[Row], places: Sequence[int], scores: Scores) -> Results:
        key = self._settings.key
        keys = list(map(str, _column(rows, key))) if key else [batch.positions[place] for place in places]
        kept = {name: _column(rows, name) for name in self._settings.keep if name != key}
        return Results(key or "position", keys, kept | scores.columns)

    async def _write_all(self, results: Results, start: int) -> dict[int, RowRefusal]:
        """Write results; rows that the sink refuses, by their place."""
        try:
            await self._patience.insist("sink", lambda: self._sink.write(results), self._sink.open)
        except (GivenUpError, StreamPlaceError):  # the latter is about no row, but about where all of them go
            raise
        except Exception as error:  # noqa: BLE001  a value that cannot be stored, or a function that raised
            if len(results) == 1:
                reason = f"the sink raised {type(error).__name__}"
                return {start: RowRefusal(reason, f"{self._sink.label} raised {type(error).__name__}: {error}")}
            half = len(results) // 2
            first = await self._write_all(results.part(0, half), start)
            return first | await self._write_all(results.part(half, len(results)), start + half)
        return {}

    async def _bury(self, batch: Batch, refused: dict[int, RowRefusal]) -> None:
        places = sorted(refused)
        letters = Results(
            "position",
            [batch.positions[place] for place in places],
            {
                "reason": [refused[place].sentence for place in places],
                "payload": [written(batch.payloads[place]) for place in places],
            },
        )
        await self._patience.insist("dead letters", lambda: self._dead_letters.write(letters), self._dead_letters.open)
        for refusal in refused.values():
            self._tally.refused(refusal.reason)


def _column(rows: Sequence[Row], name: str) -> list[Any]:
    return rows.values(name) if isinstance(rows, JsonRows) else [row.get(name) for row in rows]
