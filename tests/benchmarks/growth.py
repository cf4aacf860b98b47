"""How runs grow: the wait for a first model and for most of the final score by rows and columns, and trials by workers.

Run it on a quiet machine: ``python tests/benchmarks/growth.py [--budget SECONDS] [--rows N ...] [--columns N ...]``.
Goals, each printed with whether it is met: a first model within a second of the call on 10,000 rows of 20 columns; with
two workers 1.8 times the trials of one, beside which stands what two processes of one fixed fit make of these cores.
Time outside learners is measured by ``search_overhead.py``.
"""

from __future__ import annotations

import argparse
import io
import math
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["LEPTON_HOME"] = tempfile.mkdtemp(prefix="lepton-benchmark-")
os.environ.setdefault("LEPTON_CLUSTER", "off")

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd
from benchmarks.race.calibration import calibration_seconds

from lepton_jupyter import LeptonClassifier
from lepton_jupyter.events.run_events import EnsembleUpdated, FoldScored, RunFinished, TrialAsked, TrialFinished
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.library import show_run

ROWS = (1_000, 10_000, 100_000, 1_000_000)
COLUMNS = (10, 100, 1_000)
#: Of the tables by rows, and rows of the tables by columns.
USUAL_COLUMNS, USUAL_ROWS = 20, 10_000
SHARE = 0.95
MOST_WAIT, LEAST_TIMES = 1.0, 1.8
#: Of the runs that count trials by workers.
TRIALS, LEARNERS = 12, ("linear", "lightgbm", "extra_trees", "perceptron")


def table(n_rows: int, n_columns: int, seed: int = 0) -> pd.DataFrame:
    """Numbers, every tenth column of categories, and two classes that eight of the columns tell, with noise."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n_rows, n_columns)).astype(np.float32)
    signal = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + X[:, 3:8].sum(axis=1) / 2 + random.normal(size=n_rows)
    frame = pd.DataFrame(X, columns=[f"c{place}" for place in range(n_columns)])
    levels = [f"level {level}" for level in range(12)]
    for name in frame.columns[9::10]:
        frame[name] = pd.cut(frame[name], len(levels), labels=levels).astype(str)
    return frame.assign(target=(signal > 0).astype(int))


def waits(frame: pd.DataFrame, budget: float) -> tuple[float, float, float]:
    """Seconds from the call to the first model and to 95 % of what is gained over the baseline, and the final score."""
    began = time.monotonic()
    with redirect_stdout(io.StringIO()):
        run = fit(frame, target="target", budget=f"{budget:g}s", wait=False)
    returned = time.monotonic() - began
    run.settle()
    events = [(logged.elapsed_seconds, logged.event) for logged in run.events]
    # The log's clock starts when the table is understood; what came before is part of the wait.
    offset = returned - events[0][0]
    baselines = {event.trial_id for _, event in events if isinstance(event, TrialAsked) and event.origin == "baseline"}
    models = [
        (offset + at, event.score)
        for at, event in events
        if isinstance(event, EnsembleUpdated) or (isinstance(event, TrialFinished) and event.trial_id not in baselines)
    ]
    baseline = max(e.score for _, e in events if isinstance(e, TrialFinished) and e.trial_id in baselines)
    final = next(event.score for _, event in reversed(events) if isinstance(event, RunFinished))
    enough = baseline + SHARE * (final - baseline)
    first = models[0][0] if models else math.inf  # nothing but the baseline was done in time
    return first, next((at for at, score in models if score >= enough), math.inf), final


def trials_a_second(frame: pd.DataFrame, n_workers: int) -> float:
    """Finished folds a second, in trials of as many folds as the run has, from the first fold to the last.

    A budget in trials asks for the same ones, as nearly as the order in which they end allows: within a budget in time
    two workers come to other learners than one, of which a trial costs a hundred times as much.
    """
    X, y = frame.drop(columns="target"), frame["target"]
    model = LeptonClassifier(f"{TRIALS}trials", n_jobs=n_workers, verbose=0, folds=5, learners=LEARNERS).fit(X, y)
    ends = [each.elapsed_seconds for each in show_run(model.run_).events if isinstance(each.event, FoldScored)]
    return (len(ends) - 1) / 5 / (ends[-1] - ends[0])


def times_of_two_processes() -> float:
    """How many fits two processes make while one alone makes one: no more trials can come of a second worker."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        for _ in range(2):  # once to start both
            side_by_side = [processes.submit(calibration_seconds) for _ in range(2)]
            seconds = [each.result() for each in side_by_side]
        alone = processes.submit(calibration_seconds).result()
        return sum(alone / each for each in seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--budget", type=float, default=60.0, help="seconds of each run")
    parser.add_argument("--rows", type=int, nargs="*", default=ROWS)
    parser.add_argument("--columns", type=int, nargs="*", default=COLUMNS)
    options = parser.parse_args()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"runs of {options.budget:g} s, {os.cpu_count()} cores, load {load:.1f}; seconds after the call\n")
    waits(table(500, USUAL_COLUMNS), 2.0)  # imports
    print(f"{'':22s}{'first model':>13s}{'95 % of gain':>14s}{'final AUC':>11s}")
    sizes = [(n_rows, USUAL_COLUMNS) for n_rows in options.rows]
    wait = None
    for n_rows, n_columns in [*sizes, *((USUAL_ROWS, n_columns) for n_columns in options.columns)]:
        first, enough, final = waits(table(n_rows, n_columns), options.budget)
        if (n_rows, n_columns) == (USUAL_ROWS, USUAL_COLUMNS):
            wait = first
        print(f"{f'{n_rows:,} × {n_columns:,}':22s}{first:13.2f}{enough:14.2f}{final:11.4f}", flush=True)
    frame = table(USUAL_ROWS, USUAL_COLUMNS)
    one, two = (trials_a_second(frame, n_workers) for n_workers in (1, 2))
    print(f"\ntrials a second: {one:.2f} with one worker, {two:.2f} with two: {two / one:.2f} times")
    print(f"two processes of one fixed fit make {times_of_two_processes():.2f} times the fits of one\n")
    if wait is not None:
        print(
            verdict(
                f"first model of {USUAL_ROWS:,} rows ≤ {MOST_WAIT:g} s", met=wait <= MOST_WAIT, found=f"{wait:.2f} s"
            )
        )
    goal = f"trials a second with two workers ≥ {LEAST_TIMES:g} times those with one"
    print(verdict(goal, met=two >= LEAST_TIMES * one, found=f"{two / one:.2f} times"))


def verdict(goal: str, *, met: bool, found: str) -> str:
    """A line of a goal and what was found.

    Examples
    --------
    >>> verdict("first model of 10,000 rows ≤ 1 s", met=True, found="0.40 s")
    'goal: first model of 10,000 rows ≤ 1 s: met, 0.40 s'
    """
    return f"goal: {goal}: {'met' if met else 'not met'}, {found}"


if __name__ == "__main__":
    main()
