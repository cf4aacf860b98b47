"""Evaluations and comparisons of real runs: what is judged, on which rows, and what is refused."""

# ruff: noqa: ARG005, E501  the calls of a table take the same arguments, whether they look at them or not, one a line
from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from lepton_jupyter import LeptonClassifier, compare, evaluate, fit
from lepton_jupyter.events.encoding import decode_message, encode, to_json
from lepton_jupyter.exceptions.automl_errors import RunFailedError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.prediction_errors import UnusedColumnsWarning
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.prediction import predict
from lepton_jupyter.notebook.session import current_session

QUICK = {"budget": "2trials", "learners": ["linear"], "folds": 3, "wait": True}


@pytest.fixture
def table(churn_table):
    return churn_table(300, seed=1)


@pytest.fixture
def test_table(churn_table):
    return churn_table(240, seed=2)


def begun(table, **more):
    return fit(table, **({"target": "churn", "table_name": "df"} | QUICK | more))


def forgotten(run):
    """The run as another kernel knows it: without its table."""
    run_id = run.id
    current_session().forget(run_id)
    return show_run(run_id)


class TestEvaluations:
    def test_a_table_is_scored_as_scikit_learn_scores_the_models_predictions(self, table, test_table):
        run = begun(table)
        found = evaluate(test_table, run=run, table_name="test")
        y, model = (test_table["churn"] == "yes").astype(int), run.model
        assert found.message.score == pytest.approx(metrics.roc_auc_score(y, model.predict_proba(test_table)[:, 1]))
        assert found.scores.loc["accuracy", "score"] == pytest.approx(
            metrics.accuracy_score(test_table["churn"], model.predict(test_table))
        )
        expected = metrics.confusion_matrix(test_table["churn"], model.predict(test_table))
        assert found.confusion.to_numpy().tolist() == expected.tolist()
        assert found.message.source == "table"
        assert not found.message.notices
        assert found.threshold is None
        assert type(found.model) is type(model)
        assert set(found.importance.index) == set(table.columns) - {"churn"}
        assert found.message.table_name == "test"

    def test_costs_choose_the_threshold_out_of_fold_and_are_judged_on_the_table(self, table, test_table):
        run = begun(table)
        found = evaluate(test_table, run=run, cost_fp=1, cost_fn=5)
        choice = found.message.threshold
        assert (choice.how, choice.chosen_on, choice.n_rows) == ("cost", "out_of_fold", len(table))
        assert found.threshold < 0.5
        out_of_fold, y = run.out_of_fold()[:, 1], (table["churn"] == "yes").to_numpy()

        def cost(threshold):
            called = out_of_fold >= threshold
            return np.sum(called & ~y) + 5 * np.sum(~called & y)

        assert cost(found.threshold) <= min(cost(each) for each in (0.5, *out_of_fold))
        labels = found.model.predict(test_table)
        assert found.confusion.to_numpy().tolist() == metrics.confusion_matrix(test_table["churn"], labels).tolist()
        assert predict(test_table, run=run, threshold="tuned").tolist() == labels.tolist()
        assert (predict(test_table, run=run, threshold=0.0) == "yes").all()
        assert predict(test_table, run=run, threshold=found.threshold).tolist() == labels.tolist()

    def test_a_label_metric_of_the_run_tunes_by_itself(self, table, test_table):
        found = evaluate(test_table, run=begun(table, metric="f1"))
        assert found.message.threshold.how == "metric"
        assert found.message.threshold.objective == "F1"
        assert found.message.metric == "f1"

    def test_the_own_table_is_scored_out_of_fold_and_that_is_said(self, table):
        run = begun(table)
        found = evaluate(table.copy(), run=run)
        assert found.message.seen
        assert found.message.source == "out_of_fold"
        assert "learnt from these very rows" in found.message.notices[0]
        y = (table["churn"] == "yes").astype(int)
        assert found.message.score == pytest.approx(metrics.roc_auc_score(y, run.out_of_fold()[:, 1]))
        assert len(found.importance) > 0
        assert "learnt from these very rows" in repr(found)

    def test_without_a_table_the_own_rows_are_those_in_memory(self, table):
        run = begun(table)
        found = evaluate(run=run)
        assert (found.message.source, found.message.seen) == ("out_of_fold", False)
        assert found.message.n_rows == len(table)

    def test_rows_that_were_learnt_from_are_counted(self, table, test_table):
        run = begun(table)
        found = evaluate(pd.concat([test_table, table.head(100)]), run=run)
        assert found.message.notices[0].startswith("100 of these 340 rows equal rows the run learnt from")

    def test_a_run_of_another_kernel_finds_its_table_by_name_or_is_told(self, table, test_table):
        run = forgotten(begun(table))
        assert run.task is None
        by_name = evaluate(run=run, find_table={"df": table}.get)
        assert by_name.message.source == "out_of_fold"
        told = evaluate(test_table, run=run, train=table, cost_fp=1, cost_fn=3)
        assert told.message.threshold.n_rows == len(table)
        assert evaluate(test_table, run=run, find_table={"df": test_table}.get).message.source == "table"
        with pytest.raises(LeptonError, match="keeps its predictions but never its 300 rows"):
            evaluate(run=run, find_table={"df": "no table"}.get)

    def test_a_label_metric_without_the_own_rows_stays_at_a_half_and_says_so(self, table, test_table):
        found = evaluate(test_table, run=forgotten(begun(table, metric="f1")))
        assert found.message.threshold.how == "default"
        assert "The threshold stays 0.5" in found.message.notices[0]

    def test_several_classes_and_values(self, table, test_table):
        several = evaluate(test_table, run=begun(table, target="plan"))
        assert several.message.threshold is None
        assert len(several.confusion) == 3
        assert len(several.message.roc) == 3
        values = evaluate(test_table.assign(bill=test_table["bill"]), run=begun(table.dropna(), target="bill"))
        assert values.message.residuals is not None
        assert values.confusion is None
        assert values.message.n_without_target == test_table["bill"].isna().sum()

    def test_a_positive_class_that_is_not_the_last_keeps_its_place(self, table, test_table):
        run = begun(table, positive="no")
        found = evaluate(test_table, run=run, threshold=0.7)
        assert found.message.positive == "no"
        assert list(found.confusion.columns) == ["yes", "no"]
        proba = run.model.predict_proba(test_table)[:, 1]
        assert (found.model.predict(test_table) == np.where(proba >= 0.7, "no", "yes")).all()

    def test_what_it_shows_is_small_whole_and_holds_no_row(self, table, test_table):
        message = evaluate(test_table, run=begun(table), cost_fp=1, cost_fn=5).message
        text = to_json(message)
        assert len(text.encode()) <= 64 * 1024
        assert encode(decode_message(json.loads(text))) == encode(message)

    def test_an_evaluation_shows_itself(self, table, test_table):
        found = evaluate(test_table, run=begun(table))
        html = found._repr_html_()
        assert "<script" not in html
        assert "<style" not in html
        assert "AUC on" in html
        assert max(map(len, repr(found).splitlines())) <= 100

    def test_pandas_of_any_index_and_missing_targets(self, table, test_table):
        given = test_table.set_index(pd.Index(range(1000, 1240)))
        given.loc[1000:1009, "churn"] = None
        found = evaluate(given, run=begun(table))
        assert (found.message.n_rows, found.message.n_without_target) == (230, 10)

    def test_a_column_that_training_did_not_know_is_named_once(self, table, test_table):
        run = begun(table)
        with pytest.warns(UnusedColumnsWarning) as warned:
            found = evaluate(test_table.assign(extra=1), run=run)
        assert len(warned) == 1
        assert "extra" not in found.importance.index

    def test_importance_out_of_fold_keeps_to_the_runs_own_folds(self, table):
        grouped = evaluate(table, run=begun(table, groups="plan", folds=2))
        assert grouped.message.seen
        assert grouped.message.importance

    def test_of_folds_in_time_only_the_last_models_are_kept_and_that_is_said(self, table):
        found = evaluate(table, run=begun(table, time="since")).message
        assert found.seen
        assert found.n_rows < len(table)  # the earliest rows are only learnt from
        assert found.importance == ()
        assert "not all models that predicted these rows are kept" in found.importance_note

    def test_weights_of_rows_weigh_the_scores_and_that_is_said(self, table, test_table):
        weigh = np.where(np.arange(300) % 3, 1.0, 4.0)
        run = begun(table.assign(w=weigh), weights="w")
        given = test_table.assign(w=weigh[:240])
        found = evaluate(given, run=run)
        p = run.model.predict_proba(given)[:, 1]
        assert found.message.score == pytest.approx(
            metrics.roc_auc_score(given["churn"] == "yes", p, sample_weight=given["w"])
        )
        assert "Scores weigh rows by w" in found.message.notices[-1]
        own = evaluate(table.assign(w=weigh), run=run)
        assert own.message.seen
        assert own.message.score == pytest.approx(
            metrics.roc_auc_score(table["churn"] == "yes", run.out_of_fold()[:, 1], sample_weight=weigh)
        )
        assert not compare(run, begun(table.assign(w=weigh), drop=["w"], name="plain")).message.paired


