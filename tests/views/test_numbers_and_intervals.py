"""Numbers as people read them, intervals as statistics has them."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lepton_jupyter.views.axis_ticks import round_ticks, tick_decimals
from lepton_jupyter.views.even_sample import even_sample, fair_shares
from lepton_jupyter.views.number_format import (
    duration,
    milliseconds_cell,
    number,
    score_with_error,
    sentence_decimals,
    size,
    table_decimals,
)
from lepton_jupyter.views.paired_difference import paired_difference, student_t
from lepton_jupyter.views.plain_text import fitted, one_line, width

finite = st.floats(-1e9, 1e9)


@pytest.mark.parametrize("degrees", [*range(1, 40), 100, 999])
def test_student_t_agrees_with_scipy(degrees: int) -> None:
    assert student_t(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=2e-5)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=10), st.booleans())
def test_interval_is_the_paired_t_interval(pairs: list[tuple[float, float]], higher: bool) -> None:
    scores, others = zip(*pairs, strict=True)
    found = paired_difference(scores, others, greater_is_better=higher)
    differences = np.subtract(scores, others) * (1 if higher else -1)
    error = stats.t.ppf(0.975, len(pairs) - 1) * differences.std(ddof=1) / math.sqrt(len(pairs))
    assert found.mean == pytest.approx(differences.mean(), abs=1e-12)
    assert found.error == pytest.approx(error, rel=1e-4, abs=1e-9)


def test_interval_is_unknown_where_it_cannot_be_known() -> None:
    one = paired_difference([0.8], [0.7], greater_is_better=True)
    assert one.mean == pytest.approx(0.1)
    assert math.isnan(one.error)
    assert one.reaches_zero
    assert math.isnan(paired_difference([], [0.7], greater_is_better=True).mean)
    # A rejected trial has its first folds only.
    assert len(paired_difference([0.8, 0.9], [0.7, 0.7, 0.7], greater_is_better=True).folds) == 2


def test_a_clear_difference_does_not_reach_zero() -> None:
    assert not paired_difference([0.8, 0.81, 0.8], [0.7, 0.7, 0.71], greater_is_better=True).reaches_zero
    assert paired_difference([0.8, 0.6, 0.8], [0.7, 0.7, 0.71], greater_is_better=True).reaches_zero


@settings(deadline=None, max_examples=50)
@given(finite, st.integers(0, 6))
def test_numbers_can_be_read_back(value: float, decimals: int) -> None:
    text = number(value, decimals)
    assert float(text.replace(",", "").replace("−", "-")) == pytest.approx(value, abs=0.51 * 10**-decimals)
    assert not re.fullmatch(r"[−+][0.,]*", text), "what rounds to zero has no sign"


@pytest.mark.parametrize("bad", [None, math.nan, math.inf])
def test_what_is_missing_is_a_dash(bad: float | None) -> None:
    assert {number(bad, 2), duration(bad), size(bad), milliseconds_cell(bad)} == {"–"}


@settings(deadline=None, max_examples=50)
@given(st.floats(1e-8, 1e6))
def test_an_error_shows_one_or_two_digits(error: float) -> None:
    shown = number(error, sentence_decimals(error))
    digits = shown.replace(",", "").replace(".", "").lstrip("0")
    assert 1 <= len(digits) <= (2 if error < 19.5 else 7)


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        (0.8602, 0.0091, ("0.860", "±0.009")),
        (0.8602, 0.0121, ("0.860", "±0.012")),
        (54321.4, 812.0, ("54,321", "±812")),
        (0.8602, 0.0, ("0.8602", "")),
        (0.8602, math.nan, ("0.8602", "")),
        (0.86, 0.0996, ("0.86", "±0.10")),
    ],
)
def test_scores_in_sentences(value: float, error: float, shown: tuple[str, str]) -> None:
    assert score_with_error(value, error) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0 s"), (0.949, "0.9 s"), (0.951, "1 s"), (59.6, "1 min"), (60, "1 min"), (250, "4 min 10 s"), (3600, "1 h"),
     (86_400 * 2 + 3600, "2 d 1 h"), (-1, "0 s")],
)  # fmt: skip
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("n_bytes", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (999_600, "1.0 MB"),
        (99_960_000, "100 MB"),
        (21_700_000, "21.7 MB"),
        (3e12, "3.0 TB"),
    ],
)
def test_sizes(n_bytes: float, shown: str) -> None:
    assert size(n_bytes) == shown


def test_decimals_of_a_column_follow_its_largest_value() -> None:
    values = (0.86, 0.012, 5.2, 12.3, 512.0, 54_321.0, 0.0012, 0.0)
    assert [table_decimals([each]) for each in values] == [4, 5, 4, 3, 2, 0, 6, 4]
    assert table_decimals([math.nan, None]) == 4


@settings(deadline=None, max_examples=50)
@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6), st.integers(4, 8))
def test_ticks_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    ticks = round_ticks(low, low + span, most)
    assert 1 <= len(ticks) <= most + 1
    assert all(low - span * 1e-6 <= tick <= low + span * 1.000001 for tick in ticks)
    assert all(round(tick, tick_decimals(ticks)) == pytest.approx(tick, abs=1e-9 + 1e-9 * abs(tick)) for tick in ticks)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(), max_size=50), st.integers(0, 60))
def test_a_sample_is_even_ordered_and_small(items: list[int], limit: int) -> None:
    numbered = list(enumerate(items))
    sample = even_sample(numbered, limit)
    assert len(sample) == min(limit, len(items))
    assert sample == sorted(set(sample))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=6), st.floats(0, 1e6))
def test_shares_are_fair(demands: list[float], capacity: float) -> None:
    shares = fair_shares(demands, capacity)
    assert sum(shares) <= capacity * (1 + 1e-9) + 1e-6
    assert all(share <= demand for share, demand in zip(shares, demands, strict=True))
    cut = [share for share, demand in zip(shares, demands, strict=True) if share < demand]
    assert not cut or max(cut) == pytest.approx(min(cut), rel=1e-6, abs=1e-6)
    assert not cut or sum(shares) == pytest.approx(capacity, rel=1e-6, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=300), st.integers(2, 200))
def test_a_line_is_one_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.splitlines() in ([], [line])
    assert "\x1b" not in line
    assert "\u202e" not in line


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=60), st.integers(0, 40), st.booleans())
def test_a_cell_takes_its_columns(text: str, columns: int, right: bool) -> None:
    assert width(fitted(text, columns, right=right)) == columns
