"""What real runs say that they took."""

from __future__ import annotations

import pytest

from lepton_jupyter import LeptonClassifier, fit
from lepton_jupyter.events.run_events import FoldScored, RunFinished
from lepton_jupyter.exceptions.budget_errors import UnpricedBudgetError
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.resuming import resume_run


def of(run, kind):
    return [logged.event for logged in run.events if isinstance(logged.event, kind)]


def test_a_run_measures_each_fold_and_what_it_does_outside(churn):
    run = fit(churn, target="churn", budget="8trials", folds=3, learners=["linear", "decision_tree"], wait=True)
    cost = run.cost
    assert all(0 < fold.cpu_seconds < 5 for fold in of(run, FoldScored))
    [finished] = of(run, RunFinished)
    assert 0 < finished.outside_seconds < finished.elapsed_seconds + 1
    assert finished.memory_bytes > 1e7
    assert cost.cpu_seconds >= cost.by_trial.cpu_seconds.sum() > 0
    assert cost.by_trial.cpu_seconds.sum() == pytest.approx(cost.by_learner.cpu_seconds.sum())
    assert list(cost.by_trial.index) == list(range(8))
    assert 0 < cost.utilisation < 2
    assert cost.energy_wh > 0
    assert cost.money is None
    assert cost.at_price("0.05EUR").money.endswith(" EUR")
    board = run.leaderboard.set_index("trial")
    assert board.cpu_seconds[1] == pytest.approx(cost.by_trial.cpu_seconds[1])


def test_the_price_stays_with_the_run_and_each_part_of_it_adds_up(churn):
    run = fit(churn, target="churn", budget="3trials", folds=2, learners=["linear"], core_hour_price="2EUR", wait=True)
    before = run.cost
    again = resume_run(run.id, table=churn, budget="2trials", wait=True)
    assert len(of(again, RunFinished)) == 2
    assert before.cpu_seconds < again.cost.cpu_seconds
    assert before.wall_seconds < again.cost.wall_seconds
    assert again.cost.money is not None
    assert again.cost.money == show_run(run.id).cost.money


class TestBudgetInMoney:
    def test_it_is_turned_into_time_once(self, churn):
        price = 3600 / len(usable_cores())  # an hour of all cores costs 3,600 EUR, a second 1 EUR
        run = fit(
            churn, target="churn", budget="2EUR", core_hour_price=f"{price}EUR", learners=["linear"], folds=2, wait=True
        )
        assert run.settings.budget.seconds == pytest.approx(2.0)

    def test_without_a_price_nothing_begins(self, churn):
        with pytest.raises(UnpricedBudgetError, match="worth no known time"):
            fit(churn, target="churn", budget="2EUR")

    def test_the_estimators_know_it_too(self, churn):
        X, y = churn[["tenure", "bill"]], churn["churn"]
        model = LeptonClassifier(
            "1EUR", core_hour_price="3600EUR", n_jobs=1, learners=["linear"], folds=2, verbose=0
        ).fit(X, y)
        assert show_run(model.run_).settings.budget.seconds == pytest.approx(1.0)
