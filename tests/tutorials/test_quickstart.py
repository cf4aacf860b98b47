"""The first tutorial, as `make demo` runs it, and as it is stored."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

TUTORIALS = Path(__file__).parents[2] / "tutorials"
QUICKSTART = TUTORIALS / "01-quickstart.ipynb"
SCRIPT = TUTORIALS / "run_tutorial.py"


@pytest.fixture(scope="module")
def executed(run_tutorial):
    return run_tutorial.run(QUICKSTART, quiet=True)


@pytest.fixture(scope="module")
def stored():
    return nbformat.read(QUICKSTART, as_version=4)


def text_of(notebook, pattern):
    """First group of `pattern` in what the cells tagged for the demo print."""
    texts = [
        output["text"] if output["output_type"] == "stream" else output["data"].get("text/plain", "")
        for cell in notebook.cells
        if "demo" in cell.metadata.get("tags", ())
        for output in cell.outputs
    ]
    found = re.search(pattern, "\n".join(texts))
    assert found is not None, texts
    return found[1]


@pytest.mark.kernel
def test_the_model_found_is_far_better_on_held_out_rows_than_a_guess(executed):
    assert float(text_of(executed, r"Held-out AUC ([\d.]+)")) > 0.9
    accuracy, most_common = (
        float(text_of(executed, pattern)) for pattern in (r"Held-out accuracy ([\d.]+)%", r"against ([\d.]+)% for")
    )
    assert accuracy > most_common + 20


@pytest.mark.kernel
def test_the_board_scores_the_held_out_table_as_scikit_learn_does(executed):
    on_board = float(text_of(executed, r"([\d.]+) on the test\s+table"))
    assert on_board == pytest.approx(float(text_of(executed, r"Held-out AUC ([\d.]+)")), abs=1e-3)


@pytest.mark.kernel
def test_what_the_demo_prints_begins_with_the_leaderboard(run_tutorial, executed):
    text = run_tutorial.marked_text(executed)
    assert re.search(r"^ *# +Model +AUC", text, re.MULTILINE)
    assert text.index("Model") < text.index("Held-out AUC")
    assert "\x1b" not in text


@pytest.mark.kernel
def test_running_leaves_no_widget_state(executed):
    assert "widgets" not in executed.metadata


def test_the_stored_notebook_shows_its_outputs_and_is_small(stored):
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert {output["output_type"] for cell in code for output in cell.outputs} <= {
        "display_data",
        "execute_result",
        "stream",
    }
    board = next(cell for cell in code if "%lepton fit" in cell.source).outputs
    kinds = {"application/vnd.lepton.run+json", "text/html", "text/plain"}
    assert any(kinds <= set(output.get("data", ())) for output in board)
    assert QUICKSTART.stat().st_size < 300_000


def test_the_stored_notebook_holds_nothing_of_the_machine_it_was_made_on(stored):
    text = QUICKSTART.read_text(encoding="utf-8")
    assert "widgets" not in stored.metadata
    assert "application/vnd.jupyter.widget-view+json" not in text
    assert str(Path.home()) + "/" not in text
    assert not re.search(r"/(tmp|home|Users)/", text)
    assert not any(output.get("name") == "stderr" for cell in stored.cells for output in cell.get("outputs", ()))


@pytest.mark.kernel
def test_a_failing_tutorial_ends_the_command_with_its_error(tmp_path):
    path = tmp_path / "failing.ipynb"
    cells = [nbformat.v4.new_code_cell("print('before')"), nbformat.v4.new_code_cell("1 / 0")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, SCRIPT, "--store", path],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert "[2/2] 1 / 0" in done.stdout
    assert path.read_bytes() == before
