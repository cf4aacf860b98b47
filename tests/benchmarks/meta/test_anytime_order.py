"""Orders learnt from tables whose candidates are made up, so that the right order is known."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.meta.anytime_order import Walk, learn, leave_one_out, loss_within, weights_for
from benchmarks.meta.kept_trials import KeptTrials


def trials(
    name: str, errors: dict[str, tuple[float, float]], *, task: str = "regression", n_rows: int = 500
) -> KeptTrials:
    """Candidates by name: the size of their errors, which are independent, and their seconds."""
    random = np.random.default_rng(len(name))
    y = random.normal(size=400)
    predictions = np.array([y + random.normal(scale=error, size=len(y)) for error, _ in errors.values()])
    seconds = np.array([cost for _, cost in errors.values()])
    points = tuple({} for _ in errors)
    return KeptTrials(name, task, n_rows, 0, tuple(errors), points, predictions, seconds, y)


COSTS = {"linear-start0": (0.8, 0.1), "quick-start0": (0.5, 1.0), "dear-start0": (0.5, 9.0), "bad-start0": (3.0, 1.0)}


def test_of_two_equally_good_ones_the_cheaper_comes_first_and_what_gains_nothing_not_at_all() -> None:
    walks = [Walk(trials(name, COSTS)) for name in ("a", "bb", "ccc")]
    order = learn(walks, np.ones(3), 10)
    assert [each.key for each in order] == ["linear-start0", "quick-start0", "dear-start0"]
    assert order[1].gain > order[2].gain > 0
    assert order[1].cost < order[2].cost
    assert order[1].rank < 2.5


def test_a_table_counts_as_it_is_weighed() -> None:
    quick, slow = COSTS | {"quick-start0": (0.3, 1.0)}, COSTS | {"quick-start0": (9.0, 1.0), "bad-start0": (0.3, 1.0)}
    walks = [Walk(trials("a", quick)), Walk(trials("bb", slow))]
    for weights, second in ((np.array([1.0, 0.01]), "quick-start0"), (np.array([0.01, 1.0]), "bad-start0")):
        assert learn(walks, weights, 2)[1].key == second


def test_tables_of_the_same_task_and_size_say_most() -> None:
    tables = [trials("a", COSTS), trials("b", COSTS, n_rows=9_000), trials("c", COSTS, task="binary")]
    own, other_size, other_task = weights_for(tables, "regression", "small")
    assert own == 1.0
    assert 0 < other_task < own
    assert 0 < other_size < own


def test_only_what_is_done_in_time_is_in_the_ensemble() -> None:
    table = trials("a", COSTS)
    order = ["linear-start0", "quick-start0", "dear-start0"]
    within = [loss_within(table, order, seconds) for seconds in (0.05, 0.2, 1.5, 20.0)]
    assert within == sorted(within, reverse=True)
    assert len(set(within)) == 4
    assert within[0] == pytest.approx(float(table.relative(table.constant)))


def test_a_table_is_judged_by_an_order_that_was_learnt_without_it() -> None:
    # What is best on this table is worst on all others, which an order that had seen it would know.
    odd = COSTS | {"quick-start0": (9.0, 1.0), "bad-start0": (0.1, 1.0)}
    walks = [Walk(trials(name, COSTS)) for name in ("a", "bb", "ccc")] + [Walk(trials("dddd", odd))]
    found = {walk.table.name: [each.key for each in order] for walk, order in leave_one_out(walks, 2)}
    assert found["dddd"] == ["linear-start0", "quick-start0"]


def test_weights_are_judged_on_rows_that_did_not_choose_them() -> None:
    # Candidates that are nothing but noise: on the rows that choose, the best blend of them looks better than it is.
    noise = {f"noise{index}-start0": (1.0, 1.0) for index in range(30)}
    table = trials("a", noise)
    everything = range(len(noise))
    blended = table.predictions.mean(axis=0)
    honest = float(table.losses(blended, np.arange(len(table.y))))
    assert table.ensemble_loss(everything) >= honest
