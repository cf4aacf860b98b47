from __future__ import annotations

import gc
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from lepton_jupyter import LeptonClassifier, LeptonRegressor, fit
from lepton_jupyter.learners.training_data import TrainingData
from lepton_jupyter.notebook.library import list_runs

QUICK = {"budget": "2trials", "folds": 2, "n_jobs": 1, "verbose": 0}


#: As for scikit-learn's own searches: folds, and forests within them, are drawn by rows, and models chosen by scores
#: that know no weights of classes.
AS_A_SEARCH_DOES = {
    "check_sample_weight_equivalence_on_dense_data": "two equal rows are drawn twice, a heavy one once",
    "check_class_weight_classifiers": "of several models the log loss prefers the one that heeds 1000 : 0.0001 least",
}


@parametrize_with_checks(
    [
        LeptonClassifier(budget="3trials", n_jobs=1, random_state=0, verbose=0),
        LeptonRegressor(budget="3trials", n_jobs=1, random_state=0, verbose=0),
    ],
    expected_failed_checks=lambda _: AS_A_SEARCH_DOES,
)
def test_the_checks_of_scikit_learn_pass(estimator, check):
    check(estimator)  # that of array API input skips itself unless SCIPY_ARRAY_API is set


class TestClassifier:
    def test_it_learns_what_is_there(self):
        X, y = load_iris(return_X_y=True)
        model = LeptonClassifier(budget="3trials", n_jobs=1, verbose=0).fit(X[::2], y[::2])
        assert model.score(X[1::2], y[1::2]) > 0.9
        assert model.predict_proba(X).sum(axis=1) == pytest.approx(np.ones(150))

    def test_labels_keep_their_type_and_their_order(self, churn):
        model = LeptonClassifier(**QUICK).fit(churn.drop(columns="churn"), churn["churn"])
        assert model.classes_.tolist() == ["no", "yes"]
        assert set(model.predict(churn)) <= {"no", "yes"}
        assert model.feature_names_in_.tolist() == ["tenure", "plan", "bill", "since", "paperless"]
        assert model.n_features_in_ == 5

    def test_names_of_columns_are_forgotten_by_a_fit_on_an_array(self, churn):
        model = LeptonClassifier(**QUICK).fit(churn[["tenure"]], churn["churn"])
        model.fit(churn[["tenure"]].to_numpy(), churn["churn"])
        assert not hasattr(model, "feature_names_in_")

    def test_a_class_of_one_row_is_kept(self):
        X = np.arange(30.0)[:, None]
        model = LeptonClassifier(**QUICK).fit(X, [*["a"] * 14, *["b"] * 15, "rare"])
        assert model.classes_.tolist() == ["a", "b", "rare"]
        two = LeptonClassifier(**QUICK).fit(X, [*["a"] * 29, "b"])
        assert np.isfinite(two.predict_proba(X)).all()

    @pytest.mark.parametrize("n_rare", [2, 3, 5])
    def test_a_rare_class_brings_the_folds_down_to_what_the_metric_can_be_told_on(self, n_rare):
        X = np.random.default_rng(0).normal(size=(60, 2))
        y = np.repeat([0, 1], [60 - n_rare, n_rare])
        model = LeptonClassifier(budget="2trials", n_jobs=1, verbose=0).fit(X, y)
        assert np.isfinite(model.predict_proba(X)).all()

    def test_before_fit_there_is_nothing_to_predict_with(self):
        with pytest.raises(NotFittedError):
            LeptonClassifier().predict([[1]])
        with pytest.raises(NotFittedError):
            LeptonClassifier().predict_proba([[1]])


