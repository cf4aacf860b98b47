"""How sure predictions are, from the typed line to a run that is opened again."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from sklearn.datasets import load_breast_cancer, load_diabetes

from lepton_jupyter import LeptonClassifier, LeptonRegressor, fit
from lepton_jupyter.events.run_events import FrontierUpdated
from lepton_jupyter.exceptions.conformal_errors import NoConformityError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.prediction import predict
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session

OPTIONS = {"budget": "5trials", "folds": 3, "learners": ["linear", "lightgbm", "extra_trees"], "wait": True}
ESTIMATOR = {"budget": "5trials", "learners": ["linear", "lightgbm", "extra_trees"], "n_jobs": 1, "verbose": 0}
# fmt: off
WRONG = [
    ("bill", {"interval": 0}, "interval cannot be 0. Give a share between 0 and 1, such as 0.9"),
    ("bill", {"interval": 1}, "interval cannot be 1."),
    ("bill", {"interval": 90}, "interval cannot be 90."),
    ("bill", {"interval": "90%"}, "interval cannot be '90%'"),
    ("bill", {"interval": True}, "interval cannot be True"),
    ("bill", {"interval": float("nan")}, "interval cannot be nan"),
    ("bill", {"interval": 0.9999}, "needs more rows than the 110 that were judged out of fold. Ask for at most 0.98"),
    ("bill", {"quantiles": []}, "quantiles cannot be empty"),
    ("bill", {"quantiles": [0.5, 1.5]}, "quantile cannot be 1.5"),
    ("bill", {"quantiles": "half"}, "quantile cannot be 'half'"),
    ("bill", {"quantiles": [0.0001]}, "quantile 0.0001 needs more rows than the 110"),
    ("bill", {"label_set": 0.9}, "label_set needs a model that predicts classes, and this one predicts numbers. Ask"),
    ("bill", {"interval": 0.9, "proba": True}, "interval and proba exclude each other"),
    ("churn", {"interval": 0.9}, "interval needs a model that predicts numbers, and this one predicts classes. Ask"),
    ("churn", {"quantiles": [0.5]}, "quantiles needs a model that predicts numbers"),
    ("churn", {"label_set": 2}, "label_set cannot be 2"),
    ("churn", {"label_set": 0.9999}, "coverage 0.9999 needs more rows than the 120 that were judged"),
    ("churn", {"label_set": 0.9, "threshold": 0.5}, "label_set and threshold exclude each other"),
]
TYPED = [
    ("--interval", "--interval needs a value: --interval 90%."),
    ("--interval 90", "--interval cannot be '90'. Give a share between 0 and 1"),
    ("--interval wide", "--interval cannot be 'wide'"),
    ("--interval 100%", "--interval cannot be '100%'"),
    ("--interval -5%", "--interval cannot be '-5%'"),
    ("--quantiles 0.1,2", "--quantiles cannot be '2'"),
    ("--quantiles ,", "--quantiles cannot be ''"),
    ("--set nan", "--set cannot be 'nan'"),
    ("--set 90% --proba", "--set and --proba exclude each other; give one of them."),
    ("--threshold 0.3 --interval 90%", "--threshold and --interval exclude each other"),
]
# fmt: on


@pytest.fixture(scope="module")
def runs(tmp_path_factory, churn_table):
    """Finished runs on one small table, by target; they are looked at and stay as they are."""
    table = churn_table(120)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEPTON_HOME", str(tmp_path_factory.mktemp("past")))
        environment.setenv("LEPTON_CLUSTER", "off")
        current_session.cache_clear()
        return {target: fit(table, target=target, **OPTIONS) for target in ("bill", "churn")}, table


class TestEstimators:
    @pytest.mark.parametrize("seed", [0, 1])
    def test_values_of_real_rows_are_covered(self, seed):
        X, y = load_diabetes(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(y))
        train, test = order[:242], order[242:]
        model = LeptonRegressor(**ESTIMATOR).fit(X[train], y[train])
        low, high = model.predict_interval(X[test], 0.9).T
        covered = int(((low <= y[test]) & (y[test] <= high)).sum())
        # Both the 200 rows that were held out and the 242 that were judged are draws.
        assert binom.ppf(0.001, 200, 0.86) <= covered <= binom.ppf(0.999, 200, 0.94)
        assert (high - low).mean() < np.quantile(y, 0.95) - np.quantile(y, 0.05)
        median = model.predict_quantiles(X[test], 0.5)[:, 0]
        assert np.corrcoef(median, model.predict(X[test]))[0, 1] > 0.99
        assert ((low <= median) & (median <= high)).all()

    def test_classes_of_real_rows_are_covered(self):
        X, y = load_breast_cancer(return_X_y=True)
        order = np.random.default_rng(0).permutation(len(y))
        train, test = order[:269], order[269:]
        model = LeptonClassifier(**ESTIMATOR).fit(X[train][:, :2], y[train])
        sets = model.predict_set(X[test][:, :2], 0.95)
        covered = int(sets[np.arange(300), y[test]].sum())
        assert binom.ppf(0.001, 300, 0.92) <= covered <= binom.ppf(0.999, 300, 0.98)
        assert sets.sum(axis=1).mean() < 1.6
        assert (sets | ~np.eye(2, dtype=bool)[model.predict(X[test][:, :2])]).all()
        assert model.predict_set(X[test][:, :2], 0.95, by_class=True).shape == (300, 2)
        assert model.predict_set(X[test][:, :2], 0.95, adaptive=True).shape == (300, 2)

    def test_a_pickle_keeps_them(self, runs):
        found, table = runs
        model = found["bill"].model
        again = pickle.loads(pickle.dumps(model))
        assert np.array_equal(again.predict_interval(table), model.predict_interval(table))

    def test_a_model_of_a_run_that_goes_on_has_none(self, runs):
        found, table = runs
        model = found["bill"].model
        model.predictor_ = replace(model.predictor_, conformity=None)
        with pytest.raises(NoConformityError, match=r"written when a run ends, .* Wait for its end"):
            model.predict_interval(table)


class TestRuns:
    @pytest.mark.parametrize("split", [{}, {"groups": "shop"}, {"time": "since"}, {"weights": "w"}], ids=str)
    def test_they_are_the_same_when_the_run_is_opened_again(self, churn, split):
        random = np.random.default_rng(0)
        table = churn.assign(shop=random.integers(0, 30, len(churn)), w=random.integers(1, 4, len(churn)))
        for target, asked in (("bill", {"interval": 0.8, "quantiles": [0.5]}), ("churn", {"label_set": 0.8})):
            rows = table.dropna()
            run = fit(rows, target=target, **OPTIONS, **split)
            expected = predict(rows, run=run, **asked)
            current_session.cache_clear()
            pd.testing.assert_frame_equal(predict(rows, run=show_run(run.id), **asked), expected)

    def test_the_best_that_was_asked_for_before_the_end_has_them_afterwards(self, churn):
        run = fit(churn, target="bill", **{**OPTIONS, "wait": False})
        while run.running:
            try:
                run.best_predictor()
            except LeptonError:
                run.wait(0.05)
        assert run.model.predict_interval(churn).shape == (len(churn), 2)

    def test_models_of_the_front_have_them_too(self, runs):
        found, _ = runs
        run = found["bill"]
        kept = json.loads(run.folder.read_text("conformity.json"))["predictors"]
        front = [each.event.trial_ids for each in run.events if isinstance(each.event, FrontierUpdated)][-1]
        assert {tuple(each["weights"]) for each in kept} >= {(str(trial_id),) for trial_id in front}

    @pytest.mark.parametrize(("budget", "trial_id"), [("1trials", 0), ("2trials", 1)])
    def test_a_model_that_is_alone_is_a_front_of_its_own(self, budget, trial_id):
        # Plain to see on each fold: a model that is no better than the mean on the fold that ends first is given up.
        table = pd.DataFrame({"months": range(120), "bill": [20 + 3 * month for month in range(120)]})
        run = fit(table, target="bill", **{**OPTIONS, "budget": budget})
        front = [each.event for each in run.events if isinstance(each.event, FrontierUpdated)]
        assert [each.trial_ids for each in front] == [(trial_id,)]
        assert len(json.loads(run.folder.read_text("conformity.json"))["predictors"]) == 1

    def test_a_resumed_run_has_those_of_its_new_best(self, churn):
        run = fit(churn, target="bill", **{**OPTIONS, "budget": "2trials"})
        before = run.model.predict_interval(churn)
        longer = resume_run(run.id, table=churn, budget="4trials", wait=True)
        after = longer.model.predict_interval(churn)
        assert (after[:, 1] - after[:, 0]).mean() != (before[:, 1] - before[:, 0]).mean()

    def test_no_row_is_kept(self, runs):
        found, table = runs
        kept = json.loads(found["bill"].folder.read_text("conformity.json"))["predictors"]
        points = {point for each in kept for fold in each["conformity"]["folds"] for point in fold["points"]}
        assert points
        assert not points & set(table["bill"])


class TestPredict:
    def test_columns_beside_the_predictions(self, runs, tmp_path):
        found, table = runs
        columns = predict(table, run=found["bill"], interval=0.8, quantiles=[0.1, 0.5, 0.975])
        assert columns.columns.tolist() == ["bill", "bill_low", "bill_high", "bill_q10", "bill_q50", "bill_q97.5"]
        assert (columns["bill_low"] < columns["bill_high"]).all()
        assert np.array_equal(columns["bill"], predict(table, run=found["bill"]))
        assert columns["bill_low"].to_numpy() == pytest.approx(columns["bill_q10"].to_numpy())
        sets = predict(table, run=found["churn"], label_set=0.8)
        assert sets.columns.tolist() == ["churn", "churn_may_be_no", "churn_may_be_yes"]
        assert sets.dtypes.iloc[1:].tolist() == [bool, bool]
        predict(table, run=found["bill"], interval=0.8, to=tmp_path / "out.csv")
        written = pd.read_csv(tmp_path / "out.csv")
        assert written.columns.tolist() == ["row", "predicted_bill", "predicted_bill_low", "predicted_bill_high"]

    def test_no_rows_have_no_bounds(self, runs):
        found, table = runs
        assert predict(table.head(0), run=found["bill"], interval=0.8).shape == (0, 3)
        assert predict(table.head(0), run=found["churn"], label_set=0.8).shape == (0, 3)

    @pytest.mark.mistake
    @pytest.mark.parametrize(("target", "wrong", "said"), WRONG, ids=lambda value: str(value)[:40])
    def test_what_cannot_be_had_is_said(self, runs, target, wrong, said):
        found, table = runs
        with pytest.raises(LeptonError) as caught:
            predict(table, run=found[target], **wrong)
        assert isinstance(caught.value, ValueError)
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.mistake
    @pytest.mark.parametrize(("typed", "said"), TYPED)
    def test_what_cannot_be_read_is_said(self, typed, said):
        from lepton_jupyter.magics.line_parser import parse_line

        with pytest.raises(LeptonError) as caught:
            parse_line(f"predict df {typed}")
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
