"""The board: what a new trial would bring to the best predictor so far."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_jupyter.automl.board import Board
from lepton_jupyter.automl.fold_evaluation import FoldOutcome
from lepton_jupyter.evaluation.metrics import find_metric
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
