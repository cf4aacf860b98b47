from __future__ import annotations

import pickle
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression as ScikitLinearRegression
from sklearn.linear_model import LogisticRegression as ScikitLogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

import lepton_jupyter
from lepton_jupyter import (
    KNN,
    SGD,
    SVM,
    DecisionTree,
    GradientBoosting,
    HistGradientBoosting,
    KNearestNeighbors,
    LeptonModel,
    LinearRegression,
    LogisticRegression,
    NaiveBayes,
    NeuralNetwork,
    RandomForest,
    fit,
    preprocess_data,
)
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.learner_errors import UnsuitableLearnerError, UntrustedModelError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.model_errors import NoEffectWarning, SampledRowsWarning
from lepton_jupyter.learners.kind_learner import KindLearner
from lepton_jupyter.learners.named_learners import KINDS
from lepton_jupyter.learners.registry import choose_learners
from lepton_jupyter.learners.training_data import TableShape
from lepton_jupyter.notebook.kind_search import affordable
from lepton_jupyter.notebook.library import find_folder, open_folder, show_run

QUICK = {"budget": "3trials", "n_jobs": 1, "verbose": 0}


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def passengers():
    """A table like that of the Titanic: numbers, categories, dates and holes; who survived depends on it."""
    random = np.random.default_rng(1912)
    n = 400
    deck, sex = random.choice([1, 2, 3], n, p=[0.25, 0.2, 0.55]), random.choice(["male", "female"], n, p=[0.65, 0.35])
    age = random.normal(30, 14, n).clip(0.4, 80).round(1)
    odds = 2.5 * (sex == "female") - 0.9 * (deck - 2) - 0.02 * (age - 30) - 0.9 + random.logistic(size=n) / 2
    X = pd.DataFrame({
        "deck": deck, "sex": sex, "age": np.where(random.random(n) < 0.2, np.nan, age),
        "fare": (random.lognormal(2.2, 0.8, n) * (4 - deck)).round(2),
        "town": random.choice(["Southampton", "Cherbourg", "Queenstown", None], n, p=[0.7, 0.2, 0.08, 0.02]),
        "booked": pd.Timestamp("1912-03-01") + pd.to_timedelta(random.integers(0, 40, n), unit="D"),
    })  # fmt: skip
    return X, pd.Series(np.where(odds > 0, "saved", "lost"), name="fate")


def what_does_not_apply(model):
    """Parameters of a learner are given by its own names, which no signature lists."""
    always = {"check_do_not_raise_errors_in_init_or_set_params": "gives a parameter the name `parameters`"}
    if not hasattr(model, "C"):
        return always
    return always | {
        "check_no_attributes_set_in_init": "parameters of the learner, such as C, become attributes too",
        "check_set_params": "takes the learner away and leaves its parameters",
    }


@parametrize_with_checks(
    [
        LeptonModel(SVM, task="classification", C=1.0, kernel="linear", verbose=0),
        LeptonModel(SVM, task="regression", C=1.0, kernel="linear", verbose=0),
        LeptonModel(LinearRegression, verbose=0),
        LeptonModel(KNN, task="classification", **QUICK),
        LeptonModel(task="regression", **QUICK),
    ],
    expected_failed_checks=what_does_not_apply,
)
def test_the_checks_of_scikit_learn_pass(estimator, check):
    check(estimator)


