from __future__ import annotations

import math
from dataclasses import replace

import pytest
from views import example_runs

from lepton_jupyter.events.run_events import EnsembleUpdated, TrialFinished
from lepton_jupyter.views.board_rows import board_rows
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.fit_guard import guard_sentences, lost_share
from lepton_jupyter.views.run_panel import extract
from lepton_jupyter.views.static_html import render_html
from lepton_jupyter.views.static_text import render_text


def changed(run, change):
    """State of a run whose finished models, but for the constant, are changed."""
    constant = next(each.event.trial_id for each in run.log if isinstance(each.event, TrialFinished))
    return BoardState.from_events(
        replace(each, event=change(each.event))
        if isinstance(each.event, TrialFinished | EnsembleUpdated) and getattr(each.event, "trial_id", None) != constant
        else each
        for each in run.log
    )


def by_heart(event):
    """Trained to perfection, and as good as before on other rows."""
    return replace(event, train_score=1.0, train_error=0.0)


def guessing(event):
    folds = tuple(0.5 + 0.01 * (-1) ** fold for fold in range(len(event.fold_scores)))
    return replace(event, score=sum(folds) / len(folds), fold_scores=folds, train_score=0.9, train_error=0.01)


def test_an_ordinary_run_raises_no_doubt():
    state = BoardState.from_events(example_runs.finished().log)
    assert guard_sentences(state) == ()
    assert not any(row.parted for row in board_rows(state))


def test_a_forest_that_knows_its_rows_by_heart_is_usual_while_others_are_fitted_well():
    state = changed(example_runs.finished(), by_heart)
    assert state.best.score > 0.8  # of the .5 gained in training, less than two fifths are lost
    assert not any(row.parted for row in board_rows(state))


def test_where_nothing_beats_the_constant_both_is_said_once_the_run_has_ended():
    state = changed(example_runs.finished(), guessing)
    nothing, parted = guard_sentences(state)
    assert nothing.startswith("Nothing is clearly better than the most frequent class: 0.50")
    assert "0.900 against 0.50" in parted
    assert "100 % of what it gains" in parted or "9" in parted
    message = extract(state, live=False)
    assert {nothing, parted} <= set(message.notices)
    assert "!" in render_text(message)
    assert "parts from the score out of fold" in render_html(message)
    going_on = changed(example_runs.churn(), guessing)
    assert nothing not in extract(going_on, live=True).notices


def test_an_error_is_good_where_it_is_small():
    state = BoardState.from_events(example_runs.diamonds().log)
    best = state.best
    assert not any(row.parted for row in board_rows(state))
    learnt = changed(example_runs.diamonds(), lambda event: replace(event, train_score=-1e4, train_error=0.0))
    assert best is not None
    assert any(row.parted for row in board_rows(learnt))


@pytest.mark.parametrize(
    ("train", "score", "constant", "share"),
    [(0.9, 0.9, 0.5, 0.0), (0.9, 0.5, 0.5, 1.0), (0.9, 0.4, 0.5, 1.25), (10.0, 40.0, 70.0, 0.5)],
)
def test_lost_share(train, score, constant, share):
    assert lost_share(train, score, constant) == pytest.approx(share)
    assert math.isnan(lost_share(0.5, 0.4, 0.5))
