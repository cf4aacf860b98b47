"""The third tutorial: one point on a real loss surface, against other searches, and a real run read from its log."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

TUTORIALS = Path(__file__).parents[2] / "tutorials"
SEARCH = TUTORIALS / "03-how-the-search-thinks.ipynb"


@pytest.fixture(scope="module")
def executed(run_tutorial):
    return run_tutorial.run(SEARCH, quiet=True)


def output_of(notebook, typed):
    """What the only cell that holds `typed` shows, as text."""
    [cell] = [cell for cell in notebook.cells if cell.cell_type == "code" and typed in cell.source]
    return "\n".join(
        output["text"] if output["output_type"] == "stream" else output["data"].get("text/plain", "")
        for output in cell.outputs
    )


def numbers_after(name, text):
    """Numbers of the row of a printed table that begins with `name`."""
    row = re.search(rf"^{re.escape(name)}((?: +[\d.]+)+)$", text, re.MULTILINE)
    assert row is not None, text
    return [float(each) for each in row[1].split()]


@pytest.mark.kernel
def test_the_lowest_point_lies_inside_the_map(executed):
    said = output_of(executed, "mean_loss = losses.mean")
    rate, leaf = re.search(r"at rate ([\d.]+), (\d+) patients", said).groups()
    assert 0.02 < float(rate) < 0.3
    assert 5 < int(leaf) < 100


@pytest.mark.kernel
def test_the_single_point_ends_lower_than_random_and_grid_search(executed):
    said = output_of(executed, "def medians(")
    after_36_trials = {name: numbers_after(name, said)[-1] for name in ("random", "grid", "single point, portfolio")}
    assert min(after_36_trials, key=after_36_trials.get) == "single point, portfolio"


@pytest.mark.kernel
def test_the_run_is_replayed_exactly(executed):
    assert output_of(executed, "run.replay()") == "The log leads to every one of its 40 trials again."


@pytest.mark.kernel
def test_with_one_worker_the_same_line_gives_the_same_trials(executed):
    assert "15 trials, all the same: True" in output_of(executed, "def trials_of")


@pytest.mark.kernel
def test_some_trials_are_given_up_before_their_last_fold(executed):
    given_up, asked = re.search(r"(\d+) of (\d+) trials were given up", output_of(executed, "per_fold =")).groups()
    assert 0 < int(given_up) < int(asked)


@pytest.mark.kernel
def test_pictures_are_figures(executed):
    drawn = [cell for cell in executed.cells if "figsize" in cell.source]
    assert len(drawn) >= 5
    for cell in drawn:
        assert any("image/png" in output.get("data", ()) for output in cell.outputs)


def test_the_stored_notebook_shows_its_outputs_and_nothing_of_the_machine():
    stored = nbformat.read(SEARCH, as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    text = SEARCH.read_text(encoding="utf-8")
    assert len(text) < 900_000
    assert "widgets" not in stored.metadata
    assert "application/vnd.jupyter.widget-view+json" not in text
    assert not re.search(r"/(tmp|home|Users)/", text)
    assert not any(output.get("name") == "stderr" for cell in code for output in cell.outputs)
