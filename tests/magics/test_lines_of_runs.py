"""The lines that a board writes by which one goes on with a run: the page writes them, and here they are read."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from lepton_jupyter.runs.run_folder import RunFolder

LINES = json.loads((Path(__file__).parents[1] / "golden" / "lines" / "of_runs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["run_id"])
def test_each_line_means_its_run(line, ip, notebook):
    trial, seconds, trials = line["trial_id"], line["budget_seconds"], line["budget_trials"]
    opening, choosing, shown = line["choose"].splitlines()
    ip.run_cell(opening).raise_error()
    ip.run_cell(line["resume"]).raise_error()
    ip.run_cell(f"new_rows = 1\n{line['predict']}new_rows").raise_error()
    ip.run_cell(line["export"]).raise_error()
    (_, opened), (_, resumed), (_, predicted), (_, exported) = notebook.calls
    assert opened["run_id"] == resumed["run_id"] == predicted["run"] == exported["model"] == line["run_id"]
    assert (exported["trial"], exported["overwrite"]) == (trial, False)
    assert exported["file"] == f"{RunFolder(Path(line['run_id'])).name or line['run_id']}.zip"
    assert (predicted["table"], predicted["trial"]) == (1, trial)
    wanted = f"{seconds:g}s" if seconds is not None else f"{trials}trials" if trials is not None else None
    assert resumed["budget"] == wanted
    call = ast.parse(choosing).body[0].value
    assert ast.unparse(call.func) == "run.choose"
    assert {each.arg: each.value.value for each in call.keywords} == ({} if trial is None else {"trial": trial})
    assert shown == "model"
    if trial is not None:
        become = f"get_ipython().set_next_input(run.as_code({trial}), replace=True)"
        assert line["code"].splitlines() == [opening, become]
