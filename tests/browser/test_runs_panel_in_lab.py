"""The side panel of runs in JupyterLab: what is listed, and what a click does."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import nbformat
import pytest
from browser.accessibility import violations
from browser.jupyter_server import TOKEN
from browser.lab_page import LabPage, a_notebook
from playwright.sync_api import expect
from views import example_preparations, example_runs

from lepton_jupyter.events.run_events import TrialAsked, TrialFinished
from lepton_jupyter.runs.log_reading import log_line
from lepton_jupyter.runs.run_store import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from browser.jupyter_server import JupyterServer
    from playwright.sync_api import Locator

    from lepton_jupyter.events.logged_event import LoggedEvent

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
from sklearn.datasets import load_digits
df = load_digits(as_frame=True).frame
from pathlib import Path
import time"""
GOLDEN = Path(__file__).parents[1] / "golden" / "RunPanelMessage.json"
FIT = "run = %lepton fit df --target target --name {name} --folds 3 --budget 300s"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def old_runs(server: JupyterServer) -> Iterator[None]:
    """A search and a preparation of earlier days on the server's disk."""
    store = RunStore(server.home)
    made = []
    for name, log in (("quality", example_runs.wine().log), ("telco", example_preparations.finished())):
        folder = store.create(name)
        folder.events.write_bytes(b"".join(log_line(each) for each in log))
        made.append(folder.run_id)
    yield
    for run_id in made:
        store.remove(run_id)


def panel_of(lab: LabPage) -> Locator:
    lab.command("lepton:show-runs")
    panel = lab.page.locator("#lepton-runs")
    expect(panel).to_be_visible()
    return panel


def row(panel: Locator, name: str) -> Locator:
    return panel.locator("li").filter(has=panel.page.locator(".lepton-runs-name", has_text=name))


def kernels(lab: LabPage) -> int:
    with urlopen(f"{lab.server.url}api/kernels?token={TOKEN}") as answer:
        return len(json.load(answer))


