"""Late folds: which trials are fitted once more, in which order, and what time is kept for it."""

from __future__ import annotations

import pytest

from lepton_jupyter.automl.late_folds import LateFolds
from lepton_jupyter.search.trial import Trial


def trial(trial_id, *, origin="portfolio", row_share=1.0):
    return Trial(id=trial_id, learner="lightgbm", point={}, origin=origin, row_share=row_share)


def late_folds(weights, seconds=None, n_late=2):
    late = LateFolds(n_folds=3, n_late=n_late)
    for trial_id in weights:
        late.offer(trial(trial_id), (seconds or {}).get(trial_id, 1.0))
    late.weigh(weights)
    return late


def order_of(late, within=100.0):
    order = []
    while (fit := late.next(within)) is not None:
        late.begin(fit)
        order.append((fit.trial.id, fit.fold))
    return order


def test_the_heaviest_come_first_and_each_once_before_one_twice():
    assert order_of(late_folds({1: 0.2, 2: 0.7, 3: 0.1})) == [(2, 3), (1, 3), (3, 3), (2, 4), (1, 4), (3, 4)]


def test_light_ones_are_not_worth_it():
    assert order_of(late_folds({1: 0.95, 2: 0.05})) == [(1, 3), (1, 4)]


def test_neither_baselines_nor_trials_on_a_part_of_the_rows_are_fitted_once_more():
    late = LateFolds(n_folds=3, n_late=1)
    late.offer(trial(1, origin="baseline"), 1.0)
    late.offer(trial(2, row_share=0.25), 1.0)
    late.weigh({1: 0.5, 2: 0.5})
    assert order_of(late) == []
    assert late.seconds(2, 100.0) == 0.0


def test_a_late_fit_takes_as_much_longer_as_it_has_more_rows():
    assert late_folds({1: 1.0}).next(100.0).seconds == pytest.approx(0.95 * 3 / 2 + 0.05)


def test_time_is_kept_for_what_fits_into_the_most_on_so_many_workers():
    late = late_folds({1: 0.6, 2: 0.4})  # four fits of 1.475 s
    assert late.seconds(1, 100.0) == pytest.approx(4 * 1.475)
    assert late.seconds(2, 100.0) == pytest.approx(2 * 1.475)
    assert late.seconds(4, 100.0) == pytest.approx(1.475)
    assert late.seconds(1, 3.0) == pytest.approx(2 * 1.475)
    assert late.seconds(1, 1.0) == 0.0


def test_what_does_not_fit_any_more_is_passed_over():
    late = late_folds({1: 0.6, 2: 0.4}, {1: 10.0, 2: 1.0})
    assert late.next(2.0).trial.id == 2
    assert late.next(1.27).trial.id == 2  # cut off a little sooner
    assert late.next(1.0) is None


def test_what_was_begun_is_not_begun_again_and_ends_once():
    late = late_folds({1: 1.0}, n_late=1)
    late.begin(late.next(100.0))
    assert late.next(100.0) is None
    assert late.seconds(1, 100.0) == 0.0
    assert [each.id for each in late.trials_running()] == [1]
    assert late.end(1, 3)
    assert not late.end(1, 3)
    assert not late.end(1, 0)  # a fold of its own


def test_what_was_made_in_an_earlier_part_of_a_run_stays_made():
    late = late_folds({1: 1.0})
    late.made_before(1, 3)
    assert order_of(late) == [(1, 4)]


def test_there_is_none_of_a_table_that_has_no_late_folds():
    assert order_of(late_folds({1: 1.0}, n_late=0)) == []
