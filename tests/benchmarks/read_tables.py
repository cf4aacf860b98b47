"""Reading a table: time and peak memory beside pandas and polars, each in a process of its own, as ratios.

A ratio is that of `open_table` to the line's own figure.

Some 110 MB of text with numbers, categories, dates and missing values, and the same rows as Parquet. `open_table` finds
encoding and dialect, infers types, and ends in a pandas frame; polars ends in a frame of its own, so a second line adds
its `to_pandas`. The last lines read the same files with a limit of a tenth of what they need: a sample in one pass.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]
N_ROWS = int(os.environ.get("LEPTON_BENCHMARK_ROWS", "1_000_000"))
MAKE = """
import numpy as np, pandas as pd, pyarrow as pa
from pyarrow import csv
n_rows, random = {n_rows}, np.random.default_rng(0)
table = pd.DataFrame({{f"number{{place}}": random.normal(size=n_rows).round(6) for place in range(6)}})
table["count"] = random.integers(0, 100_000, n_rows)
table["plan"] = random.choice(["basic", "plus", "max", "premium"], n_rows)
table["town"] = random.choice([f"town {{place}}" for place in range(5_000)], n_rows)
table["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 2_000, n_rows), unit="D")
table.loc[::10, "number0"] = np.nan
table.to_parquet({parquet!r})
csv.write_csv(pa.Table.from_pandas(table, preserve_index=False), {csv!r})
print(table.memory_usage(deep=True).sum())
"""
MEASURE = """
import time
from execution.peak_memory import peak_bytes
{prepare}
before = peak_bytes()
began, busy = time.perf_counter(), time.process_time()
{read}
seconds, busy = time.perf_counter() - began, time.process_time() - busy
print(seconds, busy, (peak_bytes() - before) / 1e6, len(frame))
"""
#: The libraries that it imports when they are first needed, as those of the rivals are imported before the clock runs.
LEPTON = (
    "import pandas, psutil, pyarrow.csv, pyarrow.dataset, lepton_jupyter.data.table_files, "
    "lepton_jupyter.execution.free_memory\nfrom lepton_jupyter.notebook.tables import open_table"
)
CASES = {
    "csv": (
        ("open_table", LEPTON, "frame = open_table({path!r}).frame"),
        ("pandas.read_csv", "import pandas", "frame = pandas.read_csv({path!r})"),
        ("pandas.read_csv, pyarrow", "import pandas", "frame = pandas.read_csv({path!r}, engine='pyarrow')"),
        ("polars.read_csv", "import polars", "frame = polars.read_csv({path!r}, try_parse_dates=True)"),
        (
            "polars.read_csv, to_pandas",
            "import polars, pandas",
            "frame = polars.read_csv({path!r}, try_parse_dates=True).to_pandas()",
        ),
    ),
    "parquet": (
        ("open_table", LEPTON, "frame = open_table({path!r}).frame"),
        ("pandas.read_parquet", "import pandas", "frame = pandas.read_parquet({path!r})"),
        ("polars.read_parquet", "import polars", "frame = polars.read_parquet({path!r})"),
        (
            "polars.read_parquet, to_pandas",
            "import polars, pandas",
            "frame = polars.read_parquet({path!r}).to_pandas()",
        ),
    ),
}
REPEATS = 3
HEADINGS = f"{'seconds':>9s}{'ratio':>7s}{'cpu s':>9s}{'ratio':>7s}{'peak MB':>9s}{'ratio':>7s}"
SAMPLED = (
    f"{LEPTON}\nfrom lepton_jupyter.data.table_files import table_files\n"
    "from lepton_jupyter.data.table_source import open_source",
    "with table_files({path!r}) as source:\n    frame = open_source(source, limit_bytes={limit}).frame",
)


def run(code: str) -> list[float]:
    """Numbers that a process prints."""
    environment = os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lepton-benchmark-") as folder:
        paths = {"csv": str(Path(folder, "rows.csv")), "parquet": str(Path(folder, "rows.parquet"))}
        [in_memory] = run(MAKE.format(n_rows=N_ROWS, **paths))
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        print(f"{N_ROWS:,} rows, {in_memory / 1e6:.0f} MB as a frame, least of {REPEATS}, load {load:.1f}")
        for kind, cases in CASES.items():
            path = paths[kind]
            print(f"\n{kind + f', {Path(path).stat().st_size / 1e6:.0f} MB on disk':34s}{HEADINGS}")
            found = {name: [] for name, *_ in cases}
            for _ in range(REPEATS):  # in turn, so that a busy machine is busy for all
                for name, prepare, read in cases:
                    found[name].append(run(MEASURE.format(prepare=prepare, read=read.format(path=path))))
            least = {name: [min(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
            for name, figures in least.items():
                cells = [
                    f"{figure:9.2f}{least['open_table'][place] / figure:7.2f}"
                    for place, figure in enumerate(figures[:3])
                ]
                print(f"{name:34s}{''.join(cells)}")
            limit = int(in_memory / 10)
            seconds, busy, megabytes, n_rows = run(
                MEASURE.format(prepare=SAMPLED[0], read=SAMPLED[1].format(path=path, limit=limit))
            )
            print(f"{f'a sample of {n_rows:,.0f} rows':34s}{seconds:9.2f}{'':7s}{busy:9.2f}{'':7s}{megabytes:9.2f}")


if __name__ == "__main__":
    main()
