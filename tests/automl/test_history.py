from __future__ import annotations

from lepton_jupyter.search.cost_model import CountedCost
from lepton_jupyter.search.local_search import LocalSearch, Start
from lepton_jupyter.search.space import Real, Space


def make_search():
    space = Space((Real("x", 0.0, 1.0),))
    return LocalSearch(
        {"bowl": space, "dish": space},
        [Start("none", {}, baseline=True), Start("bowl", {"x": 0.9}), Start("dish", {"x": 0.1})],
        CountedCost(lambda _learner, _point: 1.0),
        n_folds=2,
    )


def test_starts_that_were_in_flight_when_a_run_died_are_asked_for_again_in_their_order():
    search = make_search()
    died = [search.ask() for _ in range(2)]
    for trial in reversed(died):
        search.forget(trial)
    again = [search.ask() for _ in range(3)]
    assert [trial.learner for trial in again] == ["none", "bowl", "dish"]
    assert [trial.origin for trial in again] == ["baseline", "portfolio", "portfolio"]
    assert [trial.id for trial in again] == [2, 3, 4]
    assert search.ask() is None
