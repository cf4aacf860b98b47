"""What is wrong is said in one sentence, with the value and the remedy, and nothing half-made is left."""

# ruff: noqa: ARG005  the calls of a table take the same arguments, whether they look at them or not
from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from lepton_jupyter import LeptonClassifier, LeptonRegressor, fit
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.exceptions.automl_errors import HeldOutTableError, RunFailedError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook.clusters import use_cluster
from lepton_jupyter.notebook.library import list_runs, remove_runs, show_run
from lepton_jupyter.notebook.prediction import predict
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session

# fmt: off
# What is given instead of a good argument; the error's built-in parent; what its sentence holds.
ARGUMENTS = [
    ({"target": "chrun"}, KeyError, "no target column 'chrun' in the table. Did you mean 'churn'?"),
    ({"target": ""}, ValueError, "target cannot be ''"),
    ({"target": 3}, ValueError, "target cannot be 3"),
    ({"target": ["churn"]}, ValueError, "target cannot be ['churn']"),
    ({"target": "since"}, ValueError, "Target 'since' holds dates. Turn it into a number"),
    ({"budget": "0"}, ValueError, "Budget '0' is not a positive time or number of trials. Write it as 30s"),
    ({"budget": "-5s"}, ValueError, "Budget '-5s' is not"),
    ({"budget": "soon"}, ValueError, "Budget 'soon' is not"),
    ({"budget": ""}, ValueError, "Budget '' is not"),
    ({"budget": "5 s"}, ValueError, "Budget '5 s' is not"),
    ({"budget": "1.5trials"}, ValueError, "Budget '1.5trials' is not"),
    ({"budget": float("nan")}, ValueError, "Budget 'nan' is not"),
    ({"budget": "5s,6s"}, ValueError, "Budget '5s,6s' is not"),
    ({"trials": 0}, ValueError, "Budget '0trials' is not"),
    ({"trials": 2.5}, ValueError, "trials cannot be 2.5. Give a whole number"),
    ({"trials": "x"}, ValueError, "trials cannot be 'x'"),
    ({"task": "clasification"}, ValueError, "task cannot be 'clasification'. Did you mean 'classification'?"),
    ({"task": 3}, ValueError, "task cannot be 3"),
    ({"task": "regression"}, ValueError, "Regression needs numbers, but target 'churn' holds text such as"),
    ({"task": "binary", "target": "plan"}, ValueError, "A binary task has two classes, but target 'plan' has 3"),
    ({"task": "multiclass", "target": "bill"}, ValueError, "Target 'bill' holds fractions such as"),
    ({"metric": "roc_acu"}, ValueError, "no metric 'roc_acu'. Did you mean 'roc_auc'?"),
    ({"metric": "r2"}, ValueError, "Metric 'r2' does not fit a binary task. Those that do: roc_auc"),
    ({"metric": "roc_auc", "target": "plan"}, ValueError, "does not fit a multiclass task. Those that do: roc_auc_ovr"),
    ({"metric": "msle", "target": "balance"}, ValueError, "needs a non-negative target, and the smallest value is -"),
    ({"metric": 3}, ValueError, "metric cannot be 3"),
    ({"metric": ""}, ValueError, "metric cannot be ''"),
    ({"positive": "maybe"}, ValueError, "'maybe' is not a class of the target. There are: 'no', 'yes'."),
    ({"positive": "max", "target": "plan"}, ValueError, "needs a target with two classes, but the task is multiclass"),
    ({"positive": 1, "target": "bill"}, ValueError, "needs a target with two classes, but the task is regression"),
    ({"drop": ["tenur"]}, KeyError, "no column 'tenur' in the table. Did you mean 'tenure'?"),
    ({"drop": [3]}, ValueError, "drop cannot be 3"),
    ({"drop": ["tenure", "plan", "bill", "since", "paperless", "balance"]}, ValueError, "no columns to learn from"),
    ({"learners": ["lightgmb"]}, ValueError, "no learner 'lightgmb'. Did you mean 'lightgbm'?"),
    ({"learners": [1]}, ValueError, "learners cannot be 1"),
    ({"without": "liner"}, ValueError, "no learner 'liner'. Did you mean 'linear'?"),
    ({"learners": ["linear"], "without": ["linear"]}, ValueError, "No learner is left to try. Name one more"),
    ({"folds": 1}, ValueError, "1 folds leave nothing to compare on. Use at least 2"),
    ({"folds": -2}, ValueError, "-2 folds leave nothing to compare on"),
    ({"folds": 2.5}, ValueError, "folds cannot be 2.5"),
    ({"folds": True}, ValueError, "folds cannot be True"),
    ({"folds": 61}, ValueError, "n_samples=60 with a target, fewer than its 61 folds. Give more rows, or at most 60"),
    ({"seed": -1}, ValueError, "seed cannot be -1. Give a whole number from 0"),
    ({"seed": 2**40}, ValueError, "seed cannot be 1099511627776"),
    ({"name": ""}, ValueError, "name cannot be ''"),
    ({"name": 3}, ValueError, "name cannot be 3"),
    ({"keep_models": "some"}, ValueError, "keep_models cannot be 'some'. There are: 'best', 'front', 'all'."),
]
TABLES = [
    ("no rows", lambda t: t.head(0), ValueError, "The table is empty: 0 sample(s)"),
    ("no columns", lambda t: pd.DataFrame(), ValueError, "no columns to learn from"),
    ("only a target", lambda t: t[["churn"]], ValueError, "no columns to learn from"),
    ("a constant target", lambda t: t.assign(churn="no"), ValueError, "one class or value only, 'no'"),
    ("a missing target", lambda t: t.assign(churn=None), ValueError, "Every value of target 'churn' is missing"),
    ("infinite target", lambda t: t.assign(churn=[np.inf, *range(59)]), ValueError, "contains infinity in one value"),
    ("three rows", lambda t: t.assign(churn=[0, 0, 1] * 20)[:6], ValueError, "rarest class has 2 rows. Use at most 2"),
    ("a class of one row", lambda t: t.assign(churn=["rare", *["a", "b"] * 29, "b"]), ValueError,
     "Class 'rare' of target 'churn' has only one row, and a class needs at least two. Leave it out"),
    ("names as target", lambda t: pd.concat([t] * 3).assign(churn=[f"n{i}" for i in range(180)]), ValueError,
     "180 different classes in 180 rows, too many to learn. It looks like a name"),
    ("equal names", lambda t: pd.concat([t, t[["plan"]]], axis=1), ValueError, "'plan' occurs more than once. Rename"),
    ("an infinite value", lambda t: t.assign(bill=[np.inf] + [1.0] * 59), ValueError,
     "Column 'bill' contains infinity: one infinite value (inf or -inf). Replace them first"),
    ("complex numbers", lambda t: t.assign(bill=1j * np.arange(60)), ValueError, "column 'bill' holds complex numbers"),
    ("a text", lambda t: "table.csv", OSError, "There is no file 'table.csv' in this folder"),
    ("nothing", lambda t: None, TypeError, "is not a table. Give a pandas or polars DataFrame"),
    ("one column", lambda t: t["churn"], ValueError, "Expected 2D array, got 1D array instead"),
    ("a sparse matrix", lambda t: scipy.sparse.eye(5).tocsr(), TypeError, "Make it dense first with X.toarray()"),
]
HELD_OUT = [
    ("no target", lambda t: t.drop(columns="churn"), "has no target column 'churn'"),
    ("no rows", lambda t: t.head(0), "The table is empty"),
    ("no known target", lambda t: t.assign(churn=None), "None of the 60 rows of the test table has a target"),
    ("an unknown class", lambda t: t.assign(churn="maybe"), "'maybe' is not a class of the target"),
    ("a missing column", lambda t: t.drop(columns="plan"), "lacks the column 'plan'"),
    ("a text", lambda t: "test.csv", "In the test table: There is no file 'test.csv' in this folder"),
]
FITS = [
    ({"y": None}, ValueError, "LeptonClassifier requires y to be passed, but the target y is None"),
    ({"y": "churn"}, ValueError, "y holds the values of the target, and 'churn' is a name. Call fit(X, df['churn'])."),
    ({"y": [0, 1]}, ValueError, "The target has 2 values, but the table has 60 rows"),
    ({"y": np.zeros((60, 2))}, ValueError, "The target has shape (60, 2)"),
    ({"y": np.zeros(60)}, ValueError, "one class or value only, 0.0"),
    ({"y": np.linspace(0, 1, 60)}, ValueError, "Unknown label type: continuous"),
    ({"y": 3}, ValueError, "The target has shape ()"),
    ({"X": None}, TypeError, "is not a table"),
    ({"X": np.arange(60)}, ValueError, "Expected 2D array, got 1D array instead"),
    ({"X": np.zeros((60, 0))}, ValueError, "0 feature(s)"),
    ({"X": [[1], [1, 2]]}, TypeError, "The rows of this list have different lengths"),
    ({"n_jobs": 0}, ValueError, "n_jobs=0 leaves nobody to work. Use 1 or more, or -1"),
    ({"n_jobs": "all"}, ValueError, "n_jobs cannot be 'all'"),
    ({"random_state": "x"}, ValueError, "seed cannot be 'x'"),
    ({"budget": "soon"}, ValueError, "Budget 'soon' is not"),
    ({"metric": "r2"}, ValueError, "Metric 'r2' does not fit a binary task"),
    ({"cluster": "tcp://127.0.0.1:1"}, ConnectionError, "No Dask scheduler answered at 'tcp://127.0.0.1:1'"),
]
ROWS = [
    ("a missing column", lambda t: t.drop(columns="plan"), ValueError, "lacks the column 'plan'"),
    ("a misspelt column", lambda t: t.rename(columns={"plan": "paln"}), ValueError, "Did you mean its column 'paln'?"),
    ("text for numbers", lambda t: t.assign(bill="much"), ValueError, "'bill' held numbers in training, and 'much'"),
    ("a number for dates", lambda t: t.assign(since=5), ValueError, "'since' held dates in training, and 5 cannot"),
    ("words for dates", lambda t: t.assign(since="someday"), ValueError, "held dates in training, and 'someday'"),
    ("words for truths", lambda t: t.assign(paperless="maybe"), ValueError, "held true or false in training"),
    ("infinity", lambda t: t.assign(bill=np.inf), ValueError, "Column 'bill' contains infinity: 60 infinite values"),
    ("equal names", lambda t: pd.concat([t, t[["plan"]]], axis=1), ValueError, "'plan' occurs more than once"),
    ("a narrow array", lambda t: np.zeros((3, 4)), ValueError, "X has 4 features, but LeptonClassifier is expecting 6"),
    ("one column", lambda t: t["plan"], ValueError, "Expected 2D array, got 1D array instead"),
    ("nothing", lambda t: None, TypeError, "is not a table"),
    ("a text", lambda t: "df", FileNotFoundError, "There is no file 'df'"),
]
CALLS = [
    (lambda run, t: show_run("chrun"), KeyError, "no run 'chrun' in"),
    (lambda run, t: show_run("../.."), KeyError, "no run '../..' in"),
    (lambda run, t: show_run(5), ValueError, "run cannot be 5"),
    (lambda run, t: predict(t, run="nope"), KeyError, "There is no run 'nope'"),
    (lambda run, t: remove_runs("nope"), KeyError, "There is no run 'nope'"),
    (lambda run, t: remove_runs(older="soon"), ValueError, "'soon' is not a duration. Write a number and a unit"),
    (lambda run, t: remove_runs(older=-5), ValueError, "'-5' is not a duration"),
    (lambda run, t: resume_run("nope", table=t), KeyError, "There is no run 'nope'"),
    (lambda run, t: resume_run(run.id), LookupError, "needs its table again (60 rows), which is never stored"),
    (lambda run, t: resume_run(run.id, table=t, budget="soon"), ValueError, "Budget 'soon' is not"),
    (lambda run, t: resume_run(run.id, table=t.head(50)), ValueError, "was started on another table"),
    (lambda run, t: resume_run(run.id, table=t[::-1]), ValueError, "was started on another table"),
    (lambda run, t: resume_run(run.id, table=t.assign(more=1)), ValueError, "was started on another table"),
    (lambda run, t: resume_run(run.id, table=t.assign(bill=t["bill"] + 1)), ValueError, "was started on another table"),
    (lambda run, t: resume_run(run.id, table=t.drop(columns="churn")), KeyError, "no target column 'churn'"),
    (lambda run, t: use_cluster("local", 0), ValueError, "0 workers cannot run anything. Ask for at least 1"),
]
# fmt: on