def test_runs_are_listed_gone_to_and_stopped_while_a_cell_is_busy(
    open_notebook: Callable[..., LabPage], old_runs
) -> None:
    lab = open_notebook([LOAD, FIT.format(name="digits"), ""])
    panel = panel_of(lab)
    lab.run(0)
    lab.has_run(0)
    lab.run(1)
    lab.has_run(1)
    listed = row(panel, "digits")
    expect(listed).to_contain_text("Running")
    expect(listed).to_contain_text("left")
    expect(panel.locator(".lepton-runs-place", has_text="On disk").locator("li")).to_have_count(2)
    expect(row(panel, "quality")).to_contain_text("Finished")
    expect(row(panel, "telco")).to_contain_text("Preparation")

    # A click goes to the cell.
    lab.page.evaluate("() => { window.notebookPanel.content.activeCellIndex = 0; }")
    listed.locator(".lepton-runs-row").click()
    lab.page.wait_for_function("() => window.notebookPanel.content.activeCellIndex === 1")

    # Stop, while another cell is busy, is heard at once: over a subshell of the kernel.
    release = lab.server.notebooks / f"release-{lab.name}"
    lab.type_and_run(2, f"while not Path({str(release)!r}).exists(): time.sleep(0.02)")
    expect(lab.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
    pressed = time.monotonic()
    listed.get_by_role("button", name="Stop digits").click()
    expect(listed).to_contain_text("Stopped")
    print(f"Stopped {time.monotonic() - pressed:.2f} s after the click")
    assert lab.is_busy(2)
    release.touch()
    lab.has_run(2)
    expect(listed.get_by_role("button", name="Stop digits")).to_have_count(0)
    assert violations(lab.page, "#lepton-runs") == []
    assert lab.errors == []


def test_boards_of_runs_on_disk_open_in_tabs(open_notebook: Callable[..., LabPage], old_runs) -> None:
    lab = open_notebook(["%env LEPTON_CLUSTER=off\n%load_ext lepton_jupyter"])
    panel = panel_of(lab)
    lab.run(0)
    row(panel, "quality").locator(".lepton-runs-row").click()
    board = lab.page.locator(".lepton-run-board:visible")
    expect(board.locator(".lepton-board tbody tr").nth(3)).to_be_visible()
    expect(board.get_by_role("button", name="Stop")).to_have_count(0)
    row(panel, "telco").locator(".lepton-runs-row").click()
    expect(board.locator("table").first).to_be_visible()
    assert violations(lab.page, ".lepton-run-board .lepton") == []
    assert lab.errors == []


def test_all_models_of_a_long_run_are_reached_in_its_tab(open_notebook: Callable[..., LabPage], server) -> None:
    folder = RunStore(server.home).create("long")
    folder.events.write_bytes(b"".join(map(log_line, with_many_trials(example_runs.wine().log, 300))))
    lab = open_notebook(["%env LEPTON_CLUSTER=off\n%load_ext lepton_jupyter"])
    try:
        panel = panel_of(lab)
        lab.run(0)
        row(panel, "quality").locator(".lepton-runs-row").click()
        board = lab.page.locator(".lepton-run-board:visible")
        bar = board.locator(".lepton-board-bar")
        expect(bar).to_contain_text(re.compile(r"first \d+ of 3\d\d models"))
        board.locator(".lepton-board").evaluate("board => { board.scrollTop = board.scrollHeight; }")
        expect(bar).to_contain_text(re.compile(r"^Leaderboard3\d\d models"))
        assert lab.errors == []
    finally:
        RunStore(server.home).remove(folder.run_id)


def with_many_trials(log: Sequence[LoggedEvent], count: int) -> list[LoggedEvent]:
    """The log of a run in which one trial was finished again and again."""
    done = next(each for each in log if isinstance(each.event, TrialFinished) and each.event.trial_id > 2)
    asked = next(
        each for each in log if isinstance(each.event, TrialAsked) and each.event.trial_id == done.event.trial_id
    )
    more = [
        replace(each, event=replace(each.event, trial_id=1_000 + place))
        for place in range(count)
        for each in (asked, done)
    ]
    return [replace(each, sequence=place) for place, each in enumerate([*log[:-1], *more, log[-1]])]


def test_a_preparation_is_stopped_while_its_cell_is_busy(open_notebook: Callable[..., LabPage]) -> None:
    tables = "\ntables = [df, df[df.target > 8]]"
    slow = "%%lepton prepare tables --as clean\nif (df.target > 8).all():\n    time.sleep(600)\ndf"
    lab = open_notebook([LOAD + tables, slow])
    panel = panel_of(lab)
    lab.run(0)
    lab.has_run(0)
    expect(panel.get_by_role("button", name="Start a kernel")).to_have_count(0)  # the kernel has been found
    lab.run(1)
    stop = panel.locator(".lepton-runs-stop")
    expect(stop).to_be_visible()
    stop.click()
    lab.has_run(1)
    expect(lab.cell(1)).to_contain_text("stopped")
    expect(panel.locator("li", has_text="Preparation").first).to_contain_text("Stopped")
    expect(stop).to_have_count(0)


def test_without_a_kernel_saved_boards_are_listed_and_a_kernel_can_be_started(
    open_notebook: Callable[..., LabPage], old_runs
) -> None:
    notebook = a_notebook(["1", "2"])
    document = json.loads(GOLDEN.read_text(encoding="utf-8")) | {"state": "finished", "name": HOSTILE}
    notebook.cells[1].outputs = [
        nbformat.v4.new_output("display_data", data={"application/vnd.lepton.run+json": document, "text/plain": "…"})
    ]
    lab = open_notebook(notebook=notebook)
    before = kernels(lab)
    panel = panel_of(lab)
    saved = panel.locator(".lepton-runs-place", has_text="Saved in open notebooks")
    expect(saved.locator("li")).to_have_count(1)
    expect(saved).to_contain_text(HOSTILE)
    assert panel.locator("img").count() == 0
    saved.locator(".lepton-runs-row").click()
    lab.page.wait_for_function("() => window.notebookPanel.content.activeCellIndex === 1")

    # The notebook's own kernel has not loaded lepton, and nothing was run in it.
    assert lab.page.evaluate("() => window.notebookPanel.content.widgets[0].model.executionCount") is None
    panel.get_by_role("button", name="Start a kernel").click()
    expect(row(panel, "quality")).to_contain_text("Finished")
    assert kernels(lab) == before + 1
    panel.get_by_role("button", name="Shut down").click()
    expect(panel.get_by_role("button", name="Start a kernel")).to_be_visible()
    lab.page.wait_for_function(
        """async ([url, n]) => (await (await fetch(url)).json()).length === n""",
        arg=[f"{lab.server.url}api/kernels?token={TOKEN}", before],
    )
    assert lab.dialogs == lab.errors == []


@pytest.mark.parametrize(
    ("settings", "place", "words"),
    [({"language": "zh-CN"}, "left", "启动内核"), ({"runsPanel": "right"}, "right", "Start a kernel")],
)
def test_settings_choose_the_side_and_the_language(
    open_notebook: Callable[..., LabPage], server: JupyterServer, settings: dict[str, str], place: str, words: str
) -> None:
    file = server.home.parent / "settings" / "lepton-jupyter" / "plugin.jupyterlab-settings"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(settings), encoding="utf-8")
    try:
        lab = open_notebook([""])
        panel = panel_of(lab)
        expect(panel.get_by_role("button", name=words)).to_be_visible()
        expect(lab.page.locator(f"#jp-{place}-stack #lepton-runs")).to_be_visible()
        assert lab.errors == []
    finally:
        file.unlink()
