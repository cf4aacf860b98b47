"""What a notebook shows of its runs when their kernel is gone: the boards they have saved, drawn by the extension."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from browser.jupyter_server import TOKEN
from browser.lab_page import LabPage, a_notebook
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

GOLDEN = Path(__file__).parents[1] / "golden" / "RunPanelMessage.json"
RUN_TYPE = "application/vnd.lepton.run+json"
VIEW_TYPE = "application/vnd.jupyter.widget-view+json"
LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
from sklearn.datasets import load_digits
df = load_digits(as_frame=True).frame"""
HOSTILE = "<img src=x onerror=alert(1)>"


class KernellessPage(LabPage):
    """A notebook whose kernel does not exist on this machine, opened without another one."""

    def open(self) -> None:
        """Open the notebook, and close the dialog that asks for a kernel as often as it comes."""
        dialog = self.page.locator(".jp-Dialog")
        self.page.add_locator_handler(dialog, lambda: self.page.keyboard.press("Escape"))
        self.page.goto(f"{self.server.url}lab/workspaces/{self.name[:8]}/tree/{self.name}?reset&token={TOKEN}")


def a_saved_notebook() -> nbformat.NotebookNode:
    """A board with a hostile name, once as a run leaves it, and once as a kernel that died before its end."""
    document = json.loads(GOLDEN.read_text(encoding="utf-8"))
    document["state"] = "finished"
    document["rows"][1]["label"] = HOSTILE
    document["target"] = HOSTILE
    forms: dict[str, Any] = {RUN_TYPE: document, "text/html": "<b>static</b>", "text/plain": "static"}
    widget = {VIEW_TYPE: {"version_major": 2, "version_minor": 0, "model_id": "of-a-kernel-that-is-gone"}}
    notebook = a_notebook(["run = %lepton fit df", "run = %lepton fit df"], kernel="a-kernel-of-another-machine")
    for cell, data in zip(notebook.cells, (forms, widget | forms), strict=True):
        cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    return notebook


def test_a_saved_notebook_shows_its_boards_without_a_kernel(open_notebook: Callable[..., LabPage]) -> None:
    notebook = a_saved_notebook()
    document = notebook.cells[0].outputs[0].data[RUN_TYPE]
    lab = open_notebook(kind=KernellessPage, notebook=notebook)
    for cell in (0, 1):
        expect(lab.board(cell)).to_have_count(1)
        expect(lab.board(cell)).to_contain_text("Finished")
    # They answer: a row opens and shows its configuration, and the smallest model comes first.
    board = lab.board(1)
    row = board.locator(".lepton-board tbody > tr").nth(1)
    expect(row).to_contain_text(HOSTILE)
    row.click()
    expect(board).to_contain_text("Configuration")
    row.click()
    board.get_by_role("button", name="Size").click()
    expect(board.locator("th[aria-sort]")).to_have_text("Size ↑")
    smallest = min((each for each in document["rows"] if not each["members"]), key=lambda each: each["size_bytes"])
    expect(row).to_contain_text(smallest["label"])
    expect(lab.page.get_by_text("model not found")).to_have_count(0)
    assert lab.dialogs == []
    assert lab.page.locator(".lepton img").count() == 0


def test_a_restart_leaves_the_board_of_the_last_moment(open_notebook: Callable[..., LabPage]) -> None:
    lab = open_notebook([LOAD, "run = %lepton fit df --target target --folds 3 --budget 300s"])
    lab.command("notebook:run-all-cells")
    expect(lab.rows(1).nth(1)).to_be_visible()
    [output] = [each for each in lab.save().cells[1].outputs if "data" in each]
    # The file knows more than the output did when it was written, and still refers to the live panel.
    assert output.data[RUN_TYPE]["state"] == "saved"
    assert len(output.data[RUN_TYPE]["rows"]) >= 2
    assert VIEW_TYPE in output.data
    expect(lab.page.locator(".lepton-search-count")).to_contain_text("1 search: ")

    lab.restart_kernel()
    expect(lab.board(1)).to_contain_text("Saved")
    expect(lab.panel(1)).to_have_count(0)
    expect(lab.page.locator(".lepton-search-count")).to_have_text("")
    # As for one who opens the file later: it was saved before the restart.
    lab.open()
    expect(lab.board(1)).to_contain_text("Saved")
    expect(lab.board(1).locator(".lepton-board tbody > tr").nth(1)).to_be_visible()
    expect(lab.page.get_by_text("model not found")).to_have_count(0)
    assert lab.page.evaluate("() => window.notebookPanel.context.model.dirty") is False
    assert lab.errors == []
