"""The race: each system on each table within each budget with each seed, one after the other, and then one report.

``PYTHONPATH=tests python -m benchmarks.race`` races this project, and scikit-learn's boosting as it comes, on tables
that packages ship. ``--data DIR`` takes other tables (``NAME.train.parquet``, ``NAME.test.parquet``, ``index.json``),
``--peers DIR`` the environments that ``benchmarks.race.environments`` makes, ``--stored FILE`` what peers did before.

Nothing else should run meanwhile. Lines are appended to ``--out``; what is there is not raced again.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.race.calibration import calibration_seconds
from benchmarks.race.contestant import MARK
from benchmarks.race.environments import AT_HOME, REQUIREMENTS, interpreter
from benchmarks.race.race_goals import judge
from benchmarks.race.race_report import report
from benchmarks.race.race_results import Race, read_results
from benchmarks.race.shipped_tables import FEW, SHIPPED, write_shipped

TESTS = Path(__file__).resolve().parents[2]


def main() -> None:
    options = read_options(sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="lepton-race-") as scratch:
        data = options.data
        if data is None:
            data = Path(scratch) / "tables"
            write_shipped(data, tuple(options.tables or (FEW if options.few else SHIPPED)))
        tables = options.tables or sorted(json.loads((data / "index.json").read_text("utf-8")))
        out = options.out or Path(scratch) / "results.jsonl"
        print(surroundings(options), flush=True)
        race(options, data, tables, out, Path(scratch))
        stored = [
            each for each in read_results(options.stored) if each["system"] != "lepton" and each["name"] in tables
        ]
        raced = [each for each in read_results([out]) if each["name"] in tables]
        found = Race.of([*stored, *raced])
        print(f"\n{report(found, judge(found, options.short))}")


def race(options: argparse.Namespace, data: Path, tables: list[str], out: Path, scratch: Path) -> None:
    """Race whatever has no line in `out` yet."""
    done = {(r["system"], r["name"], float(r["budget"]), r["seed"]) for r in read_results([out])}
    for seed, table, budget, system in product(options.seeds, tables, options.budgets, options.systems):
        python = interpreter(options.peers, system)
        if python is None or (system, table, budget, seed) in done:
            continue
        result = compete(python, system, data, table, budget, seed, scratch)
        with out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        print(_progress(result), flush=True)


def compete(
    python: Path, system: str, data: Path, table: str, budget: float, seed: int, scratch: Path
) -> dict[str, Any]:
    """Run one contestant in a process of its own, and give it up after four times its budget and two minutes."""
    command = [str(python), "-m", "benchmarks.race.contestant", system, str(data), table, f"{budget:g}", str(seed)]
    home = tempfile.mkdtemp(prefix="home-", dir=scratch)
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *([str(TESTS.parent)] if system in AT_HOME else [])]),
        "LEPTON_HOME": home, "TMPDIR": home,
    }  # fmt: skip
    failure = {"system": system, "name": table, "budget": budget, "seed": seed}
    # In a folder of its own: some peers leave folders of logs where they are started.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=home, env=environment,
        start_new_session=True,
    )  # fmt: skip
    try:
        output, errors = process.communicate(timeout=4 * budget + 120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return failure | {"error": f"given up after {4 * budget + 120:.0f} s"}
    line = next((each for each in output.splitlines() if each.startswith(MARK)), None)
    if line is None:
        last = errors.strip().splitlines()[-1:] or ["no word"]
        return failure | {"error": f"crashed: {last[0][:200]}"}
    return json.loads(line.removeprefix(MARK))


def surroundings(options: argparse.Namespace) -> str:
    """Machine, versions, seeds and date, in a few lines."""
    packages = ("scikit-learn", "lightgbm", "catboost", "xgboost", "numpy", "pandas")
    versions = [f"{each} {importlib.metadata.version(each)}" for each in packages if _installed(each)]
    peers = [
        REQUIREMENTS[each][0] for each in REQUIREMENTS if each in options.systems and interpreter(options.peers, each)
    ]
    commit = subprocess.run(
        ["git", "-C", str(TESTS), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()  # fmt: skip
    lines = [
        f"{datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}, commit {commit or 'unknown'}, seeds {options.seeds}",
        f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f} at the start; a fixed fit takes {calibration_seconds():.3f} s here"
        + "".join(
            f", {seconds:.3f} s where {file} was written" for file, seconds in _stored_calibrations(options.stored)
        ),
        ", ".join([*versions, *peers]),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _stored_calibrations(paths: list[Path]) -> list[tuple[str, float]]:
    beside = [(path.name, path.parent / "calibration.txt") for path in paths]
    return [(name, float(file.read_text("utf-8"))) for name, file in beside if file.exists()]


def _progress(result: dict[str, Any]) -> str:
    name = f"{result['name']:20s} {result['system']:10s} {result['budget']:4g} s, seed {result['seed']}"
    if "error" in result:
        return f"{name}: failed: {result['error']}"
    return f"{name}: loss {result['loss']:.5g}, fit {result['fit_s']:.1f} s, {result['memory_mb']} MB"


def read_options(arguments: list[str]) -> argparse.Namespace:
    """What is raced, and where results go."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of tables; default: tables that packages ship")
    parser.add_argument("--few", action="store_true", help="of the shipped tables, three small ones")
    parser.add_argument("--tables", nargs="*", help="only these")
    parser.add_argument("--peers", type=Path, help="folder of the peers' environments")
    parser.add_argument(
        "--systems", nargs="*", default=[*AT_HOME, *REQUIREMENTS], help="ag-best, ag-medium: one system"
    )
    parser.add_argument("--budgets", nargs="*", type=float, default=[10.0, 60.0], help="seconds")
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    parser.add_argument("--stored", nargs="*", type=Path, default=[], help="results of peers that are read, not raced")
    parser.add_argument("--short", type=float, default=10.0, help="own seconds that are held against the peers' 60")
    parser.add_argument("--out", type=Path, help="file that lines are appended to")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
