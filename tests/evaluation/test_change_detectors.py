"""Detectors of growing errors: seldom wrong while nothing changes, soon right when it does, whatever the parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.adaptive_window import AdaptiveWindow
from lepton_jupyter.evaluation.kolmogorov_window import KolmogorovWindow
from lepton_jupyter.evaluation.page_hinkley import PageHinkley, threshold

KINDS = (AdaptiveWindow, PageHinkley, KolmogorovWindow)


def made(n, level, seed, *, truths=False):
    """Errors of a model with a mean of `level`: of a probability, or 0 and 1."""
    random = np.random.default_rng(seed)
    return (random.random(n) < level).astype(float) if truths else random.beta(9 * level, 9 * (1 - level), n)


def heard(detector, errors, part=100):
    return [
        (start + part, change)
        for start in range(0, len(errors), part)
        if (change := detector.update(errors[start : start + part])) is not None
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("truths", [False, True])
def test_false_alarms_are_no_more_than_was_asked_for(kind, truths):
    n_alarms = sum(
        len(heard(kind(rows_between_false_alarms=10_000), made(50_000, 0.15, seed, truths=truths), 500))
        for seed in range(4)
    )
    assert n_alarms <= 20 + 2 * 20**0.5  # 20 are the bound; of the few that come, the number varies by its root


@pytest.mark.parametrize("kind", KINDS)
def test_by_default_nothing_is_wrong_for_long(kind):
    assert heard(kind(), made(100_000, 0.2, 7, truths=kind is not KolmogorovWindow), 1000) == []


@pytest.mark.parametrize("kind", KINDS)
def test_growth_is_told_once_with_its_size_and_about_when_it_began(kind):
    errors = np.concatenate([made(4_000, 0.15, 1), made(2_000, 0.35, 2)])
    found = heard(kind(), errors)
    (at, change), *others = found
    assert others == []
    assert 4_000 < at <= 4_700
    assert change.before == pytest.approx(0.15, abs=0.03)
    assert change.after > 0.25
    assert 0 < change.n_after <= at - 4_000 + 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_gets_better_is_no_alarm_and_getting_worse_later_is(kind):
    errors = np.concatenate([made(3_000, 0.4, 3), made(4_000, 0.15, 4), made(2_000, 0.4, 5)])
    found = heard(kind(), errors)
    assert found
    assert all(at > 7_000 for at, _ in found)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=12))
def test_it_does_not_matter_in_what_parts_errors_come(parts):
    errors = np.concatenate([made(1_500, 0.1, 8), made(1_500, 0.6, 9)])
    for kind in (AdaptiveWindow, KolmogorovWindow):
        whole, other = kind(), kind()
        changes = [change for part in np.split(errors, np.cumsum(parts)) if (change := other.update(part)) is not None]
        last = whole.update(errors)
        assert changes[-1] == last


def test_the_window_is_of_logarithmic_size_and_of_all_rows():
    detector = AdaptiveWindow()
    for _ in range(100):
        detector.update(made(1_000, 0.2, 0))
    assert detector.n_rows == 100_000 // 32 * 32
    assert sum(map(len, detector._sizes)) <= 5 * 13


def test_a_threshold_grows_with_what_it_allows_and_with_skewness():
    assert threshold(1e6) < threshold(1e7) < threshold(1e7, skewness=2)
    assert threshold(1e6, skewness=-3) == threshold(1e6)
