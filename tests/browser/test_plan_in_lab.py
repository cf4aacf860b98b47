"""What a person does with the plan of a preparation in JupyterLab, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browser.accessibility import violations
from playwright.sync_api import expect

from lepton_jupyter.events.preparation_events import PreparationStarted
from lepton_jupyter.runs.log_reading import read_log

if TYPE_CHECKING:
    from browser.lab_page import LabPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

PREPARATION = "application/vnd.lepton.preparation+json"
VIEW = "application/vnd.jupyter.widget-view+json"
MARKUP = "<img src=x onerror=alert(1)>"
LOAD = f"""\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
import numpy as np
import pandas as pd
rng = np.random.default_rng(7)
n = 4_000
df = pd.DataFrame({{
    "land": ["de"] * n,
    "income": np.r_[rng.normal(3_000, 400, n - 4), [90_000] * 4],
    "town": rng.choice(["Ulm", "ulm ", "Bonn", "N/A"], n),
    "price": [f"{{each:.2f}} €".replace(".", ",") for each in rng.uniform(1, 99, n)],
    {MARKUP!r}: ["same"] * n,
}})"""


def prepared(lab: LabPage) -> list[PreparationStarted]:
    """What the logs of the preparations say at their beginning, the oldest first."""
    folders = sorted((lab.server.home / "runs").iterdir())
    begun = [read_log(each / "events.jsonl").events[0].event for each in folders]
    return [each for each in begun if isinstance(each, PreparationStarted)]


def test_a_plan_is_changed_by_keyboard_and_prepared_as_it_stands(open_notebook):
    lab = open_notebook()
    lab.type_and_run(0, LOAD)
    lab.has_run(0)
    lab.type_and_run(1, "%lepton prepare df --dry-run")
    lab.has_run(1)
    panel = lab.panel(1)
    expect(panel.locator(".lepton-state")).to_have_text("Plan")
    expect(panel.locator(".lepton-detail")).to_contain_text("2 left out")
    row = panel.get_by_role("row", name="land")
    expect(row).to_contain_text("the same value in every row")
    line = panel.locator(".lepton-run code")
    expect(line).to_have_text("clean = %lepton prepare df")
    assert violations(lab.page, ".lepton") == []

    # By keyboard alone: the switch of one step, then a choice, then Prepare.
    row.get_by_role("checkbox").focus()
    lab.page.keyboard.press("Space")
    expect(line).to_have_text("clean = %lepton prepare df --without-step land:constants")
    expect(row.locator("td").first).to_have_text("text")
    expect(panel.locator(".lepton-detail")).to_contain_text("1 left out")
    expect(row.get_by_role("checkbox")).to_be_focused()
    scale = panel.get_by_role("row", name="income").get_by_label("What is made of income")
    scale.focus()
    lab.page.keyboard.press("r")
    expect(line).to_have_text("clean = %lepton prepare df --without-step land:constants --scale income:robust")
    expect(panel.get_by_role("row", name="income")).to_contain_text("made robust")
    assert violations(lab.page, ".lepton") == []
    panel.get_by_role("button", name="Prepare").focus()
    lab.page.keyboard.press("Enter")

    # The line stands in a cell of its own, and has run there.
    expect(lab.cell(2).locator(".cm-content")).to_contain_text("--without-step land:constants --scale income:robust")
    lab.has_run(2)
    expect(lab.panel(2).locator(".lepton-state")).to_have_text("Prepared")
    expect(panel.locator(".lepton-foot").last).to_contain_text("Done in the cell below")
    lab.type_and_run(3, "print(clean.columns, sorted(clean.plan.columns.query('on').step))")
    expect(lab.output(3)).to_contain_text("'land'")
    expect(lab.output(3)).to_contain_text("scaling")
    assert MARKUP not in lab.output(3).inner_text()
    [begun] = prepared(lab)
    assert begun.without == ("land:constants",)
    assert dict(begun.options) == {"scale": ("income:robust",)}

    # Text of the data stays text.
    expect(panel.get_by_role("row", name=MARKUP)).to_be_visible()
    assert panel.locator("img").count() == 0
    assert lab.dialogs == []
    assert lab.errors == []


def test_a_preparation_is_watched_changed_afterwards_and_kept_without_its_kernel(open_notebook):
    lab = open_notebook()
    lab.type_and_run(0, LOAD)
    lab.has_run(0)
    # Its second partition waits for a file, so that the panel is seen while the cell is busy.
    release = lab.server.notebooks / f"release-{lab.name}"
    code = f"""\
%%lepton prepare slow --as clean
import time, pathlib
while slow.part.iloc[0] == 1 and not pathlib.Path({str(release)!r}).exists():
    time.sleep(0.02)
