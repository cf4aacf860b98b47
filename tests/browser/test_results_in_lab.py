"""An evaluation and a comparison in JupyterLab: what can be moved and opened, live and in a file without a kernel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from browser.accessibility import violations
from browser.lab_page import LabPage, a_notebook
from browser.test_saved_runs_in_lab import KernellessPage
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

GOLDEN = Path(__file__).parents[1] / "golden"
EVALUATION_TYPE = "application/vnd.lepton.evaluation+json"
COMPARISON_TYPE = "application/vnd.lepton.comparison+json"
HOSTILE = "<img src=x onerror=alert(1)>"

LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
from sklearn.datasets import load_breast_cancer
df = load_breast_cancer(as_frame=True).frame
train, test = df.iloc[:400], df.iloc[400:]
%lepton fit train --target target --positive 1 --budget 6trials --learners linear --name first --wait
%lepton fit train --target target --positive 1 --budget 6trials --learners naive_bayes --name second --wait"""


def document(name: str, **changed: Any) -> dict[str, Any]:
    """A golden message, with some fields changed."""
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")) | changed


def a_saved_notebook() -> nbformat.NotebookNode:
    """An evaluation with a hostile name and a comparison, as a file keeps them."""
    notebook = a_notebook(["%lepton evaluate test", "%lepton compare a b"], kernel="a-kernel-of-another-machine")
    forms = (
        {EVALUATION_TYPE: document("EvaluationMessage", target=HOSTILE)},
        {COMPARISON_TYPE: document("ComparisonMessage")},
    )
    for cell, data in zip(notebook.cells, forms, strict=True):
        data |= {"text/html": "<b>static</b>", "text/plain": "static"}
        cell.outputs = [nbformat.v4.new_output("execute_result", data=data, execution_count=1)]
    return notebook


def matrix(panel: Locator) -> list[int]:
    """Rows of the four cells of a confusion."""
    cells = panel.locator(".lepton-matrix tbody td b")
    return [int(each.replace(",", "")) for each in cells.all_inner_texts()]


def test_an_evaluation_and_a_comparison_answer_a_person(open_notebook: Callable[..., LabPage]) -> None:
    evaluate = "%lepton evaluate test --run first --cost-fp 1 --cost-fn 5"
    lab = open_notebook([LOAD, evaluate, "%lepton compare first second"])
    lab.command("notebook:run-all-cells")
    lab.has_run(2)
    panel = lab.board(1)
    expect(panel.get_by_role("slider")).to_be_visible()
    before = matrix(panel)
    assert sum(before) == 169

    # By keyboard: every row stays in one of the four cells, and a higher threshold calls fewer.
    panel.get_by_role("slider").focus()
    lab.page.keyboard.press("Home")
    called_all = matrix(panel)
    assert (called_all[0], called_all[2]) == (0, 0)
    lab.page.keyboard.press("End")
    assert matrix(panel)[1] + matrix(panel)[3] <= called_all[1] + called_all[3]
    assert sum(matrix(panel)) == 169
    panel.get_by_role("button", name="Chosen").click()
    expect(panel.locator(".lepton-matrix tbody td b").first).to_have_text(str(before[0]))
    assert matrix(panel) == before

    # By pointer: the point of one curve takes those of the others along.
    roc = panel.locator("figure", has_text="ROC").locator("svg")
    others = panel.locator("figure", has_text="Gains").locator(".lepton-looked circle")
    at = others.get_attribute("cx")
    box = roc.bounding_box()
    assert box is not None
    roc.click(position={"x": box["width"] / 2, "y": 30})
    expect(others).not_to_have_attribute("cx", at or "")

    compared = lab.board(2)
    expect(compared.locator(".lepton-fold-line")).not_to_have_count(0)
    compared.locator(".lepton-opener").first.click()
    expect(compared).to_contain_text("Folds, seed")
    results = ", ".join(f"[data-mime-type='{each}'] .lepton" for each in (EVALUATION_TYPE, COMPARISON_TYPE))
    assert violations(lab.page, results) == []
    assert lab.errors == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_saved_notebook_shows_them_without_a_kernel(open_notebook: Callable[..., LabPage], theme: str) -> None:
    lab = open_notebook(kind=KernellessPage, notebook=a_saved_notebook())
    evaluation, comparison = lab.board(0), lab.board(1)
    expect(evaluation).to_contain_text(HOSTILE)
    lab.page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    is_light = "true" if "Light" in theme else "false"
    lab.page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=is_light)
    # Narrow too.
    evaluation.evaluate("panel => { panel.parentElement.style.width = '400px'; }")
    expect(evaluation.locator("figure").first).to_be_visible()
    evaluation.locator(".lepton-opener").first.click()
    expect(evaluation.locator(".lepton-opened")).to_be_visible()
    sideways = "panel => panel.scrollWidth - panel.clientWidth"
    assert evaluation.evaluate(sideways) == 0
    assert comparison.evaluate(sideways) == 0
    assert violations(lab.page, ".lepton-saved-run .lepton") == []
    assert lab.dialogs == []
    assert lab.page.locator(".lepton img").count() == 0
    lab.page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})")
