from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor

from lepton_jupyter.learners.packed_forest import _FEW_ROWS, PackedForest, PackedTree, fill_missing, missing_fill


def grown(seed: int = 0, **settings: object) -> tuple[np.ndarray, DecisionTreeRegressor]:
    random = np.random.default_rng(seed)
    X = random.normal(size=(300, 4)).astype(np.float32)
    # Repeated values make thresholds that fall exactly on data.
    X[:, 0] = np.round(X[:, 0], 1)
    y = X[:, 0] * X[:, 1] + random.normal(size=300)
    kind = DecisionTreeRegressor if settings else ExtraTreeRegressor
    return X, kind(random_state=seed, **settings).fit(X, y)


def packed(tree: DecisionTreeRegressor) -> PackedForest:
    return PackedForest([PackedTree.from_sklearn(tree.tree_, tree.tree_.value[:, 0, :])], np.zeros(4, np.float32), 0)


@given(seed=st.integers(0, 200))
def test_every_row_reaches_the_leaf_it_reached(seed: int) -> None:
    X, tree = grown(seed)
    np.testing.assert_array_equal(packed(tree).predict(X)[:, 0], tree.predict(X).astype(np.float32))


@given(leaves=st.integers(2, 60))
def test_trees_grown_best_cut_first_are_put_in_order(leaves: int) -> None:
    X, tree = grown(max_leaf_nodes=leaves)
    np.testing.assert_array_equal(packed(tree).predict(X)[:, 0], tree.predict(X).astype(np.float32))


def test_a_node_takes_a_ninth_of_its_memory() -> None:
    _, tree = grown()
    size = sum(array.nbytes for array in packed(tree).to_arrays().values())
    assert size < 72 * tree.tree_.node_count / 8 + 100


@given(seed=st.integers(0, 50), n_outputs=st.integers(1, 3), n_rows=st.integers(0, 5))
def test_few_rows_are_predicted_to_the_bit_as_they_are_among_many(seed: int, n_outputs: int, n_rows: int) -> None:
    X, _ = grown()
    values = np.random.default_rng(seed)
    trees = [
        PackedTree.from_sklearn(tree.tree_, values.random((tree.tree_.node_count, n_outputs)))
        for _, tree in (grown(each) for each in range(seed, seed + 12))
    ]
    forest = PackedForest(trees, np.zeros(4, np.float32), 0)
    assert len(X) > _FEW_ROWS >= n_rows
    np.testing.assert_array_equal(forest.predict(X[:n_rows]), forest.predict(X)[:n_rows])


def test_what_many_rows_are_predicted_with_is_not_kept() -> None:
    random = np.random.default_rng(0)
    X = random.normal(size=(2_000, 4)).astype(np.float32)
    tree = ExtraTreeRegressor(random_state=0).fit(X, random.normal(size=len(X)))
    forest = PackedForest(
        [PackedTree.from_sklearn(tree.tree_, tree.tree_.value[:, 0, :])] * 20, np.zeros(4, np.float32), 0
    )
    forest.predict(X)
    tracemalloc.start()
    try:
        forest.predict(X)
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 72 * tree.tree_.node_count < peak < 20 * 72 * tree.tree_.node_count


@pytest.mark.parametrize(("name", "value"), [("right", 10**6), ("right", 0), ("right", -1), ("feature", 4)])
def test_arrays_that_would_be_walked_out_of_are_refused(name: str, value: int) -> None:
    _, tree = grown()
    arrays = packed(tree).to_arrays()
    broken = arrays[name].copy()
    broken[0] = value
    with pytest.raises(ValueError, match="not a forest"):
        PackedForest.from_arrays({**arrays, name: broken})


@pytest.mark.parametrize(
    ("name", "kind"), [("right", np.float64), ("feature", np.float32), ("fill", np.int8), ("threshold", np.int64)]
)
def test_arrays_of_another_type_are_refused(name: str, kind: type) -> None:
    _, tree = grown()
    forest = packed(tree)
    arrays = forest.to_arrays()
    arrays[name] = arrays[name].astype(kind)
    with pytest.raises(ValueError, match="not a forest"):
        PackedForest.from_arrays(arrays)


def test_a_table_of_other_columns_is_refused() -> None:
    X, tree = grown()
    forest = packed(tree)
    with pytest.raises(ValueError, match="was grown on"):
        forest.predict(X[:, :-1])


def test_missing_values_stand_below_all_others() -> None:
    X = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, np.nan]], np.float32)
    fill = missing_fill(X)
    np.testing.assert_array_equal(fill, np.array([0.5, -1.0], np.float32))
    assert fill_missing(X, fill)[2].tolist() == [0.5, -1.0]
