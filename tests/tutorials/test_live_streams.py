"""The fifth tutorial: a model on moving data, from its first row to its rival, without a broker."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

TUTORIALS = Path(__file__).parents[2] / "tutorials"
LIVE = TUTORIALS / "05-live-streams.ipynb"


@pytest.fixture(scope="module")
def executed(run_tutorial):
    return run_tutorial.run(LIVE, quiet=True)


def output_of(notebook, typed):
    """What the only cell that holds `typed` shows, as text."""
    [cell] = [cell for cell in notebook.cells if cell.cell_type == "code" and typed in cell.source]
    return "\n".join(
        output["text"] if output["output_type"] == "stream" else output["data"].get("text/plain", "")
        for output in cell.outputs
    )


@pytest.mark.kernel
def test_a_stream_says_what_predict_says_of_the_same_table(executed):
    said = output_of(executed, "same = run.predict")
    assert said.strip() == "5,996 flights scored, 5,996 different ones; 100.00% decided as by predict"


@pytest.mark.kernel
def test_a_stream_that_was_stopped_goes_on_without_losing_or_doubling_a_row(executed):
    said = output_of(executed, "select count(*)")
    assert "5,996 flights were written: 5,996 rows in the table, 5,996 keys" in said
    assert said.count("dead letter: ") == 3


@pytest.mark.kernel
def test_late_rows_are_counted(executed):
    said = output_of(executed, "async def messages")
    assert int(re.search(r"(\d+) of 5,996 rows came late", said)[1]) > 100


@pytest.mark.kernel
def test_a_rival_is_found_proves_itself_and_is_taken_back(executed):
    said = output_of(executed, "match type(event)")
    loss, other = map(float, re.search(r"loss ([\d.]+) against ([\d.]+)", said).groups())
    assert said.index("challenger sought") < said.index("challenger found") < said.index("promoted after")
    assert loss < other
    assert re.search(r"-feed-challenger-\w+\s+→ \S+-flights-\w+\s+Stopped", output_of(executed, "s.rollback()"))


def test_the_stored_notebook_shows_its_outputs_and_nothing_of_the_machine():
    stored = nbformat.read(LIVE, as_version=4)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    text = LIVE.read_text(encoding="utf-8")
    assert len(text) < 700_000
    assert "widgets" not in stored.metadata
    assert "application/vnd.jupyter.widget-view+json" not in text
    assert not re.search(r"/(tmp|home|Users)/", text)
    assert not any(output.get("name") == "stderr" for cell in code for output in cell.outputs)
