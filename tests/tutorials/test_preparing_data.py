"""The fourth tutorial: a folder of messy files becomes a table, a recipe, and a model of what was prepared."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

TUTORIALS = Path(__file__).parents[2] / "tutorials"
PREPARING = TUTORIALS / "04-preparing-data.ipynb"
#: Cells that show what a mistake is answered by.
N_MISTAKES = 2


@pytest.fixture(scope="module")
def executed(run_tutorial):
    return run_tutorial.run(PREPARING, quiet=True)


def output_of(notebook, typed):
    """What the only cell that holds `typed` shows, as text."""
    [cell] = [cell for cell in notebook.cells if cell.cell_type == "code" and typed in cell.source]
    return "\n".join(
        output["text"] if output["output_type"] == "stream" else output["data"].get("text/plain", "")
        for output in cell.outputs
    )


@pytest.mark.kernel
def test_the_plan_tells_what_is_wrong_with_each_column(executed):
    said = output_of(executed, "--dry-run\nplan")
    assert re.search(r"planned from the first 2,5\d\d rows", said)
    for told in ("currency €", "unit g, kg converted", "−999 in", "12 spellings of 4 categories", "leaks: alone"):
        assert told in said


@pytest.mark.kernel
def test_the_first_bad_file_ends_it_by_name_and_both_are_set_aside(executed):
    first = next(cell for cell in executed.cells if "raises-exception" in cell.metadata.get("tags", ()))
    said = next(output["evalue"] for output in first.outputs if output["output_type"] == "error")
    assert re.search(r"Partition 'week-1[47]\.parquet' is bad: .* --on-bad-partition skip goes on", said)
    told = output_of(executed, "--to clean/")
    assert "40 rows that are copies of earlier ones were left out." in told
    assert "9,025 rows in 18 partitions" in told
    assert re.search(r"^refund +number → left out", told, re.MULTILINE)
    listed = output_of(executed, "rglob")
    assert listed.count("reason.txt") == 2
    assert "18 files of orders" in listed


@pytest.mark.kernel
def test_near_copies_are_told_with_their_places(executed):
    said = output_of(executed, "--near-by")
    assert "25 rows that are nearly copies of earlier ones were left out" in said
    assert "row 501 of week-12.parquet is row" in said.replace("\n", " ")


@pytest.mark.kernel
def test_code_of_a_cell_is_run_on_each_file_and_shows_the_row_that_it_raises_on(executed):
    assert "7,321 rows" in output_of(executed, '["monday"]')
    [cell] = [cell for cell in executed.cells if "--as broken" in cell.source]
    shown = "\n".join(cell.outputs[0]["traceback"])
    assert "N/A" in shown
    assert "Line 1 of the cell raised ValueError" in shown


@pytest.mark.kernel
def test_a_key_stays_one_column_and_what_the_target_tells_is_not_looked_back_at(executed):
    columns = output_of(executed, "[*wide.columns]")
    assert "'customer'" in columns
    assert "tickets_topic_commonest = size" in columns
    assert "refund" not in columns


@pytest.mark.kernel
def test_the_recipe_gives_the_same_bits_at_once_and_row_by_row(executed):
    assert "The same to the bit: True" in output_of(executed, "one_by_one =")


@pytest.mark.kernel
def test_what_the_other_table_tells_helps_on_weeks_to_come(executed):
    said = output_of(executed, "roc_auc_score")
    plainly, widely = (float(score) for score in re.findall(r"weeks: ([\d.]+)", said))
    assert 0.6 < plainly < widely


@pytest.mark.kernel
def test_nothing_is_left_beside_the_notebook(executed):
    del executed
    assert {each.suffix for each in TUTORIALS.iterdir() if each.is_file()} == {".ipynb", ".py"}


def test_the_stored_notebook_shows_its_outputs_and_nothing_of_the_machine():
    stored = nbformat.read(PREPARING, as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    text = PREPARING.read_text(encoding="utf-8")
    assert len(text) < 700_000
    assert "widgets" not in stored.metadata
    assert "application/vnd.jupyter.widget-view+json" not in text
    assert not re.search(r"/(tmp|home|Users)/", text)
    assert not any(output.get("name") == "stderr" for cell in code for output in cell.outputs)
    failing = [cell for cell in code if any(output["output_type"] == "error" for output in cell.outputs)]
    assert failing == [cell for cell in code if "raises-exception" in cell.metadata.get("tags", ())]
    assert len(failing) == N_MISTAKES
