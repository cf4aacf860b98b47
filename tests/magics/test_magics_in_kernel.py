from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

pytestmark = pytest.mark.kernel

#: What a notebook does first; the functions behind the magics only note their calls.
SETUP = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from magics.notebook_stand_in import NotebookStandIn
notebook = NotebookStandIn()
notebook.put_in_place(lambda modules, name, module: modules.__setitem__(name, module))
from lepton_jupyter.magics import lepton_magics
lepton_magics.load(get_ipython())
import pandas as pd
df = pd.DataFrame({{"churn": [0, 1], "total price": [1.0, 2.0]}})
"""


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(startup_timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def execute(kernel):
    def execute(code):
        """Reply of the kernel, and the outputs of the cell."""
        outputs = []
        reply = kernel.execute_interactive(code, output_hook=outputs.append, timeout=60)
        kinds = {"error", "stream", "execute_result", "display_data"}
        return reply["content"], [(each["msg_type"], each["content"]) for each in outputs if each["msg_type"] in kinds]

    content, outputs = execute(SETUP)
    assert content["status"] == "ok", outputs
    return execute


@pytest.fixture(scope="module")
def complete(kernel, execute):
    def complete(code, cursor=None):
        cursor = len(code) if cursor is None else cursor
        content = kernel.complete(code, cursor, reply=True, timeout=60)["content"]
        before, after = code[: content["cursor_start"]], code[content["cursor_end"] :]
        return [before + match + after for match in content["matches"]]

    return complete


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("%lepton fti df", "MagicUsageError: There is no verb 'fti'. Did you mean 'fit'?"),
        ("%lepton", None),
        ("%lepton fit dff --target churn",
         "ObjectLookupError: There is no data frame 'dff' in this notebook. Did you mean 'df'?"),
        ("run = %lepton fit df --target churn --budget soon",
         "InvalidBudgetError: Budget 'soon' is not a positive time or number of trials. "
         "Write it as 30s, 5m, 1h or 40trials."),
        ("%%lepton runs\nbody",
         "MagicUsageError: 'runs' takes no cell body: write it on one line, as %lepton runs …, with a single %."),
    ],
)  # fmt: skip
def test_a_refused_line_is_one_readable_line_and_an_error_for_run_all(execute, line, sentence):
    reply, outputs = execute(line)
    if sentence is None:
        assert reply["status"] == "ok"
        assert outputs[0][1]["name"] == "stdout"
        return
    assert reply["status"] == "error"
    [(kind, content)] = outputs
    assert kind == "error"
    assert content["traceback"] == [sentence]
    assert f"{content['ename']}: {content['evalue']}" == sentence


def test_a_line_returns_its_value_to_the_cell(execute):
    _, outputs = execute("board = %lepton leaderboard\nboard")
    assert outputs == [("execute_result", outputs[0][1])]
    assert outputs[0][1]["data"]["text/plain"] == "'the board'"


def test_a_semicolon_shows_nothing_and_an_assignment_still_gets_the_value(execute):
    assert execute("%lepton leaderboard;")[1] == []
    assert execute("kept = %lepton leaderboard;")[1] == []
    assert execute("kept")[1][0][1]["data"]["text/plain"] == "'the board'"


@pytest.mark.parametrize(
    ("code", "completed"),
    [
        ("%lepton lea", ["%lepton leaderboard"]),
        ("run = %lepton fit d", ["run = %lepton fit df"]),
        ("%%lepton fi", ["%%lepton fit"]),
        ("x = 1\nrun = %lepton fit df --target ch", ["x = 1\nrun = %lepton fit df --target churn"]),
        ('%lepton fit df --target "to', ['%lepton fit df --target "total price"']),
        ("%lepton fit df --drop churn,to", ['%lepton fit df --drop churn,"total price"']),
        ("%lepton fit df \\\n  --keep-m", ["%lepton fit df \\\n  --keep-models"]),
        ("run = %lepton fit df --metric roc", ["run = %lepton fit df --metric roc_auc"]),
    ],
)
def test_tab_completes_through_the_kernel(complete, code, completed):
    assert complete(code) == completed


def test_tab_between_the_quotes_that_a_page_closed(complete):
    code = '%lepton fit df --target "to"'
    assert complete(code, len(code) - 1) == ['%lepton fit df --target "total price"']


def test_tab_in_the_middle_of_a_cell(complete):
    code = "%lepton fit df --tar\nprint(1)"
    assert complete(code, len("%lepton fit df --tar")) == ["%lepton fit df --target\nprint(1)"]


def test_unloading_takes_the_completion_away(kernel, execute, complete):
    execute("lepton_magics.unload(get_ipython())")
    try:
        assert "%lepton leaderboard" not in complete("%lepton lea")
    finally:
        execute("lepton_magics.load(get_ipython())")
    assert complete("%lepton lea") == ["%lepton leaderboard"]


def test_a_notebook_stops_at_a_refused_line():
    cells = [SETUP, "%lepton fit df --taget churn", "after = 1"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    with pytest.raises(CellExecutionError) as caught:
        NotebookClient(notebook, timeout=60).execute()
    assert "MagicUsageError: %lepton fit has no option '--taget'. Did you mean '--target'?" in str(caught.value)
    assert notebook.cells[1].outputs[0].traceback == [
        "MagicUsageError: %lepton fit has no option '--taget'. Did you mean '--target'?"
    ]
    assert notebook.cells[2].execution_count is None


def test_a_verb_with_a_question_mark_is_described(execute):
    content, outputs = execute("%lepton fit?")
    assert content["status"] == "ok"
    assert content["payload"] == []  # no pager: the help stands below the cell
    [(kind, output)] = outputs
    assert kind == "stream"
    assert output["text"].startswith("%lepton fit: find a good model")


def test_settings_are_listed_and_set(execute):
    content, outputs = execute('%config Lepton.budget = "20s"\n%config Lepton')
    assert content["status"] == "ok"
    shown = "".join(output["text"] for kind, output in outputs if kind == "stream")
    assert "Lepton.budget=<Value>" in shown
    assert "Current: '20s'" in shown
    execute("%config Lepton.budget = None")
    _, outputs = execute("%config Lepton.budget")
    assert outputs[0][1]["data"]["text/plain"] == "'60s'"
