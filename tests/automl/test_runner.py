"""The runner as a state machine: happenings in, orders out, no waiting and no clock."""

import math

import pytest

from lepton_jupyter.automl.decisions import (
    Announce,
    CombineTrials,
    DropTrial,
    EndSearch,
    EvaluateFold,
    FoldBroke,
    FoldMeasured,
    KeepTrial,
    ResourcesChanged,
    StopWanted,
    TimeAdded,
    TrialKept,
    TrialLost,
    TrialsCombined,
    WakeAt,
    WidenTrial,
    Woken,
)
from lepton_jupyter.automl.run_plan import RunPlan, reserve_seconds
from lepton_jupyter.automl.runner import Runner
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import (
    BudgetExtended,
    ExecutorChanged,
    LearnerPostponed,
    StepJudged,
    StopRequested,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialRejected,
    WarningRaised,
)
from lepton_jupyter.execution.executor import Resources
from lepton_jupyter.learners.learner import Learner
from lepton_jupyter.learners.training_data import TableShape
from lepton_jupyter.search.cost_model import CountedCost, MeasuredCost
from lepton_jupyter.search.local_search import LocalSearch, Start
from lepton_jupyter.search.space import Real, Space

SHAPE = TableShape(n_rows=100, n_columns={"linear": 3}, n_classes=0)
BOWL = Space((Real("x", 0.0, 1.0),))


class _Bowl(Learner):
    name, label, family, view = "bowl", "Bowl", "linear", "linear"

    def space(self, shape):
        return BOWL

    def starting_points(self, shape):
        return ({"x": 0.5},)

    def cost_units(self, point, shape):
        return 1.0

    def memory_bytes(self, point, shape):
        return 1000

    def describe(self, point):
        return f"x {point.get('x')}"

    def fit(self, fold, point, *, deadline, seed):
        raise NotImplementedError

    def save(self, model, path):
        raise NotImplementedError

    def load(self, path):
        raise NotImplementedError


class _Mean(_Bowl):
    name, label, family, baseline = "mean", "Mean", "baseline", True

    def starting_points(self, shape):
        return ({},)


class _Stubborn(_Bowl):
    name, label, cooperative = "stubborn", "Stubborn", False


LEARNERS = {learner.name: learner for learner in (_Mean(), _Bowl(), _Stubborn())}


