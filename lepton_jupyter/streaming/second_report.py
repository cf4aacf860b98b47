"""What a stream's log is told once a second: counts, the score, and where windows over event time stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.stream_events import WatermarkMoved
from lepton_jupyter.streaming.window_features import written_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.loop_judge import LoopJudge
    from lepton_jupyter.streaming.second_tally import SecondTally
    from lepton_jupyter.streaming.window_features import WindowFeatures


class SecondReport:
    """Says what moved since it did so last.

    Parameters
    ----------
    say : callable
        ``say(event)`` appends to the run's log.
    tally : SecondTally
    judge : LoopJudge
    windows : WindowFeatures or None
    """

    def __init__(
        self, say: Callable[[Event], object], tally: SecondTally, judge: LoopJudge, windows: WindowFeatures | None
    ) -> None:
        self._say, self._tally, self._judge, self._windows = say, tally, judge, windows
        self._watermark: tuple[int | None, int, int] = (None, 0, 0)

    def tell(self, lag: int | None) -> None:
        """Say it now."""
        scored = self._judge.take_score()
        if scored is not None:
            self._tally.score, self._tally.n_labels = scored
        for event in self._tally.take(lag):
            self._say(event)
        if self._windows is not None:
            self._tell_windows(self._windows)

    def _tell_windows(self, windows: WindowFeatures) -> None:
        now = (windows.watermark, windows.n_late, windows.n_lost)
        if windows.watermark is None or now == self._watermark:
            return
        self._say(
            WatermarkMoved(
                watermark=written_time(windows.watermark),
                n_late=windows.n_late - self._watermark[1],
                n_held=windows.n_held,
                n_lost=windows.n_lost - self._watermark[2],
            )
        )
        self._watermark = now
