"""The search as a state machine: told what happened, asked what to try."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lepton_jupyter.search.cost_model import CountedCost, MeasuredCost
from lepton_jupyter.search.local_search import LocalSearch, Start
from lepton_jupyter.search.space import Choice, Integer, Real, Space
from lepton_jupyter.search.trial import Report

BOWL = Space((Real("x", 0.0, 1.0), Real("y", 0.001, 1.0, log=True)))
DISH = Space((Integer("n", 1, 50), Choice("kind", ("a", "b"))))
N_FOLDS = 3


def make_search(seed=0, *, costs=None, portfolio=None):
    costs = costs or {}
    return LocalSearch(
        {"bowl": BOWL, "dish": DISH},
        portfolio
        or [
            Start("mean", {}, baseline=True),
            Start("bowl", {"x": 0.9, "y": 0.9}),
            Start("dish", {"n": 40, "kind": "a"}),
        ],
        CountedCost(lambda learner, _: costs.get(learner, 1.0)),
        n_folds=N_FOLDS,
        seed=seed,
    )


def losses_of(trial):
    if trial.learner == "mean":
        loss = 9.0
    elif trial.learner == "bowl":
        loss = (trial.point["x"] - 0.3) ** 2 + (math.log10(trial.point["y"]) + 1) ** 2
    else:
        loss = 1 + abs(trial.point["n"] - 10) / 10 + (trial.point["kind"] == "a")
    return tuple(loss + 0.01 * fold for fold in range(N_FOLDS))


def report_of(trial, *, complete=True):
    losses = losses_of(trial)
    return Report(fold_losses=dict(enumerate(losses if complete else losses[:1])), complete=complete, cost=1.0)


def run(search, n):
    trials = []
    for _ in range(n):
        trial = search.ask()
        if trial is None:
            break
        search.tell(trial, report_of(trial))
        trials.append(trial)
    return trials


def test_the_portfolio_comes_first_and_in_order():
    trials = run(make_search(), 3)
    assert [(t.learner, t.origin) for t in trials] == [
        ("mean", "baseline"),
        ("bowl", "portfolio"),
        ("dish", "portfolio"),
    ]


def test_the_point_finds_the_bottom():
    search = make_search()
    search.weigh({"bowl": 1.0})
    best = min((t for t in run(search, 150) if t.learner == "bowl"), key=losses_of)
    assert abs(best.point["x"] - 0.3) < 0.1
    assert abs(math.log10(best.point["y"]) + 1) < 0.15
    assert losses_of(best)[0] < 0.01


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.lists(st.booleans(), min_size=60, max_size=60))
def test_no_trial_leaves_its_space_or_comes_twice(seed, completes):
    search = make_search(seed)
    seen = set()
    for complete in completes:
        trial = search.ask()
        if trial is None:
            break
        if trial.learner != "mean":
            assert {"bowl": BOWL, "dish": DISH}[trial.learner].contains(trial.point)
        key = (trial.learner, tuple(sorted(trial.point.items())))
        assert key not in seen
        seen.add(key)
        search.tell(trial, report_of(trial, complete=complete or trial.origin in {"baseline", "portfolio"}))


@settings(max_examples=60, deadline=None)
@example(511, 60, 1)  # a neighbourhood was found empty on the way to a trial of the other learner
@given(st.integers(0, 1000), st.integers(5, 60), st.integers(1, 4))
def test_a_log_rebuilds_the_search(seed, n, parallel):
    """Adopting the trials and telling the reports in their order gives a search that goes on in the same way."""
    search = make_search(seed)
    history = []
    pending = []
    for _ in range(n):
        while len(pending) < parallel and (trial := search.ask()) is not None:
            history.append(("ask", trial))
            pending.append(trial)
        if not pending:
            break
        trial = pending.pop(0)
        history.append(("tell", trial))
        search.tell(trial, report_of(trial))
    again = make_search(seed)
    for verb, trial in history:
        if verb == "ask":
            again.adopt(trial)
        else:
            again.tell(trial, report_of(trial))
    assert again.pending == search.pending
    for _ in range(10):
        first, second = search.ask(), again.ask()
        assert first == second
        if first is None:
            break
        search.tell(first, report_of(first))
        again.tell(second, report_of(second))


def test_a_failed_step_is_mirrored():
    search = LocalSearch(
        {"bowl": BOWL}, [Start("bowl", {"x": 0.5, "y": 0.03})], CountedCost(lambda *_: 1.0), n_folds=1, seed=3
    )
    start = search.ask()
    search.tell(start, Report(fold_losses=dict(enumerate((0.0,))), complete=True, cost=1.0))
    step = search.ask()
    search.tell(step, Report(fold_losses=dict(enumerate((1.0,))), complete=True, cost=1.0))
    mirrored = search.ask()
    centre = BOWL.to_unit(start.point)
    np.testing.assert_allclose(BOWL.to_unit(mirrored.point) - centre, centre - BOWL.to_unit(step.point), atol=1e-4)


def test_the_step_shrinks_after_failed_pairs_and_restarts_in_the_end():
    search = LocalSearch(
        {"bowl": BOWL}, [Start("bowl", {"x": 0.5, "y": 0.03})], CountedCost(lambda *_: 1.0), n_folds=1, seed=3
    )
    trial = search.ask()
    search.tell(trial, Report(fold_losses=dict(enumerate((0.0,))), complete=True, cost=1.0))
    sizes, origins = [], []
    while (trial := search.ask()) is not None:
        judgement = search.tell(trial, Report(fold_losses=dict(enumerate((1.0,))), complete=True, cost=1.0))
        sizes.append(judgement.step_size)
        origins.append(trial.origin)
    assert min(sizes) < 0.1
    assert "restart" in origins
    assert search.searched_out()


def test_a_gain_within_the_noise_of_the_folds_is_not_accepted():
    search = make_search(portfolio=[Start("bowl", {"x": 0.5, "y": 0.03})])
    start = search.ask()
    search.tell(start, Report(fold_losses=dict(enumerate((1.0, 2.0, 3.0))), complete=True, cost=1.0))
    step = search.ask()
    judgement = search.tell(step, Report(fold_losses=dict(enumerate((1.5, 1.5, 2.99))), complete=True, cost=1.0))
    assert not judgement.accepted
    assert judgement.gain > 0
    step = search.ask()
    assert search.tell(step, Report(fold_losses=dict(enumerate((0.9, 1.9, 2.9))), complete=True, cost=1.0)).accepted


def test_a_step_that_is_clearly_worse_loses_the_race():
    search = make_search(portfolio=[Start("bowl", {"x": 0.5, "y": 0.03})])
    start = search.ask()
    search.tell(start, Report(fold_losses=dict(enumerate((1.0, 1.1, 1.2))), complete=True, cost=1.0))
    step = search.ask()
    assert not search.keeps_up(step, {0: 1.5})
    assert search.keeps_up(step, {0: 1.01})
    assert search.keeps_up(step, {0: 0.5})


def test_what_is_no_better_than_the_baseline_gets_no_second_fold():
    search = make_search()
    mean = search.ask()
    search.tell(mean, report_of(mean))
    bowl = search.ask()
    assert not search.keeps_up(bowl, {0: 9.5})
    assert search.keeps_up(bowl, {0: 8.5})


def test_what_is_too_dear_is_not_asked_for_but_a_baseline_always_is():
    search = make_search(costs={"mean": 100.0, "bowl": 100.0, "dish": 1.0})
    assert search.ask(within=10.0).learner == "mean"
    assert search.ask(within=10.0).learner == "dish"
    assert search.ask(within=10.0) is None
    assert search.ask(within=1000.0).learner == "bowl"


def test_an_excluded_learner_keeps_its_place_in_the_portfolio():
    search = make_search()
    run(search, 1)
    assert search.ask(excluding={"bowl"}).learner == "dish"
    assert search.ask().learner == "bowl"


def test_steps_go_where_the_ensemble_is():
    search = make_search(seed=1)
    run(search, 3)
    search.weigh({"dish": 1.0})
    learners = [trial.learner for trial in run(search, 30)]
    assert learners.count("dish") > learners.count("bowl")


def test_a_cancelled_trial_counts_as_nothing():
    search = make_search()
    trials = run(search, 3)
    step = search.ask()
    search.forget(step)
    assert search.pending == ()
    assert search.incumbents["bowl"].trial_id == trials[1].id


def test_measured_cost_learns_from_other_learners():
    cost = MeasuredCost(lambda learner, _: {"a": 1.0, "b": 10.0}[learner])
    assert cost.expected("b", {}) == pytest.approx(10.0, rel=0.01)
    assert cost.observed("a", {}, 3.0) == 3.0
    assert cost.expected("a", {}) == pytest.approx(3.0)
    assert cost.expected("b", {}) == pytest.approx(30.0, rel=0.03)
    cost.observed("a", {}, 1.0)
    assert cost.expected("a", {}) == pytest.approx(2.2)


def test_a_fit_of_a_moment_does_not_make_the_others_dear():
    cost = MeasuredCost(lambda learner, _: {"mean": 1e-4, "b": 1.0}[learner])
    cost.observed("mean", {}, 0.02)
    assert cost.expected("b", {}) < 1.5


@pytest.mark.parametrize(("seconds", "factor"), [(100.0, 4.0), (1e-4, 0.25)])
def test_an_unmeasured_learner_is_not_judged_beyond_reason_by_another(seconds, factor):
    cost = MeasuredCost(lambda *_: 1.0)
    cost.observed("a", {}, seconds)
    assert cost.expected("b", {}) == pytest.approx(factor, rel=0.05)
