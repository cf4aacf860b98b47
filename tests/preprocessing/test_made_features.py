from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from lepton_jupyter.preprocessing.column_gains import column_gains
from lepton_jupyter.preprocessing.column_key import ColumnKey, keys_from_arrays, keys_to_arrays
from lepton_jupyter.preprocessing.encoded_keys import encoded_keys, repeating_columns
from lepton_jupyter.preprocessing.group_statistics import GroupStatistics
from lepton_jupyter.preprocessing.made_features import FEATURE_CHOICES, MOST_MADE, MadeFeatures
from lepton_jupyter.preprocessing.number_pairs import NumberPairs
from lepton_jupyter.preprocessing.ordered_cross import OrderedCross
from lepton_jupyter.preprocessing.shadow_selection import telling_columns
from lepton_jupyter.preprocessing.target_encoding import TargetEncoding, shrunken_means
from lepton_jupyter.preprocessing.training_rows import TrainingRows
from lepton_jupyter.preprocessing.value_counts import ValueCounts


def rows_of(n_classes: int = 0, *, n_rows: int = 1_200, weights: bool = False, seed: int = 0) -> TrainingRows:
    """A number, its category's level beside it, two categories, two digits of a moment, and holes everywhere."""
    random = np.random.default_rng(seed)
    town, kind = random.integers(0, 12, n_rows), random.integers(0, 4, n_rows)
    year, month = random.integers(2010, 2015, n_rows), random.integers(1, 13, n_rows)
    size, price = random.uniform(1, 3, n_rows), random.uniform(1, 3, n_rows)
    season = np.sin(0.9 * (12 * year + month))
    signal = price / size + 2.0 * season + np.cos(3.0 * town)
    X = np.column_stack([town, kind, year, month, size, price]).astype(np.float32)
    X[random.random(X.shape) < 0.02] = np.nan
    y = signal if n_classes == 0 else np.searchsorted(np.quantile(signal, np.arange(1, n_classes) / n_classes), signal)
    return TrainingRows(
        X, y, categorical=(0, 1), n_classes=n_classes, weights=random.uniform(0.5, 2.0, n_rows) if weights else None
    )


def never() -> bool:
    return False


MADE = [choice for choice in FEATURE_CHOICES if choice not in {"plain", "selected"}]


@pytest.mark.parametrize("choice", MADE)
@pytest.mark.parametrize("n_classes", [0, 2, 4])
def test_made_features_survive_a_file_and_unknown_values(choice: str, n_classes: int) -> None:
    rows = rows_of(n_classes, weights=True)
    learnt = MadeFeatures.learn(rows, choice, stop=never)
    assert learnt is not None
    made, training = learnt
    again = MadeFeatures.from_bytes(made.to_bytes())
    strange = np.vstack([rows.X[:40], np.full((1, 6), np.nan), np.full((1, 6), 1e9)]).astype(np.float32)
    np.testing.assert_array_equal(again.beside(strange), made.beside(strange))
    np.testing.assert_array_equal(made.beside(strange)[:, :6], strange)
    assert training.dtype == made.beside(strange).dtype == np.float32
    assert training.shape[1] == made.beside(strange[:0]).shape[1] > 6
    assert not np.isinf(made.beside(strange)[:, 6:]).any()
    # A row by itself is made as among others.
    np.testing.assert_array_equal(made.beside(strange[3:4]), made.beside(strange)[3:4])


