from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from lepton_jupyter.evaluation.conformal_classes import ClassConformity
from lepton_jupyter.exceptions.conformal_errors import CoverageError, NoConformityError


def fitted(make, X, y, n_folds=4, seed=0):
    fold_of_row = np.random.default_rng(seed).permutation(len(y)) % n_folds
    n_classes = int(y.max()) + 1
    out_of_fold, models = np.empty((len(y), n_classes)), []
    for fold in range(n_folds):
        rows = fold_of_row == fold
        models.append(make().fit(X[~rows], y[~rows]))
        out_of_fold[rows] = models[-1].predict_proba(X[rows])
    conformity = ClassConformity.of(y, out_of_fold, fold_of_row, folds=range(n_folds), n_classes=n_classes)
    return conformity, models


def by_fold(models, X):
    return np.array([model.predict_proba(X) for model in models])


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000), n_folds=st.integers(1, 4), n_classes=st.integers(2, 5), by_class=st.booleans(),
    coverage=st.sampled_from([0.5, 0.8, 0.9]),
)  # fmt: skip
def test_a_class_is_in_unless_true_ones_were_more_probable(seed, n_folds, n_classes, by_class, coverage):
    random = np.random.default_rng(seed)
    y, fold_of_row = random.integers(0, n_classes, 120), random.integers(0, n_folds, 120)
    out_of_fold = random.dirichlet(np.ones(n_classes), 120)
    new = random.dirichlet(np.ones(n_classes), (n_folds, 9))
    conformity = ClassConformity.of(y, out_of_fold, fold_of_row, folds=range(n_folds), n_classes=n_classes)
    scores = 1 - out_of_fold[np.arange(120), y]
    expected = np.zeros((9, n_classes), bool)
    for code in range(n_classes):
        rows = y == code if by_class else np.ones(120, bool)
        less = scores[rows, None] < 1 - new[fold_of_row[rows], :, code]
        expected[:, code] = less.sum(axis=0) < coverage * (rows.sum() + 1) - 1e-9
    expected[np.arange(9), new.mean(axis=0).argmax(axis=1)] = True
    assert np.array_equal(conformity.sets(new, coverage, by_class=by_class), expected)


def logistic(penalty):
    return lambda: LogisticRegression(C=1 / penalty, max_iter=2000)


@pytest.mark.parametrize(
    ("load", "make", "n_train"), [(load_digits, logistic(1e5), 900), (load_breast_cancer, logistic(1e4), 300)]
)
def test_real_rows_that_were_held_out_are_covered(load, make, n_train):
    X, y = load(return_X_y=True)
    rates, sizes = [], []
    for seed in range(8):
        order = np.random.default_rng(seed).permutation(len(y))
        train, test = order[:n_train], order[n_train:]
        conformity, models = fitted(make, X[train], y[train], seed=seed)
        sets = conformity.sets(by_fold(models, X[test]), 0.95)
        rates.append(sets[np.arange(len(test)), y[test]].mean())
        sizes.append(sets.sum(axis=1).mean())
    n_test = len(y) - n_train
    error = math.sqrt(0.95 * 0.05 * (1 / n_test + 1 / n_train))
    assert min(rates) > 0.95 - 3.3 * error
    assert abs(np.mean(rates) - 0.95) < 0.02
    assert 1 <= np.mean(sizes) < X.shape[1] / 4


def test_a_rare_class_is_covered_by_itself_where_that_is_asked():
    random = np.random.default_rng(0)
    y = (random.random(8000) < 0.1).astype(int)
    X = random.normal(size=(8000, 1)) + y[:, None]
    conformity, models = fitted(GaussianNB, X[:4000], y[:4000])
    new, rare = by_fold(models, X[4000:]), y[4000:] == 1
    together, alone = (conformity.sets(new, 0.9, by_class=each)[np.arange(4000), y[4000:]] for each in (False, True))
    assert together[rare].mean() < 0.7
    assert alone[rare].mean() == pytest.approx(0.9, abs=0.05)
    assert alone[~rare].mean() > 0.9  # by far: the most probable class is in every set


