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


def test_a_step_leads_while_it_is_ahead_of_its_incumbent():
    search = make_search(portfolio=[Start("bowl", {"x": 0.5, "y": 0.03})])
    start = search.ask()
    assert search.leads(start, {})
    search.tell(start, Report(fold_losses=dict(enumerate((1.0, 1.1, 1.2))), complete=True, cost=1.0))
    step = search.ask()
    assert not search.leads(step, {})
    assert not search.leads(step, {0: 1.01})
    assert search.leads(step, {0: 1.01, 1: 1.0})


def test_an_entry_leads_until_it_is_judged_and_then_while_it_clearly_helps_the_blend():
    search = make_search()
    mean = search.ask()
    assert search.leads(mean, {0: 9.5, 1: 9.5, 2: 9.5})
    search.tell(mean, report_of(mean))
    bowl, losses = search.ask(), {0: 1.0, 1: 3.0}
    assert search.leads(bowl, {0: 1.0}, {0: 0.0})
    assert search.leads(bowl, losses, {0: 0.01, 1: 0.04})
    assert not search.leads(bowl, losses, {0: 0.01, 1: 0.02})
    assert search.leads(bowl, losses, {})


def test_what_is_no_better_than_the_baseline_gets_no_second_fold():
    search = make_search()
    mean = search.ask()
    search.tell(mean, report_of(mean))
    bowl = search.ask()
    assert not search.keeps_up(bowl, {0: 9.5})
    assert search.keeps_up(bowl, {0: 8.5})


def test_an_entry_that_helps_no_blend_on_two_folds_gets_no_third():
    search = make_search()
    run(search, 1)
    bowl = search.ask()
    losses = {0: 1.0, 1: 1.0}
    assert search.keeps_up(bowl, {0: 1.0}, {0: -0.1})
    assert not search.keeps_up(bowl, losses, {0: -0.1, 1: 0.05})
    assert search.keeps_up(bowl, losses, {0: -0.1, 1: 0.2})
    assert search.keeps_up(bowl, losses, {})


def test_an_entry_that_would_be_cut_off_long_before_its_end_waits():
    search = make_search(costs={"bowl": 5.0})
    run(search, 1)
    assert search.ask(share=3.0).learner == "dish"
    assert search.ask(share=4.0).learner == "bowl"


def test_what_was_given_up_is_a_place_to_step_from():
    search = make_search(portfolio=[Start("mean", {}, baseline=True), Start("bowl", {"x": 0.9, "y": 0.9})])
    run(search, 1)
    start = search.ask()
    search.tell(start, Report(fold_losses={0: 2.0, 1: 2.0}, complete=False, cost=1.0))
    step = search.ask()
    assert (step.origin, step.parent_id) == ("step", start.id)
    assert search.tell(step, Report(fold_losses={0: 1.0, 1: 1.0, 2: 1.0}, complete=True, cost=1.5)).accepted
    assert search.incumbents["bowl"].trial_id == step.id


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