class TestEverythingGiven:
    def test_the_code_of_the_document_runs_as_it_stands(self):
        data = load_iris()
        X = preprocess_data(data.data)
        X_train, X_test, y_train, y_test = train_test_split(X, data.target, test_size=0.2, random_state=0)
        model = LeptonModel(SVM, C=1.0, kernel="linear")
        with pytest.warns(NoEffectWarning, match="epochs and batch_size have no effect on SVM"):
            model.fit(X_train, y_train, epochs=100, batch_size=32)
        predictions = model.predict(X_test)
        assert predictions.tolist() == SVC(C=1.0, kernel="linear").fit(X_train, y_train).predict(X_test).tolist()
        assert model.score(X_test, y_test) > 0.8
        assert model.run_ is None
        assert model.leaderboard_ is None
        assert model.best_params_ == {"C": 1.0, "kernel": "linear"}

    @pytest.mark.parametrize(
        ("kind", "given", "rival"),
        [
            (SVM, {"C": 1.0, "kernel": "linear"}, SVC(C=1.0, kernel="linear")),
            (SVM, {"C": 2.0, "kernel": "rbf", "gamma": 0.1}, SVC(C=2.0, gamma=0.1)),
            (LogisticRegression, {"C": 1.0}, ScikitLogisticRegression()),
            (
                RandomForest,
                {"n_estimators": 10, "max_features": 0.5, "min_samples_leaf": 2, "max_depth": 4},
                RandomForestClassifier(10, max_features=0.5, min_samples_leaf=2, max_depth=4, random_state=0),
            ),
        ],
    )
    def test_it_is_the_estimator_of_scikit_learn(self, kind, given, rival):
        X, y = load_breast_cancer(return_X_y=True)
        X = StandardScaler().fit_transform(X)
        model = LeptonModel(kind, **given).fit(X, y)
        assert model.run_ is None
        assert (model.predict(X) == rival.fit(X, y).predict(X)).all()
        assert type(model.estimator_) is type(rival)

    def test_a_learner_with_nothing_to_tune_fits_at_once(self):
        X, y = load_diabetes(return_X_y=True)
        model = LeptonModel(LinearRegression).fit(X, y)
        assert model.run_ is None
        assert model.predict(X) == pytest.approx(ScikitLinearRegression().fit(X, y).predict(X))
        assert model.score(X, y) == pytest.approx(0.5177, abs=1e-3)

    def test_search_false_keeps_the_defaults(self, iris):
        model = LeptonModel(SVM, search=False).fit(*iris)
        assert model.run_ is None
        assert (model.predict(iris[0]) == SVC().fit(*iris).predict(iris[0])).all()

    def test_labels_of_text_keep_their_order(self, iris):
        X, y = iris
        model = LeptonModel(DecisionTree, search=False).fit(X, np.array(["c", "a", "b"])[y])
        assert model.classes_.tolist() == ["a", "b", "c"]
        assert model.predict(X[:1]).tolist() == ["c"]

    def test_lists_frames_and_sparse_matrices_do(self, iris):
        X, y = iris
        expected = SVC(kernel="linear").fit(X, y).predict(X)
        frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
        for table in (X.tolist(), frame, csr_matrix(X)):
            model = LeptonModel(SVM, C=1.0, kernel="linear").fit(table, y.tolist())
            assert (model.predict(table) == expected).all()
        model = LeptonModel(SVM, C=1.0, kernel="linear").fit(frame, y)
        assert model.feature_names_in_.tolist() == ["a", "b", "c", "d"]
        assert (model.predict(frame[["d", "c", "b", "a"]]) == expected).all()  # by name, in any order

    def test_polars_frames_do(self, iris):
        polars = pytest.importorskip("polars")
        table = polars.DataFrame(iris[0], schema=["a", "b", "c", "d"])
        model = LeptonModel(KNN, search=False).fit(table, iris[1])
        assert model.score(table, iris[1]) > 0.9

    def test_probabilities_are_there_where_the_estimator_gives_them(self, iris):
        X, y = iris
        assert not hasattr(LeptonModel(SVM, C=1.0, kernel="linear"), "predict_proba")
        assert not hasattr(LeptonModel(LinearRegression), "predict_proba")
        assert hasattr(LeptonModel(SVM), "decision_function")
        assert LeptonModel(SVM, C=1.0, kernel="linear").fit(X, y).decision_function(X).shape == (150, 3)
        model = LeptonModel(NaiveBayes, search=False)
        assert hasattr(model, "predict_proba")
        assert model.fit(X, y).predict_proba(X).shape == (150, 3)
        assert hasattr(LeptonModel(), "predict_proba")

    def test_trees_take_missing_numbers_as_they_are(self):
        X = np.array([[0.0], [1.0], [np.nan], [np.nan]] * 10)
        y = np.array([0, 0, 1, 1] * 10)
        for kind in (DecisionTree, HistGradientBoosting, RandomForest):
            model = LeptonModel(kind, search=False).fit(X, y)
            assert model.recipe_ is None
            assert model.predict([[np.nan]]).tolist() == [1]

    def test_whatever_is_missing_elsewhere_is_filled(self):
        X = np.array([[0.0, 1.0], [1.0, np.nan], [2.0, 0.0], [np.nan, 2.0]] * 10)
        y = np.array([0, 0, 1, 1] * 10)
        model = LeptonModel(LogisticRegression, C=1.0).fit(X, y)
        assert model.recipe_ is not None
        assert model.score(X, y) == 1.0
        kept = LeptonModel(LogisticRegression, C=1.0).fit(X, [*y[:-1].tolist(), None])
        assert kept.predict(X).shape == (40,)