class TestComparisons:
    def test_runs_of_the_same_rows_and_folds_are_paired(self, table):
        one, other = begun(table, name="one"), begun(table, name="other", budget="3trials", metric="roc_auc")
        message = compare(one, other).message
        assert message.paired
        assert [each.how for each in message.differences] == ["folds", "rows"]
        assert message.differences[0].n == 3
        assert [each.name for each in message.settings] == ["budget"]
        turned = compare(other, one).message.differences
        assert turned[0].mean == pytest.approx(-message.differences[0].mean)
        assert turned[0].error == pytest.approx(message.differences[0].error)

    def test_a_dropped_column_does_not_unpair(self, table):
        message = compare(begun(table, name="all"), begun(table, name="fewer", drop=["tenure"])).message
        assert message.paired
        assert message.differences[0].mean > 0
        assert "drop" in {each.name for each in message.settings}

    @pytest.mark.parametrize(
        ("more", "reason"),
        [
            ({"folds": 4}, "different numbers of folds"),
            ({"groups": "paperless", "folds": 2}, "different groups of rows"),
            ({"seed": 3}, "by different seeds"),
            ({"metric": "accuracy"}, "by different metrics"),
        ],
    )
    def test_why_runs_are_not_paired_is_said(self, table, more, reason):
        message = compare(begun(table, name="one"), begun(table, name="two", **more)).message
        assert not message.paired
        assert reason in message.reason
        # the rows are the same and their table is at hand
        assert message.differences[-1].how == "rows"

    def test_other_rows_are_compared_on_a_table_none_has_seen(self, table, test_table):
        one, other = begun(table, name="one"), begun(table.head(200), name="two")
        unpaired = compare(one, other).message
        assert [each.how for each in unpaired.differences] == ["unpaired"]
        assert "did not learn from the same rows" in unpaired.reason
        assert "--test" in unpaired.remedy
        message = compare(one, other, test=test_table).message
        assert [each.how for each in message.differences] == ["unpaired", "rows"]
        half_seen = compare(one, other, test=table).message
        assert "learnt from by one, but not by all" in half_seen.notices[0]

    def test_runs_of_another_kernel_are_compared_by_their_logs(self, table):
        one, other = forgotten(begun(table, name="one")), forgotten(begun(table, name="two", budget="3trials"))
        message = compare(one.id, other.id).message
        assert [each.how for each in message.differences] == ["folds"]
        again = compare(one, other, find_table={"df": table}.get).message
        assert [each.how for each in again.differences] == ["folds", "rows"]

    def test_more_than_two_and_equal_names(self, table):
        runs = [begun(table, seed=0, budget=f"{2 + i}trials") for i in range(4)]
        found = compare(*runs)
        assert [each.first for each in found.message.differences[::2]] == [runs[0].id] * 3
        assert list(found.runs.index) == [run.id for run in runs]
        assert found.settings.shape == (1, 4)
        assert "<script" not in found._repr_html_()
        assert max(map(len, repr(found).splitlines())) <= 100


