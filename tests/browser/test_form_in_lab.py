"""What a person does with the form of a bare ``%lepton`` in JupyterLab, in a real browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from browser.lab_page import ClassicPage
from playwright.sync_api import expect

if TYPE_CHECKING:
    from browser.lab_page import LabPage
    from playwright.sync_api import Locator

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

#: Two tables, in the order that a form offers them; processes would take the time of short runs.
LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
import time
from pathlib import Path
import numpy as np, pandas as pd
from sklearn.datasets import load_iris
flowers = load_iris(as_frame=True).frame.rename(columns={"target": "种 类"})
wide = pd.DataFrame(np.zeros((20, 5000)), columns=[f"column {i}" for i in range(5000)])"""
#: A page whose notebook cannot be reached, as in other front ends: then the kernel runs the line.
NOTEBOOK_OUT_OF_REACH = "() => { window.notebookPanel.content.model.sharedModel.insertCell = undefined; }"
NOTEBOOK_AS_BEFORE = "() => { delete window.notebookPanel.content.model.sharedModel.insertCell; }"


def control(lab: LabPage, cell: int, label: str) -> Locator:
    # An open list has the name of its field.
    return lab.panel(cell).locator("input, select").and_(lab.panel(cell).get_by_label(label, exact=True))


def suggestions(lab: LabPage, cell: int) -> Locator:
    """Lines of the open list."""
    return lab.panel(cell).get_by_role("listbox").get_by_role("option")


def line(lab: LabPage, cell: int) -> Locator:
    return lab.panel(cell).locator(".lepton-run code")


def opened(lab: LabPage, cell: int) -> None:
    """Open a form in a cell that is there."""
    lab.type_and_run(cell, "%lepton")
    lab.has_run(cell)
    expect(line(lab, cell)).to_contain_text("run = %lepton fit")


def choose_by_keyboard(lab: LabPage, cell: int, budget: str = "30s") -> str:
    """Choose the flowers, their kind and a budget, and come to rest on the budget; the line that is written."""
    keys = lab.page.keyboard
    control(lab, cell, "Table").focus()
    keys.press("ArrowUp")
    expect(lab.panel(cell)).to_contain_text("150 rows, 5 columns")
    keys.press("Tab")
    expect(control(lab, cell, "Target")).to_be_focused()
    keys.type("类")
    expect(suggestions(lab, cell)).to_have_count(1)
    keys.press("Enter")
    expect(control(lab, cell, "Target")).to_have_value("种 类")
    expect(lab.panel(cell)).to_contain_text("3 classes, 33.3 % 0; log loss")
    keys.press("Tab")
    expect(control(lab, cell, "Budget")).to_be_focused()
    keys.press("Home")
    for _ in range(["10s", "30s"].index(budget)):
        keys.press("ArrowRight")
    written = f'run = %lepton fit flowers --target "种 类" --budget {budget}'
    expect(line(lab, cell)).to_have_text(written)
    return written


