"""Verdicts on races that are written down by hand."""

from __future__ import annotations

import pytest
from benchmarks.race.race_goals import judge
from benchmarks.race.race_report import report
from benchmarks.race.race_results import Race, Result


def line(system: str, table: str, budget: float, loss: float | None, seed: int = 0, **more: object) -> Result:
    found = {"system": system, "name": table, "budget": budget, "seed": seed, "fit_s": budget, "test_rows": 2000}
    return found | ({"error": "ValueError: no"} if loss is None else {"loss": loss}) | more


def verdict(lines: list[Result], words: str) -> tuple[bool | None, str]:
    [found] = [each for each in judge(Race.of(lines)) if words in each.goal]
    return found.met, found.found


def ours(losses: list[float], theirs: list[float], budget: float = 60.0, **more: object) -> list[Result]:
    mine = [line("lepton", f"t{i}", budget, loss, **more) for i, loss in enumerate(losses)]
    return mine + [line("ag", f"t{i}", 60.0, loss) for i, loss in enumerate(theirs)]


def test_ten_seconds_are_held_against_the_sixty_of_each_peer() -> None:
    three_of_four = ours([1.0, 1.0, 1.0, 3.0], [1.0, 2.0, 2.0, 2.0], budget=10.0)
    assert verdict(three_of_four, "as good as ag's") == (True, "3 of 4")
    two_of_four = ours([1.0, 1.0, 3.0, 3.0], [1.0, 2.0, 2.0, 2.0], budget=10.0)
    assert verdict(two_of_four, "as good as ag's") == (False, "2 of 4")


def test_as_much_work_on_a_slower_machine_may_be_held_against_the_sixty_instead() -> None:
    lines = [*ours([1.0], [2.0], budget=23.0), *ours([3.0], [2.0], budget=10.0)]
    [found] = [each for each in judge(Race.of(lines), short=23.0) if "as good as ag's" in each.goal]
    assert (found.met, found.found) == (True, "1 of 1")
    assert found.goal.startswith("23 s")


def test_the_best_of_all_is_sought_among_all_peers_but_not_what_has_no_search() -> None:
    lines = [*ours([1.0, 1.0, 1.0], [2.0, 2.0, 2.0]), line("h2o", "t0", 60.0, 0.5), line("sklearn", "t1", 60.0, 0.1)]
    assert verdict(lines, "the best of all") == (True, "2 of 3")


def test_presets_of_one_system_count_as_the_better_of_them() -> None:
    lines = [line("lepton", "t", 10.0, 1.0), line("ag-best", "t", 60.0, None), line("ag-medium", "t", 60.0, 0.9)]
    assert verdict(lines, "as good as ag's") == (False, "0 of 1")


def test_the_median_of_the_seeds_counts() -> None:
    lines = [line("lepton", "t", 10.0, loss, seed) for seed, loss in enumerate([9.0, 1.0, 1.1])]
    assert verdict([*lines, line("ag", "t", 60.0, 1.2)], "as good as ag's") == (True, "1 of 1")


@pytest.mark.parametrize(("loss", "met"), [(1.029, True), (1.031, False)])
def test_a_table_of_many_test_rows_may_be_three_percent_behind(loss: float, met: bool) -> None:
    assert verdict(ours([loss], [1.0]), "≥ 1,000 test rows")[0] is met


@pytest.mark.parametrize(("loss", "met"), [(1.09, True), (1.11, False)])
def test_a_smaller_table_may_be_one_standard_error_behind(loss: float, met: bool) -> None:
    lines = ours([loss], [1.0], loss_se=0.1)
    small = [each | {"test_rows": 300} for each in lines]
    assert verdict(small, "no smaller table")[0] is met
    assert verdict(small, "≥ 1,000 test rows") == (None, "nothing to compare")


@pytest.mark.parametrize(("budget", "seconds", "met"), [(10.0, 10.2, True), (10.0, 10.4, False), (60.0, 61.1, True)])
def test_every_run_has_to_end_in_time(budget: float, seconds: float, met: bool) -> None:
    early = line("lepton", "t", budget, 1.0, seed=1)
    assert verdict([early, line("lepton", "t", budget, 1.0, fit_s=seconds)], "wall")[0] is met


def test_one_failure_is_too_many_and_named() -> None:
    lines = [line("lepton", "t", 10.0, 1.0), line("lepton", "u", 10.0, None)]
    assert verdict(lines, "no failure") == (False, "1 of 2: u")


def test_memory_is_held_against_that_of_autogluon() -> None:
    lines = [line("lepton", "t", 60.0, 1.0, memory_mb=500), line("ag", "t", 60.0, 1.0, memory_mb=400)]
    assert verdict(lines, "memory") == (False, "0 of 1")


def test_the_report_shows_who_is_best_how_far_the_others_are_and_how_honest_the_board_was() -> None:
    lines = [
        line("lepton", "tumours", 10.0, 0.2, estimate=0.15, loss_se=0.02),
        line("ag", "tumours", 10.0, 0.25),
        line("h2o", "tumours", 10.0, None),
    ]
    race = Race.of(lines)
    text = report(race, judge(race))
    [row] = [each for each in text.splitlines() if each.startswith("| tumours")]
    assert [cell.strip() for cell in row.split("|")[1:-1]] == [
        "tumours", "**0.2**", "0.25 (+25.0%)", "–", "0.02", "+25.0%",
    ]  # fmt: skip
