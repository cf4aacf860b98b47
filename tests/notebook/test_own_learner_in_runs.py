"""A user's own estimator is tried, and stands on the board, like every other learner."""

from __future__ import annotations

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import SGDClassifier

from lepton_jupyter import LeptonClassifier, LeptonRegressor, add_learner
from lepton_jupyter.events.run_events import TrialFailed
from lepton_jupyter.learners.registry import unregister
from lepton_jupyter.notebook.library import show_run

LOAD = """\
%load_ext lepton_jupyter
from sklearn.datasets import load_diabetes
df = load_diabetes(as_frame=True).frame"""
OWN_CLASS = """\
import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
class OneLine(RegressorMixin, BaseEstimator):
    def __init__(self, slope=40.0): self.slope = slope
    def fit(self, X, y):
        self.mean_, self.column_ = y.mean(), np.corrcoef(X.T, y)[-1, :-1].argmax()
        return self
    def predict(self, X): return self.mean_ + self.slope * X[:, self.column_]"""
ADD = """\
from lepton_jupyter import add_learner
add_learner(OneLine(), {"slope": (1.0, 100.0, "log")})
run = %lepton fit df --target target --budget 5trials --folds 2 --learners OneLine --wait"""
ASK = "print(set(run.leaderboard['learner']), run.leaderboard['score'].min() < 70, len(run.predict(df)))"


@pytest.mark.kernel
def test_three_lines_of_a_notebook_put_a_class_of_its_own_on_the_board_and_can_be_run_again():
    cells = [nbformat.v4.new_code_cell(source) for source in (LOAD, OWN_CLASS, ADD, ASK, OWN_CLASS, ADD, ASK)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120).execute()
    for told in (notebook.cells[3], notebook.cells[6]):
        text = "".join(output["text"] for output in told.outputs)
        assert "OneLine" in text
        assert "True 442" in text, text


def test_an_estimator_finds_it_where_there_are_only_threads(churn):
    add_learner(SGDClassifier(loss="log_loss"), {"alpha": (1e-4, 1.0, "log")}, name="own", label="Mine")
    try:
        model = LeptonClassifier("4trials", learners=["own"], folds=2, n_jobs=1, verbose=0)
        model.fit(churn.drop(columns="churn"), churn["churn"])
    finally:
        unregister("own")
    board = show_run(model.run_).leaderboard
    own = board[board["learner"] == "own"]
    assert len(own) == 3
    assert own["score"].max() > board.loc[board["learner"] == "majority", "score"].max()
    assert own["model"].str.contains("Mine").all()


class _Nowhere(DummyRegressor):
    def predict(self, X):
        return np.full(len(X), np.nan)


def test_one_whose_predictions_are_no_numbers_is_told_and_left_out(churn):
    add_learner(_Nowhere(), {"strategy": ["mean", "median"]}, name="nowhere")
    try:
        model = LeptonRegressor("3trials", learners=["nowhere"], folds=2, n_jobs=1, verbose=0)
        model.fit(churn.drop(columns=["churn", "bill"]), churn["bill"])
    finally:
        unregister("nowhere")
    run = show_run(model.run_)
    told = {each.event.error for each in run.events if isinstance(each.event, TrialFailed)}
    assert len(told) == 1, told
    assert "NaN" in told.pop()
    assert "nowhere" not in set(run.leaderboard["learner"])