def test_the_same_rows_give_the_same_features() -> None:
    first, second = (MadeFeatures.learn(rows_of(2), "all", stop=never) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first[0].to_bytes() == second[0].to_bytes()
    np.testing.assert_array_equal(first[1], second[1])


def test_making_stops_when_it_is_told_to() -> None:
    for answers in ([True], [False, True]):
        remaining = iter(answers)
        assert MadeFeatures.learn(rows_of(), "all", stop=lambda remaining=remaining: next(remaining)) is None


def test_a_table_that_offers_nothing_is_left_as_it_is() -> None:
    X = np.array([[0.5, np.nan], [0.5, np.nan], [0.5, 1.0], [0.5, 1.0]], np.float32)
    rows = TrainingRows(X, np.array([0, 1, 0, 1]), categorical=(), n_classes=2)
    for choice in FEATURE_CHOICES[1:]:
        learnt = MadeFeatures.learn(rows, choice, stop=never)
        assert learnt is not None
        np.testing.assert_array_equal(learnt[1], X)


def test_the_ratio_that_the_target_is_made_of_is_found() -> None:
    random = np.random.default_rng(1)
    X = random.uniform(1, 3, (2_000, 5)).astype(np.float32)
    rows = TrainingRows(X, (X[:, 3] / X[:, 1]).astype(np.float64), categorical=(), n_classes=0)
    learnt = MadeFeatures.learn(rows, "all", stop=never)
    assert learnt is not None
    (pairs,) = learnt[0].steps
    assert isinstance(pairs, NumberPairs)
    assert [2, 1, 3] in pairs.pairs.tolist()
    assert len(pairs.pairs) < MOST_MADE  # a pair that tells nothing is not kept


def test_digits_are_found_in_their_order() -> None:
    rows = rows_of(n_rows=3_000)
    season = np.sin(0.9 * (12 * rows.X[:, 2] + rows.X[:, 3]).astype(np.float64))
    cross = OrderedCross.learn(dataclasses.replace(rows, y=np.nan_to_num(season)))
    assert cross.digits == (2, 3)


def test_a_target_of_noise_has_no_order() -> None:
    noise = np.random.default_rng(2).normal(size=1_200)
    assert OrderedCross.learn(dataclasses.replace(rows_of(), y=noise)).digits == ()


def test_a_training_row_is_encoded_without_its_own_target() -> None:
    """Where each level has one row, nothing is known of it: were its own target used, it would give it away."""
    n_rows = 400
    X = np.arange(n_rows, dtype=np.float32)[:, None]
    y = np.random.default_rng(0).normal(size=n_rows)
    rows = TrainingRows(X, y, categorical=(0,), n_classes=0)
    _, training = TargetEncoding.learn(rows, [(0,)])
    assert abs(np.corrcoef(training[:, 0], y)[0, 1]) < 0.2


def test_means_of_few_rows_are_drawn_towards_the_mean_of_all() -> None:
    random = np.random.default_rng(0)
    codes = np.repeat(np.arange(40), [2, 200] * 20)
    level = random.normal(size=40)
    y = level[codes] + 2.0 * random.normal(size=len(codes))
    means = shrunken_means(codes, 40, y[:, None], np.ones(len(y)))[:-1, 0]
    raw = np.array([y[codes == code].mean() for code in range(40)])
    overall = y.mean()
    kept = (means - overall) / (raw - overall)
    assert kept[0::2].max() < 0.6 < kept[1::2].min()
    assert np.mean((means - level) ** 2) < 0.7 * np.mean((raw - level) ** 2)


def test_a_weight_of_2_counts_as_two_rows_in_means_counts_and_moments() -> None:
    rows = rows_of()
    twice = np.random.default_rng(3).integers(1, 3, len(rows.y))
    weighed = dataclasses.replace(rows, weights=twice.astype(np.float64))
    repeated = rows.taking(np.repeat(np.arange(len(rows.y)), twice))
    for learn in (
        lambda each: TargetEncoding.learn(each, [(0,), (0, 1)])[0],
        lambda each: ValueCounts.learn(each, [0, 2]),
    ):
        np.testing.assert_allclose(learn(weighed).columns(rows.X), learn(repeated).columns(rows.X), rtol=2e-3)


def test_deviations_are_from_the_mean_of_the_group() -> None:
    rows = rows_of(n_rows=3_000)
    level = 10.0 * rows.X[:, 0]
    X = rows.X.copy()
    X[:, 4] += np.nan_to_num(level)
    y = np.nan_to_num(X[:, 4] - np.nan_to_num(level)).astype(np.float64)
    made = GroupStatistics.learn(dataclasses.replace(rows, X=X, y=y), [0, 1], [4, 5]).columns(X)
    known = ~np.isnan(X[:, [0, 4]]).any(axis=1)
    best = max(
        abs(np.corrcoef(column[known & ~np.isnan(column)], y[known & ~np.isnan(column)])[0, 1]) for column in made.T
    )
    assert best > 0.95
    assert best > 2 * abs(np.corrcoef(X[known, 4], y[known])[0, 1])


def test_a_cross_that_tells_more_than_its_parts_is_encoded() -> None:
    rows = rows_of(2, n_rows=4_000)
    X = np.nan_to_num(rows.X)
    rows = dataclasses.replace(rows, X=X, y=((X[:, 0] % 2) == (X[:, 1] % 2)).astype(np.int64))
    assert (0, 1) in encoded_keys(rows)
    # Digits of an ordered cross come first; single columns that repeat follow.
    assert encoded_keys(rows, (2, 3))[0] == (2, 3)
    assert {(place,) for place in repeating_columns(rows)} <= set(encoded_keys(rows))


def test_many_classes_do_not_make_many_columns() -> None:
    rows = rows_of(25, n_rows=3_000)
    learnt = MadeFeatures.learn(rows, "encoded", stop=never)
    assert learnt is not None
    assert learnt[1].shape[1] - 6 <= MOST_MADE


def test_keys_of_other_rows_are_unknown() -> None:
    X = np.array([[1, 5], [2, 5], [np.nan, 6]], np.float32)
    key = ColumnKey.learn(X, (0, 1))
    assert key.codes(np.array([[1, 6], [7, 7], [np.nan, 6], [3, 6]], np.float32)).tolist() == [3, 3, 2, 2]
    (again,) = keys_from_arrays(keys_to_arrays([key]))
    assert again.codes(X).tolist() == key.codes(X).tolist()


def test_gains_tell_the_useful_column_of_classes_too() -> None:
    rows = rows_of(4)
    useful = np.random.default_rng(4).normal(size=len(rows.y)).astype(np.float32)
    classes = np.searchsorted(np.quantile(useful, [0.25, 0.5, 0.75]), useful)
    gains = column_gains(dataclasses.replace(rows, y=classes).beside([useful[:, None]]))
    assert int(gains.argmax()) == 6
    assert math.isclose(gains.sum(), gains[6], rel_tol=0.1)


def test_columns_that_tell_nothing_are_left_out() -> None:
    rows = rows_of(2, n_rows=2_000)
    noise = np.random.default_rng(5).normal(size=(2_000, 40)).astype(np.float32)
    learnt = MadeFeatures.learn(rows.beside([noise]), "selected", stop=never)
    assert learnt is not None
    made, training = learnt
    assert made.own is not None
    left = set(made.own.tolist())
    assert len(left) < 25
    assert {2, 3, 4, 5} <= left
    X = np.hstack([rows.X, noise])
    np.testing.assert_array_equal(training, X[:, made.own])
    np.testing.assert_array_equal(MadeFeatures.from_bytes(made.to_bytes()).beside(X), training)
    codes = made.categorical((0, 1))
    np.testing.assert_array_equal(training[:, codes], rows.X[:, sorted({0, 1} & left)])


def test_all_columns_stay_where_none_tells_anything() -> None:
    constant = TrainingRows(np.ones((60, 3), np.float32), np.arange(60.0), categorical=(), n_classes=0)
    assert telling_columns(constant).tolist() == [0, 1, 2]
