from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from views import example_streams

from lepton_jupyter.views.stream_chart import chart_points
from lepton_jupyter.views.stream_state import StreamState, extract_stream


def seconds(n, rows=100, from_=1):
    return [(float(at), example_streams.second(rows)) for at in range(from_, from_ + n)]


def test_the_last_two_minutes_have_a_point_each_and_older_ones_share_one():
    points = chart_points(seconds(600))
    assert [point.at for point in points[-120:]] == [float(at) for at in range(481, 601)]
    assert len(points) == 120 + 480 // 5 + 1
    assert {point.rows_per_second for point in points} == {100.0}


@given(st.integers(130, 400))
def test_a_point_that_is_long_past_does_not_change_while_others_come(n):
    before, after = chart_points(seconds(n)), chart_points(seconds(n + 7))
    old = [point for point in before if point.at < n - 130]
    assert old == [point for point in after if point.at < n - 130]


def test_a_quiet_while_is_a_gap_and_no_lower_rate():
    points = chart_points([*seconds(3), *seconds(3, from_=60)])
    assert [point.at for point in points] == [1.0, 2.0, 3.0, 60.0, 61.0, 62.0]
    assert {point.rows_per_second for point in points} == {100.0}


def test_scores_and_latencies_of_shared_points_are_the_last_and_all():
    known = seconds(300)
    known[1] = (2.0, example_streams.second(100, score=None, latency={"-61": 1000}))
    known[2] = (3.0, example_streams.second(100, score=0.5))
    known[3] = (4.0, example_streams.second(100, score=None))
    [first] = [point for point in chart_points(known) if point.at == 4.0]
    assert first.score == 0.5
    assert first.p50_milliseconds == pytest.approx(2.844, rel=0.06)


class TestMarks:
    def test_pauses_and_lost_ends_are_marked_as_long_as_they_last(self):
        message = extract_stream(StreamState.from_events(example_streams.stalled().log), live=False)
        assert [(mark.kind, mark.label, mark.at, mark.until) for mark in message.marks] == [
            ("lost", "sink lost", 3.5, 6.0),
            ("pause", "paused", 6.1, pytest.approx(10.1)),
        ]

    def test_what_lasts_has_no_end_yet(self):
        message = extract_stream(StreamState.from_events(example_streams.hostile().log), live=True)
        assert ("lost", None) in [(mark.kind, mark.until) for mark in message.marks]

    def test_marks_before_the_first_point_are_left_out(self):
        state = StreamState.from_events(example_streams.stalled().log)
        state.seconds.extend((float(at), example_streams.second(5)) for at in range(100, 800))
        assert extract_stream(state, live=True).marks == ()
