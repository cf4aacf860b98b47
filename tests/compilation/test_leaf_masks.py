from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from lepton_jupyter.compilation import leaf_masks
from lepton_jupyter.compilation.leaf_masks import LeafMasks
from lepton_jupyter.compilation.tree_tables import SideTables, TreeTable
from lepton_jupyter.exceptions.compilation_errors import NotCompilableError

N_COLUMNS, N_LEVELS = 4, 6
CUTS = np.array([-np.inf, -1, -0.5, 0, 0.25, 1, np.finfo(np.float32).max, np.inf], np.float32)


def drawn_tree(random, n_leaves, sides):
    """Grown one leaf at a time, now deep and now wide; column 3 holds categories, and is cut both ways."""
    children, leaves = [], [(None, 0)]
    while len(leaves) < n_leaves:
        at = leaves.pop(random.integers(len(leaves)))
        children.append(at)
        leaves += [(len(children) - 1, 0), (len(children) - 1, 1)]
    n_inner = len(children)
    sons = np.zeros((n_inner, 2), dtype=np.int64)
    for node, (parent, side) in enumerate(children):
        if parent is not None:
            sons[parent, side] = node
    for leaf, (parent, side) in enumerate(leaves):
        sons[parent, side] = n_inner + leaf
    feature, cut = random.integers(0, N_COLUMNS, n_inner), random.choice(CUTS, n_inner)
    missing_left = random.random(n_inner) < 0.5
    for node in np.flatnonzero(feature == 3):
        if random.random() < 0.5:
            cut[node] = random.integers(0, N_LEVELS)
            continue
        left = np.flatnonzero(random.random(N_LEVELS) < 0.5).tolist()
        feature[node] = sides.column(3, left, missing_left=bool(missing_left[node]))
        cut[node] = 0.5
    return TreeTable(feature, cut, sons[:, 0], sons[:, 1], missing_left, random.normal(size=(n_leaves, 1)))


def walked(tree, X):
    """Where a row comes to, one step at a time."""
    sums = []
    for row in X:
        node = 0
        while node < len(tree.feature):
            value = row[tree.feature[node]]
            left = bool(tree.missing_left[node]) if np.isnan(value) else value <= tree.cut[node]
            node = int(tree.left[node] if left else tree.right[node])
        sums.append(tree.values[node - len(tree.feature), 0])
    return np.array(sums)


def rows(random, n_rows):
    X = random.choice(np.append(CUTS, [-7, 0.1, 0.3]), (n_rows, N_COLUMNS)).astype(np.float32)
    X[:, 3] = random.integers(0, N_LEVELS, n_rows)
    X[random.random(X.shape) < 0.2] = np.nan
    return X


@pytest.mark.parametrize("n_leaves", [2, 31, 32, 33, 64])
def test_every_row_comes_to_the_leaf_that_a_walk_comes_to(n_leaves, monkeypatch):
    monkeypatch.setattr(leaf_masks, "_FEWEST_LEAVES", 1)
    monkeypatch.setattr(leaf_masks, "_BLOCK_TREES", 16)
    random, sides = np.random.default_rng(n_leaves), SideTables(N_COLUMNS, {3: N_LEVELS})
    sums = [(drawn_tree(random, n_leaves, sides), int(random.integers(0, 3))) for _ in range(40)]
    masks = LeafMasks(sums, sides, 3)
    X = rows(random, 300)
    where = sides.arrange()
    wide = sides.beside(X)
    expected = np.zeros((len(X), 3))
    for tree, output in sums:
        expected[:, output] += walked(replace(tree, feature=where[tree.feature]), wide)
    for asked in (masks, pickle.loads(pickle.dumps(masks))):
        np.testing.assert_allclose(asked.sums(X), expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(masks.sums(X[:1]), masks.sums(X)[:1])


def test_trees_that_gain_nothing_by_it_are_left_to_walks():
    random, sides = np.random.default_rng(0), SideTables(N_COLUMNS, {3: N_LEVELS})
    with pytest.raises(NotCompilableError, match="64 leaves are fewer than"):
        LeafMasks([(drawn_tree(random, 64, sides), 0)], sides, 1)
    with pytest.raises(NotCompilableError, match="65 leaves of a tree are more than the 64"):
        LeafMasks([(drawn_tree(random, 65, sides), 0)] * 30, sides, 1)
