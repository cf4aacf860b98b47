"""Windows over event time: what a row is told follows from times alone, not from the order in which rows come."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.exceptions.stream_errors import StreamWindowError
from lepton_jupyter.streaming.lagged_values import LaggedValues
from lepton_jupyter.streaming.pane_windows import PaneWindows
from lepton_jupyter.streaming.session_windows import SessionWindows
from lepton_jupyter.streaming.window_features import WindowFeatures
from lepton_jupyter.streaming.window_spec import WindowSpec, every_column, wanted_columns

WINDOWS = [WindowSpec.parse(text) for text in ("10s", "12s/4s", "session:5s")]
NAMES = every_column(["x"], WINDOWS, 2)


def features(lateness=0, entity="who", windows=WINDOWS, names=NAMES, clock=None):
    return WindowFeatures(
        windows, wanted_columns(names, windows), time="at", entity=entity, lateness=round(1e6 * lateness), clock=clock
    )


@st.composite
def arrivals(draw):
    """Rows with their times, a lateness, an order in which no row is late, and the sizes of batches."""
    times = draw(st.lists(st.integers(0, 60), min_size=1, max_size=40))
    lateness = draw(st.integers(0, 8))
    rows = [
        {
            "id": place,
            "at": at,
            "who": draw(st.sampled_from(["ann", "bob"])),
            "x": draw(st.one_of(st.none(), st.integers(-9, 9))),
        }
        for place, at in enumerate(times)
    ]
    delays = [draw(st.integers(0, lateness)) for _ in rows]
    order = sorted(range(len(rows)), key=lambda place: (times[place] + delays[place], place))
    return rows, lateness, [rows[place] for place in order], draw(st.lists(st.integers(1, 9), min_size=1))


def told(state, rows, sizes):
    """What each row was told, by its id, when rows come in batches of these sizes in turn."""
    found, start, turn = {}, 0, 0
    while start < len(rows):
        size = sizes[turn % len(sizes)]
        extended = state.extend(rows[start : start + size])
        assert extended.refused == {}
        found |= {row["id"]: {name: row[name] for name in state.names} for row in extended.rows}
        start, turn = start + size, turn + 1
    return found


def assert_alike(one, other):
    assert one.keys() == other.keys()
    for key in one:
        assert {name: value is None for name, value in one[key].items()} == {
            name: value is None for name, value in other[key].items()
        }
        for name, value in one[key].items():
            if value is not None:
                assert value == pytest.approx(other[key][name], abs=1e-9), (key, name)


@settings(max_examples=60)
@given(arrivals())
def test_the_order_of_rows_within_the_lateness_changes_nothing(made):
    rows, lateness, arrived, sizes = made
    in_order, as_came = features(lateness), features(lateness)
    expected = told(in_order, sorted(rows, key=lambda row: row["at"]), [1])
    assert_alike(told(as_came, arrived, sizes), expected)
    assert as_came.n_late == in_order.n_late == 0
    assert as_came.watermark == in_order.watermark == (max(row["at"] for row in rows) - lateness) * 1_000_000
    # Windows that have closed are the same ones, whoever asks.
    for window, other in zip(as_came._windows.values(), in_order._windows.values(), strict=True):
        for who in ("ann", "bob"):
            closed, same = (each.ask(who, as_came.watermark) for each in (window, other))
            assert (closed is None) == (same is None)
            if closed is not None:
                assert closed.n_rows == same.n_rows
                assert closed.says(0, "sum") == pytest.approx(same.says(0, "sum"))
                assert closed.says(0, "last") == same.says(0, "last")


def sought(rows, row, lateness):
    """The same by definition: rows of the entity that ended a window before the row's time less the lateness."""
    before = row["at"] - lateness
    own = [each for each in rows if each["who"] == row["who"]]
    answers = {}
    for label, size, slide in (("10s", 10, 10), ("12s_4s", 12, 4)):
        end = before // slide * slide
        answers[label] = [each for each in own if end - size <= each["at"] < end]
    sessions, times = [], sorted({each["at"] for each in own})
    for at in times:
        if sessions and at < sessions[-1][-1] + 5:
            sessions[-1].append(at)
        else:
            sessions.append([at])
    ended = [session for session in sessions if session[-1] + 5 <= before]
    answers["session_5s"] = [each for each in own if ended and each["at"] in ended[-1]]
    return answers


@settings(max_examples=60)
@given(arrivals())
def test_windows_hold_what_their_definition_says(made):
    rows, lateness, arrived, sizes = made
    found = told(features(lateness), arrived, sizes)
    for row in rows:
        for label, some in sought(rows, row, lateness).items():
            says = found[row["id"]]
            assert says[f"rows_{label}"] == len(some)
            values = [each["x"] for each in some if each["x"] is not None]
            expected = {
                "sum": sum(values), "mean": statistics.mean(values), "min": min(values), "max": max(values),
            } if values else dict.fromkeys(("sum", "mean", "min", "max", "last"))  # fmt: skip
            expected["std"] = statistics.stdev(values) if len(values) > 1 else None
            for name, value in expected.items():
                assert says[f"x_{name}_{label}"] == (None if value is None else pytest.approx(value, abs=1e-9))
        earlier = sorted(each["at"] for each in rows if each["who"] == row["who"] and each["at"] < row["at"] - lateness)
        if not earlier:
            assert found[row["id"]]["x_lag1"] is None


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30), st.integers(0, 5))
def test_a_watermark_never_goes_back_and_late_rows_are_counted_and_in_no_window(times, lateness):
    state = features(lateness, entity=None)
    marks, n_late, n_rows = [], 0, 0
    for at in times:
        late = bool(marks) and at * 1_000_000 < marks[-1]
        (row,) = state.extend([{"at": at, "x": 1}]).rows
        n_late += late
        n_rows += not late
        if late:
            assert all(row[name] is None for name in NAMES)
        marks.append(state.watermark)
    assert marks == sorted(marks)
    assert state.n_late == n_late
    (row,) = state.extend([{"at": 1_000_000, "x": 1}]).rows
    assert row["rows_10s"] == 0


