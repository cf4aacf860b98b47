"""Whole notebooks in a real kernel that nobody looks at: what Run All does, and what the file keeps."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

pytestmark = pytest.mark.kernel

LOAD = """\
%load_ext lepton_jupyter
from sklearn.datasets import load_iris
df = load_iris(as_frame=True).frame"""
FIT = "run = %lepton fit df --target target --budget 2trials --folds 2 --learners linear"
# Boosters on thousands of rows go on for minutes; linear models of 150 rows are searched out within half a second.
LONG_FIT = (
    "import pandas as pd\nlong = pd.concat([df] * 40, ignore_index=True)\n"
    "run = %lepton fit long --target target --budget 10000trials --learners linear,lightgbm"
)

WAIT_FOR_A_MODEL = """\
import threading
first = threading.Event()
note = lambda logged: type(logged.event).__name__ == "TrialFinished" and first.set()
unsubscribe = run.subscribe(note)
assert len(run.leaderboard) > 1 or first.wait(60)"""

THREE_FORMS = {"text/html", "text/plain", "application/vnd.lepton.run+json"}


def run_all(*cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (LOAD, *cells)])
    NotebookClient(notebook, timeout=120).execute()
    return notebook


def shown(cell):
    return [output for output in cell.outputs if "data" in output]


def text(cell):
    return "".join(output.get("text", "") or output["data"]["text/plain"] for output in cell.outputs)


@pytest.fixture(scope="module")
def fitted():
    return run_all(FIT, "run.running", "predictions = %lepton predict df\nlen(predictions)", "run", f"{FIT}\nrun")


class TestRunAll:
    def test_the_fit_cell_lasts_until_the_run_has_ended_and_the_next_one_predicts(self, fitted):
        assert text(fitted.cells[2]) == "False"
        said, n_predicted = text(fitted.cells[3]).splitlines()
        assert re.fullmatch(r"Run \S+-target-\w+, the only one", said)
        assert n_predicted == "150"

    def test_a_run_is_shown_once_in_three_forms_and_as_no_widget(self, fitted):
        [output] = shown(fitted.cells[1])
        assert set(output.data) == THREE_FORMS
        assert "widgets" not in fitted.metadata

    def test_the_form_for_pages_says_how_the_run_ended(self, fitted):
        [output] = shown(fitted.cells[1])
        assert output.data["application/vnd.lepton.run+json"]["type"] == "RunPanelMessage"
        assert "Finished" in output.data["text/html"]
        assert "Linear" in output.data["text/plain"]

    def test_a_run_as_the_value_of_a_cell_is_shown_again(self, fitted):
        [output] = shown(fitted.cells[4])
        assert set(output.data) == THREE_FORMS

    def test_a_run_that_its_cell_shows_already_is_not_shown_again_as_the_value(self, fitted):
        assert len(shown(fitted.cells[5])) == 1

    def test_a_converted_notebook_shows_the_table_and_runs_nothing(self, fitted):
        page, _resources = HTMLExporter(template_name="basic").from_notebook_node(fitted)
        assert 'class="lepton-static"' in page
        assert "<script" not in page.partition('class="lepton-static"')[2].partition("</table>")[0]
        assert "Leaderboard" in page


class TestNotWaiting:
    def test_the_cell_returns_at_once_and_its_output_becomes_the_final_board(self):
        notebook = run_all(
            f"{LONG_FIT} --no-wait",
            f"{WAIT_FOR_A_MODEL}\nrun.running",
            "%lepton stop",
            "run.wait();",
            "run.running, run.status.partition(',')[0]",
        )
        assert text(notebook.cells[2]) == "True"
        assert notebook.cells[3].outputs == []
        [output] = shown(notebook.cells[1])
        assert "Stopped" in output.data["text/html"]
        assert set(output.data) == THREE_FORMS
        assert text(notebook.cells[5]).startswith("(False")

    def test_waiting_for_the_model_is_enough(self):
        notebook = run_all(f"{FIT} --no-wait", "run.model.predict(df).shape")
        assert text(notebook.cells[2]) == "(150,)"
        [output] = shown(notebook.cells[1])
        assert "Finished" in output.data["text/html"]


class TestWhereALineMayStand:
    def test_in_a_loop_each_run_is_shown(self):
        notebook = run_all(
            f"runs = []\nfor seed in (1, 2):\n    {FIT} --seed {{seed}}\n    runs.append(run)", "len(runs)"
        )
        assert len(shown(notebook.cells[1])) == 2
        assert text(notebook.cells[2]) == "2"

    def test_in_a_function_it_finds_the_table_that_only_the_function_knows(self):
        notebook = run_all(
            f"def search(inside):\n    {FIT.replace(' df ', ' inside ')}\n    return run\nfound = search(df)",
            "found.model.predict(df).shape",
        )
        assert len(shown(notebook.cells[1])) == 1
        assert text(notebook.cells[2]) == "(150,)"
