"""The forms of one output travel together: below 256 KiB, whatever a run has to tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from views import example_runs

from lepton_jupyter.events.encoding import decode_message
from lepton_jupyter.events.messages import RunPanelMessage
from lepton_jupyter.notebook.output_forms import output_forms
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.run_panel import MAX_SAVED_ROWS, extract, saved_document

if TYPE_CHECKING:
    from collections.abc import Callable

RUN_TYPE = "application/vnd.lepton.run+json"


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


def forms_of(make: Callable[[], Any], *, least_room: int = 10**9) -> tuple[dict[str, Any], BoardState]:
    state = BoardState.from_events(make().log)

    def message(room_bytes: int) -> RunPanelMessage:
        return extract(state, live=False, room_bytes=min(room_bytes, least_room), max_rows=MAX_SAVED_ROWS)

    return output_forms(message), state


def saved_of(forms: dict[str, Any]) -> RunPanelMessage:
    saved = decode_message(forms[RUN_TYPE])
    assert isinstance(saved, RunPanelMessage)
    return saved


@pytest.mark.parametrize("name", MAKERS)
def test_three_forms_fit_into_one_message(name: str) -> None:
    forms, state = forms_of(MAKERS[name])
    assert set(forms) == {RUN_TYPE, "text/html", "text/plain"}
    assert len(json.dumps(forms, ensure_ascii=False).encode()) <= 256 * 1024 - 2000
    saved, whole = saved_of(forms), extract(state, live=False)
    assert (saved.score, saved.state, saved.n_rows) == (whole.score, whole.state, whole.n_rows)
    assert saved.rows[:3] == whole.rows[:3]


def test_a_saved_board_holds_more_rows_than_a_live_one() -> None:
    forms, state = forms_of(long_run)
    live = extract(state, live=False)
    assert live.n_rows > MAX_SAVED_ROWS
    assert 1.5 * len(live.rows) < len(saved_of(forms).rows) <= MAX_SAVED_ROWS


def test_a_long_run_gives_way_in_all_parts_and_keeps_some_of_each() -> None:
    forms, state = forms_of(long_run, least_room=30_000)
    saved, whole = saved_of(forms), extract(state, live=False)
    for part in ("rows", "history", "columns", "paths", "log"):
        assert 0 < len(getattr(saved, part)) <= len(getattr(whole, part))
    assert 5 <= len(saved.rows) < len(whole.rows)
    assert len(saved.history) >= 10


def test_what_fits_is_kept_whole() -> None:
    forms, state = forms_of(example_runs.starting)
    assert forms[RUN_TYPE] == saved_document(extract(state, live=False))
