"""A long board of a run, page after page."""

from __future__ import annotations

from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.views.board_rows import board_rows
from lepton_jupyter.views.board_state import BoardState


def test_a_run_gives_the_rows_that_its_panel_does_not_hold(churn):
    run = fit(churn, target="churn", budget="16trials", folds=3, learners=["linear", "naive_bayes"]).wait()
    whole = [row for row in board_rows(BoardState.from_events(run.events)) if row.rank is not None]
    assert len(whole) > 2
    page = run.board_page(2)
    assert list(page.rows) == whole[2:]
    assert page.n_ranked == len(whole)
    assert run.board_page(page.n_ranked).rows == ()
