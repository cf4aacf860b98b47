"""A model of a run as plain code: it is executed, and judged beside the model itself."""

from __future__ import annotations

import ast

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import get_scorer, roc_auc_score

from lepton_jupyter.events.run_events import TrialFinished
from lepton_jupyter.exceptions.choice_errors import NoPlainCodeError
from lepton_jupyter.notebook.fitting import fit

#: LightGBM 4.5 speaks to scikit-learn 1.6 by names of old; a person who runs the code sees that too.
pytestmark = [
    pytest.mark.filterwarnings("ignore:'force_all_finite' was renamed:FutureWarning"),
    pytest.mark.filterwarnings("ignore:The LGBM.* use `_get_tags`:FutureWarning"),
]

LEARNERS = ["lightgbm", "linear", "extra_trees", "random_forest", "decision_tree", "neighbours"]
HOSTILE = "it's \"};\nimport os; os.abort() #"


def a_real_table() -> pd.DataFrame:
    """Measurements of tumours, some of them missing, with a category, a date and a text that is two truths."""
    table = load_breast_cancer(as_frame=True).frame
    random = np.random.default_rng(0)
    table = table[["mean radius", "mean texture", "mean smoothness", "worst concavity", "target"]].copy()
    table.loc[random.choice(len(table), 40, replace=False), "mean radius"] = np.nan
    table["ward"] = random.choice(["north", "south", None], len(table))
    table["seen"] = pd.Timestamp("2024-03-01") + pd.to_timedelta(random.integers(0, 400, len(table)), unit="D")
    table["again"] = random.choice(["yes", "no"], len(table))
    table[HOSTILE] = random.normal(size=len(table))
    return table.assign(target=np.where(table["target"] == 1, "benign", "malign"))


def model_of(code: str, table: pd.DataFrame) -> dict:
    names = {"df": table}
    exec(compile(code, "<plain code>", "exec"), names)
    return names


def first_of_each_learner(run) -> dict[str, int]:
    done = {each.event.trial_id for each in run.events if isinstance(each.event, TrialFinished)}
    asked = [each.event for each in run.events if type(each.event).__name__ == "TrialAsked"]
    return {each.learner: each.trial_id for each in reversed(asked) if each.trial_id in done}


@pytest.fixture(scope="module")
def table():
    return a_real_table()


def test_the_code_of_each_learner_runs_alone_and_predicts_about_as_well(table):
    rest = table.sample(len(table), random_state=1).reset_index(drop=True)
    train, test = rest[:400], rest[400:]
    run = fit(train, target="target", budget="12trials", learners=LEARNERS, folds=2, wait=True)
    trials = first_of_each_learner(run)
    assert set(LEARNERS) <= set(trials)
    positive = test["target"] == "malign"
    scores = {row.trial_id: row.score for row in run.message().rows}
    for learner in LEARNERS:
        code = run.as_code(trials[learner])
        assert "lepton" not in code.split("\n", 2)[2]
        roots = {
            (each.module if isinstance(each, ast.ImportFrom) else each.names[0].name).split(".")[0]
            for each in ast.walk(ast.parse(code))
            if isinstance(each, ast.Import | ast.ImportFrom)
        }
        assert roots <= {"pandas", "sklearn", "lightgbm"}
        names = model_of(code, train)
        model = names["model"]
        column = list(model.classes_).index("malign")
        plain = roc_auc_score(positive, model.predict_proba(names["features"](test))[:, column])
        # As the score says, which is that of one model on rows that it has not seen.
        assert plain == pytest.approx(scores[trials[learner]], abs=0.04), learner


def test_values_are_fitted_again_too_and_what_is_left_out_is_named(table):
    table = table.rename(columns={"target": "finding"}).assign(price=lambda t: t["worst concavity"] * 100 + 5)
    table["note"] = [f"patient {place} came with {place % 7} complaints and was sent on" for place in range(len(table))]
    run = fit(table, target="price", budget="6trials", learners=["lightgbm", "linear"], folds=2, wait=True)
    trials = first_of_each_learner(run)
    for learner in ("lightgbm", "linear"):
        names = model_of(run.as_code(trials[learner]), table)
        score = get_scorer("r2")(names["model"], names["features"](table), table["price"])
        assert score > 0.95, learner
    if any(each.kind == "text" for each in run.message().columns):
        assert "# Left out: the texts of 'note'." in run.as_code()
    assert run.as_code() in {run.as_code(each) for each in (row.trial_id for row in run.message().rows if row.rank)}


def test_a_quantile_that_was_wanted_is_named(table):
    table = table.drop(columns="target").rename(columns={"worst concavity": "price"})
    run = fit(table, target="price", metric="pinball:0.9", budget="2trials", learners=["linear"], folds=2, wait=True)
    assert "# Left out: that the quantile of 90% is wanted, and not the mean." in run.as_code()


def test_what_has_no_plain_code_is_one_sentence(table):
    learners = ["linear", "naive_bayes"]
    run = fit(table, target="target", budget="4trials", learners=learners, folds=2, class_weight="balanced", wait=True)
    assert "# Left out: the weights of classes." in run.as_code(first_of_each_learner(run)["linear"])
    with pytest.raises(NoPlainCodeError, match=r"Naive Bayes has no counterpart .* A trial of these has: lightgbm, "):
        run.as_code(first_of_each_learner(run)["naive_bayes"])
    with pytest.raises(NoPlainCodeError, match=r"has no finished trial 999\. See run\.leaderboard"):
        run.as_code(999)
