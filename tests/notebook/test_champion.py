from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter import fit, stream
from lepton_jupyter.compilation.compiled_pool import BY_ITSELF, IN_ONNX, CompiledPool
from lepton_jupyter.compilation.onnx_trees import is_installed
from lepton_jupyter.events.stream_events import ChampionCompiled
from lepton_jupyter.notebook.champion import compiled_scorer

PATIENCE = 60.0
needs_onnx = pytest.mark.skipif(not is_installed(), reason="onnx and onnxruntime are not installed")


@pytest.fixture
def run(churn):
    return fit(churn, target="churn", budget="2trials", folds=2, learners=["lightgbm"], name="churn", wait=True)


def compiled(run):
    return compiled_scorer(run.best_predictor(), target="churn", label=run.best_label)


@needs_onnx
def test_a_champion_of_trees_is_compiled_and_says_what_the_model_says(run, churn_table):
    scorer, said = compiled(run)
    assert set(said.how) == {IN_ONNX}
    assert (said.reason, said.n_rows, said.n_flipped) == ("", 2048, 0)
    assert said.largest_difference < 1e-5
    rows = churn_table(300, seed=3).drop(columns="churn")
    expected = run.best_predictor().predict(rows)
    given = rows.astype(object).where(rows.notna(), None).to_dict("records")
    for each in (scorer, pickle.loads(pickle.dumps(scorer))):
        scores = each.score(given)
        assert np.abs(scores.outputs - expected).max() < 1e-5
        assert [each.score([row]).columns["predicted_churn"][0] for row in given[:20]] == scores.columns[
            "predicted_churn"
        ][:20]


@needs_onnx
def test_a_compiled_model_that_is_too_far_away_does_not_predict(run, monkeypatch, churn_table):
    exact = CompiledPool.predict
    monkeypatch.setattr(CompiledPool, "predict", lambda self, views: exact(self, views) + 2e-5)
    scorer, said = compiled(run)
    assert set(said.how) == {BY_ITSELF}
    assert "up to 2e-05 away from the model, where 1e-05 is allowed, and decided 0 otherwise" in said.reason
    row = churn_table(1, seed=3).drop(columns="churn")
    [given] = row.astype(object).where(row.notna(), None).to_dict("records")
    assert scorer.score([given]).outputs.tolist() == run.best_predictor().predict(row).tolist()


def test_a_model_without_a_compiled_form_predicts_by_itself_and_the_panel_says_why(churn):
    run = fit(churn, target="churn", budget="2trials", folds=2, learners=["naive_bayes"], wait=True)
    seen: list[object] = []
    flowing = stream(run, source=churn.drop(columns="churn").head(20), sink=seen.extend).wait(PATIENCE)
    [said] = [each.event for each in flowing.events if isinstance(each.event, ChampionCompiled)]
    assert set(said.how) == {BY_ITSELF}
    assert len(seen) == 20
    notes = [note.sentence for note in flowing.message().notes if "slow path" in note.sentence]
    assert len(notes) == 1
    assert "by its own code: " in notes[0]


@needs_onnx
def test_json_that_is_parsed_together_or_row_by_row_streams_to_the_same(run, churn_table, tmp_path):
    rows = churn_table(120, seed=4).drop(columns="churn").assign(id=range(120))
    lines = rows.to_json(orient="records", lines=True, date_format="iso").splitlines()
    (tmp_path / "whole.jsonl").write_text("".join(f"{line}\n" for line in lines))
    (tmp_path / "odd.jsonl").write_text("".join(f"{line}\n{{\n" for line in lines))
    found = {}
    for name in ("whole", "odd"):
        sink = tmp_path / f"{name} scored.jsonl"
        done = stream(run, source=tmp_path / f"{name}.jsonl", sink=sink, key="id", until_end=True).wait(PATIENCE)
        assert done.stats["n_stored"] == 120
        found[name] = [json.loads(line) for line in sink.read_text().splitlines()]
    assert found["whole"] == found["odd"]
    expected = run.best_predictor().predict(rows.drop(columns="id"))
    assert np.abs(pd.DataFrame(found["whole"])["probability_yes"] - expected[:, 1]).max() < 1e-5