class TestInScikitLearn:
    def test_a_clone_has_the_parameters_and_no_fit(self):
        model = LeptonRegressor(budget="2trials", learners=["linear"], random_state=3)
        twin = clone(model)
        assert twin.get_params() == model.get_params()
        assert not hasattr(twin, "run_")

    def test_cross_validation(self):
        X, y = load_iris(return_X_y=True)
        scores = cross_val_score(LeptonClassifier(**QUICK), X, y, cv=3)
        assert len(scores) == 3
        assert scores.min() > 0.8

    def test_predictions_of_cross_validation_are_probabilities(self):
        X, y = load_iris(return_X_y=True)
        found = cross_val_predict(LeptonClassifier(**QUICK), X, y, cv=2, method="predict_proba")
        assert found.shape == (150, 3)

    def test_in_a_pipeline(self):
        X, y = load_diabetes(return_X_y=True)
        model = make_pipeline(StandardScaler(), LeptonRegressor(**QUICK)).fit(X, y)
        assert model.score(X, y) > 0.3

    def test_the_budget_is_a_parameter_like_others(self):
        X, y = load_iris(return_X_y=True)
        search = GridSearchCV(LeptonClassifier(**QUICK), {"budget": ["1trials", "2trials"]}, cv=2).fit(X, y)
        # The first trial is the majority: two trials are better.
        assert search.best_params_ == {"budget": "2trials"}

    def test_in_a_vote(self):
        X, y = load_iris(return_X_y=True)
        vote = VotingClassifier([("a", LeptonClassifier(**QUICK))], voting="soft").fit(X, y)
        assert vote.score(X, y) > 0.8

    @pytest.mark.parametrize("random_state", [None, 3, np.int64(3), np.random.RandomState(3)])
    def test_any_random_state(self, random_state):
        X, y = load_iris(return_X_y=True)
        LeptonClassifier(**QUICK, random_state=random_state).fit(X, y)


class TestPickle:
    def test_a_fitted_estimator_predicts_the_same_in_another_process(self, churn, python, tmp_path):
        model = LeptonClassifier(budget="5trials", folds=2, n_jobs=1, verbose=0).fit(churn, churn["churn"])
        (tmp_path / "model.pickle").write_bytes(pickle.dumps(model))
        churn.to_pickle(tmp_path / "table.pickle")
        # On an empty LEPTON_HOME: the estimator needs nothing of the run it came from.
        python(
            f"import pickle, pathlib, pandas, numpy; place = pathlib.Path({str(tmp_path)!r})\n"
            "model = pickle.loads((place / 'model.pickle').read_bytes())\n"
            "numpy.save(place / 'p.npy', model.predict_proba(pandas.read_pickle(place / 'table.pickle')))",
            LEPTON_HOME=str(tmp_path / "empty"),
        )
        assert np.array_equal(np.load(tmp_path / "p.npy"), model.predict_proba(churn))
        assert not (tmp_path / "empty").exists()


class TestRunModel:
    def test_it_is_a_fitted_estimator(self, churn):
        run = fit(churn, target="churn", budget="2trials", folds=2, wait=True)
        assert is_classifier(run.model)
        assert run.model.score(churn, churn["churn"]) > 0.5
        assert np.array_equal(pickle.loads(pickle.dumps(run.model)).predict(churn), run.model.predict(churn))
        assert np.array_equal(run.predict(churn), run.model.predict(churn))

    def test_a_clone_of_it_fits_again_by_the_same_search(self, churn):
        run = fit(churn, target="churn", budget="2trials", folds=2, metric="accuracy", learners=["linear"], wait=True)
        again = clone(run.model).set_params(verbose=0).fit(churn.drop(columns="churn"), churn["churn"])
        assert np.allclose(again.predict_proba(churn), run.model.predict_proba(churn))

    def test_a_clone_keeps_the_positive_label_and_the_columns_that_were_dropped(self, churn):
        run = fit(churn, target="churn", budget="1trials", folds=2, positive="no", drop=["plan"], wait=True)
        assert run.model.classes_.tolist() == ["yes", "no"]
        assert "plan" not in run.model.feature_names_in_

    def test_a_regression(self):
        table = load_diabetes(as_frame=True).frame
        run = fit(table, target="target", budget="2trials", folds=2, wait=True)
        assert is_regressor(run.model)
        assert run.model.score(table, table["target"]) > 0.3

    def test_an_estimators_run_lies_among_the_others(self):
        X, y = load_iris(return_X_y=True)
        model = LeptonClassifier(**QUICK).fit(pd.DataFrame(X), pd.Series(y, name="species"))
        [summary] = list_runs()
        assert summary.run_id == model.run_
        assert summary.name == "species"


def test_a_run_that_has_ended_keeps_no_prepared_table() -> None:
    def prepared() -> set[int]:
        gc.collect()
        return {id(each) for each in gc.get_objects() if isinstance(each, TrainingData)}

    before = prepared()
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = LeptonClassifier("3trials", learners=("lightgbm", "linear"), verbose=0).fit(X, y)
    assert prepared() <= before
    assert model.score(X, y) > 0.9
