"""A race in processes of their own, on one small table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.race.__main__ import TESTS, compete, race, read_options
from benchmarks.race.process_tree import ProcessTree
from benchmarks.race.race_results import read_results
from benchmarks.race.shipped_tables import write_shipped

ONE_RUN = ["--tables", "tumours", "--systems", "sklearn", "--budgets", "1", "--seeds", "0"]


def test_a_race_prints_its_report_and_keeps_its_lines(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    command = [sys.executable, "-m", "benchmarks.race", *ONE_RUN, "--out", str(out)]
    # One thread: boosting in as many as there are cores waits for each at every step, and tests share their cores.
    environment = os.environ | {"PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}", "OMP_NUM_THREADS": "1"}
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    assert "| tumours" in printed
    [result] = read_results([out])
    assert 0.0 < result["loss"] < 0.1
    assert result["cpu_s"] > 0
    assert result["memory_mb"] > 50


def test_what_is_in_the_file_is_not_raced_again(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    known = {"system": "sklearn", "name": "tumours", "budget": 1.0, "seed": 0, "loss": 0.1}
    out.write_text(json.dumps(known) + "\n", "utf-8")
    # A folder without tables: whoever tried to race on it would fail.
    race(read_options(ONE_RUN), tmp_path, ["tumours"], out, tmp_path)
    assert read_results([out]) == [known]


def test_a_system_that_raises_has_that_as_its_result(tmp_path: Path) -> None:
    write_shipped(tmp_path / "tables", ("tumours",))
    # Not installed in this environment, which the race would have noticed before it asked.
    result = compete(Path(sys.executable), "tpot", tmp_path / "tables", "tumours", 1.0, 0, tmp_path)
    assert result["error"].startswith("ModuleNotFoundError")
    assert "loss" not in result


def test_a_tree_counts_the_memory_of_what_was_started() -> None:
    code = "import sys; held = bytearray(b'1') * 200_000_000; print('held', flush=True); sys.stdin.read()"
    tree = ProcessTree()
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        tree.look()
        assert child.pid in tree.members
        child.communicate()
    assert tree.peak_bytes > 200_000_000