@pytest.fixture
def table(churn):
    return churn.head(60).assign(balance=np.linspace(-5, 5, 60))


def assert_one_sentence(error, parent, said):
    assert isinstance(error, LeptonError)
    assert isinstance(error, parent)
    assert said in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 400


def notes_of(run):
    return [logged.event.text for logged in run.events if isinstance(logged.event, WarningRaised)]


class TestFit:
    @pytest.mark.mistake
    @pytest.mark.parametrize(("wrong", "parent", "said"), ARGUMENTS, ids=lambda value: str(value)[:40])
    def test_a_wrong_argument_is_refused_and_leaves_nothing(self, table, home, wrong, parent, said):
        with pytest.raises(LeptonError) as caught:
            fit(table, **{"target": "churn", "budget": "1trials", **wrong})
        assert_one_sentence(caught.value, parent, said)
        assert not (home / "runs").exists()

    @pytest.mark.mistake
    @pytest.mark.parametrize(("change", "parent", "said"), [row[1:] for row in TABLES], ids=[row[0] for row in TABLES])
    def test_a_table_that_cannot_be_learnt_is_refused_and_leaves_nothing(self, table, home, change, parent, said):
        with pytest.raises(LeptonError) as caught:
            fit(change(table), target="churn", budget="1trials", folds=3)
        assert_one_sentence(caught.value, parent, said)
        assert not (home / "runs").exists()

    @pytest.mark.mistake
    @pytest.mark.parametrize(("change", "said"), [row[1:] for row in HELD_OUT], ids=[row[0] for row in HELD_OUT])
    def test_a_held_out_table_that_does_not_go_with_it_is_refused_at_once(self, table, home, change, said):
        with pytest.raises(HeldOutTableError) as caught:
            fit(table, target="churn", test=change(table), budget="1trials")
        assert_one_sentence(caught.value, ValueError, said)
        assert not (home / "runs").exists()

    @pytest.mark.parametrize("value", ["much", np.inf])
    def test_a_value_of_the_held_out_table_that_only_the_recipe_sees_fails_the_run_before_any_trial(self, table, value):
        with pytest.raises(RunFailedError, match="In the test table: Column 'bill'"):
            fit(table, target="churn", test=table.assign(bill=value), budget="30s", wait=True)
        [run] = list_runs()
        assert run.n_trials == 0
        assert run.state == "failed"

    def test_a_held_out_table_of_one_class_leaves_a_note_and_a_model(self, table):
        held_out = table[table["churn"] == "yes"]
        run = fit(table, target="churn", test=held_out, budget="2trials", folds=2, wait=True)
        assert run.events[-1].event.test_score is None
        assert "AUC has no value on the test table's rows." in notes_of(run)
        assert len(run.predict(held_out)) == len(held_out)

    @pytest.mark.parametrize(
        "column",
        [[1, "a", 2.5, None] * 15, [[1], {"a": 2}, (3,), None] * 15, [b"x", "x", 1, True] * 15],
        ids=["mixed", "objects", "bytes"],
    )
    def test_mixed_types_are_read_and_noted(self, table, column):
        run = fit(table.assign(plan=pd.Series(column, dtype=object)), target="churn", budget="2trials", wait=True)
        assert any("'plan' has " in note for note in notes_of(run))

    def test_every_trial_fails(self, table, monkeypatch):
        from lepton_jupyter.automl import driver

        def broken(*_args):
            raise ZeroDivisionError("division by zero")

        monkeypatch.setattr(driver, "evaluate_fold", broken)
        with pytest.raises(RunFailedError) as caught:
            fit(table, target="churn", budget="3trials", wait=True)
        assert_one_sentence(caught.value, RuntimeError, "All 3 trials failed, the last with: ZeroDivisionError: divis")


