"""Groups, times and weights from the first line to a run that is opened again, resumed and predicted with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import LeptonClassifier, LeptonRegressor, fit
from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import RunFinished, RunStarted, TrialFinished, WarningRaised
from lepton_jupyter.exceptions.automl_errors import TableChangedError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.learners.custom import learner_from_estimator
from lepton_jupyter.learners.registry import register, unregister
from lepton_jupyter.notebook.judged_rows import training_rows
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session

OPTIONS = {"target": "churn", "budget": "6trials", "folds": 3, "learners": ["linear", "lightgbm"], "wait": True}
# fmt: off
WRONG = [
    ({"groups": [1, 2]}, "groups has 2 values, but the table has 240 rows"),
    ({"groups": np.zeros(240)}, "All rows are of one group in column 'groups'"),
    ({"groups": np.zeros((240, 2))}, "groups must be 1D array"),
    ({"sample_weight": -np.ones(240)}, "hold -1, and a weight is never negative"),
    ({"sample_weight": np.full(240, np.nan)}, "240 rows have no weight in 'sample_weight'"),
    ({"sample_weight": ["x"] * 240}, "hold 'x', which is not a number"),
    ({"sample_weight": np.ones(3)}, "sample_weight has 3 values, but the table has 240 rows"),
]
# fmt: on


@pytest.fixture
def table(churn):
    random = np.random.default_rng(0)
    return churn.assign(shop=random.integers(0, 30, len(churn)), w=random.integers(0, 4, len(churn)))


def of(run, kind):
    return [logged.event for logged in run.events if isinstance(logged.event, kind)]


def scores_of(run):
    """By trial: two workers finish them in any order."""
    return {event.trial_id: event.fold_scores for event in of(run, TrialFinished)}


def assert_same_where_both_finished(first, second):
    """Which of the later trials the race gives up depends on the order in which two workers finish."""
    both = first.keys() & second.keys()
    assert len(both) >= 2
    assert {trial: first[trial] for trial in both} == {trial: second[trial] for trial in both}


def notes_of(run):
    return [event.text for event in of(run, WarningRaised)]


@pytest.mark.parametrize(
    "split", [{"groups": "shop"}, {"time": "since"}, {"weights": "w"}, {"time": "since", "weights": "w"}], ids=str
)
class TestRuns:
    def test_a_run_is_the_same_when_it_is_opened_again(self, table, split):
        run = fit(table, **OPTIONS, **split)
        expected = run.predict_proba(table)
        [started] = of(run, RunStarted)
        assert {name: getattr(started, name) for name in split} == split
        current_session.cache_clear()
        again = show_run(run.id)
        assert np.array_equal(again.predict_proba(table), expected)
        assert again.message().score == run.message().score

    def test_columns_that_are_not_learnt_from_may_be_missing_or_there(self, table, split):
        run = fit(table, **OPTIONS, **split)
        bare = table.drop(columns=[*{"shop", "w"} & set(split.values()), "churn"])
        assert np.array_equal(run.predict_proba(bare), run.predict_proba(table))

    def test_a_resumed_run_goes_on_with_the_same_folds(self, table, split):
        run = fit(table, **OPTIONS, **split)
        longer = resume_run(run.id, table=table, budget="4trials", wait=True)
        whole = fit(table, **{**OPTIONS, "budget": "10trials"}, **split)
        # The first trials are the same points, whatever the order in which two workers finish them.
        first, second = (
            {trial: scores for trial, scores in scores_of(each).items() if trial <= 3} for each in (longer, whole)
        )
        assert_same_where_both_finished(first, second)
        assert len(of(longer, TrialFinished)) >= len(of(run, TrialFinished))

    def test_it_is_not_resumed_on_other_groups_times_or_weights(self, table, split):
        run = fit(table, **{**OPTIONS, "budget": "2trials"}, **split)
        name = split.get("weights") or split.get("groups") or split["time"]
        changed = table.assign(**{name: np.roll(table[name].to_numpy(), 1)})
        with pytest.raises(TableChangedError):
            resume_run(run.id, table=changed, wait=True)

    def test_a_held_out_table_is_scored(self, table, split, churn_table):
        held_out = churn_table(120, seed=5).assign(shop=99, w=1.5)
        run = fit(table, test=held_out, **OPTIONS, **split)
        [finished] = of(run, RunFinished)
        assert finished.test_score > 0.6


class TestTime:
    def test_models_of_the_last_block_predict(self, table):
        run = fit(table, **OPTIONS, time="since")
        assert {len(member.models) for member in run.best_predictor().members} == {1}
        random_folds = fit(table, **OPTIONS)
        assert {len(member.models) for member in random_folds.best_predictor().members} == {3}

    def test_rows_of_the_first_block_are_never_validated(self, table):
        run = fit(table, **OPTIONS, time="since")
        folder = current_session().store.find(run.id)
        out_of_fold = folder.load_out_of_fold(folder.finished_trials()[0])
        missing = np.isnan(out_of_fold).any(axis=1)
        assert abs(missing.mean() - 0.5) < 0.05
        assert table["since"][missing].max() < table["since"][~missing].min()

    def test_the_board_and_the_log_say_so(self, table):
        run = fit(table, **OPTIONS, time="since")
        assert any("The last block counts most" in note for note in run.message().notices)
        assert any("3 folds in the order of since" in line.text for line in run.message().log)


class TestWeights:
    def test_weights_of_one_give_the_same_scores_as_none(self, table):
        plain, weighed = (
            fit(each, **OPTIONS, **split)
            for each, split in ((table.drop(columns="w"), {}), (table.assign(w=1.0), {"weights": "w"}))
        )
        first, second = (scores_of(run) for run in (plain, weighed))
        assert_same_where_both_finished(first, second)

    def test_rows_of_weight_0_might_as_well_be_left_out(self, table):
        weighed = fit(table, **OPTIONS, weights="w")
        left_out = fit(table[table["w"] > 0], **OPTIONS, weights="w")
        first, second = (scores_of(run) for run in (weighed, left_out))
        assert_same_where_both_finished(first, second)
        assert any("rows of weight 0 are left out." in note for note in notes_of(weighed))

    def test_an_estimator_that_takes_none_is_named(self, table):
        from sklearn.neighbors import KNeighborsClassifier

        register(learner_from_estimator(KNeighborsClassifier(), name="own"))
        try:
            run = fit(table, **{**OPTIONS, "learners": ["linear", "own"]}, weights="w")
            assert "own takes no weights: there they count in scores alone." in notes_of(run)
            assert "own" not in " ".join(notes_of(fit(table, **{**OPTIONS, "learners": ["linear", "own"]})))
        finally:
            unregister("own")


class TestEstimators:
    def test_groups_and_weights_beside_the_table(self, table):
        X, y = table.drop(columns="churn"), table["churn"]
        model = LeptonClassifier("4trials", folds=3, n_jobs=1, verbose=0)
        model.fit(X, y, groups=table["shop"], sample_weight=table["w"])
        [started] = of(show_run(model.run_), RunStarted)
        assert (started.groups, started.weights) == ("groups", "sample_weight")
        assert started.n_rows == int((table["w"] > 0).sum())
        assert len(model.predict(X)) == len(X)

    def test_weights_of_one_change_nothing(self, table):
        X, y = table[["tenure", "bill"]], table["tenure"] + table["bill"].fillna(40)
        plain, weighed = (
            LeptonRegressor("4trials", folds=3, n_jobs=1, verbose=0).fit(X, y, sample_weight=weight)
            for weight in (None, np.ones(len(X)))
        )
        assert np.array_equal(plain.predict(X), weighed.predict(X))

    def test_groups_are_requested_as_scikit_learn_does_it(self):
        from sklearn import config_context

        with config_context(enable_metadata_routing=True):
            model = LeptonClassifier().set_fit_request(groups=True, sample_weight=True)
            assert model.get_metadata_routing().fit.requests == {"groups": True, "sample_weight": True}

    @pytest.mark.parametrize(("wrong", "said"), WRONG, ids=str)
    def test_what_is_wrong_is_said(self, table, wrong, said, home):
        with pytest.raises(LeptonError) as caught:
            LeptonClassifier("2trials", verbose=0).fit(table, table["churn"], **wrong)
        assert isinstance(caught.value, ValueError)
        assert said in str(caught.value)
        assert not (home / "runs").exists()


@pytest.mark.parametrize(
    ("split", "n_rows", "repeats"), [({"groups": "shop"}, 240, True), ({"time": "since"}, 120, False)]
)
def test_own_rows_are_judged_by_models_that_have_not_seen_them(table, split, n_rows, repeats):
    run = fit(table, **OPTIONS, **split)
    asked = AutoMLSettings(target="churn", budget=Budget(trials=1), n_folds=3, **split)
    judged = training_rows(run, understand_task(table, asked))
    assert len(judged.rows) == pytest.approx(n_rows, abs=3)
    assert (judged.predict is not None) == repeats


@pytest.mark.parametrize(("seed", "same"), [(0, True), (1, False)])
def test_models_that_stopped_early_are_known_to_be_of_the_runs_own_folds(table, seed, same):
    run = fit(table, **{**OPTIONS, "learners": ["lightgbm"], "budget": "3trials"})
    asked = AutoMLSettings(target="churn", budget=Budget(trials=1), n_folds=3, seed=seed)
    assert (training_rows(run, understand_task(table, asked)).predict is not None) == same


def test_copies_of_rows_are_told_of(table):
    run = fit(pd.concat([table, table.head(7)], ignore_index=True), **OPTIONS)
    assert "14 duplicated rows share folds." in run.message().notices
