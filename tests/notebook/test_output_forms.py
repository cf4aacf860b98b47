"""The forms of one output travel together: below 64 KiB, whatever a run has to tell."""

from __future__ import annotations

import json
from functools import partial

import pytest
from views import example_runs

from lepton_jupyter.events.encoding import decode_message
from lepton_jupyter.events.messages import RunPanelMessage
from lepton_jupyter.notebook.output_forms import output_forms
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.run_panel import extract, saved_document


def long_run() -> example_runs.ExampleRun:
    run = example_runs.churn(300.0)
    run.end("budget")
    return run


MAKERS = {
    "starting": example_runs.starting,
    "failed": example_runs.failed,
    "churn": example_runs.churn,
    "wine": example_runs.wine,
    "diamonds": example_runs.diamonds,
    "long": long_run,
}


@pytest.mark.parametrize("name", MAKERS)
def test_three_forms_fit_into_one_message(name: str) -> None:
    state = BoardState.from_events(MAKERS[name]().log)
    forms = output_forms(partial(extract, state, live=False))
    assert set(forms) == {"application/vnd.lepton.run+json", "text/html", "text/plain"}
    assert len(json.dumps(forms, ensure_ascii=False).encode()) <= 64 * 1024 - 2000
    saved = decode_message(forms["application/vnd.lepton.run+json"])
    assert isinstance(saved, RunPanelMessage)
    whole = extract(state, live=False)
    assert (saved.score, saved.state, saved.n_rows) == (whole.score, whole.state, whole.n_rows)
    assert saved.rows[:3] == whole.rows[:3]


def test_a_long_run_gives_way_in_all_parts_and_keeps_some_of_each() -> None:
    state = BoardState.from_events(long_run().log)
    whole = extract(state, live=False)
    saved = decode_message(output_forms(partial(extract, state, live=False))["application/vnd.lepton.run+json"])
    assert isinstance(saved, RunPanelMessage)
    for part in ("rows", "history", "columns", "paths", "log"):
        assert 0 < len(getattr(saved, part)) <= len(getattr(whole, part))
    assert len(saved.rows) >= 5
    assert len(saved.history) >= 10


def test_what_fits_is_kept_whole() -> None:
    state = BoardState.from_events(example_runs.starting().log)
    forms = output_forms(partial(extract, state, live=False))
    assert forms["application/vnd.lepton.run+json"] == saved_document(extract(state, live=False))
