from __future__ import annotations

import inspect
from importlib import import_module

import nbformat
import pytest
from magics.notebook_stand_in import NotebookStandIn
from nbclient import NotebookClient

STAND_IN = NotebookStandIn()
DOORS = [
    ("fitting", "fit"),
    ("prediction", "predict"),
    ("library", "list_runs"),
    ("library", "remove_runs"),
    ("library", "show_run"),
    ("library", "find_run"),
    ("library", "find_running_run"),
    ("resuming", "resume_run"),
    ("clusters", "use_cluster"),
    ("profiling", "profile"),
    ("preparing", "prepare"),
    ("evaluating", "evaluate"),
    ("comparing", "compare"),
    ("exporting", "export"),
    ("starting_streams", "stream"),
]


@pytest.mark.parametrize(("module", "function"), DOORS)
def test_the_stand_in_takes_no_argument_that_the_real_function_does_not(module, function):
    real = inspect.signature(getattr(import_module(f"lepton_jupyter.notebook.{module}"), function)).parameters
    for name, parameter in inspect.signature(getattr(STAND_IN, function)).parameters.items():
        assert real[name].kind == parameter.kind


@pytest.mark.parametrize("function", ["metrics", "learners", "runs"])
def test_names_for_completion_come_from_the_notebook(function, monkeypatch, tmp_path):
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    listed = getattr(import_module("lepton_jupyter.notebook.completions"), function)()
    assert all(isinstance(name, str) for name in listed)


CELLS = {
    "load": "%load_ext lepton_jupyter\nfrom sklearn.datasets import load_breast_cancer\n"
    "df = load_breast_cancer(as_frame=True).frame",
    "fit": "run = %lepton fit df --target target --budget 2trials --folds 2 --learners linear --name cells",
    "board": "%lepton leaderboard",
    "predict": "predictions = %lepton predict df --run run --proba;\npredictions.shape",
    "evaluate": "%lepton evaluate df --run run --cost-fp 1 --cost-fn 5",
    "predict at a threshold": "at = %lepton predict df --run run --threshold tuned;\nlen(at)",
    "second": "second = %lepton fit df --target target --budget 3trials --folds 2 --learners linear --name second",
    "compare": "%lepton compare cells second",
    "compare with itself": "%lepton compare cells cells",
    "evaluate without the truth": "few = df[['mean radius']]\n%lepton evaluate few",
    "export": "import tempfile, lepton_jupyter, numpy\nplace = tempfile.mkdtemp() + '/cells.zip'\n"
    "%lepton export run --to {place}",
    "export again": "%lepton export run --to {place}",
    "export of a model": "fast = run.choose(prefer='speed')\n%lepton export fast --to {place} --overwrite",
    "loaded": "numpy.array_equal(lepton_jupyter.load_model(place).predict_proba(df), fast.predict_proba(df))",
    "stop": "%lepton stop run",
    "stream": "seen = []\ns = %lepton stream run --from df --to seen.extend --rate 2000/s --name flow",
    "streamed": "s.wait(60)\nlen(seen), s.stats['n_dead']",
    "body": "start = 3\ncolumns = [name for name in df if name != 'target']",
    "stream of a body": "%%lepton stream run --to seen.append --as made --name body\nimport asyncio\n"
    "for place in range(start):\n    await asyncio.sleep(0)\n    yield dict(df.loc[place, columns])",
    "streamed body": "made.wait(60)\n(made.stats['n_stored'], made.guarantee.word)",
    "body without rows": "%%lepton stream run --to seen.append\nx = 1",
    "streamed twice": "%lepton stream run --from df --to nowhere/at/all.jsonl",
    "runs": "%lepton runs",
    "show": "again = %lepton show cells\nagain is run",
    "unknown column": "%lepton fit df --target targte",
    "unknown learner": "%lepton fit df --target target --learners linera",
    "unknown metric": "%lepton fit df --target target --metric roc_acu",
    "unknown run": "%lepton show cels",
    "resume": "more = %lepton resume cells --budget 1trials",
    "remove": "%lepton runs --remove cells",
    "unload": "%unload_ext lepton_jupyter",
    "gone": "%lepton runs",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What each cell of one real notebook showed."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LEPTON_HOME", str(tmp_path_factory.mktemp("home")))
        environment.setenv("LEPTON_CLUSTER", "off")
        environment.setenv("OMP_NUM_THREADS", "1")
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS.values()])
        NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells, strict=True)}