class TestEstimators:
    @pytest.mark.mistake
    @pytest.mark.parametrize(("wrong", "parent", "said"), FITS, ids=lambda value: str(value)[:40])
    def test_a_wrong_argument_is_refused_and_leaves_nothing(self, table, home, wrong, parent, said):
        data = {"X": table.drop(columns="churn"), "y": table["churn"]}
        data.update({name: wrong[name] for name in wrong.keys() & data.keys()})
        options = {"budget": "1trials", "verbose": 0, **{k: wrong[k] for k in wrong.keys() - data.keys()}}
        with pytest.raises(LeptonError) as caught:
            LeptonClassifier(**options).fit(**data)
        assert_one_sentence(caught.value, parent, said)
        assert not (home / "runs").exists()

    def test_a_regressor_refuses_text(self, table):
        with pytest.raises(ValueError, match="Regression needs numbers, but target 'churn' holds text such as"):
            LeptonRegressor(verbose=0).fit(table, table["churn"])


@pytest.fixture(scope="class")
def past(tmp_path_factory, churn_table):
    """A finished run and its table; the run is looked at and must stay as it is."""
    table = churn_table(60).assign(balance=np.linspace(-5, 5, 60))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEPTON_HOME", str(tmp_path_factory.mktemp("past")))
        current_session.cache_clear()
        return fit(table, target="churn", budget="4trials", folds=2, wait=True), table


