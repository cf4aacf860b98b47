from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.data.checks import align, check_folds
from lepton_jupyter.exceptions.data_errors import TooFewRowsError
from lepton_jupyter.exceptions.prediction_errors import FeatureCountError, MissingColumnsError, UnusedColumnsWarning

NAMES = ("age", "town", "size")


def table(*names):
    return pd.DataFrame({name: [1.0, 2.0] for name in names})


def test_reordered_columns_are_fine():
    assert align(table("size", "age", "town"), NAMES)["age"].tolist() == [1.0, 2.0]


def test_missing_columns_are_named():
    with pytest.raises(MissingColumnsError, match="lacks the columns 'age', 'town'"):
        align(table("size"), NAMES)
    with pytest.raises(MissingColumnsError, match=r"lacks the column 'town'.*Did you mean its column 'Town'"):
        align(table("age", "Town", "size"), NAMES)


def test_columns_that_are_not_needed_may_be_missing():
    assert align(table("age"), NAMES, needed=["age"]).columns.tolist() == ["age"]


def test_extra_columns_are_ignored_with_a_warning():
    with pytest.warns(UnusedColumnsWarning, match="column 'colour' was not in training"):
        align(table(*NAMES, "colour"), NAMES)


def test_the_target_may_be_there():
    align(table(*NAMES, "churn"), NAMES, known={"churn"})


def test_arrays_are_read_by_place():
    assert align(np.ones((2, 3)), NAMES).columns.tolist() == list(NAMES)
    with pytest.raises(FeatureCountError, match="X has 1 features, but Model is expecting 3 features as input"):
        align(np.ones((2, 1)), NAMES, owner="Model")


@pytest.mark.parametrize(("n_rows", "n_folds"), [(4, 5), (1, 1), (1, 3)])
def test_fewer_rows_than_folds(n_rows, n_folds):
    with pytest.raises(TooFewRowsError, match=f"n_samples={n_rows}"):
        check_folds(n_rows, n_folds)


def test_as_many_rows_as_folds():
    check_folds(5, 5)