# fmt: off
# What is called with the finished runs and tables; the error's built-in parent; what its sentence holds.
REFUSED = [
    (lambda r, t: evaluate(t.drop(columns="churn"), run=r), ValueError, "no target column 'churn', and without it nothing"),
    (lambda r, t: evaluate(t.rename(columns={"churn": "chrun"}), run=r), ValueError, "Did you mean 'chrun'?"),
    (lambda r, t: evaluate(t.assign(churn="maybe"), run=r), ValueError, "'maybe' is not a class of the target. There are: 'no', 'yes'."),
    (lambda r, t: evaluate(t.assign(churn="yes"), run=r), ValueError, "All 240 rows with a target 'churn' are of the class 'yes'"),
    (lambda r, t: evaluate(t.assign(churn=None), run=r), ValueError, "None of the 240 rows has a target 'churn'"),
    (lambda r, t: evaluate(t.assign(churn=" "), run=r), ValueError, "None of the 240 rows has a target 'churn'"),
    (lambda r, t: evaluate(t.head(0), run=r), ValueError, "The table is empty"),
    (lambda r, t: evaluate(pd.DataFrame(), run=r), ValueError, "no columns"),
    (lambda r, t: evaluate(t.head(1), run=r), ValueError, "1 row with a target 'churn' judges nothing"),
    (lambda r, t: evaluate(t[["churn", "plan"]], run=r), ValueError, "lacks the columns"),
    (lambda r, t: evaluate(t.assign(tenure="long"), run=r), ValueError, "'long' cannot be read as such"),
    (lambda r, t: evaluate("nothing.csv", run=r), OSError, "There is no file 'nothing.csv' in this folder"),
    (lambda r, t: evaluate(t["churn"], run=r), ValueError, "Expected 2D array"),
    (lambda r, t: evaluate(t, run="chrun"), KeyError, "There is no run 'chrun'"),
    (lambda r, t: evaluate(t, run=3), ValueError, "run cannot be 3"),
    (lambda r, t: evaluate(t, run=r, cost_fp=1), ValueError, "cost_fp was given without cost_fn. Give both"),
    (lambda r, t: evaluate(t, run=r, cost_fn=1), ValueError, "cost_fn was given without cost_fp"),
    (lambda r, t: evaluate(t, run=r, cost_fp=-1, cost_fn=5), ValueError, "cost_fp cannot be -1. Give what one such error costs"),
    (lambda r, t: evaluate(t, run=r, cost_fp=1, cost_fn="5"), ValueError, "cost_fn cannot be '5'"),
    (lambda r, t: evaluate(t, run=r, cost_fp=float("nan"), cost_fn=5), ValueError, "cost_fp cannot be nan"),
    (lambda r, t: evaluate(t, run=r, cost_fp=float("inf"), cost_fn=5), ValueError, "cost_fp cannot be inf"),
    (lambda r, t: evaluate(t, run=r, cost_fp=True, cost_fn=5), ValueError, "cost_fp cannot be True"),
    (lambda r, t: evaluate(t, run=r, cost_fp=0, cost_fn=0), ValueError, "Both costs are 0"),
    (lambda r, t: evaluate(t, run=r, threshold=1.5), ValueError, "The threshold cannot be 1.5. Give a probability from 0 to 1"),
    (lambda r, t: evaluate(t, run=r, threshold=-0.1), ValueError, "The threshold cannot be -0.1"),
    (lambda r, t: evaluate(t, run=r, threshold=float("nan")), ValueError, "The threshold cannot be nan"),
    (lambda r, t: evaluate(t, run=r, threshold="0.3"), ValueError, "The threshold cannot be '0.3'"),
    (lambda r, t: evaluate(t, run=r, threshold=0.3, tune="f1"), ValueError, "tune and threshold contradict each other"),
    (lambda r, t: evaluate(t, run=r, tune="f1", cost_fp=1, cost_fn=1), ValueError, "tune and cost_fp contradict each other"),
    (lambda r, t: evaluate(t, run=r, tune="roc_auc"), ValueError, "'roc_auc' does not depend on a threshold. Those that do: "),
    (lambda r, t: evaluate(t, run=r, tune="f11"), ValueError, "There is no metric 'f11'. Did you mean 'f1'?"),
    (lambda r, t: evaluate(t, run=r, train=t), LookupError, "given with --train is not the one that run"),
    (lambda r, t: evaluate(t, run=forgotten(r), cost_fp=1, cost_fn=5), ValueError, "never stored. Load them and name them: --train df"),
    (lambda r, t: evaluate(run=forgotten(r)), LookupError, "so the truth is missing. Name the table it learnt from"),
    (lambda r, t: predict(t, run=r, threshold="tuned"), ValueError, "was tuned in this kernel. Tune one: %lepton evaluate df"),
    (lambda r, t: predict(t, run=r, threshold="tunde"), ValueError, "The threshold cannot be 'tunde'"),
    (lambda r, t: predict(t, run=r, threshold=2), ValueError, "The threshold cannot be 2"),
    (lambda r, t: predict(t, run=r, threshold=0.3, proba=True), ValueError, "threshold and proba contradict each other"),
    (lambda r, t: compare(), ValueError, "0 runs cannot be compared. Name two or more"),
    (lambda r, t: compare(r), ValueError, "1 run cannot be compared"),
    (lambda r, t: compare(r, r), ValueError, "is named twice, and equals itself"),
    (lambda r, t: compare(r, r.name), ValueError, "is named twice"),
    (lambda r, t: compare(r, "nobody"), KeyError, "There is no run 'nobody'"),
    (lambda r, t: compare(r, begun(t, target="plan")), ValueError, "predict different columns, 'churn' and 'plan'"),
    (lambda r, t: compare(r, begun(t, positive="no")), ValueError, "count another one as positive"),
    (lambda r, t: compare(r, begun(t.assign(churn=t.tenure), name="n")), ValueError, "different tasks, binary and regression"),
]
# fmt: on


