"""The points of a stream's charts: each second of the last minutes, and sums of several seconds before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.latency_sketch import LatencySketch
from lepton_jupyter.events.stream_messages import StreamSecond

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lepton_jupyter.events.stream_events import SecondPassed

#: Seconds at the end that have a point each, and seconds that share one before: a message holds about 200 points.
_WHOLE_SECONDS = 120
_SHARED_SECONDS = 5
#: A summary that comes sooner after the one before is taken for so many seconds, so that no rate is beyond belief.
_LEAST_SPAN = 0.05


def chart_points(seconds: Iterable[tuple[float, SecondPassed]]) -> tuple[StreamSecond, ...]:
    """Points of the charts.

    Parameters
    ----------
    seconds : iterable of (float, SecondPassed)
        Seconds since the stream began at which each summary came, and the summary; in order.

    Returns
    -------
    points : tuple of StreamSecond
        What is further back than the last two minutes is summed up by the clock, so that a point does not change
        while others come.

    Examples
    --------
    >>> from lepton_jupyter.events.stream_events import SecondPassed
    >>> second = SecondPassed(n_read=9, n_stored=8, n_dead=1, n_waiting=0, lag=None, latency={})
    >>> [point.rows_per_second for point in chart_points([(1.0, second), (2.0, second)])]
    [8.0, 8.0]
    """
    known = list(seconds)
    if not known:
        return ()
    whole_from = _SHARED_SECONDS * ((known[-1][0] - _WHOLE_SECONDS) // _SHARED_SECONDS)
    points: list[StreamSecond] = []
    shared: list[tuple[float, SecondPassed]] = []
    before = 0.0

    def close() -> None:
        nonlocal before
        if shared:
            points.append(_point(shared, before))
            before = shared[-1][0]
            shared.clear()

    for at, second in known:
        if shared and (at > whole_from or at // _SHARED_SECONDS != shared[0][0] // _SHARED_SECONDS):
            close()
        shared.append((at, second))
        if at > whole_from:
            close()
    close()
    return tuple(points)


def chart_span(points: Sequence[StreamSecond]) -> tuple[float, float]:
    """Seconds of the first and the last point; both 0 without any.

    Examples
    --------
    >>> chart_span(())
    (0.0, 0.0)
    """
    return (points[0].at, points[-1].at) if points else (0.0, 0.0)


def _point(summed: Sequence[tuple[float, SecondPassed]], before: float) -> StreamSecond:
    sketch = LatencySketch()
    for _, second in summed:
        sketch.merge(second.latency)
    at = summed[-1][0]
    # A second in which nothing moved has no summary: the one after it is that of one second, not of the gap.
    span = max(_LEAST_SPAN, min(float(len(summed)), at - before))
    scores = [second.score for _, second in summed if second.score is not None]
    return StreamSecond(
        at=round(at, 2),
        rows_per_second=round(sum(second.n_stored for _, second in summed) / span, 1),
        p50_milliseconds=sketch.milliseconds(0.5),
        p99_milliseconds=sketch.milliseconds(0.99),
        score=scores[-1] if scores else None,
    )
