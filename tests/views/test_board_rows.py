"""The lines of the leaderboard, and the pages in which a long one is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from views import example_runs
from views.example_runs import LIGHTGBM, LINEAR

from lepton_jupyter.views.board_rows import board_page, board_rows
from lepton_jupyter.views.board_state import BoardState

CHURN = BoardState.from_events(example_runs.churn().log)


def ranked(state: BoardState) -> tuple[object, ...]:
    return tuple(row for row in board_rows(state) if row.rank is not None)


@given(max_rows=st.integers(1, 60), begin=st.integers(0, 60))
def test_pages_of_any_size_are_the_board(max_rows: int, begin: int) -> None:
    rows, rank = [], begin
    while page := board_page(CHURN, rank, max_rows=max_rows).rows:
        assert len(page) <= max_rows
        rows += page
        rank = page[-1].rank or 0
    assert tuple(rows) == ranked(CHURN)[begin:]


def test_a_page_goes_on_where_the_message_ends() -> None:
    head = board_rows(CHURN, 12)
    last = max(row.rank or 0 for row in head)
    page = board_page(CHURN, last)
    assert page.sequence == CHURN.sequence
    assert page.n_ranked == len(ranked(CHURN))
    assert [row.rank for row in page.rows] == list(range(last + 1, page.n_ranked + 1))
    assert {row.trial_id for row in head}.isdisjoint({row.trial_id for row in page.rows})


@pytest.mark.parametrize("after_rank", [-3, 0])
def test_before_the_first_row_is_the_first_page(after_rank: int) -> None:
    assert board_page(CHURN, after_rank).rows == ranked(CHURN)


def test_a_model_is_exported_to_what_holds_its_learner_and_an_ensemble_to_what_holds_all_members() -> None:
    ensemble, *models = board_rows(CHURN)
    by_label = {row.label: row.exports for row in models}
    assert by_label[LINEAR.label] == example_runs.EXPORTS["linear"]
    assert by_label[LIGHTGBM.label] == example_runs.EXPORTS["lightgbm"]
    members = [row.exports for row in models if row.trial_id in {each.trial_id for each in ensemble.members}]
    assert set(ensemble.exports) == set.intersection(*map(set, members))
    assert ensemble.exports