class TestRefusals:
    @pytest.fixture
    def run(self, table):
        return begun(table)

    @pytest.mark.mistake
    @pytest.mark.parametrize(("call", "parent", "said"), REFUSED, ids=[said[:40] for _, _, said in REFUSED])
    def test_one_sentence_with_the_value_and_what_to_do(self, run, test_table, call, parent, said):
        with pytest.raises(LeptonError) as caught:
            call(run, test_table)
        error = caught.value
        assert isinstance(error, parent)
        assert said in str(error)
        assert "\n" not in str(error)
        assert len(str(error)) < 420
        assert str(pickle.loads(pickle.dumps(error))) == str(error)

    @pytest.mark.parametrize("target", ["plan", "bill"])
    @pytest.mark.parametrize("wish", [{"cost_fp": 1, "cost_fn": 5}, {"threshold": 0.3}, {"tune": "f1"}])
    def test_a_threshold_is_for_two_classes(self, table, test_table, target, wish):
        run = begun(table.dropna(), target=target)
        with pytest.raises(LeptonError, match="needs a run that tells two classes apart"):
            evaluate(test_table, run=run, **wish)
        with pytest.raises(LeptonError, match="needs a run that tells two classes apart"):
            predict(test_table, run=run, threshold=0.3)

    def test_without_any_run(self, test_table):
        with pytest.raises(LeptonError, match="No run was started in this kernel yet"):
            evaluate(test_table)

    def test_a_run_that_goes_on_is_not_compared(self, run, table):
        going = fit(table, target="churn", budget="60s", wait=False, name="going")
        with pytest.raises(LeptonError, match="goes on and has no result yet"):
            compare(run, going)
        going.stop()
        going.settle()

    def test_a_run_without_a_model_is_neither_judged_nor_compared(self, run, table, test_table):
        failed = begun(table, name="failed", wait=False, test=table.assign(bill="much"))
        failed.settle()
        with pytest.raises(RunFailedError, match="In the test table: Column 'bill'"):
            evaluate(test_table, run=failed)
        with pytest.raises(LeptonError, match="has no model to compare: In the test table: Column 'bill'"):
            compare(run, failed)

    def test_a_run_of_an_estimator_can_be_judged(self, table, test_table):
        model = LeptonClassifier(budget="2trials", learners=["linear"], verbose=0, n_jobs=1)
        model.fit(table.drop(columns="churn"), table["churn"])
        found = evaluate(test_table, run=model.run_)
        assert found.message.target == "churn"


