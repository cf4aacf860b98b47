"""What a search costs beside its learners, and what it sends to a page.

The rival does the same work by hand: the same learners, points and folds in a plain loop, with nothing written, ranked
or shown. Then the share of a run's time in which no learner was at work, neither fitting, be it a fold that is given up
later, nor predicting: goal ≤ 12, 5 and 2 % of 10, 60 and 600 seconds, which are given as arguments where others than 10
and 60 are meant, each with whether it is met. Then the messages of a panel that is always looked at: target ≤ 10 a
second, each ≤ 64 KiB.
"""

from __future__ import annotations

import io
import json
import math
import os
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TYPE_CHECKING, Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ["LEPTON_CLUSTER"] = "off"

import pandas as pd
from sklearn.datasets import make_classification

from lepton_jupyter import LeptonClassifier
from lepton_jupyter.automl import driver
from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.automl.settings import AutoMLSettings
from lepton_jupyter.events.encoding import encode
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.run_events import FoldScored, TrialAsked
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.learners.registry import learner_named
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.library import show_run
from lepton_jupyter.runs.run_store import RunStore
from lepton_jupyter.widgets.publisher import Publisher
from lepton_jupyter.widgets.run_widget import RunWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lepton_jupyter.learners.learner import Learner

N_TRIALS = 12
BUDGETS = (10, 60)
REPEATS = 2
#: Most of a run's time outside learners, by its seconds.
MOST_OUTSIDE = {10: 0.12, 60: 0.05, 600: 0.02}


def make_table(n_rows: int) -> tuple[pd.DataFrame, pd.Series]:
    X, y = make_classification(n_rows, 20, n_informative=10, random_state=0)
    return pd.DataFrame(X).add_prefix("c"), pd.Series(y, name="target")


def search(X: pd.DataFrame, y: pd.Series) -> tuple[float, float, str]:
    wall, cpu = time.perf_counter(), time.process_time()
    model = LeptonClassifier(f"{N_TRIALS}trials", n_jobs=1, verbose=0, folds=5).fit(X, y)
    return time.perf_counter() - wall, time.process_time() - cpu, model.run_


def by_hand(X: pd.DataFrame, y: pd.Series, run_id: str) -> tuple[float, float]:
    """Fit and predict what a run fitted, fold by fold, without a search around it."""
    events = [logged.event for logged in show_run(run_id).events]
    asked = {event.trial_id: event for event in events if isinstance(event, TrialAsked)}
    folds = [(asked[event.trial_id], event.fold) for event in events if isinstance(event, FoldScored)]
    wall, cpu = time.perf_counter(), time.process_time()
    settings = AutoMLSettings(target="target", budget=Budget(trials=1), n_folds=5)
    data = understand_task(X, settings, target=y).prepare(RunStore().create("by hand")).data
    for trial, index in folds:
        learner = learner_named(trial.learner)
        fold = data.fold(index, learner.view)
        learner.fit(fold, trial.parameters, deadline=Deadline(math.inf), seed=0).predict(fold.X_validation)
    return time.perf_counter() - wall, time.process_time() - cpu


class Watched:
    """A learner whose fits, and whose models' predictions, are timed."""

    def __init__(self, learner: Learner, at_work: list[float]) -> None:
        self._learner, self._at_work = learner, at_work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._learner, name)

    def fit(self, *args: Any, **options: Any) -> Any:
        model = self._timed(self._learner.fit)(*args, **options)
        with suppress(AttributeError):  # a model with slots: its predictions count as time outside
            model.predict = self._timed(model.predict)
        return model

    def _timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*args, **options)
            finally:
                self._at_work.append(time.perf_counter() - began)

        return timed


@contextmanager
def watched_learners() -> Iterator[list[float]]:
    """Seconds that learners are at work, call by call, in the runs of threads within."""
    at_work: list[float] = []
    evaluate = driver.evaluate_fold
    driver.evaluate_fold = lambda data, learner, *rest: evaluate(data, Watched(learner, at_work), *rest)
    try:
        yield at_work
    finally:
        driver.evaluate_fold = evaluate


def outside_learners(budgets: tuple[int, ...]) -> None:
    """Print what part of the workers' time no fit took: preparing, choosing, writing, combining, and the end."""
    n_workers = len(usable_cores())
    print(f"\ntime outside learners, {n_workers} workers; goal ≤ 12, 5 and 2 % of 10, 60 and 600 s\n")
    X, y = make_table(10_000)
    for budget in budgets:
        with watched_learners() as at_work:
            began = time.perf_counter()
            LeptonClassifier(budget, verbose=0).fit(X, y)
            wall = time.perf_counter() - began
        outside = 1 - sum(at_work) / (n_workers * wall)
        goal = MOST_OUTSIDE.get(budget)
        told = "" if goal is None else f"  {'met' if outside <= goal else 'not met'}, goal ≤ {goal:.0%}"
        print(f"10,000 × 20, {budget:4d} s{outside:10.1%}{told}", flush=True)


def main(budgets: tuple[int, ...]) -> None:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{N_TRIALS} trials on 5 folds with one worker, seconds, least of {REPEATS}, load {load:.1f}\n")
    print(f"{'':20s}{'wall':>9s}{'processor':>11s}{'by hand':>9s}{'processor':>11s}{'overhead':>10s}{'a trial':>10s}")
    LeptonClassifier("2trials", verbose=0).fit([[0], [1]] * 20, [0, 1] * 20)
    for n_rows in (300, 3_000):
        X, y = make_table(n_rows)
        pairs = []
        for _ in range(REPEATS):  # in turn, and the least of each: others may be at work on the machine
            *own, run_id = search(X, y)
            pairs.append((*own, *by_hand(X, y, run_id)))
        wall, cpu, hand_wall, hand_cpu = (min(column) for column in zip(*pairs, strict=True))
        print(
            f"{n_rows:6,d} × 20{'':8s}{wall:9.2f}{cpu:11.2f}{hand_wall:9.2f}{hand_cpu:11.2f}{cpu / hand_cpu - 1:10.1%}"
            f"{1e3 * (cpu - hand_cpu) / N_TRIALS:7.1f} ms",
            flush=True,
        )
    outside_learners(budgets)
    messages()


def messages() -> None:
    X, y = make_table(300)
    with redirect_stdout(io.StringIO()):
        run = fit(X.assign(target=y), target="target", budget="15s", wait=False)
    sent: list[tuple[float, int]] = []

    class Counting(RunWidget):
        def send_state(self, key: object = None) -> None:
            state = self.get_state(key)
            sent.append((time.monotonic(), len(json.dumps(state, default=str))))
            super().send_state(key)

    widget = Counting(run.message())
    publisher = Publisher()
    panel = publisher.watch(widget, run.message)
    unsubscribe = run.subscribe(lambda _: panel.changed())
    run.settle()
    unsubscribe()
    panel.finish()
    publisher.close()
    sizes = [size for _, size in sent]
    seconds = sent[-1][0] - sent[0][0]
    busiest = max(sum(1 for at, _ in sent if start <= at < start + 1) for start, _ in sent)
    print(
        f"\npanel: {len(sent)} messages in {seconds:.0f} s, {len(sent) / seconds:.1f} a second, at most {busiest};"
        f" median {statistics.median(sizes) / 1024:.1f} KiB, largest {max(sizes) / 1024:.1f} KiB"
        f" ({len(run.events)} events; log {sum(len(json.dumps(encode(e.event))) for e in run.events) / 1024:.0f} KiB)"
    )


if __name__ == "__main__":
    main(tuple(int(each) for each in sys.argv[1:]) or BUDGETS)
