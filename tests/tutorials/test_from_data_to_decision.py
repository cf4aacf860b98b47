"""The second tutorial: from the files of a package to a decision about flights of later days."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

TUTORIALS = Path(__file__).parents[2] / "tutorials"
WHOLE_DAY = TUTORIALS / "02-from-data-to-decision.ipynb"

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def executed(run_tutorial):
    return run_tutorial.run(WHOLE_DAY, quiet=True)


def output_of(notebook, typed):
    """What the only cell that holds `typed` shows, as text."""
    [cell] = [cell for cell in notebook.cells if cell.cell_type == "code" and typed in cell.source]
    return "\n".join(
        output["text"] if output["output_type"] == "stream" else output["data"].get("text/plain", "")
        for output in cell.outputs
    )


def test_the_profile_names_the_column_that_is_the_answer(executed):
    said = output_of(executed, "history = %lepton profile")
    assert re.search(r"^arr_delay .*leak$", said, re.MULTILINE)
    assert re.search(r"^time_hour .*as text, time$", said, re.MULTILINE)


def test_folds_of_random_rows_promise_more_than_folds_in_time(executed):
    assert "use --time\ntime_hour" in output_of(executed, "hopeful = %lepton fit")
    said = output_of(executed, "def test_score")
    promised = [float(score) for score in re.findall(r"promised ([\d.]+)", said)]
    gave = [float(score) for score in re.findall(r"gave ([\d.]+)", said)]
    random_folds, in_time = (before - after for before, after in zip(promised, gave, strict=True))
    assert random_folds > in_time
    assert min(gave) > 0.6


def test_runs_that_share_their_folds_are_compared_by_fold(executed):
    said = output_of(executed, "%lepton compare honest dry")
    assert "fold by fold" in said
    assert "drop" in said


def test_the_threshold_is_chosen_by_money_and_saves_some(executed):
    assert re.search(r"saves [\d,]+ ±[\d,]+; chosen on [\d,]+ rows\s+out\s+of\s+fold", output_of(executed, "judged = "))
    percent = int(re.search(r"probability of (\d+)%", output_of(executed, "Rebook from"))[1])
    assert 5 < percent < 50


def test_the_decisions_are_in_a_file_with_the_flights_they_are_of(executed):
    said = output_of(executed, "--to decisions.parquet")
    assert re.search(r"Wrote 3,9\d\d predictions to decisions\.parquet", said)
    assert "predicted_outcome" in said


def test_pictures_of_the_panel_are_figures(executed):
    [cell] = [cell for cell in executed.cells if "plt.subplots" in cell.source]
    assert any("image/png" in output.get("data", ()) for output in cell.outputs)


def test_nothing_is_left_beside_the_notebook(executed):
    assert {each.suffix for each in TUTORIALS.iterdir() if each.is_file()} == {".ipynb", ".py"}


def test_the_stored_notebook_shows_its_outputs_and_nothing_of_the_machine():
    stored = nbformat.read(WHOLE_DAY, as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    text = WHOLE_DAY.read_text(encoding="utf-8")
    assert len(text) < 700_000
    assert "widgets" not in stored.metadata
    assert "application/vnd.jupyter.widget-view+json" not in text
    assert not re.search(r"/(tmp|home|Users)/", text)
    assert not any(output.get("name") == "stderr" for cell in code for output in cell.outputs)