def test_rows_that_were_learnt_from_are_known_again_in_other_types(churn, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    churn.to_csv("churn.csv", index=False)
    run = fit("churn.csv", target="churn", budget="2trials", folds=2, wait=True)
    half = pd.read_csv("churn.csv").sample(frac=0.5, random_state=0)  # dates as text
    half.to_csv("half.csv", index=False)
    for seen in (half, "half.csv"):
        assert "equal rows the run learnt from" in evaluate(seen, run=run).message.notices[0]
    other = fit("churn.csv", target="churn", budget="2trials", folds=2, learners=["lightgbm"], wait=True)
    said = compare(run, other, test="half.csv").message.notices
    assert any("of the 120 rows of --test equal rows" in each for each in said)


def test_a_run_predicts_files_and_draws_their_confusion(churn, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    churn.to_csv("churn.csv", index=False)
    run = fit("churn.csv", target="churn", budget="2trials", folds=2, wait=True)
    assert (run.predict("churn.csv") == run.predict(churn)).all()
    assert run.predict_proba(Path("churn.csv")).shape == (len(churn), 2)
    assert run.plot.confusion("churn.csv").get_xlabel()


def test_an_evaluation_is_kept_as_a_panel_html_and_text():
    from IPython.core.formatters import DisplayFormatter
    from views.example_evaluations import binary

    from lepton_jupyter.events.encoding import encode
    from lepton_jupyter.notebook.evaluation_result import Evaluation

    shown, _ = DisplayFormatter().format(Evaluation(binary(), run=None, threshold=None))
    assert set(shown) == {"application/vnd.lepton.evaluation+json", "text/html", "text/plain"}
    assert shown["application/vnd.lepton.evaluation+json"] == encode(binary())
