"""What a search cannot be held to is said in one sentence, and nothing is started."""

from __future__ import annotations

import pytest

from lepton_jupyter import LeptonClassifier, fit
from lepton_jupyter.exceptions.automl_errors import RunFailedError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.magics.line_parser import parse_line

# fmt: off
# What is asked for; what the one sentence holds.
FITS = [
    ({"class_weight": "balance"}, "class_weight cannot be 'balance'. Give 'balanced', or weights by class"),
    ({"class_weight": 5}, "class_weight cannot be 5"),
    ({"class_weight": {}}, "class_weight cannot be {}"),
    ({"class_weight": {"yes": 0}}, "Class 'yes' cannot have the weight 0. Give a number above 0"),
    ({"class_weight": {"yes": -1}}, "Class 'yes' cannot have the weight -1"),
    ({"class_weight": {"yes": float("nan")}}, "Class 'yes' cannot have the weight nan"),
    ({"class_weight": {"yes": float("inf")}}, "Class 'yes' cannot have the weight inf"),
    ({"class_weight": {"yes": "5"}}, "Class 'yes' cannot have the weight '5'"),
    ({"class_weight": {"yes": True}}, "Class 'yes' cannot have the weight True"),
    ({"class_weight": {"yse": 5}}, "'yse' is not a class of the target. Did you mean 'yes'?"),
    ({"class_weight": "balanced", "target": "bill"}, "class_weight needs classes, and the target holds numbers"),
    ({"monotone": {"tenur": 1}}, "no column for --monotone 'tenur' in the table. Did you mean 'tenure'?"),
    ({"monotone": {"tenure": 2}}, "monotone cannot be 2 for column 'tenure'. Give 1 if predictions may never fall"),
    ({"monotone": {"tenure": 0}}, "monotone cannot be 0 for column 'tenure'"),
    ({"monotone": {"tenure": True}}, "monotone cannot be True for column 'tenure'"),
    ({"monotone": {"tenure": "+1"}}, "monotone cannot be '+1' for column 'tenure'"),
    ({"monotone": "tenure"}, "monotone cannot be 'tenure'. Give 1 or -1 by column"),
    ({"monotone": {}}, "monotone cannot be {}"),
    ({"monotone": {3: 1}}, "monotone cannot be {3: 1}"),
    ({"monotone": {"plan": 1}}, "monotone needs a column of numbers, and 'plan' holds categories"),
    ({"monotone": {"since": 1}}, "monotone needs a column of numbers, and 'since' holds dates"),
    ({"monotone": {"churn": 1}}, "monotone names column 'churn', which is not learnt from"),
    ({"monotone": {"bill": 1}, "drop": ["bill"]}, "monotone names column 'bill', which is not learnt from"),
    ({"monotone": {"bill": 1}, "target": "plan"}, "the target has 3 classes, whose probabilities cannot all rise"),
    ({"monotone": {"bill": 1}, "learners": ["linear", "extra_trees"]},
     "none of these learners can be held monotone: linear, extra_trees. Those that can: lightgbm"),
    ({"max_memory": "much"}, "max_memory cannot be 'much'. Give a size such as 512MB or 2GB"),
    ({"max_memory": "2 GB"}, "max_memory cannot be '2 GB'"),
    ({"max_memory": "-1GB"}, "max_memory cannot be '-1GB'"),
    ({"max_memory": 0}, "max_memory cannot be 0"),
    ({"max_memory": True}, "max_memory cannot be True"),
    ({"max_memory": float("inf")}, "max_memory cannot be inf"),
    ({"trial_seconds": "soon"}, "trial_seconds cannot be 'soon'. Give a time above 0, such as 20s"),
    ({"trial_seconds": 0}, "trial_seconds cannot be 0"),
    ({"trial_seconds": "0s"}, "trial_seconds cannot be '0s'"),
    ({"trial_seconds": True}, "trial_seconds cannot be True"),
    ({"trial_seconds": float("nan")}, "trial_seconds cannot be nan"),
    ({"trial_seconds": [20]}, "trial_seconds cannot be [20]"),
]
# fmt: on


@pytest.fixture
def table(churn):
    return churn.head(60)


def assert_one_sentence(error, said):
    assert isinstance(error, ValueError | KeyError)
    assert said in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 400


@pytest.mark.mistake
@pytest.mark.parametrize(("wrong", "said"), FITS, ids=lambda value: str(value)[:50])
def test_a_fit_is_refused_and_leaves_nothing(table, home, wrong, said):
    with pytest.raises(LeptonError) as caught:
        fit(table, **{"target": "churn", "budget": "1trials", **wrong})
    assert_one_sentence(caught.value, said)
    assert not (home / "runs").exists()


@pytest.mark.mistake
@pytest.mark.parametrize("learners", [["catboost"], None], ids=str)
def test_a_memory_in_which_nothing_can_be_fitted_fails_the_run(table, learners):
    with pytest.raises(RunFailedError) as caught:
        fit(table, target="churn", budget="2trials", max_memory="1kB", learners=learners, wait=True)
    assert "No learner can be fitted within 1kB: " in str(caught.value)
    assert "needs least, about" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.mistake
@pytest.mark.parametrize(("typed", "said"), [
    ("--max-memory much", "max_memory cannot be 'much'"), ("--max-memory 0MB", "max_memory cannot be '0MB'"),
    ("--trial-seconds soon", "trial_seconds cannot be 'soon'"), ("--trial-seconds 0s", "trial_seconds cannot be '0s'"),
    ("--trial-seconds", "--trial-seconds needs a value: --trial-seconds 20s."),
])  # fmt: skip
def test_a_line_that_cannot_be_read_is_refused(typed, said):
    with pytest.raises(LeptonError) as caught:
        parse_line(f"fit df --target y {typed}")
    assert_one_sentence(caught.value, said)


@pytest.mark.mistake
@pytest.mark.parametrize("wrong", [{"class_weight": "balance"}, {"class_weight": {"maybe": 2}}], ids=str)
def test_an_estimator_refuses_the_same(table, home, wrong):
    with pytest.raises(LeptonError) as caught:
        LeptonClassifier("1trials", verbose=0, **wrong).fit(table.drop(columns="churn"), table["churn"])
    assert_one_sentence(caught.value, "balance" if wrong["class_weight"] == "balance" else "'maybe'")
    assert not (home / "runs").exists()