class TestTraining:
    def test_epochs_and_batch_size_rule_a_network(self, iris):
        X, y = StandardScaler().fit_transform(iris[0]), iris[1]
        given = {"hidden_layer_sizes": 8, "alpha": 1e-4, "learning_rate_init": 0.01}
        model = LeptonModel(NeuralNetwork, **given).fit(X, y, epochs=7, batch_size=32)
        assert model.estimator_.n_iter_ == 7
        rival = MLPClassifier(8, max_iter=7, batch_size=32, learning_rate_init=0.01, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rival.fit(X, y)
        assert np.allclose(rival.predict_proba(X), model.predict_proba(X))
        assert "max_iter" not in model.get_params()

    def test_a_batch_may_be_larger_than_the_table(self, iris):
        model = LeptonModel(NeuralNetwork, search=False, hidden_layer_sizes=(4, 4))
        assert model.fit(*iris, epochs=2, batch_size=10_000).estimator_.n_iter_ == 2

    def test_row_by_row_has_epochs_and_no_batches(self, iris):
        model = LeptonModel(SGD, search=False, tol=None)
        with pytest.warns(NoEffectWarning, match="^batch_size has no effect on SGD, which learns row by row"):
            model.fit(*iris, epochs=3, batch_size=8)
        assert model.estimator_.n_iter_ == 3

    def test_for_a_learner_that_lepton_chooses_they_have_no_effect(self, iris):
        with pytest.warns(NoEffectWarning, match="a learner that lepton chooses"):
            LeptonModel(**QUICK).fit(*iris, epochs=3)


class TestSearch:
    def test_what_is_free_is_searched_and_what_is_given_stays(self, iris):
        model = LeptonModel(SVM, kernel="rbf", **QUICK).fit(*iris)
        assert model.estimator_.kernel == "rbf"
        assert set(model.best_params_) == {"kernel", "C", "gamma", "prepare"}
        assert len(show_run(model.run_).leaderboard) == len(model.leaderboard_) >= 2
        assert set(model.leaderboard_["model"]) == {"SVM", "Majority"}
        assert model.score(*iris) > 0.9

    def test_what_was_found_fits_the_same_model_at_once(self, passengers):
        X, y = passengers
        model = LeptonModel(GradientBoosting, n_estimators=20, **QUICK).fit(X, y)
        again = LeptonModel(GradientBoosting, **model.best_params_).fit(X, y)
        assert again.run_ is None
        assert (again.predict_proba(X) == model.predict_proba(X)).all()

    def test_it_chooses_the_learner_itself(self, passengers):
        X, y = passengers
        model = LeptonModel(learner=None, **QUICK).fit(X, y)
        assert model.classes_.tolist() == ["lost", "saved"]
        assert model.score(X, y) > 0.7
        assert model.predict_proba(X[:3]).shape == (3, 2)
        assert model.run_
        assert len(model.leaderboard_) >= 3

    def test_without_a_budget_it_ends_when_nothing_is_gained(self, iris):
        model = LeptonModel(NaiveBayes, n_jobs=1, verbose=0).fit(*iris)
        finished = show_run(model.run_).events[-1].event
        assert finished.reason in {"patience", "exhausted", "budget"}  # budget: on a machine that is busy
        assert finished.elapsed_seconds < 20

    def test_several_classes_without_probabilities_are_judged_by_accuracy(self, iris):
        model = LeptonModel(SVM, kernel="linear", **QUICK).fit(*iris)
        assert show_run(model.run_).events[0].event.metric == "accuracy"

    def test_a_run_of_a_named_learner_opens_again_with_its_model(self, iris):
        X, y = iris
        model = LeptonModel(KNN, budget="4trials", n_jobs=1, verbose=0).fit(X, y)
        assert (show_run(model.run_).model.predict(pd.DataFrame(X).add_prefix("x")) == y).mean() > 0.9

    def test_weights_of_rows_reach_named_learners_in_any_search(self, passengers):
        X, y = passengers
        table = X.assign(fate=y, weight=np.where(y == "saved", 5.0, 1.0))
        names = ["LogisticRegression", "KNN"]  # of which the second knows no weights
        run = fit(table, target="fate", weights="weight", learners=names, budget="3trials", wait=True)
        assert (run.model.predict(table) == "saved").mean() > (y == "saved").mean() + 0.05
        assert any("KNN" in note for note in run.message().notices)

    def test_in_another_session_types_that_are_not_plain_are_opened_where_they_are_trusted(self, iris):
        X, y = iris
        model = LeptonModel(KNN, budget="4trials", n_jobs=1, verbose=0).fit(X, y)
        folder = find_folder(model.run_)
        with pytest.raises(UntrustedModelError, match="open the run with --trust"):
            open_folder(folder).model.predict(X)
        assert (open_folder(folder, trust=True).model.predict(X) == y).mean() > 0.9

    def test_named_learners_can_be_asked_for_in_any_search_and_are_not_tried_otherwise(self, iris):
        from lepton_jupyter import LeptonClassifier

        X, y = iris
        model = LeptonClassifier("3trials", learners=["SVM", "KNN"], n_jobs=1, verbose=0, metric="accuracy").fit(X, y)
        assert set(show_run(model.run_).leaderboard["model"]) <= {"SVM", "KNN", "Majority", "Ensemble of 2"}
        usual = LeptonClassifier("1trials", n_jobs=1, verbose=0).fit(X, y)
        assert not set(show_run(usual.run_).events[0].event.learners) & set(KINDS)


class TestMixedTables:
    @pytest.mark.parametrize("kind", KINDS.values(), ids=repr)
    def test_every_learner_takes_them(self, passengers, kind):
        X, y = passengers
        given = {"n_estimators": 10} if "n_estimators" in kind.parameter_names() else {}
        words = {"epochs": 20} if kind.epochs else {}
        if kind.classifier:
            model = LeptonModel(kind, search=False, **given).fit(X, y, **words)
            assert model.score(X, y) > 0.7
            assert model.feature_names_in_.tolist() == list(X.columns)
        if kind.regressor:
            numbers = X.drop(columns="fare")
            model = LeptonModel(kind, search=False, task="regression", **given).fit(numbers, X["fare"], **words)
            assert np.isfinite(model.predict(numbers)).all()

    def test_categories_that_were_not_seen_are_read(self, passengers):
        X, y = passengers
        model = LeptonModel(SVM, C=1.0, kernel="linear").fit(X, y)
        assert model.predict(X[:1].assign(town="Belfast")).tolist()[0] in {"lost", "saved"}


class TestGuards:
    def test_a_kernel_on_very_many_rows_is_fitted_on_a_sample_and_says_so(self, monkeypatch):
        from lepton_jupyter.notebook import model_fitting

        monkeypatch.setattr(model_fitting, "_MOST_SECONDS", 0.05)
        random = np.random.default_rng(0)
        X = random.normal(size=(4_000, 5))
        y = np.where(np.arange(4_000) < 3, "rare", np.where(X[:, 0] > 0, "a", "b"))
        with pytest.warns(
            SampledRowsWarning, match=r"^SVM was fitted on 1,000 of 4,000 rows, drawn at random, since .*max_rows=None"
        ):
            model = LeptonModel(SVM, C=1.0, kernel="rbf", gamma=0.1).fit(X, y)
        assert model.estimator_.shape_fit_ == (1000, 5)
        assert model.classes_.tolist() == ["a", "b", "rare"]
        whole = LeptonModel(SVM, C=1.0, kernel="rbf", gamma=0.1, max_rows=None).fit(X, y)
        assert whole.estimator_.shape_fit_ == (4000, 5)

    def test_rows_may_be_limited_for_any_learner(self, iris):
        with pytest.warns(SampledRowsWarning, match=r"^KNN was fitted on 50 of 150 rows, drawn at random\."):
            model = LeptonModel(KNN, search=False, max_rows=50).fit(*iris)
        assert model.estimator_.n_samples_fit_ == 50

    def test_a_search_that_would_take_too_long_looks_at_fewer_rows_and_the_model_is_fitted_on_all(self):
        random = np.random.default_rng(0)
        X = random.normal(size=(12_000, 10))
        y = (X[:, 0] + X[:, 1] ** 2 + random.normal(size=12_000) > 1).astype(int)
        model = LeptonModel(SVM, kernel="rbf", C=1.0, budget="2s", verbose=0).fit(X, y)
        run = show_run(model.run_)
        assert run.events[0].event.n_rows < 12_000
        assert "of 12,000 rows" in run.message().notices[0]
        assert model.estimator_.shape_fit_[0] == 12_000

    def test_a_kernel_on_very_many_rows_does_not_suit_a_search_of_the_magic(self):
        shape = TableShape(n_rows=200_000, n_columns={"tree": 20, "linear": 20}, n_classes=2)
        with pytest.raises(UnsuitableLearnerError, match="'SVM' does not suit a binary task with 200000 rows"):
            choose_learners(["SVM"], shape=shape)

    def test_dear_models_are_compared_on_fewer_folds_and_then_on_fewer_rows(self):
        settings = AutoMLSettings(target="y", budget=Budget(seconds=12.0))
        assert affordable(NaiveBayes, {}, 1_000, 10, settings) == (1_000, None)
        assert affordable(RandomForest, {}, 600, 30, settings) == (600, 3)
        n_rows, n_folds = affordable(RandomForest, {}, 100_000, 30, settings)
        assert (500 <= n_rows < 5_000, n_folds) == (True, 3)
        assert affordable(RandomForest, {}, 600, 30, replace(settings, n_folds=5))[1] == 5
        without_clock = replace(settings, budget=Budget(trials=4))
        assert affordable(RandomForest, {}, 10**6, 30, without_clock) == (10**6, None)


class TestInScikitLearn:
    def test_a_clone_and_a_pickle_are_the_same(self, iris):
        model = LeptonModel(SVM, C=2.0, kernel="linear")
        assert clone(model).get_params() == model.get_params()
        model.fit(*iris)
        assert (pickle.loads(pickle.dumps(model)).predict(iris[0]) == model.predict(iris[0])).all()
        assert not hasattr(clone(model), "estimator_")

    def test_pipelines_cross_validation_and_grids(self, iris):
        X, y = iris
        pipeline = make_pipeline(StandardScaler(), LeptonModel(SVM, task="classification", C=1.0, kernel="linear"))
        assert cross_val_score(pipeline, X, y).mean() > 0.9
        grid = GridSearchCV(LeptonModel(KNN, search=False), {"n_neighbors": [1, 5], "weights": ["uniform"]}).fit(X, y)
        assert grid.best_params_["n_neighbors"] in {1, 5}

    def test_what_it_is_is_known_once_it_can_be(self, iris):
        assert is_classifier(LeptonModel(LogisticRegression))
        assert is_regressor(LeptonModel(LinearRegression))
        assert is_classifier(LeptonModel(SVM, task="binary"))
        assert not is_classifier(LeptonModel(SVM))
        assert is_classifier(LeptonModel(SVM, search=False).fit(*iris))

    def test_before_fit_there_is_nothing_to_predict_with(self):
        with pytest.raises(NotFittedError):
            LeptonModel(SVM).predict([[1.0]])
        with pytest.raises(NotFittedError):
            LeptonModel(SVM).score([[1.0]], [1])

    def test_a_second_fit_forgets_the_first(self, iris):
        X, y = iris
        model = LeptonModel(SVM, C=1.0, kernel="linear").fit(pd.DataFrame(X).add_prefix("c"), y)
        model.fit(X, X[:, 0] * 1.5)
        assert model.task_ == "regression"
        assert not hasattr(model, "classes_")
        assert not hasattr(model, "feature_names_in_")

    def test_parameters_read_as_they_are_written(self):
        assert repr(LeptonModel(SVM, C=2.0)) == "LeptonModel(C=2.0, learner=SVM)"
        model = LeptonModel(SVM, C=2.0)
        model.set_params(C=3.0, kernel="poly")
        assert (model.C, model.kernel) == (3.0, "poly")


class TestKinds:
    def test_names_are_objects_that_read_as_written(self):
        assert repr(SVM) == "SVM"
        assert KNearestNeighbors is KNN
        assert all(getattr(lepton_jupyter, name) is kind for name, kind in KINDS.items())
        assert all(pickle.loads(pickle.dumps(kind)) is kind for kind in KINDS.values())
        with pytest.raises(AttributeError):
            SVM.name = "mine"

    @pytest.mark.parametrize("kind", KINDS.values(), ids=repr)
    def test_what_can_be_tuned_is_a_parameter_and_starts_in_its_range(self, kind):
        for n_classes in (0, 3):
            shape = TableShape(n_rows=100, n_columns={"tree": 4, "linear": 5}, n_classes=n_classes)
            learner = KindLearner(kind)
            if not learner.supports(shape):
                continue
            [point] = learner.starting_points(shape)
            assert learner.space(shape).contains(point)
            kind.estimator("classification" if n_classes else "regression", point)
            assert learner.cost_units(point, shape) > 0
            assert learner.describe(point)


#: Each with the code that is wrong, and words that its one sentence must hold.
WRONG = [
    ('LeptonModel("SVM").fit(X, y)', "named without quotes"),
    ('LeptonModel("SMV", C=1.0)', "Did you mean 'SVM'?"),
    ("LeptonModel(SVC).fit(X, y)", "is no learner of lepton. There are: SVM"),
    ("LeptonModel(3).fit(X, y)", "3 is no learner"),
    ('LeptonModel(SVM, kernal="rbf")', "SVM has no parameter 'kernal'. Did you mean 'kernel'?"),
    ('LeptonModel(SVM, bugdet="3s")', "Did you mean 'budget'?"),
    ("LeptonModel(RandomForest, C=1.0)", "RandomForest has no parameter 'C'"),
    ("LeptonModel(C=1.0)", "name the learner first, as in LeptonModel(SVM, C=…)"),
    ("LeptonModel(SVM).set_params(gama=1)", "Did you mean 'gamma'?"),
    ('LeptonModel(SVM, kernel="lineer").fit(X, y)', "Got 'lineer' instead"),
    ("LeptonModel(SVM, C=-1.0).fit(X, y)", "'C' parameter"),
    ('LeptonModel(SVM, C="much", kernel="linear").fit(X, y)', "'C' parameter"),
    ("LeptonModel(KNN, n_neighbors=0).fit(X, y)", "'n_neighbors' parameter"),
    ('LeptonModel(SVM, task="cluster").fit(X, y)', "task cannot be 'cluster'"),
    ('LeptonModel(LinearRegression, task="classification").fit(X, y)', "LinearRegression predicts numbers"),
    ('LeptonModel(LogisticRegression, task="regression").fit(X, y)', "LogisticRegression predicts classes"),
    ("LeptonModel(LogisticRegression, C=1.0).fit(X, X[:, 0] / 3)", "classes"),
    ('LeptonModel(LinearRegression).fit(X, ["a", "b"] * 75)', "numbers"),
    ("LeptonModel(SVM, search=False).fit(X)", "y"),
    ('LeptonModel(SVM, search=False).fit(X, "target")', "target"),
    ("LeptonModel(SVM, search=False).fit(X, y[::15])", "10"),
    ("LeptonModel(SVM, search=False).fit(X, [1] * 150)", "1"),
    ("LeptonModel(SVM, search=False).fit(X, y, epochs=0)", "epochs cannot be 0"),
    ("LeptonModel(SVM, search=False).fit(X, y, epochs=2.5)", "epochs cannot be 2.5"),
    ('LeptonModel(NeuralNetwork, search=False).fit(X, y, batch_size="big")', "batch_size cannot be 'big'"),
    ("LeptonModel(NeuralNetwork, search=False).fit(X, y, epochs=True)", "epochs cannot be True"),
    ("LeptonModel(search=False).fit(X, y)", "name a learner"),
    ("LeptonModel(SVM, prepare=False).fit(X, y)", "give C, kernel, gamma, degree as well, or search=False"),
    ('LeptonModel(SVM, prepare="yes").fit(X, y)', "prepare cannot be 'yes'"),
    ('LeptonModel(SVM, budget="soon").fit(X, y)', "Budget 'soon'"),
    ("LeptonModel(SVM, max_rows=0).fit(X, y)", "max_rows cannot be 0"),
    ('LeptonModel(SVM, max_rows="few").fit(X, y)', "max_rows cannot be 'few'"),
    ('LeptonModel(SVM, scoring="neg_log_loss").fit(X, y)', "SVM gives none"),
    ('LeptonModel(SVM, scoring="acuracy").fit(X, y)', "accuracy"),
    ("LeptonModel(SVM, folds=1).fit(X, y)", "folds"),
    ("LeptonModel(SVM, search=False).fit(X[:, 0], y)", "2D array"),
    ("LeptonModel(SVM, search=False).fit(X[:0], y[:0])", ""),
    ("LeptonModel(SVM, search=False).fit(np.where(X > 5, np.inf, X), y)", "infinit"),
    ('LeptonModel(SVM, search=False).fit("table.csv", y)', "A str is not a table"),
    ("LeptonModel(SVM, search=False).fit(None, y)", "None"),
    ("LeptonModel(SVM).fit(csr_matrix(X), y)", "sparse"),
    ("LeptonModel(HistGradientBoosting, search=False).fit(csr_matrix(X), y)", "parse"),
    ("LeptonModel(SVM, prepare=False, search=False).fit(np.where(X > 5, np.nan, X), y)", "NaN"),
    ("LeptonModel(SVM, search=False).fit(X, y).predict(X[:, :2])", "2 features"),
    ("LeptonModel(SVM, search=False).fit(pd.DataFrame(X), y).predict(pd.DataFrame(X[:, :3]))", "3"),
    ("preprocess_data(X, n_components=5)", "Give 1 to 4"),
    ("preprocess_data(X, n_components=0)", "n_components cannot be 0"),
    ("preprocess_data(X, n_components=1.5)", "whole number"),
    ("preprocess_data(X, X[:, :3])", "X_train has 4 columns and X_test 3"),
    ('preprocess_data(pd.DataFrame({"a": ["x"], "b": [1]}))', "Column 'a' of X_train"),
    ("preprocess_data(np.where(X > 5, np.nan, X))", "missing values"),
    ("preprocess_data(X, np.where(X > 5, np.inf, X))", "of X_test holds infinite numbers"),
    ("preprocess_data(X[:0])", "holds no values"),
    ('preprocess_data("table.csv")', "A str is not a table"),
]  # fmt: skip


@pytest.mark.mistake
@pytest.mark.parametrize(("wrong", "words"), WRONG, ids=[code for code, _ in WRONG])
def test_what_is_wrong_is_said_in_one_sentence(iris, wrong, words):
    with pytest.raises((LeptonError, ValueError)) as caught:
        eval(wrong, {**globals(), "X": iris[0], "y": iris[1]})
    said = str(caught.value)
    assert words in said
    assert "\n" not in said.strip()
    assert len(said) < 500


def test_half_of_thirty_cases_of_bad_input_and_more_are_here():
    assert len(WRONG) >= 30


class TestPreprocessing:
    def test_one_table_gives_the_array_and_two_give_both(self, iris):
        X, _ = iris
        whole = preprocess_data(X)
        assert whole.shape == (150, 2)
        train, _ = preprocess_data(X[:100], X[100:])
        assert train.shape == (100, 2)
        again, _ = preprocess_data(X[:100], X[:50])
        assert (train == again).all()  # the second table teaches nothing
        assert (preprocess_data(X[:100]) == train).all()  # nothing is remembered

    def test_the_second_table_is_seen_with_the_eyes_of_the_first(self, iris):
        X, _ = iris
        train, test = preprocess_data(X, X[:7], n_components=3)
        assert test == pytest.approx(train[:7])
        assert preprocess_data(pd.DataFrame(X)) == pytest.approx(train[:, :2])
        assert preprocess_data(csr_matrix(X)) == pytest.approx(train[:, :2])
