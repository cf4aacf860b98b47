"""Boosters of a predictor that go on with new rows: judged on rows they have not seen, kept, and read back."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from streaming.drifting_rows import sea

from lepton_jupyter import fit
from lepton_jupyter.automl.continued_predictor import continued, keep_continued, kept_continued, row_losses_of
from lepton_jupyter.exceptions.lepton_error import LeptonError

CLASSES = ["no", "yes"]


def truths_of(table):
    return table["label"].map(CLASSES.index).to_numpy(dtype=np.float64)


@pytest.fixture
def before():
    return sea(1_500, 8.0, 0)


@pytest.fixture
def run(before):
    return fit(before, target="label", budget="2trials", folds=3, learners=["lightgbm"], wait=True)


def test_they_learn_the_new_concept_and_say_how_well_on_rows_they_have_not_seen(run):
    predictor = run.best_predictor()
    recent, later = sea(600, 13.0, 1), sea(2_000, 13.0, 2)
    found = continued(predictor, recent, truths_of(recent))
    old = row_losses_of(predictor.predict(later), truths_of(later), 2).mean()
    new = row_losses_of(found.predictor.predict(later), truths_of(later), 2).mean()
    told = row_losses_of(found.out_of_fold, truths_of(recent), 2).mean()
    seen = row_losses_of(found.predictor.predict(recent), truths_of(recent), 2).mean()
    assert new < 0.8 * old
    assert abs(told - new) < 0.06  # and not that of rows which they have learnt from
    assert seen < told
    assert found.label == "LightGBM, boosted on"
    assert found.n_rounds > 0
    # Nothing is drawn anew: the same rows give the same.
    np.testing.assert_array_equal(continued(predictor, recent, truths_of(recent)).out_of_fold, found.out_of_fold)
    keep_continued(found, run.folder)
    again, label = kept_continued(run.folder)
    assert label == found.label
    np.testing.assert_allclose(again.predict(later), found.predictor.predict(later), atol=1e-9)
    (run.folder.path / "continued" / "0-1.model").write_bytes(b"torn")
    with pytest.raises(LeptonError):
        kept_continued(run.folder)
    about = run.folder.path / "continued" / "continued.json"
    about.write_text(json.dumps({"label": "LightGBM"}))
    with pytest.raises(LeptonError, match="cannot be read"):
        kept_continued(run.folder)


def test_where_nothing_has_changed_they_go_on_by_few_rounds_and_lose_little(run):
    predictor = run.best_predictor()
    recent, later = sea(600, 8.0, 3), sea(3_000, 8.0, 4)
    found = continued(predictor, recent, truths_of(recent))
    old = row_losses_of(predictor.predict(later), truths_of(later), 2).mean()
    assert row_losses_of(found.predictor.predict(later), truths_of(later), 2).mean() < 1.1 * old
    assert found.n_rounds <= 15


def test_values_go_on_too(before):
    table = before.assign(label=before["a"] + before["b"])
    run = fit(table, target="label", budget="3trials", folds=3, learners=["lightgbm"], wait=True)
    recent = sea(600, 8.0, 3)
    truths = (recent["b"] - recent["a"]).to_numpy()
    found = continued(run.best_predictor(), recent, truths)
    assert row_losses_of(found.out_of_fold, truths, 0).mean() < 0.2 * np.var(truths)


def test_what_is_no_booster_does_not_go_on(before):
    run = fit(before, target="label", budget="1trials", folds=2, learners=["linear"], wait=True)
    recent = sea(200, 13.0, 1)
    assert continued(run.best_predictor(), recent, truths_of(recent)) is None
    assert kept_continued(run.folder) is None
    nobody = dataclasses.replace(run.best_predictor(), members=())
    assert continued(nobody, recent, truths_of(recent)) is None