def text_of(output):
    return output["data"]["text/plain"] if "data" in output else output.get("text", "")


@pytest.mark.kernel
class TestRealRuns:
    def test_no_cell_shows_a_traceback(self, outputs):
        for name, shown in outputs.items():
            for output in shown:
                if output.output_type == "error" and name != "gone":
                    assert len(output.traceback) == 1, output.traceback

    def test_an_evaluation_and_a_comparison_show_themselves(self, outputs):
        for name, words in (("evaluate", "learnt from these very rows"), ("compare", "fold by fold")):
            [shown] = [output for output in outputs[name] if "data" in output]
            assert words in shown["data"]["text/html"]
            assert words in shown["data"]["text/plain"]
            assert "<script" not in shown["data"]["text/html"]
        assert text_of(outputs["predict at a threshold"][-1]) == "569"

    @pytest.mark.parametrize(
        ("name", "said"),
        [("compare with itself", "is named twice"), ("evaluate without the truth", "has no target column 'target'")],
    )
    def test_a_refusal_is_one_sentence(self, outputs, name, said):
        assert said in outputs[name][-1]["traceback"][0]

    def test_an_exported_model_is_the_one_that_was_meant(self, outputs):
        assert "cells.zip" in text_of(outputs["export"][0])
        assert "Anywhere: lepton_jupyter.load_model(" in text_of(outputs["export"][0])
        assert "There is already a file" in outputs["export again"][-1]["traceback"][0]
        assert "Wrote" in text_of(outputs["export of a model"][-1])
        assert text_of(outputs["loaded"][-1]) == "True"

    def test_fit_shows_the_run_once(self, outputs):
        shown = [output for output in outputs["fit"] if "data" in output]
        assert len(shown) == 1
        assert "text/html" in shown[0]["data"]

    def test_the_board_is_a_data_frame(self, outputs):
        [board] = outputs["board"]
        assert "text/html" in board["data"]

    def test_predictions_are_returned_and_a_semicolon_keeps_them(self, outputs):
        [shape] = outputs["predict"]
        assert text_of(shape) == "(569, 2)"

    @pytest.mark.parametrize("cell", ["load", "stop", "unload"])
    def test_what_only_does_shows_nothing(self, outputs, cell):
        assert outputs[cell] == []

    def test_a_stream_shows_itself_once_and_flows_while_the_next_cell_runs(self, outputs):
        [shown] = [output for output in outputs["stream"] if "data" in output]
        assert "→ extend()" in shown["data"]["text/plain"]
        assert "<script" not in shown["data"]["text/html"]
        assert text_of(outputs["streamed"][-1]) == "(569, 0)"
        assert text_of(outputs["streamed body"][-1]) == "(3, 'at-most-once')"
        assert "yield each as a dictionary" in outputs["body without rows"][-1]["traceback"][0]
        assert "Make the folder first" in outputs["streamed twice"][-1]["traceback"][0]

    def test_runs_and_show_find_the_run_by_its_name(self, outputs):
        assert "cells" in text_of(outputs["runs"][0])
        assert text_of(outputs["show"][0]) == "True"

    @pytest.mark.parametrize(
        ("cell", "said"),
        [
            ("unknown column", "Did you mean 'target'?"),
            ("unknown learner", "Did you mean 'linear'?"),
            ("unknown metric", "Did you mean 'roc_auc'?"),
            ("unknown run", "Did you mean 'cells'?"),
        ],
    )
    def test_a_wrong_name_is_one_sentence_with_the_nearest(self, outputs, cell, said):
        [error] = outputs[cell]
        assert error.output_type == "error"
        assert error.traceback == [f"{error.ename}: {error.evalue}"]
        assert said in error.evalue

    def test_a_run_goes_on_on_the_table_of_the_same_name_and_is_removed(self, outputs):
        assert [output.output_type for output in outputs["resume"]].count("error") == 0
        assert "cells" not in text_of(outputs["remove"][0])

    def test_after_unloading_the_magic_is_gone(self, outputs):
        assert "not found" in "".join(map(str, outputs["gone"]))