class TestTheForm:
    def test_it_is_filled_and_started_by_keyboard_and_its_run_is_used(self, open_notebook):
        lab = open_notebook([LOAD])
        lab.run(0)
        lab.has_run(0)
        lab.command("notebook:insert-cell-below")
        opened(lab, 1)
        assert "wide" in line(lab, 1).inner_text()  # the newest table
        written = choose_by_keyboard(lab, 1, "10s")
        lab.page.keyboard.press("Enter")

        # The line stands in a cell of its own, and the notebook goes on from there.
        expect(lab.cell(2).locator(".cm-content")).to_have_text(written)
        expect(lab.rows(2).first).to_be_visible()
        expect(lab.board(1)).to_contain_text("started")
        expect(lab.board(1)).to_contain_text(written)
        expect(lab.board(2)).to_contain_text("Finished")
        lab.type_and_run(3, "len(run.predict(flowers)), 'run' in In[3]")
        expect(lab.output(3)).to_have_text("(150, True)")

        # What the file keeps needs no kernel: the form's line and the run's board.
        saved = lab.save()
        assert saved.cells[2].source == written
        for cell in saved.cells[1:3]:
            [output] = cell.outputs
            assert "application/vnd.jupyter.widget-view+json" not in output.data
            assert {"text/html", "text/plain"} <= set(output.data)
        assert written in saved.cells[1].outputs[0].data["text/plain"]
        assert lab.errors == []

    def test_where_the_page_cannot_the_kernel_runs_the_line_below_the_form(self, open_notebook):
        lab = open_notebook([LOAD])
        lab.run(0)
        lab.has_run(0)
        lab.command("notebook:insert-cell-below")
        opened(lab, 1)
        written = choose_by_keyboard(lab, 1, "10s")
        # A cell keeps the kernel busy meanwhile.
        release = lab.server.notebooks / "release-form"
        lab.type_and_run(2, f"while not Path({str(release)!r}).exists(): time.sleep(0.02)")
        expect(lab.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
        lab.page.evaluate(NOTEBOOK_OUT_OF_REACH)
        lab.panel(1).get_by_role("button", name="Start").click()
        expect(lab.panel(1)).to_contain_text("Starts when the cell that is running has ended.")
        lab.page.evaluate(NOTEBOOK_AS_BEFORE)
        assert lab.is_busy(2)
        release.touch()
        expect(lab.board(1).first).to_contain_text(written)
        expect(lab.rows(1).first).to_be_visible()
        # The page is loaded again while the search goes on.
        lab.save()
        lab.open()
        expect(lab.rows(1).first).to_be_visible()
        expect(lab.panel(1).last).to_contain_text("Finished")
        # In the first cell: those below a tall output are not in the page.
        lab.type_and_run(0, f"len(run.predict(flowers)), {written!r} in get_ipython().history_manager.input_hist_raw")
        expect(lab.output(0)).to_have_text("(150, True)")
        assert lab.errors == []

    def test_a_line_that_fails_leaves_the_form_and_says_so(self, open_notebook):
        lab = open_notebook([LOAD])
        lab.run(0)
        lab.has_run(0)
        lab.command("notebook:insert-cell-below")
        opened(lab, 1)
        choose_by_keyboard(lab, 1)
        lab.type_and_run(2, "del flowers")
        lab.has_run(2)
        lab.panel(1).get_by_role("button", name="Start").click()
        expect(lab.panel(1)).to_contain_text("the cell below says why")
        expect(lab.output(2)).to_contain_text("flowers")
        # Another choice shows what is there now.
        control(lab, 1, "Budget").press("ArrowRight")
        expect(lab.panel(1)).to_contain_text("There is no table 'flowers'")
        expect(lab.panel(1).get_by_role("button", name="Start")).to_be_disabled()

    def test_columns_of_a_wide_table_are_found_as_one_types(self, open_notebook):
        lab = open_notebook([LOAD])
        lab.run(0)
        lab.has_run(0)
        lab.command("notebook:insert-cell-below")
        opened(lab, 1)
        control(lab, 1, "Target").click()
        expect(lab.panel(1)).to_contain_text("4800 more columns")
        lab.page.keyboard.type("4321")
        expect(suggestions(lab, 1)).to_have_count(1)
        lab.page.keyboard.press("Enter")
        expect(line(lab, 1)).to_contain_text('--target "column 4321"')
        lab.panel(1).locator("summary").click()
        control(lab, 1, "Drop").click()
        # At once, as one who knows the name: the answer comes after the last key.
        lab.page.keyboard.type("column 77")
        lab.page.keyboard.press("Enter")
        expect(line(lab, 1)).to_contain_text('--drop "column 77"')
        heads = [message for message in lab.messages if message.is_update]
        assert max(message.size for message in heads) <= 64 * 1024
        assert lab.errors == []

    def test_a_notebook_without_tables_takes_a_path(self, open_notebook):
        lab = open_notebook(["%env LEPTON_CLUSTER=off\n%load_ext lepton_jupyter"])
        lab.run(0)
        lab.has_run(0)
        lab.command("notebook:insert-cell-below")
        opened(lab, 1)
        expect(lab.panel(1)).to_contain_text("df = pd.read_csv(…)")
        control(lab, 1, "Table").fill("data/客户 list.csv")
        control(lab, 1, "Target").fill("churn")
        control(lab, 1, "Target").press("Enter")
        expect(line(lab, 1)).to_have_text('run = %lepton fit "data/客户 list.csv" --target churn --budget 30s')
        expect(lab.panel(1).get_by_role("button", name="Start")).to_be_enabled()

    @pytest.mark.usefixtures("in_chinese")
    def test_it_speaks_the_language_of_the_page(self, open_notebook):
        lab = open_notebook([LOAD])
        lab.run(0)
        lab.has_run(0)
        lab.command("notebook:insert-cell-below")
        lab.type_and_run(1, "%lepton")
        expect(lab.panel(1).get_by_role("button", name="开始", exact=True)).to_be_visible()
        lab.panel(1).locator("summary").click()
        expect(lab.panel(1).locator("label")).to_contain_text(["表", "目标", "预算", "指标", "正类"])
        expect(lab.panel(1)).to_contain_text("不用于学习的列")
        expect(lab.panel(1)).not_to_contain_text("Options")
        assert lab.errors == []

    def test_names_from_data_are_text_and_never_markup(self, open_notebook):
        name = "<img src=x onerror=alert(1)>"
        lab = open_notebook([f"{LOAD}\nflowers.columns = [{name!r}, *flowers.columns[1:]]\ndel wide", "%lepton"])
        lab.command("notebook:run-all-cells")
        expect(line(lab, 1)).to_contain_text("flowers")
        control(lab, 1, "Target").click()
        suggestions(lab, 1).filter(has_text=name).click()
        expect(line(lab, 1)).to_contain_text(json.dumps(name))
        expect(lab.page.locator(".jp-OutputArea").locator("img, script")).to_have_count(0)
        assert lab.dialogs == []


def test_in_notebook_seven_the_line_gets_a_cell_too(open_notebook):
    lab = open_notebook([LOAD, "%lepton"], kind=ClassicPage)
    lab.run(0)
    lab.has_run(0)
    lab.run(1)
    expect(line(lab, 1)).to_contain_text("wide")
    written = choose_by_keyboard(lab, 1, "10s")
    lab.panel(1).get_by_role("button", name="Start").click()
    expect(lab.cell(2).locator(".cm-content")).to_have_text(written)
    expect(lab.rows(2).first).to_be_visible()
    expect(lab.board(1)).to_contain_text("started")
