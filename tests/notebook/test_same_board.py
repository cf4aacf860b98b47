"""Under a budget in trials the same table, seed and one worker give the same board: no clock decides anything."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_wine

from lepton_jupyter import LeptonClassifier, LeptonRegressor
from lepton_jupyter.automl import board
from lepton_jupyter.events.encoding import encode
from lepton_jupyter.events.run_events import FoldScored, RunStarted
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.notebook.library import show_run

#: What says how long something took, how much room it took, or which run it was.
MEASURED = {
    "fit_seconds", "row_milliseconds", "elapsed_seconds", "disk_bytes", "run_id", "cpu_seconds", "outside_seconds",
    "memory_bytes", "energy_joules",
}  # fmt: skip


def board_of(run_id):
    """Everything a run decided and found, without what was measured by a clock."""
    return [
        {name: value for name, value in encode(logged.event).items() if name not in MEASURED}
        for logged in show_run(run_id).events
    ]


def without_front(board):
    # The front, and the parts of an ensemble that are on it, weigh score against latency, which is measured.
    return [event for event in board if event["type"] not in {"FrontierUpdated", "PartialEnsembleFormed"}]


@pytest.mark.parametrize(
    ("kind", "load"), [(LeptonClassifier, load_wine), (LeptonRegressor, load_diabetes)], ids=["wine", "diabetes"]
)
def test_two_fits_give_the_same_board_and_the_same_bits(kind, load):
    X, y = load(return_X_y=True)
    options = {"budget": "10trials", "folds": 3, "n_jobs": 1, "random_state": 7, "verbose": 0, "keep_models": "all"}
    first, second = (kind(**options).fit(X, y) for _ in range(2))
    assert without_front(board_of(first.run_)) == without_front(board_of(second.run_))
    assert np.array_equal(first.predict(X), second.predict(X))


def test_another_seed_gives_another_board(churn):
    options = {"budget": "6trials", "folds": 3, "n_jobs": 1, "verbose": 0}
    first, second = (
        LeptonClassifier(**options, random_state=seed).fit(churn.drop(columns="churn"), churn["churn"])
        for seed in (0, 1)
    )
    assert without_front(board_of(first.run_)) != without_front(board_of(second.run_))


def test_two_processes_give_the_same_board(churn, python, tmp_path):
    churn.to_pickle(tmp_path / "churn.pickle")
    code = (
        "import pandas\nfrom lepton_jupyter import LeptonClassifier\n"
        f"table = pandas.read_pickle({str(tmp_path / 'churn.pickle')!r})\n"
        "model = LeptonClassifier('9trials', folds=3, n_jobs=1, random_state=3, verbose=0, keep_models='all')\n"
        "print(model.fit(table.drop(columns='churn'), table['churn']).run_)"
    )
    # Another seed of hashes: no set or dict of texts may decide an order.
    first, second = (
        python(code, PYTHONHASHSEED=seed, OMP_NUM_THREADS=threads).stdout.split()[-1]
        for seed, threads in (("1", "1"), ("2", "2"))
    )
    assert first != second
    assert json.dumps(without_front(board_of(first))) == json.dumps(without_front(board_of(second)))


class Hurried:
    """A machine so slow that every limit of time is over at once."""

    @staticmethod
    def after(seconds):
        return Deadline.after(None if seconds is None else -1.0)


def test_no_clock_is_read_for_an_ensemble(churn, monkeypatch):
    options = {"budget": "10trials", "folds": 2, "n_jobs": 1, "verbose": 0}
    rows = churn.drop(columns="churn")
    usual = LeptonClassifier(**options).fit(rows, churn["churn"])
    assert "EnsembleUpdated" in {event["type"] for event in board_of(usual.run_)}
    monkeypatch.setattr(board, "Deadline", Hurried)
    stopped = LeptonClassifier(**options).fit(rows, churn["churn"])
    assert without_front(board_of(stopped.run_)) == without_front(board_of(usual.run_))


def test_a_shorter_run_is_the_beginning_of_a_longer_one(churn):
    options = {"folds": 3, "n_jobs": 1, "verbose": 0, "keep_models": "all"}
    long, short = (
        LeptonClassifier(budget, **options).fit(churn.drop(columns="churn"), churn["churn"])
        for budget in ("9trials", "5trials")
    )
    kinds = {"TrialAsked", "FoldScored", "TrialFinished", "TrialRejected", "StepJudged"}
    trials = [[event for event in board_of(model.run_) if event["type"] in kinds] for model in (long, short)]
    assert trials[1]
    assert trials[0][: len(trials[1])] == trials[1]


def test_one_job_is_one_worker(churn):
    model = LeptonClassifier("3trials", folds=2, n_jobs=1, verbose=0).fit(churn.drop(columns="churn"), churn["churn"])
    [started] = [e.event for e in show_run(model.run_).events if isinstance(e.event, RunStarted)]
    assert started.n_workers == 1
    # With one worker the folds of a trial come back in their order.
    folds = [(e.event.trial_id, e.event.fold) for e in show_run(model.run_).events if isinstance(e.event, FoldScored)]
    assert folds == sorted(folds)
