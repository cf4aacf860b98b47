"""Intervals of scores and differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lepton_jupyter.evaluation.uncertainty import paired_difference, score_error, standard_error

_SCORES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=10)


@settings(deadline=None)
@given(scores=_SCORES)
def test_the_error_is_students_interval_with_nadeau_and_bengios_correction(scores):
    n_folds = len(scores)
    corrected = np.sqrt(np.var(scores, ddof=1) * (1 / n_folds + 1 / (n_folds - 1)))
    low, high = stats.t.interval(0.95, n_folds - 1, loc=0, scale=corrected) if corrected else (0, 0)
    assert score_error(scores) == pytest.approx((high - low) / 2, rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(scores=_SCORES, factor=st.floats(0.1, 10), offset=st.floats(-100, 100))
def test_the_error_scales_with_the_unit_and_ignores_the_level(scores, factor, offset):
    moved = [factor * each + offset for each in scores]
    assert score_error(moved) == pytest.approx(factor * score_error(scores), rel=1e-6, abs=1e-9)


def test_folds_without_a_score_are_left_out_and_one_fold_tells_nothing():
    assert score_error([0.8, math.nan, 0.9]) == score_error([0.8, 0.9])
    assert math.isnan(score_error([0.8]))
    assert math.isnan(score_error([]))
    assert math.isnan(standard_error([0.8, math.nan]))


@settings(deadline=None)
@given(scores=_SCORES, shift=st.floats(-10, 10))
def test_a_constant_lead_is_certain(scores, shift):
    difference = paired_difference(np.array(scores) + shift, scores)
    assert difference.mean == pytest.approx(shift, abs=1e-9)
    assert difference.error == pytest.approx(0.0, abs=1e-9)
    assert difference.n_folds == len(scores)


def test_pairing_sees_what_the_spread_between_folds_hides():
    reference = [0.60, 0.90, 0.75, 0.85, 0.70]
    gains = [0.02, 0.03, 0.02, 0.03, 0.02]
    difference = paired_difference(np.add(reference, gains), reference)
    assert not difference.tied
    assert score_error(reference) > 5 * difference.mean


def test_only_folds_that_both_have_are_compared():
    difference = paired_difference([0.9, math.nan, 0.8], [0.8, 0.7, 0.7, 0.6])
    assert (difference.n_folds, round(difference.mean, 3)) == (2, 0.1)
    alone = paired_difference([0.9], [0.8])
    assert alone.tied
    assert math.isnan(alone.error)
    assert math.isnan(paired_difference([], [0.8]).mean)
