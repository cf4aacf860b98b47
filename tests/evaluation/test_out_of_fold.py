"""Putting out-of-fold predictions together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.evaluation.out_of_fold import OutOfFold
from lepton_jupyter.exceptions.metric_errors import (
    IncompletePredictionsError,
    InvalidPredictionsError,
    UnknownFoldError,
)


@settings(deadline=None)
@given(
    fold_of_row=st.lists(st.integers(-1, 3), min_size=4, max_size=40).map(lambda f: [0, 1, 2, 3, *f]),
    order=st.permutations(range(4)),
)
def test_every_row_gets_the_prediction_of_its_fold_in_any_order(fold_of_row, order):
    folds = np.array(fold_of_row)
    truth = np.random.default_rng(0).normal(size=(len(folds), 2)).astype(np.float32)
    collected = OutOfFold(folds, n_outputs=2)
    for count, fold in enumerate(order, start=1):
        assert not collected.complete
        collected.add(fold, truth[folds == fold])
        assert collected.present == tuple(sorted(order[:count]))
        assert collected.missing == tuple(sorted(order[count:]))
    assert collected.complete
    predictions = collected.predictions()
    assert predictions.dtype == np.float32
    np.testing.assert_array_equal(predictions[folds >= 0], truth[folds >= 0])
    assert np.isnan(predictions[folds < 0]).all()
    np.testing.assert_array_equal(collected.validated, folds >= 0)


def test_the_whole_is_refused_before_all_folds_are_there_and_a_part_is_not():
    collected = OutOfFold(np.array([0, 1, 2]), n_outputs=1)
    collected.add(1, np.array([[5.0]]))
    with pytest.raises(IncompletePredictionsError, match="fold 0, 2 are missing"):
        collected.predictions()
    np.testing.assert_array_equal(collected.predictions(partial=True)[:, 0], [np.nan, 5.0, np.nan])


def test_what_is_given_out_is_a_copy():
    collected = OutOfFold(np.array([0, 0]), n_outputs=1)
    collected.add(0, np.zeros((2, 1)))
    collected.predictions()[:] = 7
    assert not collected.predictions().any()


def test_predictions_that_do_not_fit_are_refused():
    collected = OutOfFold(np.array([0, 0, 1]), n_outputs=1)
    with pytest.raises(UnknownFoldError, match="no fold 2: folds are numbered 0 to 1"):
        collected.add(2, np.zeros((1, 1)))
    with pytest.raises(InvalidPredictionsError, match=r"\(3, 1\), and \(2, 1\)"):
        collected.add(0, np.zeros((3, 1)))
    with pytest.raises(InvalidPredictionsError, match="1 of 2 rows"):
        collected.add(0, np.array([[0.0], [1e300]]))
    assert collected.present == ()