slow"""
    lab.type_and_run(
        1,
        "from dask import dataframe as dd, delayed\n"
        "slow = dd.from_delayed([delayed(df.assign)(part=k) for k in range(2)])",
    )
    lab.has_run(1)
    lab.type_and_run(2, code)
    panel = lab.panel(2)
    expect(panel.locator(".lepton-state")).to_have_text("Looking at all rows")
    expect(panel.get_by_role("progressbar")).to_have_attribute("aria-valuetext", "1 of 2 partitions")
    assert lab.is_busy(2)
    assert panel.locator("input[type=checkbox], .lepton-run").count() == 0
    assert violations(lab.page, ".lepton") == []
    # What is saved meanwhile is the panel as it stands.
    [output] = lab.save().cells[2].outputs
    assert output.data[PREPARATION]["n_done"] == 1
    release.touch()
    lab.has_run(2)
    expect(panel.locator(".lepton-state")).to_have_text("Prepared")
    expect(panel.locator(".lepton-detail")).to_contain_text("8,000 rows and 4 columns")

    # Its plan can be changed now, and stays what was done for whoever asks the result.
    panel.get_by_role("checkbox", name="Spellings 1 column", exact=True).uncheck()
    expect(panel.locator(".lepton-run code")).to_contain_text(
        "%%lepton prepare slow --without-step categories --as clean"
    )
    expect(panel.locator(".lepton-foot").last).to_contain_text("once you prepare again")
    lab.type_and_run(3, "done = clean.plan.columns\nprint(done[done.step == 'categories'].on.tolist(), clean.shape)")
    expect(lab.output(3)).to_have_text("[True] (8000, 4)")
    panel.get_by_role("button", name="Prepare again").click()
    lab.has_run(3)
    expect(lab.panel(3).locator(".lepton-state")).to_have_text("Prepared")
    lab.type_and_run(5, "print(sorted(clean.compute().town.dropna().unique()))")
    expect(lab.output(5)).to_have_text("['Bonn', 'Ulm', 'ulm ']")

    # A page that is loaded again shows the panel, and can change the plan on.
    lab.save()
    lab.open()
    panel.get_by_role("button", name="Undo changes").click()
    expect(panel.get_by_role("checkbox", name="Spellings 1 column", exact=True)).to_be_checked()

    # Without a kernel that knows them the saved ones take their places.
    saved = lab.save()
    assert [type_ in saved.cells[2].outputs[0].data for type_ in (PREPARATION, "text/html", VIEW)] == [True] * 3
    lab.restart_kernel()
    lab.restart_shown()
    lab.open()
    board = lab.board(2).first
    expect(board.locator(".lepton-state")).to_have_text("Prepared")
    assert board.locator("input[type=checkbox], .lepton-run, img").count() == 0
    assert violations(lab.page, ".lepton") == []
    assert "model not found" not in lab.page.locator(".jp-Notebook").inner_text()
    assert lab.dialogs == []
    assert lab.errors == []


def test_stop_is_heard_while_the_cell_is_busy_and_its_plan_can_be_prepared_again(open_notebook):
    lab = open_notebook()
    lab.type_and_run(0, LOAD)
    lab.has_run(0)
    lab.type_and_run(1, "import threading\nnever = threading.Event()\nparts = [df.assign(part=k) for k in range(3)]")
    lab.has_run(1)
    # What the code waits for never comes; the first look is taken by the cell's own thread.
    code = """\
%%lepton prepare parts --as clean
if threading.current_thread() is not threading.main_thread() and df.part.iloc[0]:
    never.wait()
df"""
    lab.type_and_run(2, code)
    panel = lab.panel(2)
    expect(panel.locator(".lepton-state")).to_have_text("Looking at all rows")
    assert lab.is_busy(2)
    assert violations(lab.page, ".lepton") == []
    panel.get_by_role("button", name="Stop").focus()
    lab.page.keyboard.press("Enter")
    expect(panel.locator(".lepton-state")).to_have_text("Stopped")
    expect(panel.locator(".lepton-detail")).to_have_text("Looking at all rows · nothing of it is kept")
    expect(lab.cell(2)).to_contain_text("The preparation was stopped, and nothing of it is kept.")
    assert panel.get_by_role("button", name="Stop").count() == 0
    assert violations(lab.page, ".lepton") == []
    # The plan stands, can be changed, and is prepared again.
    lab.type_and_run(3, "never.set()")
    lab.has_run(3)
    panel.get_by_role("checkbox", name="Spellings 1 column", exact=True).uncheck()
    panel.get_by_role("button", name="Prepare again").click()
    expect(lab.panel(3).locator(".lepton-state")).to_have_text("Prepared")
    saved = lab.save()
    assert any(PREPARATION in output.get("data", {}) for output in saved.cells[2].outputs)
    assert lab.dialogs == []


def test_one_that_fails_says_why_in_its_panel_too(open_notebook):
    lab = open_notebook()
    lab.type_and_run(0, LOAD)
    lab.has_run(0)
    code = """\
%%lepton prepare df --as clean
if (df.income > 80_000).all():
    raise ValueError("too rich")
df"""
    lab.type_and_run(1, "df = [df, df[df.income > 80_000]]\nfrom dask import dataframe as dd, delayed\n"
                        "df = dd.from_delayed([delayed(each) for each in df])")  # fmt: skip
    lab.has_run(1)
    lab.type_and_run(2, code)
    board = lab.board(2).first
    expect(board.locator(".lepton-state")).to_have_text("Failed")
    expect(board.locator(".lepton-detail")).to_contain_text("ValueError")
    [output] = [each for each in lab.save().cells[2].outputs if "data" in each]
    assert VIEW not in output.data
    assert "ValueError" in output.data["text/html"]
    assert lab.errors == []