class TestPartsOfTheRows:
    def search(self, row_shares, cost=10.0, n_starts=1):
        starts = [Start("bowl", {"x": x, "y": 0.9}) for x in ((0.9,) if n_starts == 1 else (0.9, 0.5))]
        portfolio = [Start("mean", {}, baseline=True), *starts]
        return LocalSearch(
            {"bowl": BOWL},
            portfolio,
            CountedCost(lambda *_: cost),
            n_folds=N_FOLDS,
            row_shares=row_shares,
        )

    @pytest.mark.parametrize(("share", "part"), [(31.0, 1.0), (15.0, 1.0), (14.9, 0.0625)])
    def test_a_start_that_all_rows_would_cut_off_is_compared_on_a_part(self, share, part):
        search = self.search((0.5, 0.25, 0.125, 0.0625), n_starts=2)
        assert search.ask(share=share).row_share == 1.0  # a baseline, however dear
        first = search.ask(share=share)
        search.tell(first, report_of(first))
        assert search.ask(share=share).row_share == part

    @pytest.mark.parametrize(("share", "part"), [(90.0, 1.0), (60.0, 0.5), (31.0, 0.25)])
    def test_the_first_of_all_comes_soon(self, share, part):
        search = self.search((0.5, 0.25))
        assert [search.ask(share=share).row_share for _ in range(2)] == [1.0, part]

    def test_where_rows_are_few_a_dear_start_learns_from_all(self):
        search = self.search(())
        assert [search.ask(share=12.0).row_share for _ in range(2)] == [1.0, 1.0]

    def test_without_a_clock_all_rows_are_learnt_from(self):
        search = self.search((0.5, 0.25))
        assert {trial.row_share for trial in run(search, 8)} == {1.0}

    def test_steps_are_compared_on_the_rows_of_what_they_step_from(self):
        search = self.search((0.5, 0.25))
        for _ in range(2):
            trial = search.ask(within=1000.0, share=8.0)
            search.tell(trial, report_of(trial))
        step = search.ask(within=1000.0, share=5.0)  # too little for more rows
        assert (step.origin, step.row_share) == ("step", 0.25)
        assert step.based_on["expected_cost"] < 12.0

    def test_the_best_of_some_starts_learns_from_more_rows_while_there_is_time(self):
        portfolio = [Start("mean", {}, baseline=True)] + [
            Start("bowl", {"x": x, "y": 0.1}) for x in (0.9, 0.4, 0.7, 0.8)
        ]
        search = LocalSearch(
            {"bowl": BOWL}, portfolio, CountedCost(lambda *_: 10.0), n_folds=N_FOLDS, row_shares=(0.5, 0.25)
        )
        asked = []
        for within in (100.0, 90.0, 80.0, 70.0, 20.0, 19.0):
            trial = search.ask(within=within, share=12.0)
            search.tell(trial, report_of(trial))
            asked.append((trial.point.get("x"), trial.row_share, trial.parent_id))
        # While there is time for both, other starts come first; then the best has half of the rows, and it alone.
        assert asked[1:5] == [(0.9, 0.25, None), (0.4, 0.25, None), (0.7, 0.25, None), (0.4, 0.5, 2)]
        assert search.incumbents["bowl"].row_share == 0.25  # the same loss is no gain
        assert asked[5] == (0.8, 0.25, None)

    def test_a_promotion_waits_for_what_may_be_better(self):
        search = self.search((0.5, 0.25))
        for _ in range(2):
            trial = search.ask(within=100.0, share=8.0)
            search.tell(trial, report_of(trial))
        promoted = search.ask(within=40.0, share=12.0)
        assert (promoted.origin, promoted.row_share, promoted.parent_id) == ("portfolio", 0.5, trial.id)
        fresh = self.search((0.5, 0.25))
        for each in (fresh.ask(within=100.0, share=8.0), fresh.ask(within=100.0, share=8.0)):
            last = each
            fresh.tell(each, report_of(each))
        assert fresh.ask(within=100.0, share=1.0).origin == "step"  # on its way
        assert last.row_share == 0.25
        assert fresh.ask(within=40.0, share=12.0) is None

    def test_a_promotion_that_was_cancelled_may_come_again(self):
        search = self.search((0.5, 0.25))
        for within in (100.0, 100.0):
            trial = search.ask(within=within, share=8.0)
            search.tell(trial, report_of(trial))
        promoted = search.ask(within=40.0, share=12.0)
        search.forget(promoted)
        again = search.ask(within=40.0, share=12.0)
        assert (again.point, again.row_share, again.parent_id) == (promoted.point, 0.5, trial.id)

    def test_a_resumed_search_knows_what_was_promoted(self):
        search, again = self.search((0.5, 0.25)), self.search((0.5, 0.25))
        for within in (100.0, 100.0, 40.0):
            trial = search.ask(within=within, share=8.0 if within == 100.0 else 12.0)
            search.tell(trial, report_of(trial))
            again.adopt(trial)
            again.tell(trial, report_of(trial))
        assert trial.parent_id == 1
        assert search.ask(within=40.0, share=12.0) == again.ask(within=40.0, share=12.0)

    def test_the_seconds_of_a_part_tell_of_others_until_they_are_measured(self):
        cost = MeasuredCost(lambda *_: 10.0)
        cost.observed("a", {}, 50.0)
        borrowed = cost.expected("a", {}, 0.25)
        assert 12.5 < borrowed < 20.0
        cost.observed("a", {}, 9.0, 0.25)
        assert cost.expected("a", {}, 0.25) == pytest.approx(9.0)
        assert cost.expected("a", {}) == pytest.approx(50.0, rel=0.01)


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
