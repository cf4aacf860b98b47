from __future__ import annotations

from dataclasses import replace

import pytest
from views import example_runs

from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import (
    ExecutorChanged,
    FoldDropped,
    FoldScored,
    RunQueued,
    RunResumed,
    TurnCame,
)
from lepton_jupyter.exceptions.budget_errors import InvalidQuantityError
from lepton_jupyter.views.cost_page import render_cost_html, render_cost_text
from lepton_jupyter.views.run_cost import run_cost


def logged(*timed):
    """A log of events with their seconds; the first is the start of an example run."""
    started = replace(example_runs.finished().log[0].event, n_workers=2)
    events = [(0.0, started), *timed]
    return [
        LoggedEvent(sequence=i, at="", elapsed_seconds=seconds, event=event)
        for i, (seconds, event) in enumerate(events)
    ]


def end(**figures):
    last = example_runs.finished().log[-1].event
    return replace(last, outside_seconds=0.0, memory_bytes=0, **figures)


def test_every_second_of_every_trial_is_counted_once():
    log = list(example_runs.diamonds().log)  # its trials are rejected too; it was cut off, and here it ends
    last = replace(log[-1], sequence=len(log), event=replace(end(), outside_seconds=1.3))
    log.append(last)
    cost = run_cost(log)
    folds = [each.event for each in log if isinstance(each.event, FoldScored)]
    dropped = [each.event.seconds for each in log if isinstance(each.event, FoldDropped)]
    assert dropped
    assert cost.outside_seconds == 1.3
    assert cost.dropped_seconds == pytest.approx(sum(dropped))
    assert cost.cpu_seconds == pytest.approx(sum(each.cpu_seconds for each in folds) + sum(dropped) + 1.3)
    assert sum(each.cpu_seconds for each in cost.learners) == pytest.approx(cost.cpu_seconds - 1.3)
    rejected = [each for each in cost.trials if each.outcome == "rejected"]
    assert rejected
    assert all(each.cpu_seconds > each.dropped_seconds > 0 for each in rejected)


def test_a_fold_of_an_older_log_counts_by_the_clock():
    log = example_runs.finished().log
    older = [
        replace(each, event=replace(each.event, cpu_seconds=None)) if isinstance(each.event, FoldScored) else each
        for each in log
    ]
    assert sum(each.cpu_seconds for each in run_cost(older).learners) > run_cost(log).cpu_seconds - 1.3


def test_cores_are_held_only_while_the_run_is_at_work():
    cost = run_cost(logged(
        (1.0, RunQueued(waits_for=("other",))),
        (61.0, TurnCame(budget=Budget(seconds=10.0), waited_seconds=60.0)),
        (66.0, ExecutorChanged(executor="processes", n_workers=1)),
        (70.0, end()),
        (500.0, RunResumed(budget=Budget(seconds=5.0), n_finished=1, executor="threads", n_workers=4)),
        (505.0, end()),
    ))  # fmt: skip
    assert cost.wall_seconds == pytest.approx(1 + 5 + 4 + 5)
    assert cost.core_seconds == pytest.approx(2 * 1 + 2 * 5 + 1 * 4 + 4 * 5)


def test_a_run_that_goes_on_is_counted_up_to_now():
    assert run_cost(logged(), now_elapsed=3.0).core_seconds == pytest.approx(6.0)
    assert run_cost(logged((2.0, end())), now_elapsed=3.0).core_seconds == pytest.approx(4.0)


class TestEnergy:
    def test_a_measurement_goes_before_an_estimate(self):
        resumed = RunResumed(budget=Budget(seconds=5.0), n_finished=1, executor="threads", n_workers=2)
        log = logged((2.0, end(energy_joules=3600.0)), (2.0, resumed), (4.0, end(energy_joules=1800.0)))
        cost = run_cost(log)
        assert cost.energy_watt_hours == pytest.approx(1.5)
        assert "measured" in cost.energy_method

    def test_a_part_that_was_not_measured_leaves_an_estimate(self):
        resumed = RunResumed(budget=Budget(seconds=5.0), n_finished=1, executor="cluster", n_workers=2)
        cost = run_cost(logged((2.0, end(energy_joules=3600.0)), (2.0, resumed), (4.0, end())))
        assert "Green Algorithms" in cost.energy_method
        assert cost.energy_watt_hours == 0.0  # no fold was fitted, no memory noted


class TestMoney:
    def test_it_is_for_the_cores_held(self):
        cost = run_cost(logged((1800.0, end()))).at_price("0.06EUR")
        assert (cost.money.amount, cost.money.currency) == (pytest.approx(0.06), "EUR")

    def test_without_a_price_there_is_none(self):
        log = logged((1800.0, end()))
        log[0] = replace(log[0], event=replace(log[0].event, core_hour_price=""))
        assert run_cost(log).money is None
        assert "EUR" not in render_cost_text(run_cost(log))

    @pytest.mark.parametrize("price", ["0.05", "EUR", "5 EUR", "-1EUR", "0EUR", "0.05eur", "1e999EUR"])
    def test_what_is_no_price_is_refused(self, price):
        with pytest.raises(InvalidQuantityError, match=r"Write a number and a currency's three letters"):
            run_cost(logged()).at_price(price)


def test_text_and_page_say_the_same_and_escape_what_they_were_given():
    log = example_runs.finished().log
    cost = run_cost(log)
    text, page = render_cost_text(cost), render_cost_html(cost)
    assert max(map(len, text.splitlines())) <= 100
    for learner in cost.learners:
        assert learner.label in text
        assert learner.label in page
    hostile = replace(cost, learners=(replace(cost.learners[0], label=example_runs.MARKUP),))
    assert "<img" not in render_cost_html(hostile)
    assert "<script" not in page
