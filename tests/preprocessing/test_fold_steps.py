"""What the steps within folds leave out, and what they keep."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.exceptions.fold_step_errors import FoldStepError
from lepton_jupyter.preprocessing.fold_steps import (
    as_fold_steps,
    informative_columns,
    learn_fold_steps,
    unlike_columns,
    varying_columns,
)
from lepton_jupyter.preprocessing.training_rows import TrainingRows

RANDOM = np.random.default_rng(0)
N_ROWS = 2_000


def rows_of(*columns: np.ndarray, y: np.ndarray | None = None, categorical=(), n_classes=2) -> TrainingRows:
    X = np.stack(columns, axis=1).astype(np.float32)
    return TrainingRows(X, np.zeros(len(X), np.int64) if y is None else y, categorical, n_classes)


def test_a_column_of_nearly_one_value_or_none_is_left_out():
    nearly = np.where(np.arange(N_ROWS) == 7, 1.0, 0.0)
    rare = np.where(np.arange(N_ROWS) % 100 == 7, 1.0, 0.0)
    rows = rows_of(np.ones(N_ROWS), nearly, rare, np.full(N_ROWS, np.nan), np.where(rare > 0, np.nan, 5.0))
    assert varying_columns(rows).tolist() == [2, 4]


def test_of_columns_that_say_the_same_the_first_stays():
    x = RANDOM.normal(size=N_ROWS)
    lacking = np.where(RANDOM.random(N_ROWS) < 0.3, np.nan, x)
    codes = np.round(x)
    rows = rows_of(x, -2 * x + 7, x + RANDOM.normal(size=N_ROWS), lacking, codes, 3 * codes, categorical=(4, 5))
    assert unlike_columns(rows).tolist() == [0, 2, 3, 4, 5]


@pytest.mark.parametrize("n_classes", [0, 2, 4])
def test_columns_that_share_information_stay_and_most_noise_goes(n_classes):
    tells, noise = RANDOM.normal(size=N_ROWS), RANDOM.normal(size=(N_ROWS, 30))
    code = RANDOM.integers(0, 40, N_ROWS)
    gone = np.where(RANDOM.random(N_ROWS) < 0.3, np.nan, 1.0)
    signal = tells**2 + (code == 3) * 2 + np.isnan(gone) * 1.0 + RANDOM.normal(size=N_ROWS)
    cuts = np.quantile(signal, np.arange(1, n_classes) / n_classes) if n_classes else ()
    y = np.searchsorted(cuts, signal).astype(np.int64) if n_classes else signal
    rows = rows_of(tells, code, gone, *noise.T, y=y, categorical=(1,), n_classes=n_classes)
    kept = informative_columns(rows).tolist()
    assert kept[:1] == [0]
    assert 2 in kept
    assert len(kept) <= 6


def test_where_nothing_tells_anything_all_columns_stay():
    rows = rows_of(*np.ones((3, 200)), y=RANDOM.integers(0, 2, 200))
    made, training = learn_fold_steps(rows, ["variance", "information"], stop=lambda: False)
    assert training.shape[1] == len(made.own) == 3


def test_mean_targets_of_random_classes_tell_nothing_of_them():
    """Each training row is encoded without its own target: a category of each row's own does not give it away."""
    code = np.arange(N_ROWS) // 2
    y = RANDOM.integers(0, 2, N_ROWS)
    rows = rows_of(code, RANDOM.normal(size=N_ROWS), y=y, categorical=(0,))
    made, training = learn_fold_steps(rows, ["encode"], stop=lambda: False)
    for column in training[:, 2:].T:
        assert abs(np.corrcoef(column, y)[0, 1]) < 0.1
    assert made.beside(rows.X).shape == training.shape


def test_told_to_stop_it_gives_nothing():
    assert learn_fold_steps(rows_of(np.arange(9.0)), ["variance"], stop=lambda: True) is None


@pytest.mark.mistake
def test_a_step_that_is_none_is_named():
    with pytest.raises(FoldStepError, match=r"There is no step 'shadow' to fit within folds\. Did you mean 'shadows'"):
        as_fold_steps(["shadow"])
