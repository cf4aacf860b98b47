"""The best so far over time: an ensemble is compared by what it was chosen for, and shows what is to be expected."""

from __future__ import annotations

from lepton_jupyter.views.score_history import ScoreHistory


def test_an_ensemble_takes_the_place_of_a_trial_that_only_looks_better():
    history = ScoreHistory()
    history.add(1, 0.1, 0.85, 0.01, "boosting")
    assert history.add(None, 0.2, 0.84, 0.01, "ensemble", contended_score=0.86)
    assert history.points[-1].best_score == 0.84
    assert not history.add(2, 0.3, 0.855, 0.01, "boosting")
    assert history.points[-1].best_score == 0.84
    assert history.add(3, 0.4, 0.87, 0.01, "boosting")
    assert history.points[-1].best_score == 0.87


def test_an_ensemble_takes_the_place_of_the_one_before_it_whatever_their_scores():
    history = ScoreHistory(greater_is_better=False)
    history.add(None, 0.2, 0.5, 0.01, "ensemble", contended_score=0.4)
    assert not history.add(None, 0.3, 0.52, 0.01, "ensemble", contended_score=0.41)
    assert history.points[-1].best_score == 0.52
    assert not history.add(1, 0.4, 0.405 + 0.01, 0.01, "boosting")


def test_an_ensemble_of_an_old_log_is_compared_by_its_score():
    history = ScoreHistory()
    history.add(1, 0.1, 0.85, 0.01, "boosting")
    assert not history.add(None, 0.2, 0.84, 0.01, "ensemble")
    assert history.add(None, 0.3, 0.86, 0.01, "ensemble")
    assert not history.add(None, 0.4, 0.85, 0.01, "ensemble")
    assert history.points[-1].best_score == 0.86