class Bench:
    """Plays the driver: carries out orders in its head and keeps the books."""

    def __init__(self, *, seconds=None, trials=None, n_workers=1, n_folds=2, kind="processes", learners=None,
                 more_expected=False, memory_bytes=10**9, **held):  # fmt: skip
        cost_model = CountedCost if seconds is None else MeasuredCost
        names = learners or ("mean", "bowl")
        chosen = {name: LEARNERS[name] for name in names}
        cost = cost_model(lambda learner, _: LEARNERS[learner].cost_units({}, SHAPE))
        search = LocalSearch(
            {name: each.space(SHAPE) for name, each in chosen.items() if not each.baseline},
            [Start(n, each.starting_points(SHAPE)[0], baseline=each.baseline) for n, each in chosen.items()],
            cost,
            n_folds=n_folds,
        )
        plan = RunPlan(
            shape=SHAPE, n_folds=n_folds, learners=chosen,
            budget=Budget(seconds=seconds, trials=trials), reserve_seconds=reserve_seconds(seconds), **held,
        )  # fmt: skip
        self.resources = Resources(kind, n_workers, memory_bytes, interruptible=kind == "processes")
        self.runner = Runner(search, cost, plan, self.resources, more_expected=more_expected)
        self.now = 0.0
        self.in_flight, self.kept, self.events, self.orders, self.combinations = [], [], [], [], []
        self.widened = []
        self.reason = None
        self.combining = False

    def start(self):
        self.take(self.runner.start(self.now))

    def take(self, orders):
        self.orders += orders
        for order in orders:
            match order:
                case EvaluateFold():
                    self.in_flight.append(order)
                case Announce(event=event):
                    self.events.append(event)
                case KeepTrial(trial=trial):
                    self.kept.append(trial.id)
                    self.tell(TrialKept(trial_id=trial.id))
                case WidenTrial(trial_id=trial_id, fold=fold):
                    self.widened.append((trial_id, fold))
                case DropTrial(trial_id=trial_id):
                    self.in_flight = [each for each in self.in_flight if each.trial.id != trial_id]
                case CombineTrials():
                    self.combining = True
                    self.combinations.append(order)
                case EndSearch(reason=reason):
                    assert self.reason is None
                    self.reason = reason

    def tell(self, happening):
        self.take(self.runner.step(happening, self.now))

    def combined(self):
        self.combining = False
        self.tell(TrialsCombined(weights={self.kept[-1]: 1.0}))

    def measure(self, loss=None, seconds=1.0):
        """The oldest fold in flight comes back."""
        order = self.in_flight.pop(0)
        if loss is None:
            loss = 9.0 if order.trial.learner == "mean" else (order.trial.point["x"] - 0.3) ** 2
        self.tell(
            FoldMeasured(trial_id=order.trial.id, fold=order.fold, loss=loss, score=-loss, train_score=-loss,
                         fit_seconds=seconds, n_iterations=None)
        )  # fmt: skip
        return order

    def of(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    def play(self, most=500):
        while self.reason is None and most:
            most -= 1
            if self.combining:
                self.combined()
            elif self.in_flight:
                self.measure()
        return self


def test_a_budget_in_trials_gives_so_many_trials_and_reads_no_clock():
    bench = Bench(trials=7)
    bench.now = math.nan  # any comparison with it would be false, any decision by it would show
    bench.start()
    bench.play()
    assert bench.reason == "trials"
    assert len(bench.of(TrialAsked)) == 7
    assert all(order.limit_seconds is None for order in bench.orders if isinstance(order, EvaluateFold))


def test_two_equal_runs_give_equal_orders():
    first, second = Bench(trials=20), Bench(trials=20)
    for bench in (first, second):
        bench.start()
        bench.play()
    assert first.orders == second.orders


@pytest.mark.parametrize("n_workers", [1, 2, 3])
def test_all_workers_have_a_fold_and_none_has_two(n_workers):
    bench = Bench(trials=30, n_workers=n_workers)
    bench.start()
    while bench.reason is None:
        assert len(bench.in_flight) <= n_workers
        if bench.combining:
            bench.combined()
        else:
            bench.measure()


def test_the_end_of_the_budget_ends_the_search_and_completes_what_can_be():
    bench = Bench(seconds=10.0)
    bench.start()
    bench.measure()
    bench.measure()
    bench.measure()  # the first fold of the second trial; its last is in flight
    bench.now = 9.4  # the reserve is .6 s
    bench.tell(Woken())
    assert bench.reason is None
    assert [order.trial.id for order in bench.in_flight] == [1]
    bench.measure()
    assert bench.kept == [0, 1]
    bench.combined()
    assert bench.reason == "budget"


def test_a_fold_that_overstays_the_end_is_given_up():
    bench = Bench(seconds=10.0)
    bench.start()
    bench.measure()
    bench.measure()
    bench.measure()
    bench.now = 9.4
    bench.tell(Woken())
    assert WakeAt(seconds=9.5) in bench.orders
    bench.now = 9.5
    bench.tell(Woken())
    assert bench.of(TrialCancelled)
    bench.combined()
    assert bench.reason == "budget"
    assert bench.kept == [0]


def test_no_fold_may_last_beyond_the_end():
    bench = Bench(seconds=10.0)
    bench.start()
    for now in (0.0, 2.0, 5.0, 8.0):
        bench.now = now
        bench.measure()
        for order in bench.in_flight:
            assert now + order.limit_seconds <= 9.4


def test_what_is_left_at_the_end_is_shared_out_among_the_rounds_of_a_trials_folds():
    bench = Bench(seconds=10.0, n_folds=3, n_workers=2)
    bench.start()
    for _ in range(5):
        bench.measure(seconds=1.0)
    bench.now = 7.0
    bench.measure(seconds=1.0)
    assert {order.trial.id for order in bench.in_flight} == {2}
    # Two of three folds go on side by side now and the third after them: each may take half of 9.4 − 0.15 − 7 s.
    assert [order.limit_seconds for order in bench.in_flight] == pytest.approx([1.125, 1.125])


@pytest.mark.parametrize(("now", "cancelled"), [(6.0, False), (8.0, True)])
def test_no_fold_is_begun_that_could_only_be_cut_off_long_before_the_others_ended(now, cancelled):
    bench = Bench(seconds=10.0)
    bench.start()
    bench.measure()
    bench.measure()
    bench.now = now
    bench.measure(seconds=4.0)  # the first of two folds; with 3.4 or 1.4 s left
    assert bool(bench.of(TrialCancelled)) == cancelled
    assert 1 not in {order.trial.id for order in bench.in_flight} or not cancelled


def test_time_is_left_for_scoring_the_held_out_table():
    bench = Bench(seconds=10.0)
    bench.start()
    bench.tell(TrialsCombined(weights={}, closing_seconds=2.0))
    assert WakeAt(seconds=7.4) in bench.orders
    bench.now = 7.4
    bench.measure()
    assert bench.reason == "budget"


@pytest.mark.parametrize(("last_seconds", "end"), [(0.25, 59.25), (0.0, 59.5), (30.0, 57.6), (None, 57.6)])
def test_no_more_time_is_kept_than_the_last_selection_will_take(last_seconds, end):
    bench = Bench(seconds=60.0)
    bench.start()
    bench.tell(TrialsCombined(weights={}, last_seconds=last_seconds))
    assert [each.seconds for each in bench.orders if isinstance(each, WakeAt)][-1] == pytest.approx(end)
    bench.now = end - 0.01
    bench.tell(Woken())
    assert bench.reason is None
    bench.now = end
    bench.measure()
    assert bench.reason == "budget"


@pytest.mark.parametrize(("now", "within"), [(8.0, 51.5), (57.0, 2.5), (59.3, 0.42)])
def test_the_last_selection_has_what_is_left_of_the_budget(now, within):
    bench = Bench(seconds=60.0)
    bench.start()
    while len(bench.kept) < 2:
        bench.measure()
    bench.combined()
    bench.now = now
    bench.tell(StopWanted(source="magic"))
    first, last = bench.combinations
    assert not first.last
    assert first.within_seconds == math.inf
    assert last.last
    assert last.within_seconds == pytest.approx(within)


def with_a_best(**held):
    """A run of 20 s in which one trial is the best predictor; its folds take 1 s each, late ones 1.95."""
    bench = Bench(seconds=20.0, n_late_folds=2, **held)
    bench.start()
    while bench.kept[-1:] != [1]:
        bench.measure()
    bench.tell(TrialsCombined(weights={1: 1.0}))
    bench.in_flight.sort(key=lambda order: order.trial.id)
    return bench


def late_in_flight(bench):
    return [(order.trial.id, order.fold) for order in bench.in_flight if order.fold >= 2]


def test_the_best_trial_is_fitted_on_late_folds_before_the_end():
    bench = with_a_best()
    bench.now = 15.3  # two fits of 1.95 s before 19.2 s, and what is under way
    bench.measure()
    assert late_in_flight(bench) == [(1, 2)]
    assert bench.in_flight[-1].limit_seconds == pytest.approx(1.5 * 1.95)
    bench.now = 17.2
    bench.measure()
    assert bench.widened == [(1, 2)]
    assert late_in_flight(bench) == [(1, 3)]
    assert bench.in_flight[-1].limit_seconds == pytest.approx(19.2 - 17.2 - 0.15)
    assert bench.reason is None
    bench.now = 19.1
    bench.play()
    assert bench.widened == [(1, 2), (1, 3)]
    assert bench.reason == "budget"


def test_the_search_goes_on_as_long_as_late_folds_have_time():
    bench = with_a_best()
    bench.now = 10.0
    bench.measure()
    assert late_in_flight(bench) == []
    assert all(order.limit_seconds <= 15.4 for order in bench.in_flight)


def test_workers_make_late_folds_side_by_side():
    bench = with_a_best(n_workers=2)
    bench.now = 17.2
    while any(order.fold < 2 for order in bench.in_flight):
        bench.in_flight.sort(key=lambda order: order.fold)
        bench.measure()
    assert sorted(late_in_flight(bench)) == [(1, 2), (1, 3)]


def test_a_late_fold_that_breaks_or_overstays_leaves_its_trial_as_it_was():
    bench = with_a_best()
    bench.now = 15.3
    bench.measure()
    [(trial_id, fold)] = late_in_flight(bench)
    bench.in_flight.clear()
    bench.now = 17.2
    bench.tell(FoldBroke(trial_id=trial_id, fold=fold, error="no memory"))
    assert not bench.of(TrialFailed)
    assert late_in_flight(bench) == [(1, 3)]
    bench.now = 19.2
    bench.tell(Woken())
    assert bench.reason is None  # it may come back yet
    bench.now = 19.3
    bench.tell(Woken())
    assert DropTrial(trial_id=1) in bench.orders
    bench.combined()
    assert bench.reason == "budget"
    assert bench.widened == []


def test_who_stops_a_run_does_not_wait_for_late_folds():
    bench = with_a_best()
    bench.now = 15.3
    bench.measure()
    assert late_in_flight(bench)
    bench.tell(StopWanted(source="panel"))
    assert bench.in_flight == []
    bench.combined()
    assert bench.reason == "stopped"


def test_without_a_clock_there_are_no_late_folds():
    bench = Bench(trials=9, n_late_folds=2)
    bench.now = math.nan
    bench.start()
    bench.play()
    assert not bench.widened
    assert all(order.fold < 2 for order in bench.orders if isinstance(order, EvaluateFold))


def test_late_folds_of_an_earlier_part_of_a_run_are_not_made_again():
    bench = with_a_best()
    bench.runner.widened(1, 2)
    bench.now = 17.2
    bench.measure()
    assert late_in_flight(bench) == [(1, 3)]


def test_what_would_not_fit_is_not_started():
    bench = Bench(seconds=10.0)
    bench.start()
    bench.measure(seconds=6.0)  # this machine takes six seconds for what should take one
    bench.now = 8.7
    bench.measure(seconds=6.0)
    bench.combined()
    assert bench.reason == "budget"
    assert bench.kept == [0]


def test_what_would_not_fit_is_started_all_the_same_while_much_time_is_left():
    bench = Bench(seconds=10.0)
    bench.start()
    bench.measure(seconds=60.0)
    bench.now = 5.0
    bench.measure(seconds=60.0)
    assert bench.in_flight
    assert bench.in_flight[0].limit_seconds < 4.4


@pytest.mark.parametrize("source", ["panel", "magic", "interrupt"])
def test_stop_keeps_the_best_and_drops_the_rest(source):
    bench = Bench(seconds=60.0, n_workers=2)
    bench.start()
    for _ in range(5):
        bench.measure()
    kept = list(bench.kept)
    bench.tell(StopWanted(source=source))
    bench.tell(StopWanted(source=source))
    assert bench.in_flight == []
    while bench.combining:
        bench.combined()
    assert bench.reason == "stopped"
    assert [each.last for each in bench.combinations].count(True) == 1
    assert bench.combinations[-1].last
    assert bench.kept == kept
    assert bench.of(StopRequested) == [StopRequested(source=source)]


def test_stop_before_the_first_trial_still_ends():
    bench = Bench(seconds=60.0)
    bench.start()
    bench.tell(StopWanted(source="panel"))
    assert bench.reason == "stopped"


def test_more_time_moves_the_end():
    bench = Bench(seconds=10.0)
    bench.start()
    bench.tell(TimeAdded(seconds=30.0))
    assert bench.of(BudgetExtended) == [BudgetExtended(seconds=30.0)]
    bench.now = 20.0
    bench.tell(Woken())
    assert bench.reason is None
    bench.now = 39.5
    bench.measure()
    assert bench.reason == "budget"


def until_a_step(bench):
    """Play until a step has a fold in flight, and return its trial."""
    bench.start()
    while not any(order.trial.origin == "step" for order in bench.in_flight):
        if bench.combining:
            bench.combined()
        else:
            bench.measure()
    return next(order.trial for order in bench.in_flight if order.trial.origin == "step")


def measure_one_of(bench, trial, *, mine=True, loss=None):
    """A fold in flight of one trial comes back, or, if it is not to be `mine`, one of another trial."""
    index = next(i for i, order in enumerate(bench.in_flight) if (order.trial.id == trial.id) is mine)
    bench.in_flight.insert(0, bench.in_flight.pop(index))
    return bench.measure(loss=loss)


def folds_in_flight(bench, trial):
    return [order.fold for order in bench.in_flight if order.trial.id == trial.id]


def test_a_step_that_loses_the_race_is_dropped_with_its_other_folds():
    bench = Bench(trials=10, n_workers=2, n_folds=3)
    step = until_a_step(bench)
    measure_one_of(bench, step, loss=-1.0)  # it leads, so that two of its folds may be on their way
    while len(folds_in_flight(bench, step)) < 2:
        measure_one_of(bench, step, mine=False)
    measure_one_of(bench, step, loss=8.0)
    rejected = bench.of(TrialRejected)
    assert step.id in [event.trial_id for event in rejected]
    assert not folds_in_flight(bench, step)
    [judged] = [event for event in bench.of(StepJudged) if event.trial_id == step.id]
    assert not judged.accepted


def test_a_worker_begins_another_trial_rather_than_a_fold_that_may_be_for_nothing():
    bench = Bench(trials=10, n_workers=2, n_folds=5)
    step = until_a_step(bench)
    while len(folds_in_flight(bench, step)) == len(bench.in_flight):
        measure_one_of(bench, step)
    while any(order.trial.origin != "step" for order in bench.in_flight):
        measure_one_of(bench, step, mine=False)
    assert len(bench.in_flight) == len({order.trial.id for order in bench.in_flight}) == 2


def test_the_last_trial_has_all_workers_for_there_is_no_other():
    bench = Bench(trials=3, n_workers=2, n_folds=5)
    step = until_a_step(bench)
    while any(order.trial.id != step.id for order in bench.in_flight):
        measure_one_of(bench, step, mine=False)
    assert len(folds_in_flight(bench, step)) == 2


def test_a_broken_fold_costs_its_trial_and_nothing_else():
    bench = Bench(trials=4)
    bench.start()
    bench.measure()
    bench.measure()
    order = bench.in_flight.pop(0)
    bench.tell(FoldBroke(trial_id=order.trial.id, fold=order.fold, error="ValueError: no"))
    assert bench.of(TrialFailed) == [TrialFailed(trial_id=1, error="ValueError: no", cost=0.0)]
    bench.play()
    assert bench.reason in {"trials", "exhausted"}


def test_a_run_in_which_everything_fails_ends_and_says_so():
    bench = Bench(trials=10_000, learners=("mean", "bowl", "stubborn"))
    bench.start()
    bench.measure()
    bench.measure()
    n_failed = 0
    while bench.reason is None:
        order = bench.in_flight.pop(0)
        if order.trial.origin == "portfolio":
            bench.in_flight.insert(0, order)
            bench.measure()
            continue
        n_failed += 1
        bench.tell(FoldBroke(trial_id=order.trial.id, fold=order.fold, error="ValueError: no"))
        if bench.combining:
            bench.combined()
    assert bench.reason == "failing"
    assert n_failed == 25
    assert "25 trials failed" in bench.of(WarningRaised)[0].text


def test_a_fold_of_a_dropped_trial_that_comes_back_late_is_ignored():
    bench = Bench(trials=5)
    bench.start()
    order = bench.in_flight[0]
    bench.tell(FoldBroke(trial_id=order.trial.id, fold=0, error="lost"))
    n = len(bench.events)
    late = FoldMeasured(trial_id=order.trial.id, fold=1, loss=1.0, score=1.0, train_score=1.0, fit_seconds=1.0,
                        n_iterations=None)  # fmt: skip
    bench.tell(late)
    assert len(bench.events) == n


def test_a_trial_that_cannot_be_written_down_fails():
    bench = Bench(trials=3)
    bench.start()
    bench.tell(TrialLost(trial_id=0, error="No space left on device"))
    assert bench.of(TrialFailed)[0].error == "No space left on device"


def test_a_disk_that_stays_full_ends_the_search_and_says_so():
    bench = Bench(trials=1000, n_workers=2)
    bench.start()
    error = "the models could not be written: No space left on device"
    for trial_id in range(5):
        bench.tell(TrialLost(trial_id=trial_id, error=error))
    assert [event.error for event in bench.of(TrialFailed)] == [error] * 5
    [warning] = bench.of(WarningRaised)
    assert warning.text.startswith(
        f"The search ends early: 5 trials one after the other could not be kept, the last with: {error}."
    )
    bench.play()
    assert bench.reason == "unwritable"


def test_models_that_cannot_be_written_by_workers_count_as_well():
    bench = Bench(trials=1000, learners=("mean", "bowl"))
    bench.start()
    bench.measure()
    bench.measure()
    n_lost = 0
    while bench.reason is None and n_lost < 10:
        order = bench.in_flight.pop(0)
        n_lost += 1
        bench.tell(FoldBroke(trial_id=order.trial.id, fold=order.fold, error="The disk is full.", unwritten=True))
        if bench.combining:
            bench.combined()
    assert n_lost <= 5
    assert bench.reason in {"unwritable", "exhausted"}


def test_a_disk_that_has_room_again_is_forgiven():
    bench = Bench(trials=6)
    bench.start()
    for trial_id in range(4):
        bench.tell(TrialLost(trial_id=trial_id, error="full"))
    while not bench.kept:
        bench.measure()
    bench.tell(TrialLost(trial_id=7, error="full"))
    assert bench.of(WarningRaised) == []
    assert bench.play().reason in {"trials", "exhausted"}


def test_the_run_ends_early_when_nothing_is_left_to_try():
    bench = Bench(trials=100_000, learners=("mean",))
    bench.start()
    bench.play()
    assert bench.reason == "exhausted"
    assert len(bench.of(TrialAsked)) == 1


def test_a_learner_that_cannot_be_interrupted_waits_for_processes():
    bench = Bench(trials=50, kind="threads", learners=("mean", "stubborn"), more_expected=True)
    bench.start()
    bench.measure()
    bench.measure()
    postponed = bench.of(LearnerPostponed)
    assert [event.learner for event in postponed] == ["stubborn"]
    assert bench.reason is None
    assert bench.in_flight == []
    ready = Resources("processes", 2, 10**9, interruptible=True)
    bench.tell(ResourcesChanged(resources=ready, more_expected=False))
    assert bench.of(ExecutorChanged) == [ExecutorChanged(executor="processes", n_workers=2)]
    assert {order.trial.learner for order in bench.in_flight} == {"stubborn"}


def test_the_run_does_not_wait_for_processes_that_never_come():
    bench = Bench(trials=50, kind="threads", learners=("mean", "stubborn"), more_expected=True)
    bench.start()
    bench.measure()
    bench.measure()
    assert bench.in_flight == []
    bench.tell(ResourcesChanged(resources=bench.resources, more_expected=False))
    assert {order.trial.learner for order in bench.in_flight} == {"stubborn"}


def test_a_learner_that_cannot_be_interrupted_is_tried_in_threads_where_no_processes_come():
    bench = Bench(trials=50, kind="threads", learners=("mean", "stubborn"), more_expected=False)
    bench.start()
    bench.measure()
    bench.measure()
    assert bench.of(LearnerPostponed) == []
    assert {order.trial.learner for order in bench.in_flight} == {"stubborn"}


def test_a_learner_that_needs_more_memory_than_there_is_is_named():
    bench = Bench(trials=50, memory_bytes=500)
    bench.start()
    bench.measure()
    bench.measure()
    assert "GiB" in bench.of(LearnerPostponed)[0].reason
    bench.combined()
    assert bench.reason == "exhausted"


class _Swelling(_Bowl):
    """Needs the more, the larger x."""

    name = "swelling"

    def memory_bytes(self, point, shape):
        return int(1e6 * point["x"])


def test_a_step_that_needs_more_memory_than_is_allowed_is_not_fitted(monkeypatch):
    monkeypatch.setitem(LEARNERS, "swelling", _Swelling())
    bench = Bench(trials=40, learners=("mean", "swelling"), max_memory_bytes=510_000)
    bench.start()
    bench.play()
    refused = [event for event in bench.of(TrialFailed) if "may take 510kB" in event.error]
    assert refused
    points = {event.trial_id: event.parameters for event in bench.of(TrialAsked) if event.learner == "swelling"}
    fitted = {order.trial.id for order in bench.orders if isinstance(order, EvaluateFold)}
    assert {i for i, point in points.items() if point["x"] > 0.51} == {event.trial_id for event in refused}
    assert not fitted & {event.trial_id for event in refused}
    assert bench.reason in {"trials", "exhausted"}


@pytest.mark.parametrize(("most", "side_by_side"), [(None, 4), (2500, 2), (1000, 1)])
def test_no_more_folds_go_on_at_once_than_there_is_memory_for(most, side_by_side):
    bench = Bench(trials=6, n_workers=4, n_folds=4, learners=("mean", "bowl"), max_memory_bytes=most)
    bench.start()
    seen = set()
    while bench.reason is None:
        seen.add(sum(order.trial.learner == "bowl" for order in bench.in_flight))
        bench.combined() if bench.combining else bench.measure()
    assert max(seen) == side_by_side
    assert len(bench.kept) + len(bench.of(TrialRejected)) == 6


@pytest.mark.parametrize(("budget", "limits"), [({"trials": 4}, {2.0}), ({"seconds": 100.0}, {2.0})])
def test_no_fold_takes_longer_than_its_part_of_the_time_of_a_trial(budget, limits):
    bench = Bench(**budget, n_folds=5, trial_seconds=10.0)
    bench.start()
    for _ in range(12):
        bench.combined() if bench.combining else bench.measure(seconds=1.9)
    found = {o.limit_seconds for o in bench.orders if isinstance(o, EvaluateFold) and o.trial.origin == "portfolio"}
    assert found == limits


def test_an_unknown_happening_is_a_bug_and_says_so():
    bench = Bench(trials=1)
    with pytest.raises(TypeError, match="does not know int"):
        bench.runner.step(3, 0.0)
