"""Pools: probabilities that sum to one, ranks that calibration keeps, and a mean that does nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.pool_form import LOGARITHMIC, MEAN, PoolForm, blend

_SEEDS = st.integers(0, 2**32 - 1)
_SHARPNESS = st.floats(0.05, 20.0)
_SHIFTS = st.floats(-5.0, 5.0)


def _probabilities(seed, n_classes, n_models=3, n_rows=50):
    random = np.random.default_rng(seed)
    raw = np.exp(3 * random.normal(size=(n_models, n_rows, n_classes)))
    raw[0, 0] = np.eye(n_classes)[0]  # sure: the others have a probability of nothing
    return dict(enumerate((raw / raw.sum(axis=2, keepdims=True)).astype(np.float32)))


@settings(max_examples=50, deadline=None)
@given(seed=_SEEDS, n_classes=st.integers(2, 6), sharpness=_SHARPNESS, shift=_SHIFTS)
def test_pooled_probabilities_are_finite_and_sum_to_one(seed, n_classes, sharpness, shift):
    form = PoolForm(logarithmic=True, sharpness=sharpness, shifts=(shift, *[0.0] * (n_classes - 1)))
    pooled = blend(_probabilities(seed, n_classes), {0: 0.5, 1: 0.3, 2: 0.2}, form)
    assert np.isfinite(pooled).all()
    assert (pooled >= 0).all()
    np.testing.assert_allclose(pooled.sum(axis=1), 1.0, atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(seed=_SEEDS, sharpness=st.floats(0.2, 3.0), shift=st.floats(-2.0, 2.0))
def test_sharpness_and_shifts_leave_the_ranks_of_two_classes_as_they_are(seed, sharpness, shift):
    total = np.log(np.stack([each[:20] for each in _probabilities(seed, 2).values()]).astype(float).mean(axis=0))
    plain = LOGARITHMIC.closed(total)[:, 1]
    calibrated = PoolForm(logarithmic=True, sharpness=sharpness, shifts=(-shift, shift)).closed(total)[:, 1]
    order = np.argsort(plain)
    assert (np.diff(calibrated[order]) >= -1e-12).all()


def test_the_pool_of_one_model_is_that_model():
    predictions = _probabilities(1, 4)
    np.testing.assert_allclose(blend(predictions, {1: 1.0}, LOGARITHMIC), predictions[1], atol=2e-6)
    np.testing.assert_array_equal(blend(predictions, {1: 1.0}, MEAN), predictions[1])


def test_models_that_agree_on_a_probability_stay_as_sure_as_they_are():
    sure = np.array([[0.99, 0.01]])
    # What each of them is sure of is another row's class for the mean, which ends up between them.
    pooled = blend({1: sure, 2: np.array([[0.9, 0.1]])}, {1: 0.5, 2: 0.5}, LOGARITHMIC)
    assert pooled[0, 0] > blend({1: sure, 2: np.array([[0.9, 0.1]])}, {1: 0.5, 2: 0.5}, MEAN)[0, 0]
    assert pooled[0, 0] == pytest.approx(1 / (1 + np.sqrt(0.01 / 0.99 * 0.1 / 0.9)), rel=1e-5)
