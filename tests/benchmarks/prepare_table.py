"""How fast a table is prepared, per core, beside scikit-learn in memory and Polars' streaming engine.

``python tests/benchmarks/prepare_table.py --rows 20000000`` writes a table of 30 columns of mixed type to a temporary
folder (about 1.2 GB at 20 million rows) and prints rows per second of CPU and peak memory of each. CPU seconds, since a
machine that is shared tells nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

ROWS_OF_A_FILE = 500_000


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
        told = subprocess.run(
            [sys.executable, __file__, "--way", way, "--folder", str(folder), "--out", f"{place}/out"],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


def run_one(way: str, folder: Path, out: Path) -> None:
    import pandas  # noqa: F401  so that imports are not measured
    import pyarrow.compute  # noqa: F401

    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    began, cpu = time.perf_counter(), time.process_time()
    WAYS[way](folder, out)
    used = time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"cpu": used, "wall": time.perf_counter() - began, "peak": peak}))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--ways", nargs="+", default=list(WAYS))
    parser.add_argument("--way")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.way:
        run_one(given.way, given.folder, given.out)
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, given.rows)
        for way in given.ways:
            found = measure(way, folder)
            rate = given.rows / found["cpu"]
            print(
                f"{way:18} {rate:12,.0f} rows/s of CPU  {found['cpu']:8.1f} CPU s  {found['peak'] / 1e6:7,.0f} MB peak"
            )


if __name__ == "__main__":
    main()
