"""What a person does with a search that has ended: chooses a model along the front, goes on, predicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import violations
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.lab_page import LabPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
from sklearn.datasets import load_digits
df = load_digits(as_frame=True).frame"""
FIT = "%lepton fit df --target target --folds 2 --budget 8trials --learners linear,decision_tree --wait"
LOOK = """\
print(type(model).__name__, [m.trial_id for m in model.predictor_.members], model.predict(df[:3]).shape)"""

LOOK_AT_LOADED = """\
import lepton_jupyter
loaded = lepton_jupyter.load_model("target.zip")
print([m.trial_id for m in loaded.predictor_.members], (loaded.predict_proba(df) == model.predict_proba(df)).all())"""


def source(lab: LabPage, index: int) -> str:
    return lab.page.evaluate(
        "(index) => window.notebookPanel.content.widgets[index].model.sharedModel.getSource()", index
    )


def test_a_model_is_chosen_along_the_front_and_the_run_goes_on(open_notebook):
    lab = open_notebook([LOAD, FIT])
    lab.command("notebook:run-all-cells")
    board = lab.board(1)
    expect(board).to_contain_text("Finished")
    board.get_by_role("tab", name="Speed–cost front").click()
    slider = board.get_by_role("slider")
    assert violations(lab.page, ".lepton") == []
    best = slider.get_attribute("aria-valuetext")
    assert ", the best, " in best
    slider.focus()
    lab.page.keyboard.press("Home")
    expect(slider).to_have_value("0")
    expect(slider).not_to_have_attribute("aria-valuetext", best)
    fastest = slider.get_attribute("aria-valuetext")
    expect(board.locator(".lepton-choice")).to_have_text(fastest)

    board.get_by_role("button", name="Use this model").click()
    lab.has_run(2)
    run_id, trial = re.fullmatch(
        r"run = %lepton show (\S+)\nmodel = run\.choose\(trial=(\d+)\)\nmodel", source(lab, 2)
    ).groups()
    expect(lab.output(2)).to_contain_text("LeptonClassifier")
    lab.page.evaluate("() => window.jupyterapp.commands.execute('notebook:insert-cell-below')")
    lab.type_and_run(3, LOOK)
    expect(lab.output(3)).to_have_text(f"LeptonClassifier [{trial}] (3,)")

    board.get_by_role("button", name="As code").click()
    lab.has_run(2)
    expect(lab.cell(2).locator(".cm-content")).to_contain_text("model.fit(features(rows), y)")

    board.get_by_role("button", name="Export").press("Enter")
    lab.has_run(2)
    assert source(lab, 2) == f"%lepton export {run_id} --to target.zip --trial {trial}"
    expect(lab.output(2)).to_contain_text("Wrote target.zip (")
    lab.page.evaluate("() => window.jupyterapp.commands.execute('notebook:insert-cell-below')")
    lab.type_and_run(3, LOOK_AT_LOADED)
    expect(lab.output(3)).to_have_text(f"[{trial}] True")

    board.get_by_role("button", name="Predict").click()
    expect(lab.cell(2).locator(".cm-content")).to_contain_text("predictions = %lepton predict --run")
    # The cursor stands where the table's name belongs.
    lab.page.keyboard.insert_text("df")
    lab.page.keyboard.press("Shift+Enter")
    lab.has_run(2)
    assert source(lab, 2) == f"predictions = %lepton predict --run {run_id} --trial {trial} df"

    board.get_by_role("button", name="Resume").click()
    lab.has_run(2)
    assert source(lab, 2) == f"run = %lepton resume {run_id} --budget 8trials"
    expect(lab.board(2)).to_contain_text(re.compile(r"Finished.*1\d trials"))
    assert lab.errors == []


def test_a_board_whose_notebook_has_no_kernel_offers_no_way_on(open_notebook):
    lab = open_notebook([LOAD, FIT])
    lab.command("notebook:run-all-cells")
    board = lab.board(1)
    expect(board.get_by_role("button", name="Resume")).to_be_visible()
    lab.page.evaluate("() => window.notebookPanel.sessionContext.shutdown()")
    expect(board.get_by_role("button", name="Resume")).to_have_count(0)
    for name in ("Predict", "Export"):
        expect(board.get_by_role("button", name=name)).to_have_count(0)
    # What can be chosen still can, and its line is shown.
    board.get_by_role("tab", name="Speed–cost front").click()
    board.get_by_role("button", name="Use this model").click()
    expect(board.locator(".lepton-line pre")).to_contain_text("run = %lepton show")
    assert lab.errors == []
