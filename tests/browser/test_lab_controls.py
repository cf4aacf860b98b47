"""Ways to a search from JupyterLab's own controls: the launcher, the toolbar, and a file that is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from browser.lab_page import LabPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def test_a_file_is_dragged_and_the_toolbar_and_the_launcher_open_the_form(
    open_notebook: Callable[..., LabPage],
) -> None:
    lab = open_notebook(["%env LEPTON_CLUSTER=off"])
    page = lab.page
    (lab.server.notebooks / "churn data.csv").write_text("age,churn\n1,no\n2,yes\n", encoding="utf-8")
    lab.command("filebrowser:refresh")
    listed = page.locator(".jp-DirListing-item", has_text="churn data.csv")
    start, end = listed.bounding_box(), lab.cell(0).bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 30, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 200, end["y"] + 15, steps=8)
    page.mouse.up()
    editor = lab.cell(1).locator(".cm-content")
    expect(editor).to_contain_text('run = %lepton fit "churn data.csv" --target')
    # What is typed next is the target.
    expect(editor).to_be_focused()
    page.keyboard.type("churn")
    expect(editor).to_contain_text('"churn data.csv" --target churn')

    page.keyboard.press("Escape")
    page.locator(".jp-NotebookPanel-toolbar [data-jp-item-name='lepton']").click()
    expect(lab.panel(2)).to_contain_text("%lepton fit")

    lab.command("launcher:create")
    page.locator(".jp-LauncherCard", has_text="AutoML").click()
    expect(page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .lepton")).to_contain_text("%lepton fit")
    assert lab.errors == []
