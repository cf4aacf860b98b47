"""How fast a table is prepared: per core, beside scikit-learn and Polars' streaming engine, and by one and two workers.

``python tests/benchmarks/prepare_table.py --rows 20000000`` writes a table of 30 columns of mixed type to a temporary
folder (about 2.5 GB at 20 million rows, and as much again for each way that writes) and prints

- rows per second of CPU and peak memory of each way, in a process of its own on one core; scikit-learn, which holds
  all in memory, on the first two million rows (``--in-memory-rows``);
- rows per second of one worker and of two (``--workers 1 2``), wall time, and the peak memory of a worker;
- the same with one worker whose memory limit is a quarter of the table's size in memory, or so much as Python itself
  takes where that is more (``--no-small-worker`` leaves it out);
- each ratio beside what is wanted of it.

CPU seconds tell of one core on a machine that is shared; wall times of workers need a quiet one with as many cores.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).parents[1]))

from execution.peak_memory import peak_bytes

ROWS_OF_A_FILE = 500_000
#: Memory limit of a worker, and the least that one has that is to be small.
LIMIT, LEAST_LIMIT = 2 * 2**30, 700_000_000


def mixed_rows(n_rows: int, seed: int) -> pa.Table:
    """Thirty columns: floats, whole numbers, categories, dates, truths, texts that are numbers, a key."""
    random = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"row_id": pa.array(np.arange(n_rows) + seed * ROWS_OF_A_FILE)}
    for number in range(12):
        values = random.normal(number, 1 + number, n_rows) if number % 3 else random.lognormal(2, 0.5, n_rows)
        columns[f"x{number}"] = pa.array(values, mask=random.random(n_rows) < 0.01 * (number % 4))
    for number in range(5):
        values = random.integers(0, 10 ** (1 + number), n_rows)
        columns[f"n{number}"] = pa.array(np.where(random.random(n_rows) < 0.01, -999, values))
    for number in range(5):
        words = np.array([f"{form(f'Kind {place}')}" for place in range(4 * 3**number) for form in (str, str.upper)])
        likely = np.tile([0.9, 0.1], len(words) // 2) / (len(words) // 2)
        columns[f"c{number}"] = pa.array(words).take(pa.array(random.choice(len(words), n_rows, p=likely)))
    moments = random.integers(1_600_000_000, 1_700_000_000, n_rows)
    columns["at"] = pa.array(moments * 1_000_000).cast(pa.timestamp("us"))
    days = np.array([str(day) for day in np.arange("2020-01-01", "2024-01-01", dtype="datetime64[D]")])
    columns["day"] = pa.array(days).take(pa.array(random.integers(0, len(days), n_rows)))
    for number in range(2):
        columns[f"t{number}"] = pa.array(random.random(n_rows) < 0.3)
    prices = np.array([f"{price / 100:.2f} €".replace(".", ",") for price in range(20_000)])
    weights = np.array([*(f"{gram} g" for gram in range(1_000)), *(f"{kilo} kg" for kilo in range(1, 100))])
    marked = np.array([*(str(number) for number in range(500)), "N/A", "?"])
    for name, texts in (("price", prices), ("weight", weights), ("count", marked)):
        columns[name] = pa.array(texts).take(pa.array(random.integers(0, len(texts), n_rows)))
    return pa.table(columns)


def write(folder: Path, n_rows: int) -> None:
    for number in range(-(-n_rows // ROWS_OF_A_FILE)):
        rows = min(ROWS_OF_A_FILE, n_rows - number * ROWS_OF_A_FILE)
        parquet.write_table(mixed_rows(rows, number), folder / f"part-{number:04d}.parquet")


def lepton(folder: Path, out: Path) -> None:
    from lepton_jupyter import prepare

    prepare(folder, to=out)


def lepton_statistics(folder: Path, out: Path) -> None:
    from lepton_jupyter import prepare

    del out
    prepare(folder)


def scikit_learn(folder: Path, out: Path) -> None:
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder, RobustScaler

    del out
    frame = pd.read_parquet(folder)
    numbers = list(frame.select_dtypes("number").columns)
    texts = [name for name in frame.columns if name.startswith("c") or name in {"price", "weight", "day"}]
    ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), RobustScaler()), numbers),
        ("texts", OrdinalEncoder(), texts),
    ]).fit_transform(frame)  # fmt: skip


def polars_streaming(folder: Path, out: Path) -> None:
    import polars as pl
    from polars import selectors as cs

    table = pl.scan_parquet(folder / "*.parquet").with_columns(
        pl.col("price").str.replace(",", ".").str.strip_suffix(" €").cast(pl.Float64, strict=False),
        pl.col("weight").str.extract(r"^(\d+)").cast(pl.Float64, strict=False)
        * pl.when(pl.col("weight").str.ends_with("kg")).then(1000.0).otherwise(1.0),
        pl.col("count").cast(pl.Float64, strict=False),
        pl.col("day").str.to_date(strict=False),
    )
    numbers = cs.numeric()
    told = [numbers.mean().name.suffix(" mean"), numbers.var().name.suffix(" var"), numbers.min().name.suffix(" min"),
            numbers.max().name.suffix(" max"), cs.all().null_count().name.suffix(" nulls"),
            cs.all().approx_n_unique().name.suffix(" unique"),
            numbers.quantile(0.25).name.suffix(" q1"), numbers.quantile(0.75).name.suffix(" q3")]  # fmt: skip
    table.select(told).collect(engine="streaming")
    out.mkdir()
    cleaned = table.with_columns(
        pl.col("^n\\d$").replace(-999, None),
        pl.col("^c\\d$").str.to_lowercase().str.strip_chars(),
        pl.col("^x\\d+$").clip(-100.0, 1000.0),
    )
    cleaned.sink_parquet(out / "all.parquet", engine="streaming")


WAYS = {each.__name__: each for each in (lepton, lepton_statistics, scikit_learn, polars_streaming)}


def measure(way: str, folder: Path) -> dict[str, float]:
    """CPU and wall seconds and peak memory of one way, in a process of its own with one thread."""
    with tempfile.TemporaryDirectory() as place:
        environment = {
            **os.environ, "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "LEPTON_CLUSTER": "off",
            "LEPTON_HOME": f"{place}/home",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, __file__, "--way", way, "--folder", str(folder), "--out", f"{place}/out"],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


#: What each way imports, before it is measured.
IMPORTS = {
    "lepton": ("lepton_jupyter.notebook.preparing", "dask.threaded", "pyarrow.dataset"),
    "lepton_statistics": ("lepton_jupyter.notebook.preparing", "dask.threaded", "pyarrow.dataset"),
    "scikit_learn": ("pandas", "sklearn.compose", "sklearn.impute", "sklearn.preprocessing", "pyarrow.dataset"),
    "polars_streaming": ("polars",),
}


def run_one(way: str, folder: Path, out: Path) -> None:
    for name in IMPORTS[way]:
        importlib.import_module(name)
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    began, cpu = time.perf_counter(), time.process_time()
    WAYS[way](folder, out)
    used = time.process_time() - cpu
    print(json.dumps({"cpu": used, "wall": time.perf_counter() - began, "peak": peak_bytes()}))


@dataclass
class Crewed:
    """What so many workers took."""

    n_workers: int
    wall: float
    peak: int  # of the worker that used most
    limit: int
    restarts: int


def with_workers(n_workers: int, folder: Path, limit: int) -> Crewed:
    """Wall seconds of all passes, by workers of one thread each, and the memory of the largest."""
    import psutil
    from distributed import Client, LocalCluster

    from lepton_jupyter import prepare
    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.notebook import preparation_run

    peaks: dict[int, int] = {}
    ended = threading.Event()

    def watch(pids: list[int]) -> None:
        while not ended.wait(0.05):
            for pid in pids:
                with suppress(psutil.NoSuchProcess):
                    peaks[pid] = max(peaks.get(pid, 0), psutil.Process(pid).memory_info().rss)

    with (
        tempfile.TemporaryDirectory() as place,
        LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            memory_limit=limit,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        pids = list(client.run(os.getpid).values())
        client.run(_one_thread)  # as Arrow has it in the processes of the other ways
        watching = threading.Thread(target=watch, args=(pids,), daemon=True)
        watching.start()
        runner, preparation_run.GraphRunner = preparation_run.GraphRunner, lambda _: GraphRunner(client)
        try:
            began = time.perf_counter()
            prepare(folder, to=Path(place) / "out")
            wall = time.perf_counter() - began
        finally:
            preparation_run.GraphRunner = runner
            ended.set()
            watching.join()
        restarts = len(set(pids) - set(client.run(os.getpid).values()))
    return Crewed(n_workers, wall, max(peaks.values()), limit, restarts)


def _one_thread() -> None:
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


def in_memory_bytes(folder: Path, n_rows: int) -> int:
    """Size of the table as Arrow would hold it, from its first file."""
    first = parquet.read_table(min(folder.iterdir()))
    return int(first.nbytes / first.num_rows * n_rows)


def first_files(folder: Path, n_rows: int, place: Path) -> tuple[Path, int]:
    """A folder with the first files of another, up to so many rows."""
    chosen = sorted(folder.iterdir())[: max(1, n_rows // ROWS_OF_A_FILE)]
    few = place / "few"
    few.mkdir()
    for path in chosen:
        shutil.copy(path, few)
    return few, sum(parquet.read_metadata(path).num_rows for path in chosen)


def told(what: str, value: float, wanted: str, good: bool) -> str:
    return f"{what:58} {value:6.2f}   wanted {wanted:8} {'met' if good else 'missed'}"


def one_core(given: argparse.Namespace, folder: Path, place: Path) -> dict[str, float]:
    """Rows per second of CPU of each way."""
    few, n_few = first_files(folder, min(given.in_memory_rows, given.rows), place)
    rates = {}
    for way in given.ways:
        where, n_rows = (few, n_few) if way == "scikit_learn" else (folder, given.rows)
        found = measure(way, where)
        rates[way] = n_rows / found["cpu"]
        took = f"{found['cpu']:8.1f} CPU s  {found['wall']:8.1f} s  {found['peak'] / 1e6:7,.0f} MB peak"
        print(f"{way:18} {n_rows:12,} rows {rates[way]:12,.0f} rows/s of CPU  {took}", flush=True)
    return rates


def several_workers(given: argparse.Namespace, folder: Path) -> list[Crewed]:
    size = in_memory_bytes(folder, given.rows)
    wanted = [(n_workers, LIMIT) for n_workers in given.workers]
    wanted += [] if given.no_small_worker else [(1, max(size // 4, LEAST_LIMIT))]
    crews = []
    for n_workers, limit in wanted:
        crew = with_workers(n_workers, folder, limit)
        crews.append(crew)
        print(
            f"{crew.n_workers} worker{'s' if crew.n_workers > 1 else ' '} {given.rows / crew.wall:12,.0f} rows/s "
            f"{crew.wall:8.1f} s  {crew.peak / 1e6:7,.0f} MB peak of a worker, limit {crew.limit / 1e6:,.0f} MB, "
            f"{crew.restarts} restarted; the table is {size / crew.limit:.1f} times the limit",
            flush=True,
        )
    return crews


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--in-memory-rows", type=int, default=2_000_000)
    parser.add_argument("--ways", nargs="*", default=list(WAYS))
    parser.add_argument("--workers", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--no-small-worker", action="store_true")
    parser.add_argument("--way")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.way:
        run_one(given.way, given.folder, given.out)
        return
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "table"
        folder.mkdir()
        os.environ["LEPTON_HOME"] = str(place / "home")
        write(folder, given.rows)
        rates = one_core(given, folder, place) if given.ways else {}
        crews = several_workers(given, folder) if given.workers else []
    if {"lepton", "scikit_learn"} <= set(rates):
        ratio = rates["lepton"] / rates["scikit_learn"]
        print(told("rate per core, times that of scikit-learn in memory", ratio, ">= 1.8", ratio >= 1.8))
    if {"lepton", "polars_streaming"} <= set(rates):
        ratio = rates["polars_streaming"] / rates["lepton"]
        print(told("time, times that of Polars' streaming engine", ratio, "<= 3", ratio <= 3))
    by_number = {crew.n_workers: crew for crew in reversed(crews)}
    if {1, 2} <= set(by_number):
        ratio = by_number[1].wall / by_number[2].wall
        print(told("two workers, times as fast as one", ratio, ">= 1.6", ratio >= 1.6))
    if crews:
        peak = max(crew.peak for crew in crews) / 2**30
        print(told("peak memory of a worker, GiB", peak, "<= 1", peak <= 1))


if __name__ == "__main__":
    main()