class TestAdaptive:
    @settings(max_examples=25, deadline=None)
    @given(seed=st.integers(0, 10_000), n_folds=st.integers(1, 4), n_classes=st.integers(2, 5))
    def test_a_class_is_in_unless_true_ones_came_sooner(self, seed, n_folds, n_classes):
        random = np.random.default_rng(seed)
        y, fold_of_row = random.integers(0, n_classes, 120), random.integers(0, n_folds, 120)
        out_of_fold = random.dirichlet(np.ones(n_classes), 120)
        new = random.dirichlet(np.ones(n_classes), (n_folds, 9))
        conformity = ClassConformity.of(y, out_of_fold, fold_of_row, folds=range(n_folds), n_classes=n_classes)

        def score(row, code):
            return row[row > row[code]].sum() + row[code] / 2

        own = np.array([score(row, code) for row, code in zip(out_of_fold, y, strict=True)])
        expected = np.array(
            [
                [
                    sum(own[i] < score(new[fold_of_row[i], place], code) - 1e-12 for i in range(120)) < 0.8 * 121 - 1e-9
                    for code in range(n_classes)
                ]
                for place in range(9)
            ]
        )
        expected[np.arange(9), new.mean(axis=0).argmax(axis=1)] = True
        assert np.array_equal(conformity.sets(new, 0.8, adaptive=True), expected)

    def test_hard_rows_are_covered_nearly_as_often_as_easy_ones(self):
        """Easy rows are of one class, hard ones of any of eight: as in the third section of the paper."""
        plain, adaptive, all_plain, all_adaptive, sizes = [], [], [], [], []
        for seed in range(20):
            random = np.random.default_rng(seed)
            hard = random.random(3000) < 0.2
            probabilities = np.where(hard[:, None], 0.125, np.r_[0.93, np.full(7, 0.01)])
            y = np.array([random.choice(8, p=row) for row in probabilities])
            conformity = ClassConformity.of(
                y[:1000], probabilities[:1000], np.zeros(1000, int), folds=(0,), n_classes=8
            )
            rows, new = np.arange(2000), probabilities[None, 1000:]
            found = {each: conformity.sets(new, 0.9, adaptive=each) for each in (False, True)}
            covered = {each: found[each][rows, y[1000:]] for each in found}
            plain.append(covered[False][hard[1000:]].mean())
            adaptive.append(covered[True][hard[1000:]].mean())
            all_plain.append(covered[False].mean())
            all_adaptive.append(covered[True].mean())
            sizes.append([found[True][part].sum(axis=1).mean() for part in (hard[1000:], ~hard[1000:])])
        assert np.mean(all_plain) > 0.89
        assert np.mean(all_adaptive) > 0.89
        assert np.mean(adaptive) > 0.8
        of_hard, of_easy = np.mean(sizes, axis=0)
        assert of_hard > 5 * of_easy

    @pytest.mark.parametrize(("load", "make", "n_train"), [(load_digits, logistic(1e5), 900)])
    def test_real_rows_that_were_held_out_are_covered(self, load, make, n_train):
        X, y = load(return_X_y=True)
        rates = []
        for seed in range(5):
            order = np.random.default_rng(seed).permutation(len(y))
            train, test = order[:n_train], order[n_train:]
            conformity, models = fitted(make, X[train], y[train], seed=seed)
            sets = conformity.sets(by_fold(models, X[test]), 0.9, adaptive=True)
            rates.append(sets[np.arange(len(test)), y[test]].mean())
        assert min(rates) > 0.9 - 3.3 * math.sqrt(0.09 * (1 / (len(y) - n_train) + 1 / n_train))

    @pytest.mark.mistake
    def test_it_is_not_to_be_had_by_class_nor_of_what_older_versions_kept(self):
        y = np.array([0, 1] * 10)
        conformity = ClassConformity.of(y, np.full((20, 2), 0.5), np.arange(20) % 2, folds=(0, 1), n_classes=2)
        new = np.full((2, 1, 2), 0.5)
        with pytest.raises(CoverageError, match="adaptive and by_class exclude each other"):
            conformity.sets(new, 0.9, by_class=True, adaptive=True)
        saved = conformity.to_dict()
        del saved["adaptive"]
        older = ClassConformity.from_dict(saved)
        assert np.array_equal(older.sets(new, 0.9), conformity.sets(new, 0.9))
        with pytest.raises(NoConformityError):
            older.sets(new, 0.9, adaptive=True)


def test_it_is_the_same_when_read_back_and_its_size_is_bounded():
    random = np.random.default_rng(0)
    y = random.integers(0, 100, 20_000)
    out_of_fold = random.dirichlet(np.ones(100), 20_000)
    conformity = ClassConformity.of(y, out_of_fold, np.arange(20_000) % 3, folds=range(3), n_classes=100)
    text = json.dumps(conformity.to_dict())
    assert len(text) < 120_000
    new = random.dirichlet(np.ones(100), (3, 50))
    again = ClassConformity.from_dict(json.loads(text))
    for adaptive in (False, True):
        assert np.array_equal(again.sets(new, 0.9, adaptive=adaptive), conformity.sets(new, 0.9, adaptive=adaptive))


def test_few_rows_say_what_can_be_asked_of_them():
    y = np.array([0, 1] * 10)
    conformity = ClassConformity.of(y, np.full((20, 2), 0.5), np.arange(20) % 2, folds=(0, 1), n_classes=2)
    with pytest.raises(CoverageError, match=r"needs more rows than the 20 that were judged .* at most 0\.9523"):
        conformity.sets(np.full((2, 1, 2), 0.5), 0.99)
    assert conformity.sets(np.full((2, 1, 2), 0.5), 0.99, by_class=True).all()
