"""The board: what a new trial would bring to the best predictor so far."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.automl.board import Board
from lepton_jupyter.automl.fold_evaluation import FoldOutcome
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.run_events import TrialWidened
from lepton_jupyter.learners.training_data import TrainingData
from lepton_jupyter.runs.run_folder import RunFolder
from lepton_jupyter.search.trial import Trial


def _chances(positive):
    return np.stack([1 - positive, positive], axis=1).astype(np.float32)


@pytest.mark.parametrize("name", ["log_loss", "auc"])
def test_what_a_trial_gains_is_measured_in_the_form_it_would_be_pooled_in(name, tmp_path):
    random, metric = np.random.default_rng(0), find_metric(name, "binary")
    y = np.tile([0, 1], 40)
    data = TrainingData(
        views={"tree": np.zeros((80, 1), np.float32)}, categorical=(), y=y, n_classes=2,
        fold_of_row=(np.arange(80) // 40).astype(np.int16), n_folds=2, metric=metric.name,
    )  # fmt: skip
    folder = RunFolder(tmp_path)
    folder.trials.mkdir()
    board = Board(folder, data, metric)
    ours, theirs = (_chances(np.clip(0.3 + 0.4 * y + random.normal(scale=0.2, size=80), 0.02, 0.98)) for _ in range(2))
    waiting = {
        fold: board.lay_aside(FoldOutcome(ours[fold * 40 : fold * 40 + 40], 0.5, 0.5, 0.5, 0.1, 0.1, None, b""))
        for fold in (0, 1)
    }
    board.keep(Trial(id=1, learner="linear", point={}, origin="portfolio"), waiting, 1.0)

    def loss(share):
        if name == "log_loss":
            pooled = np.exp((1 - share) * np.log(ours[:40]) + share * np.log(theirs[:40]))
            pooled /= pooled.sum(axis=1, keepdims=True)
        else:
            pooled = (1 - share) * ours[:40] + share * theirs[:40]
        return metric.loss(y[:40], pooled.astype(np.float32), 2)

    gain = board.blend_gain(0, theirs[:40])
    assert gain == pytest.approx(loss(0.0) - min(loss(share) for share in (0.15, 0.35, 0.7)), abs=1e-6)
    assert gain > 0


def test_a_late_model_is_asked_beside_those_of_its_trial(tmp_path):
    data = TrainingData(
        views={"tree": np.zeros((4, 1), np.float32)}, categorical=(), y=np.arange(4.0), n_classes=0,
        fold_of_row=np.array([0, 0, 1, 1], np.int16), n_folds=2, metric="neg_root_mean_squared_error",
        late_part=np.array([0, 1, -1, -1], np.int8),
    )  # fmt: skip
    folder = RunFolder(tmp_path)
    folder.trials.mkdir()
    board = Board(folder, data, find_metric("rmse", "regression"), n_test_rows=1_000)
    half = FoldOutcome(np.zeros((2, 1), np.float32), 1.0, 1.0, 1.0, 0.1, 0.25, None, b"four")
    before = board.keep(
        Trial(id=1, learner="linear", point={}, origin="portfolio"),
        {0: board.lay_aside(half), 1: board.lay_aside(half)},
        1.0,
    )
    late = board.lay_aside(FoldOutcome(np.zeros((1, 1), np.float32), 0.5, 0.5, 0.5, 0.3, 0.5, 7, b"sixsix"))
    seconds = board.closing_seconds()
    assert seconds == pytest.approx(2 * 2 * 0.25)  # of two folds and two late ones, a quarter of a millisecond a row
    made = board.widen(1, 2, late)
    assert (made.trial_id, made.fold, made.score, made.n_iterations, made.size_bytes) == (1, 2, 0.5, 7, 6)
    assert (folder.trial(1) / "fold-2.model").read_bytes() == b"sixsix"
    after = made.added_to(before)
    assert (after.row_milliseconds, after.size_bytes, after.score) == (1.0, 14, before.score)
    assert board.closing_seconds() == seconds  # time was left for late models before there were any
    board.restore_widened(TrialWidened(
        trial_id=9, fold=2, score=0.5, fit_seconds=1.0, n_iterations=None, row_milliseconds=1.0, size_bytes=1
    ))  # fmt: skip  # of a trial whose models were removed
    assert board.weights == {1: 1.0}
