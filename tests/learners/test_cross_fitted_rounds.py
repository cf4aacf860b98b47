"""Stopping: the whole chooses the model's round, and no part of the rows the one at which it is judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.learners.cross_fitted_rounds import CrossFittedRounds, JudgedRows
from lepton_jupyter.learners.training_data import Fold


def fold_of(y: np.ndarray, parts: np.ndarray | None = None, weights: np.ndarray | None = None) -> Fold:
    X = np.zeros((len(y), 1), np.float32)
    return Fold(
        index=0, X_train=X, y_train=y, X_validation=X, y_validation=y, categorical=(), n_classes=0, metric="r2",
        weights_validation=weights, stopping_parts=parts,
    )  # fmt: skip


def heard(part_weights: np.ndarray, curves: np.ndarray) -> CrossFittedRounds:
    rounds = CrossFittedRounds(part_weights)
    for round_, losses in enumerate(curves, start=1):
        rounds.hear(round_, losses)
    return rounds


@given(seed=st.integers(0, 2**31 - 1), n_parts=st.integers(2, 5), n_rounds=st.integers(1, 40))
def test_each_part_is_judged_where_the_others_are_best(seed: int, n_parts: int, n_rounds: int) -> None:
    random = np.random.default_rng(seed)
    weights, curves = random.uniform(0.5, 3.0, n_parts), random.uniform(0.0, 1.0, (n_rounds, n_parts))
    rounds = heard(weights, curves)
    assert rounds.round == 1 + int((curves @ weights).argmin())
    for part in range(n_parts):
        others = np.arange(n_parts) != part
        assert rounds.judged_at[part] == 1 + int((curves[:, others] @ weights[others]).argmin())


@given(seed=st.integers(0, 2**31 - 1))
def test_no_part_has_a_say_in_where_it_is_judged(seed: int) -> None:
    random = np.random.default_rng(seed)
    curves = random.uniform(0.0, 1.0, (20, 3))
    before = heard(np.ones(3), curves).judged_at.copy()
    curves[:, 1] = random.uniform(0.0, 9.0, 20)
    assert heard(np.ones(3), curves).judged_at[1] == before[1]


def test_one_part_alone_is_judged_at_its_own_best() -> None:
    rounds = heard(np.array([7.0]), np.array([[3.0], [1.0], [2.0]]))
    assert (rounds.round, rounds.judged_at.tolist()) == (2, [2])
    assert heard(np.array([7.0, 0.0]), np.array([[3.0, 1.0], [1.0, 3.0]])).judged_at.tolist() == [2, 2]


@pytest.mark.parametrize("parts", [None, np.array([0, 1, 0, 1], np.int8)])
def test_what_is_kept_of_each_row_is_of_the_round_it_is_judged_at(parts: Any) -> None:
    random = np.random.default_rng(0)
    y, stages = random.normal(size=4), random.normal(size=(30, 4))
    judged = JudgedRows(fold_of(y, parts), lambda outputs: (outputs - y) ** 2)
    place = stages[0].copy()
    for round_, outputs in enumerate(stages, start=1):
        place[:] = outputs  # as LightGBM writes each round over the last
        judged.hear(round_, place)
    at = judged.rounds.judged_at[np.zeros(4, np.int64) if parts is None else parts]
    np.testing.assert_array_equal(judged.outputs, stages[at - 1, np.arange(4)])


def test_weights_of_rows_count() -> None:
    y = np.array([0.0, 1.0])
    for weights, best in ((np.array([9.0, 1.0]), 1), (np.array([1.0, 9.0]), 2)):
        judged = JudgedRows(fold_of(y, weights=weights), lambda outputs: (outputs - y) ** 2)
        for round_, level in enumerate((0.0, 1.0), start=1):
            judged.hear(round_, np.full(2, level))
        assert judged.rounds.round == best


def test_a_part_that_weighs_nothing_has_no_say() -> None:
    y, parts = np.array([0.0, 1.0, 1.0]), np.array([0, 0, 1], np.int8)
    judged = JudgedRows(fold_of(y, parts, np.array([2.0, 1.0, 0.0])), lambda outputs: (outputs - y) ** 2)
    for round_, level in enumerate((0.0, 1.0), start=1):
        judged.hear(round_, np.full(3, level))
    assert (judged.rounds.round, judged.outputs.tolist()) == (1, [0.0, 0.0, 0.0])


def test_a_loss_that_is_no_number_leaves_the_first_outputs() -> None:
    judged = JudgedRows(fold_of(np.zeros(2), np.array([0, 1], np.int8)), lambda outputs: outputs * np.nan)
    judged.hear(1, np.ones(2))
    judged.hear(2, np.zeros(2))
    assert judged.outputs.tolist() == [1.0, 1.0]
