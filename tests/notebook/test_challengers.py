"""A stream whose concept changes finds another model, proves it, promotes it, takes it back and goes on with it."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import SGDClassifier
from streaming.drifting_rows import RowsUntil, sea

from lepton_jupyter import fit, stream
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import (
    ChallengerDropped,
    ChallengerFound,
    ChallengerPromoted,
    ChallengerSought,
    ChampionRestored,
    DriftDetected,
    LearnerTakenUp,
    StreamStarted,
)
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.notebook import library
from lepton_jupyter.notebook.challenger_search import ModelSearchOnRows, rows_as_table
from lepton_jupyter.notebook.contenders import champions_told, contender_of
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.streaming.labelled_window import LabelledRow

PATIENCE = 300.0


@pytest.fixture
def run():
    return fit(sea(1_500, 8.0, 0), target="label", budget="3trials", folds=3, learners=["lightgbm"], wait=True)


def of(streamed, *kinds):
    return [each.event for each in streamed.events if isinstance(each.event, kinds)]


def test_a_challenger_is_promoted_rolled_back_and_a_resumed_stream_has_the_logged_champion(run, tmp_path):
    held = []

    def enough():
        return bool(held) and bool(of(held[0], ChallengerPromoted)) and held[0].stats["n_labels"] > 0

    rows = RowsUntil(sea(3_000, 8.0, 1), sea(20_000, 12.0, 2), enough)
    rows.slow = lambda: bool(held) and len(of(held[0], ChallengerSought)) > len(of(held[0], ChallengerFound))
    held.append(
        stream(
            run, source=rows.rows, sink=tmp_path / "scored.jsonl", labels="label", on_drift="challenger",
            challenger_budget="3trials", name="orders",
        )
    )  # fmt: skip
    flowing = held[0].wait(PATIENCE)
    decided = (DriftDetected, ChallengerSought, ChallengerFound, ChallengerPromoted)
    assert [type(event) for event in of(flowing, *decided)][:4] == list(decided)
    (promoted,) = of(flowing, ChallengerPromoted)
    assert promoted.loss < promoted.previous_loss
    assert promoted.previous_run == run.id
    assert flowing.champion == promoted.run_id
    # The child run is on this disk with its board; the run of the person is still the last one.
    assert library.find_run(promoted.run_id).settings.name == "orders-challenger"
    assert "challenger promoted" in flowing.formats()["text/html"]
    with pytest.raises(LeptonError, match="does not go on in this kernel"):
        flowing.rollback()

    (tmp_path / "incoming").mkdir()
    again = resume_run("orders", source=tmp_path / "incoming")
    assert of(again, StreamStarted)[-1].model_run == promoted.run_id
    again.rollback()
    assert again.champion == run.id
    with pytest.raises(LeptonError, match="there is none before it"):
        again.rollback()
    again.stop()
    assert again.settle(PATIENCE)
    assert champions_told(again.events) == ([run.id], False)
    assert [type(event) for event in of(again, ChampionRestored)] == [ChampionRestored]
    log = (again.folder.path / "events.jsonl").read_text()
    assert '"yes"' not in log  # no label of a row


def test_a_learner_of_the_stream_itself_overtakes_a_model_of_the_past(run, tmp_path):
    held = []

    def enough():
        return bool(held) and bool(of(held[0], ChallengerPromoted))

    rows = RowsUntil(sea(500, 8.0, 1), sea(20_000, 12.0, 2), enough)
    held.append(
        stream(run, source=rows.rows, sink=tmp_path / "scored.jsonl", labels="label", learn="linear", name="orders")
    )
    flowing = held[0].wait(PATIENCE)
    found, promoted = of(flowing, ChallengerFound, ChallengerPromoted)[:2]
    assert (found.run_id, promoted.run_id, promoted.previous_run) == ("", "", run.id)
    assert promoted.loss < promoted.previous_loss
    assert "learns from the labels as they come" in flowing.formats()["text/html"]
    # A resumed stream goes on with it, and so does one that is resumed once more.
    (tmp_path / "incoming").mkdir()
    n_learnt = json.loads((flowing.folder.path / "learner.json").read_text())["n_labels"]
    for _ in range(2):
        again = resume_run("orders", source=tmp_path / "incoming")
        assert of(again, LearnerTakenUp)[-1] == LearnerTakenUp(label="Linear, online", n_labels=n_learnt, predicts=True)
        assert (again.champion, again.message().model_label) == ("", "Linear, online")
        ended(again)
    sentence = f"Linear, online takes up what it had learnt from {n_learnt:,} labels, and predicts"
    assert sentence in [note.sentence for note in again.message().notes]
    # Taken back, it is in the shadow again, also in the next life.
    again = resume_run("orders", source=tmp_path / "incoming")
    again.rollback()
    assert again.champion == run.id
    ended(again)
    again = resume_run("orders", source=tmp_path / "incoming")
    assert of(again, LearnerTakenUp)[-1].predicts is False
    assert again.champion == run.id
    ended(again)


def ended(flowing):
    flowing.stop()
    assert flowing.settle(PATIENCE)
    return flowing


def test_a_learner_of_trees_predicts_after_a_resume_what_it_would_have(run, tmp_path):
    before, after = sea(2_000, 8.0, 3), sea(200, 8.0, 4)
    first = stream(run, source=before, sink=lambda _: None, labels="label", learn="boosting", name="orders")
    first.wait(PATIENCE)
    kept = first.folder.path / "learner.json"
    state = json.loads(kept.read_text())
    assert state["n_labels"] == 2_000
    # Of rows there is no trace: trees, coefficients and losses alone.
    assert set(state["state"]) == {"linear", "windows", "losses", "spread"}
    rows = pd.concat([before, after], ignore_index=True)  # of which the first are committed
    again = resume_run("orders", source=rows, sink=lambda _: None).wait(PATIENCE)
    assert of(again, LearnerTakenUp) == [
        LearnerTakenUp(label="Boosting on sliding windows", n_labels=2_000, predicts=False)
    ]
    assert json.loads(kept.read_text())["n_labels"] == 2_200
    # A torn file gives way to the one before, and two of them to a learner that begins anew.
    kept.write_text(kept.read_text()[:1000])
    again = resume_run("orders", source=rows, sink=lambda _: None).wait(PATIENCE)
    assert len(of(again, LearnerTakenUp)) == 2
    for name in ("learner.json", "learner-before.json"):
        (first.folder.path / name).write_text('{"learner": "Boosting on sliding windows"}')
    again = resume_run("orders", source=rows, sink=lambda _: None).wait(PATIENCE)
    assert len(of(again, LearnerTakenUp)) == 2
    assert "learns afresh: learner-before.json" in of(again, WarningRaised)[-1].text
    assert again.stats["state"] == "exhausted"


def test_an_object_of_ones_own_says_that_it_learns_afresh(run):
    own = SGDClassifier(loss="log_loss")
    rows = sea(300, 8.0, 3)
    first = stream(
        run, source=rows, sink=lambda _: None, labels="label", learn=own, learn_label="own", name="orders"
    ).wait(PATIENCE)
    assert not (first.folder.path / "learner.json").exists()
    again = resume_run("orders", source=rows, sink=lambda _: None, find_table={"own": own}.get).wait(PATIENCE)
    assert [event.text for event in of(again, WarningRaised)] == [
        "SGDClassifier is an object of your own, of which nothing is kept: it learns afresh."
    ]


def woven(n_rows, seed, cut=0.0):
    """Labels in a pattern of many patches, which few rows do not tell."""
    table = pd.DataFrame(np.random.default_rng(seed).uniform(-1, 1, (n_rows, 3)), columns=list("abc"))
    pattern = np.sin(4 * table["a"]) * np.sin(4 * table["b"]) + 0.3 * table["c"]
    return table.assign(label=np.where(pattern > cut, "yes", "no"))


def test_boosters_of_the_champion_go_on_and_are_the_challenger_only_where_they_are_better():
    run = fit(woven(4_000, 0), target="label", budget="3trials", folds=3, learners=["lightgbm"], wait=True)
    simple = woven(1_500, 7)
    simple["label"] = np.where(simple["a"] + simple["b"] > 0, "yes", "no")
    chosen = []
    # A small change, of which few rows tell, leaves most of what was learnt; after a great one it is in the way.
    for rows in (woven(250, 7, cut=0.1), simple):
        n_rows = len(rows)
        labelled = [
            LabelledRow({name: row[name] for name in "abc"}, float(row["label"] == "yes"))
            for row in rows.to_dict("records")
        ]
        search = ModelSearchOnRows(run, run, labelled, predicting=run.id, budget="2trials", name="recent")
        search.settle(PATIENCE)
        found, (decided,) = search.result(), search.decided()
        assert (decided.label, decided.n_rows) == ("LightGBM, boosted on", n_rows)
        assert decided.chosen == (decided.p_value < 0.05)
        assert decided.chosen == (found.scorer.label == decided.label)
        # As a stream finds it that goes on with this run's model.
        again = contender_of(library.find_run(found.run_id), watched=False)
        assert again.scorer.label == found.scorer.label
        records = rows.head(5).to_dict("records")
        np.testing.assert_allclose(again.scorer.score(records).outputs, found.scorer.score(records).outputs, atol=1e-9)
        chosen.append(decided.chosen)
    assert chosen == [True, False]


def test_a_stationary_stream_seeks_no_challenger(run):
    streamed = stream(run, source=sea(5_000, 8.0, 5), sink=lambda _: None, labels="label", on_drift="challenger").wait(
        PATIENCE
    )
    assert of(streamed, DriftDetected, ChallengerSought, ChallengerDropped) == []


def test_labelled_rows_become_a_table_as_the_model_knew_it(churn):
    run = fit(churn, target="churn", budget="2trials", folds=2, learners=["linear"], wait=True)
    rows = [
        LabelledRow({"tenure": 3, "plan": 7, "paperless": True, "since": "2024-03-01", "other": "x"}, truth)
        for truth in (0, 1)
    ]
    table = rows_as_table(rows, run, "churn")
    assert set(table) == {"tenure", "plan", "bill", "since", "paperless", "churn"} & set(table)
    assert table["plan"].tolist() == ["7", "7"]
    assert table["churn"].tolist() == list(run.best_predictor().recipe.classes)
    with pytest.raises(LeptonError, match="Class 'yes' does not occur in the newest 1 labelled rows"):
        rows_as_table(rows[:1], run, "churn")


@pytest.mark.mistake
def test_what_a_challenger_needs_is_said(run):
    before = len(current_session().streams)
    for wish, said in (
        ({"on_drift": "challenger"}, "--on-drift challenger needs --labels"),
        ({"learn": "boosting"}, "--learn needs --labels"),
        ({"learn": "bosting", "labels": "label"}, "Did you mean 'boosting'"),
        ({"challenger_budget": "9s"}, "--challenger-budget needs --on-drift challenger"),
        ({"on_drift": "challenger", "labels": "label", "challenger_budget": "soon"}, "soon"),
    ):
        with pytest.raises(LeptonError, match=said):
            stream(run, source=sea(5, 8.0, 0), sink=print, **wish)
    assert len(current_session().streams) == before