@pytest.fixture
def run_and_table(past, monkeypatch):
    run, table = past
    monkeypatch.setenv("LEPTON_HOME", str(run._folder.path.parents[1]))
    current_session.cache_clear()
    return run, table


class TestPredict:
    @pytest.mark.mistake
    @pytest.mark.parametrize(("change", "parent", "said"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
    def test_rows_that_cannot_be_read_are_refused(self, run_and_table, change, parent, said):
        run, table = run_and_table
        with pytest.raises(LeptonError) as caught:
            run.predict(change(table.drop(columns="churn")))
        assert_one_sentence(caught.value, parent, said)

    @pytest.mark.parametrize(
        "change",
        [
            lambda t: t[t.columns[::-1]],
            lambda t: t.assign(bill=t["bill"].astype(str)),
            lambda t: t.assign(bill=t["bill"].astype("float32")).assign(bill=t["bill"]),
            lambda t: t.assign(since=t["since"].astype(str)),
            lambda t: t.assign(paperless=t["paperless"].astype(int)),
            lambda t: t.assign(plan=t["plan"].astype("category")),
            lambda t: t.set_index(t.index * 3 + 7),
            lambda t: t.to_dict(orient="list"),
        ],
        ids=[
            "reordered",
            "numbers as text",
            "floats",
            "dates as text",
            "truths as numbers",
            "category",
            "index",
            "dict",
        ],
    )
    def test_the_same_values_in_other_forms_give_the_same_predictions(self, run_and_table, change):
        run, table = run_and_table
        assert np.array_equal(run.predict_proba(change(table)), run.predict_proba(table))

    @pytest.mark.parametrize("value", ["gold", 7, None])
    def test_categories_that_were_not_seen_are_predicted_with(self, run_and_table, value):
        run, table = run_and_table
        found = run.predict_proba(table.assign(plan=value))
        assert np.isfinite(found).all()
        assert np.array_equal(found, run.predict_proba(table.assign(plan="platinum" if value else None)))

    def test_columns_that_were_not_in_training_are_named_in_a_warning(self, run_and_table):
        from lepton_jupyter.exceptions.prediction_errors import UnusedColumnsWarning

        run, table = run_and_table
        with pytest.warns(UnusedColumnsWarning, match=r"The column 'more' was not in training: ignored\."):
            found = run.predict_proba(table.assign(more=1))
        assert np.array_equal(found, run.predict_proba(table))

    def test_no_rows_give_no_predictions(self, run_and_table):
        run, table = run_and_table
        assert len(predict(table.head(0), run=run)) == 0

    def test_predictions_keep_the_index(self, run_and_table):
        run, table = run_and_table
        shifted = table.set_index(table.index + 100)
        assert predict(shifted, run=run).index.equals(shifted.index)
        assert predict(shifted, run=run, proba=True).columns.tolist() == ["no", "yes"]

    def test_a_regression_has_no_probabilities(self, table):
        run = fit(table, target="bill", budget="1trials", folds=2, wait=True)
        with pytest.raises(TypeError, match=f"Run '{run.id}' predicts numbers"):
            run.predict_proba(table)
        with pytest.raises(TypeError, match="which have no class probabilities"):
            predict(table, run=run, proba=True)


class TestVerbs:
    @pytest.mark.mistake
    @pytest.mark.parametrize(("call", "parent", "said"), CALLS, ids=[row[2][:40] for row in CALLS])
    def test_a_wrong_call_is_refused_and_the_run_stays_as_it_was(self, run_and_table, call, parent, said):
        run, table = run_and_table
        log = run._folder.events.read_bytes()
        with pytest.raises(LeptonError) as caught:
            call(run, table)
        assert_one_sentence(caught.value, parent, said)
        assert run._folder.events.read_bytes() == log
        assert not run._folder.is_running()

    def test_nothing_was_started_here(self):
        with pytest.raises(LookupError, match="No run was started in this kernel yet"):
            predict(pd.DataFrame({"a": [1]}))

    @pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "lokal"])
    def test_nobody_answers_at_an_address(self, address):
        with pytest.raises(ConnectionError) as caught:
            use_cluster(address)
        assert_one_sentence(caught.value, ConnectionError, f"No Dask scheduler answered at '{address}'")
