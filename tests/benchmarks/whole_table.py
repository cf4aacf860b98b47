"""What a booster on all rows of a table gains over the model of a sample, and what it takes.

``python tests/benchmarks/whole_table.py --rows 2000000`` writes a table of 20 columns of mixed type to a temporary
folder, searches on a sample that fits a worker of ``--limit`` bytes, fits the run's booster on everything by two
workers, and prints for each booster

- rows of the table, of the sample, and held out;
- the held-out score of the sample's model and of the booster on everything;
- seconds of the search and of the fit on everything, and the peak memory of a worker in each, beside its limit;
- how many workers were ended in the search (which ends one itself whose fold nobody wants any more), and in the fit.

Scores depend on no clock where the budget is in trials; seconds need a quiet machine with as many cores as workers.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).parents[1]))

from execution.peak_memory import forget_peak, peak_bytes

ROWS_OF_A_FILE = 100_000
N_LEVELS = 40


def mixed_rows(n_rows: int, seed: int) -> pa.Table:
    """Numbers and long categories of which the target is a function with interactions, and noise."""
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(n_rows, 10))
    codes = random.integers(0, N_LEVELS, (n_rows, 10), dtype=np.int32)
    levels = [f"{place} of the kinds that a customer may be of" for place in range(N_LEVELS)]
    effects = np.random.default_rng(0).normal(size=(10, N_LEVELS))
    signal = numbers[:, 0] * numbers[:, 1] + np.sin(3 * numbers[:, 2]) + 0.5 * numbers[:, 3] ** 2
    signal += sum(effects[place, codes[:, place]] for place in range(4))
    signal += np.where(codes[:, 4] % 3 == 0, numbers[:, 4], -numbers[:, 5])
    columns = {f"x{place}": pa.array(numbers[:, place]) for place in range(10)}
    for place in range(10):
        columns[f"c{place}"] = pa.DictionaryArray.from_arrays(codes[:, place], levels).cast(pa.string())
    bought = signal + 2 * random.normal(size=n_rows) > 1
    return pa.table(columns | {"bought": np.where(bought, "yes", "no")})


def write(folder: Path, n_rows: int) -> int:
    """Write the table; gives the memory that it takes as Arrow holds it."""
    n_bytes = 0
    for number in range(max(1, n_rows // ROWS_OF_A_FILE)):
        table = mixed_rows(min(n_rows, ROWS_OF_A_FILE), 1 + number)
        n_bytes += table.nbytes
        parquet.write_table(table, folder / f"part-{number:04}.parquet", row_group_size=20_000)
    return n_bytes


def pids_of(client: Any) -> set[int]:
    return set(client.run(os.getpid).values())


def measure(folder: Path, learner: str, given: argparse.Namespace) -> str:
    from distributed import Client, LocalCluster

    from lepton_jupyter import fit

    with (
        LocalCluster(
            n_workers=given.workers, threads_per_worker=1, memory_limit=given.limit,
            dashboard_address="127.0.0.1:0", silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        started = pids_of(client)
        began = time.perf_counter()
        run = fit(folder, target="bought", learners=[learner], budget=given.budget, wait=True)
        searched, of_search = time.perf_counter() - began, max(client.run(peak_bytes).values())
        searching = pids_of(client)
        client.run(forget_peak)
        told = run.fit_everything().everything_
        peak = max(client.run(peak_bytes).values())
        lost = len(started - searching), len(searching - pids_of(client))
    return (
        f"{learner:9} {told.n_rows:>11,} {told.n_sample:>9,} {told.n_held_out:>7,} {told.n_rounds:>6} "
        f"{told.sample_score:>8.4f} {told.score:>8.4f} {searched:>8.1f} {told.seconds:>8.1f} "
        f"{of_search / 1e6:>9.0f} {peak / 1e6:>9.0f} {given.limit / 1e6:>8.0f}   {lost[0]} + {lost[1]}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--limit", type=int, default=700_000_000, help="memory limit of a worker, in bytes")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--budget", default="8trials")
    parser.add_argument("--learners", nargs="+", default=["lightgbm", "xgboost"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["LEPTON_HOME"] = f"{place}/home"
        folder = Path(place) / "table"
        folder.mkdir()
        n_bytes = write(folder, given.rows)
        print(
            f"{given.rows:,} rows, {n_bytes / 1e9:.2f} GB in memory, {n_bytes / given.limit:.1f} times a worker's limit"
        )
        print(
            "learner          rows    sample held out rounds of sample   of all search s    fit s search MB    fit MB "
            "limit MB  lost"
        )
        for learner in given.learners:
            print(measure(folder, learner, given), flush=True)


if __name__ == "__main__":
    main()
