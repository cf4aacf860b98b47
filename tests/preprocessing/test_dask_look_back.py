"""A recipe that looks back at earlier rows gives a Dask frame what it gives the same rows in memory."""

from __future__ import annotations

import dask
import dask.dataframe
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lepton_jupyter import prepare
from lepton_jupyter.exceptions.prediction_errors import MissingColumnsError


def sales(n_rows, first_day, seed):
    random = np.random.default_rng(seed)
    return pd.DataFrame({
        "day": random.permutation(np.arange(first_day, first_day + n_rows)),
        "shop": random.choice(["Ulm", "Bonn", "Köln"], n_rows),
        "price": random.lognormal(2, 0.5, n_rows).round(2),
    })  # fmt: skip


RECIPES = {
    entity: prepare(sales(60, 0, seed=1), time="day", entity=entity, lags=[1, 2], rolling=[3]).recipe
    for entity in ((), ("shop",))
}
NEW = sales(90, 60, seed=2)


@pytest.fixture(scope="module", autouse=True)
def _texts_as_they_are():
    """Beside pandas 2 Dask makes Arrow strings of texts, which are the same texts and another type."""
    with dask.config.set({"dataframe.convert-string": False}):
        yield


@pytest.mark.parametrize("entity", RECIPES)
@settings(max_examples=15, deadline=None)
@given(n_partitions=some.integers(1, 90))
def test_the_split_into_partitions_changes_no_bit(entity, n_partitions):
    recipe = RECIPES[entity]
    frame = dask.dataframe.from_pandas(NEW, npartitions=n_partitions)
    prepared = recipe.transform(frame)
    pd.testing.assert_frame_equal(prepared.compute(scheduler="synchronous"), recipe.transform(NEW))
    assert prepared.divisions == frame.divisions


def test_the_first_rows_look_back_at_those_that_the_recipe_has_seen():
    recipe = RECIPES["shop",]
    prepared = recipe.transform(dask.dataframe.from_pandas(NEW, npartitions=4)).compute()
    firsts = NEW.loc[NEW.groupby("shop")["day"].idxmin()].index
    assert prepared.loc[firsts, "price_lag_1"].notna().all()
    # Rows that it was fitted on do not look back at themselves.
    seen = sales(60, 0, seed=1)
    again = recipe.transform(dask.dataframe.from_pandas(seen, npartitions=3, sort=False)).compute()
    pd.testing.assert_frame_equal(again, recipe.transform(seen))


def test_a_partition_can_be_read_alone_empty_ones_included():
    recipe = RECIPES["shop",]
    frame = dask.dataframe.from_pandas(NEW, npartitions=6)
    few = frame[frame["day"] < 65]
    whole = recipe.transform(NEW[NEW["day"] < 65])
    pd.testing.assert_frame_equal(recipe.transform(few).compute(), whole)
    first = recipe.transform(frame).get_partition(0).compute()
    pd.testing.assert_frame_equal(first, recipe.transform(NEW).loc[first.index])


def test_a_column_that_is_missing_is_named_before_anything_is_computed():
    with pytest.raises(MissingColumnsError, match="day"):
        RECIPES["shop",].transform(dask.dataframe.from_pandas(NEW.drop(columns="day"), npartitions=2))
