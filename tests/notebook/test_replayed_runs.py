"""Real runs, whose order of asks depends on the clock, lived through again from what lies on the disk."""

from __future__ import annotations

import pytest

from lepton_jupyter import fit
from lepton_jupyter.events.run_events import TrialAsked
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.notebook.resuming import resume_run
from lepton_jupyter.notebook.session import current_session


@pytest.mark.parametrize("budget", ["4s", "25trials"])
def test_a_run_and_the_same_run_resumed_are_replayed(churn, budget):
    chosen = ["linear", "decision_tree", "naive_bayes"]
    run = fit(churn, target="churn", budget=budget, learners=chosen, folds=3, wait=True)
    assert run.replay().exact
    resume_run(run.id, table=churn, budget=budget, wait=True)
    current_session.cache_clear()
    again = show_run(run.id)
    outcome = again.replay()
    assert outcome.exact, outcome.difference
    assert outcome.n_asked == sum(isinstance(logged.event, TrialAsked) for logged in again.events) > 10