def test_state_is_of_open_windows_alone_however_long_it_goes_on():
    state = features(2)
    for second in range(3_000):
        state.extend([{"at": second, "who": who, "x": second} for who in "abc"])
    assert state.n_held < 60
    assert state.n_lost == 0


def test_more_entities_than_there_is_room_for_give_way_and_are_counted():
    panes = PaneWindows(WINDOWS[0], 1, most=10)
    sessions, lags = SessionWindows(WINDOWS[2], 1, most=10), LaggedValues(1, most=10)
    for entity in range(25):
        for state in (panes, sessions, lags):
            state.fold(entity, 5_000_000, [1.0])
            assert state.n_held <= 10
    assert [panes.n_lost, sessions.n_lost, lags.n_lost] == [15, 15, 15]
    assert lags.ask(24, 9_000_000) == [[1.0]]
    panes.fold("new", 15_000_000, [1.0])  # a later pane: the old one gives way
    assert (panes.n_held, panes.n_lost) == (1, 25)


def test_a_row_without_a_time_is_refused_and_one_without_an_entity_is_told_nothing():
    extended = features().extend([{"at": "soon", "x": 1}, {"at": 1, "who": None, "x": 1}, {"at": 99, "who": 7, "x": 1}])
    assert [(place, refusal.reason) for place, refusal in extended.refused.items()] == [(0, "no event time")]
    assert [row["rows_10s"] for row in extended.rows] == [None, 0]


@pytest.mark.parametrize("time", [float("inf"), 1e300, -1e13, 10**400, float("nan")])
def test_a_time_beyond_all_dates_is_refused(time):
    found = features(entity=None).extend([{"at": 1, "x": 1.0}, {"at": time, "x": 1.0}, {"at": 12, "x": 1.0}])
    assert list(found.refused) == [1]
    assert [row["x_sum_10s"] for row in found.rows] == [None, 1.0]


def at_times(state, *times):
    """Reasons why rows of these times, in hours, were refused, by their place."""
    refused = state.extend([{"at": 3600 * each, "who": "ann", "x": 1.0} for each in times]).refused
    return {place: refusal.reason for place, refusal in refused.items()}


def test_a_time_far_ahead_is_refused_and_makes_no_later_row_late():
    state = features(clock=lambda: 3600 * 100)
    assert at_times(state, 99, 5000, 100, 123, 125) == {1: "event time far ahead"}
    assert at_times(state, 900, 124) == {0: "event time far ahead"}
    assert state.n_late == 1  # 124 is behind 125, to which the stream went on by itself
    said = state.extend([{"at": "2099-01-01", "x": 1}, {"at": 4.0e9, "x": 1}]).refused
    assert (
        said[0].sentence
        == "Its 'at' is '2099-01-01', which is 2099-01-01 00:00:00, more than a day ahead of the clock."
    )
    assert said[1].sentence.endswith("more than a day ahead of the clock; numbers are seconds since 1970.")


def test_a_stream_whose_times_are_made_up_goes_on_past_the_clock():
    state = features(clock=lambda: 0.0)
    assert at_times(state, 5000, 5001, 90_000) == {2: "event time far ahead"}
    assert at_times(state, *range(5002, 5100), 5123) == {}
    assert state.n_late == 0


def test_a_table_to_learn_from_may_have_gaps_of_any_length():
    assert at_times(features(), 1, 5000, 90_000_000) == {}


def test_values_too_large_to_be_summed_are_told_as_missing():
    names = ["x_sum_10s", "x_std_10s", "x_max_10s"]
    rows = [{"at": at, "x": (-1) ** at * 1.7e308} for at in range(20)] + [{"at": 20, "x": 1.0}]
    told = features(entity=None).extend(rows).rows[-1]
    assert [told[name] for name in names[1:]] == [None, 1.7e308]
    assert told["x_sum_10s"] is None or math.isfinite(told["x_sum_10s"])


def test_entities_are_the_same_however_a_stream_writes_them():
    state = features(names=["x_lag1"], windows=[])
    rows = state.extend(
        [{"at": 1, "who": 7, "x": 3}, {"at": 2, "who": 7.0, "x": 4}, {"at": 3, "who": "7", "x": 5}]
    ).rows
    assert [row["x_lag1"] for row in rows] == [None, 3.0, 4.0]


def test_times_are_read_as_dates_too():
    state = features(names=["x_lag1"], windows=[], entity=None)
    rows = state.extend([{"at": "2024-03-01T10:00:00Z", "x": 3}, {"at": "2024-03-01 11:00:01+01:00", "x": 4}]).rows
    assert [row["x_lag1"] for row in rows] == [None, 3.0]


@pytest.mark.parametrize("text", ["", "10", "0s", "1h/7m", "session:", "session:0s", "day", "/5m"])
def test_what_is_no_window_is_said(text):
    with pytest.raises(StreamWindowError, match=r"is not a window|whole slides"):
        WindowSpec.parse(text)
