"""What a stream's loop hears of its predictions: scores as labels come, drift, and who is to predict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.stream_events import DriftDetected

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.champion_contest import ChampionContest
    from lepton_jupyter.streaming.column_watch import ColumnWatch
    from lepton_jupyter.streaming.correction_watch import CorrectionWatch
    from lepton_jupyter.streaming.error_watch import ErrorWatch
    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.prequential_score import PrequentialScore
    from lepton_jupyter.streaming.row_scoring import Scorer, Scores
    from lepton_jupyter.streaming.stream_source import Row


class LoopJudge:
    """Tells the watches and the contest of a stream what was predicted, and the log what they say.

    Parameters
    ----------
    say : callable
        ``say(event)`` appends to the run's log.
    settings : LoopSettings
    prequential, error_watch, correction_watch, column_watch, contest
        As of `StreamLoop`.
    """

    def __init__(
        self,
        say: Callable[[Event], object],
        settings: LoopSettings,
        *,
        prequential: PrequentialScore | None,
        error_watch: ErrorWatch | None,
        correction_watch: CorrectionWatch | None,
        column_watch: ColumnWatch | None,
        contest: ChampionContest | None,
    ) -> None:
        self._say, self._settings = say, settings
        self._prequential = prequential
        self._error_watch, self._correction_watch = error_watch, correction_watch
        self._column_watch = column_watch
        self._contest = contest
        self._champion = None if contest is None else contest.champion
        self._n_labels = 0

    def crowned(self) -> Scorer | None:
        """Who predicts from now on, if that is another one; what was heard of the one before says nothing about it."""
        if self._contest is None or self._contest.champion is self._champion:
            return None
        self._champion = self._contest.champion
        self._column_watch = self._champion.column_watch
        if self._champion.compiled is not None:
            self._say(self._champion.compiled)
        for watch in (self._column_watch, self._error_watch, self._correction_watch):
            if watch is not None:
                watch.reset()
        if self._prequential is not None:
            self._prequential.take_errors()
        return self._champion.scorer

    def saw(self, keys: Sequence[str], rows: Sequence[Row], scores: Scores, alone: list[Row]) -> None:
        """Hear of rows that were predicted, and of rows that only bring the truth about others."""
        if self._prequential is not None:
            self._judge(self._prequential, keys, rows, scores, alone)
        self._look_for_drift(rows, scores)

    def take_score(self) -> tuple[float | None, int] | None:
        """The score now, and how many labels came since the last call; None if none did."""
        judge = self._prequential
        if judge is None or judge.n_labels == self._n_labels:
            return None
        n_new, self._n_labels = judge.n_labels - self._n_labels, judge.n_labels
        return judge.value(), n_new

    def roll_back(self, by: str) -> None:
        """Let the model of before the last promotion predict again; see `ChampionContest.roll_back`."""
        if self._contest is not None:
            self._say(self._contest.roll_back(by))

    def close(self) -> None:
        """End a search that goes on."""
        if self._contest is not None:
            self._contest.close()

    def _judge(
        self, prequential: PrequentialScore, keys: Sequence[str], rows: Sequence[Row], scores: Scores, alone: list[Row]
    ) -> None:
        name, key = self._settings.labels, self._settings.key
        if scores.outputs is not None:
            prequential.predicted(keys, scores.outputs)
            if self._correction_watch is not None:
                self._correction_watch.predicted(keys, rows, scores.outputs)
        if self._contest is not None:
            self._contest.predicted(keys, rows, scores.outputs)
        known = [(row_key, row[name]) for row_key, row in zip(keys, rows, strict=True) if row.get(name) is not None]
        for row_key, label in [*known, *((str(row[key]), row[name]) for row in alone)]:
            if not prequential.labelled(row_key, label):
                continue
            truth = prequential.coded(label) or 0.0
            for hearer in (self._contest, self._correction_watch):
                if hearer is not None:
                    hearer.labelled(row_key, truth)

    def _look_for_drift(self, rows: Sequence[Row], scores: Scores) -> None:
        told: list[Event] = []
        if (alarm := self._alarm_of_errors()) is not None:
            told.append(alarm)
        if self._column_watch is not None:
            told += self._column_watch.saw(rows, scores.outputs)
        for event in told:
            self._say(event)
            if self._contest is not None and isinstance(event, DriftDetected):
                self._contest.drifted(event)
        if self._contest is not None:
            for event in self._contest.decide():
                self._say(event)

    def _alarm_of_errors(self) -> DriftDetected | None:
        """The alarm of whoever tells a change of the errors first; the others begin anew, so that it is told once."""
        if self._error_watch is None or self._prequential is None:
            return None
        alarm = self._error_watch.heard(self._prequential.take_errors())
        if self._correction_watch is None:
            return alarm
        if alarm is not None:
            self._correction_watch.reset()
            return alarm
        alarm = self._correction_watch.heard()
        if alarm is not None:
            self._error_watch.reset()
        return alarm
