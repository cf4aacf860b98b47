"""How long a profile of 1 million rows and 50 columns takes, beside skrub's TableReport and ydata-profiling.

    python tests/benchmarks/profile_table.py --rivals /path/to/venv/bin/python [--rows 1000000] [--repeats 3]

Each profiler starts in a process of its own, makes the same table from the same seed, and is timed from the call to the
finished HTML, imports left out. Rivals may need another pandas, so that they are run by the interpreter of a virtual
environment of their own (``pip install skrub ydata-profiling``); one that is not installed there is named and left out.
Target: 5 s on two cores that are free. The processor time tells what a busy machine hides.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

N_COLUMNS = 50
ROOT = Path(__file__).parents[2]


def table(n_rows: int) -> pd.DataFrame:
    """Numbers, whole numbers, categories, dates, truths, a key, numbers and dates as text, and a target."""
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {}
    for place in range(24):
        values = rng.normal(size=n_rows) if place % 3 else rng.exponential(size=n_rows)
        columns[f"number {place}"] = values if place % 4 else np.where(rng.random(n_rows) < 0.05, np.nan, values)
    for place in range(8):
        columns[f"count {place}"] = rng.integers(0, 10 ** (1 + place % 4), n_rows)
    names = np.array([f"level {place}" for place in range(500)], dtype=object)
    for place in range(8):
        columns[f"category {place}"] = names[rng.integers(0, 3 + place * 60, n_rows)]
    for place in range(3):
        seconds = rng.integers(0, 10**8, n_rows)
        columns[f"date {place}"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(seconds, unit="s")
    for place in range(2):
        columns[f"truth {place}"] = rng.random(n_rows) < 0.3 + place / 5
    columns["key"] = [f"u{place:08d}" for place in rng.permutation(n_rows)]
    columns["number as text"] = pd.Series(np.round(rng.normal(size=n_rows), 2)).astype(str)
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n_rows), unit="D")
    columns["date as text"] = pd.Series(days).dt.strftime("%Y-%m-%d")
    columns["constant"] = "the same"
    chance = columns["number 1"] + rng.normal(size=n_rows)
    return pd.DataFrame(columns).assign(target=np.where(chance > 0, "yes", "no"))


def lepton(with_target: bool) -> Callable[[pd.DataFrame], str]:
    from lepton_jupyter import profile

    return lambda frame: profile(frame, target="target" if with_target else None)._repr_html_()


def lepton_drift() -> Callable[[pd.DataFrame], str]:
    from lepton_jupyter import profile

    return lambda frame: profile(frame, "target", frame.iloc[: len(frame) // 2])._repr_html_()


def skrub_report(**options: Any) -> Callable[[pd.DataFrame], str]:
    from skrub import TableReport

    return lambda frame: TableReport(frame, verbose=0, **options).html()


def ydata_report() -> Callable[[pd.DataFrame], str]:
    from ydata_profiling import ProfileReport

    return lambda frame: ProfileReport(frame, minimal=True, progress_bar=False).to_html()


#: What is timed: the package it needs, whether the rivals' interpreter runs it, and how it is made.
PROFILERS: dict[str, tuple[str, bool, Callable[[], Callable[[pd.DataFrame], str]]]] = {
    "lepton, with a target": ("lepton_jupyter", False, lambda: lepton(True)),
    "lepton, without": ("lepton_jupyter", False, lambda: lepton(False)),
    "lepton, against half of it": ("lepton_jupyter", False, lepton_drift),
    "skrub, as it comes": ("skrub", True, skrub_report),
    "skrub, all pictures, no associations": (
        "skrub",
        True,
        lambda: skrub_report(plot_distributions=True, compute_associations=False),
    ),
    "ydata-profiling, minimal": ("ydata_profiling", True, ydata_report),
}


def time_one(name: str, n_rows: int) -> None:
    """Time one profiler in this process and print the figures as JSON."""
    package, _, make = PROFILERS[name]
    if importlib.util.find_spec(package) is None:
        print(json.dumps({"missing": package}))
        return
    warnings.simplefilter("ignore")
    frame = table(n_rows)
    assert frame.shape[1] == N_COLUMNS
    call = make()
    call(frame.head(200))  # imports and compiled code
    began, processor = time.perf_counter(), time.process_time()
    html = call(frame)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    print(json.dumps({"seconds": seconds, "processor": processor, "kilobytes": len(html.encode()) / 1000}))


def main() -> None:
    """Run every profiler in a process of its own and print the figures beside one another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3, help="of lepton; rivals are timed once")
    parser.add_argument("--rivals", default=sys.executable, help="interpreter that has them")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        time_one(options.only, options.rows)
        return
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{options.rows:,} × {N_COLUMNS}, to the finished HTML, load {load:.1f}; target: 5 s on two free cores\n")
    print(f"{'':38s}{'seconds':>10s}{'processor':>11s}{'HTML, kB':>10s}{'ratio':>8s}")
    ours = None
    for name, (_, rival, _) in PROFILERS.items():
        found = _best(name, options, rival=rival)
        if "missing" in found:
            print(f"{name:38s} not installed: {found['missing']}")
            continue
        ours = ours or found["seconds"]
        figures = f"{found['seconds']:10.1f}{found['processor']:11.1f}{found['kilobytes']:10.0f}"
        print(f"{name:38s}{figures}{found['seconds'] / ours:8.1f}", flush=True)


def _best(name: str, options: argparse.Namespace, *, rival: bool) -> dict[str, Any]:
    command = [options.rivals if rival else sys.executable, __file__, "--only", name, "--rows", str(options.rows)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    runs = []
    for _ in range(1 if rival else options.repeats):
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        if done.returncode:
            sys.exit(done.stderr)
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return min(runs, key=lambda run: run.get("seconds", 0.0))


if __name__ == "__main__":
    main()
