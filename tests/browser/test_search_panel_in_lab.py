"""What a person does with a search in JupyterLab, in a real browser."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING

import psutil
import pytest
from browser.kernel_frames import most_in_a_second
from playwright.sync_api import expect

from lepton_jupyter.events.run_events import FoldScored, RunFinished, StopRequested, TrialAsked, TrialFinished
from lepton_jupyter.runs.log_reading import read_log

if TYPE_CHECKING:
    from browser.lab_page import LabPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

#: 1,797 rows, 64 columns, ten classes: enough for a search to have something to do all the time.
LOAD = """\
%load_ext lepton_jupyter
from sklearn.datasets import load_digits
df = load_digits(as_frame=True).frame
from pathlib import Path
import time"""
#: Without processes: their start would take the time of the run from a machine that does other things.
LOAD_WITHOUT_CLUSTER = f"%env LEPTON_CLUSTER=off\n{LOAD}"
FIT = "run = %lepton fit df --target target --name digits --folds 3 --budget {budget}"

RUN_TYPE = "application/vnd.lepton.run+json"
WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"


def seconds_left(lab: LabPage, cell: int) -> int:
    return int(re.search(r"(\d+) s left", lab.panel(cell).inner_text())[1])


def events_of(lab: LabPage, run_id: str) -> list:
    return [logged.event for logged in read_log(lab.server.home / "runs" / run_id / "events.jsonl").events]


def last_run(lab: LabPage) -> str:
    return max((lab.server.home / "runs").iterdir(), key=lambda each: each.stat().st_mtime).name


def started(lab: LabPage, cell: int) -> None:
    """Wait until the live board has its first line."""
    expect(lab.rows(cell).first).to_be_visible()


class TestASearch:
    """The whole way of a run, on the processes that the extension starts by itself."""

    def test_a_run_is_watched_stopped_used_and_opened_again(self, open_notebook):
        lab = open_notebook()
        lab.type_and_run(0, LOAD)
        lab.has_run(0)

        # One line, and the cell is done while the search goes on.
        lab.type_and_run(1, FIT.format(budget="100s"))
        lab.has_run(1)
        expect(lab.panel(1).get_by_role("button", name="Stop")).to_be_visible()

        # The board grows and the time runs.
        started(lab, 1)
        before = seconds_left(lab, 1)
        expect(lab.rows(1).nth(1)).to_be_visible()
        lab.page.wait_for_function(
            "([panel, before]) => parseInt(panel.textContent.match(/(\\d+) s left/)?.[1] ?? before) < before",
            arg=[lab.panel(1).element_handle(), before],
        )

        # Another cell runs meanwhile.
        lab.type_and_run(2, "run.running, len(df)")
        expect(lab.output(2)).to_have_text("(True, 1797)")

        # A third keeps the kernel busy until it is told not to; Stop in the panel works all the same.
        release = lab.server.notebooks / "release"
        lab.type_and_run(3, f"while not Path({str(release)!r}).exists(): time.sleep(0.02)")
        expect(lab.cell(3).locator(".jp-InputPrompt")).to_have_text("[*]:")
        lab.panel(1).get_by_role("button", name="Stop").click()
        expect(lab.board(1)).to_contain_text("Stopped")
        assert lab.is_busy(3)
        release.touch()
        lab.has_run(3)
        run_id = last_run(lab)
        assert StopRequested(source="panel") in events_of(lab, run_id)

        # The best so far is kept and predicts.
        lab.type_and_run(
            4,
            "predictions = %lepton predict df --run run\n"
            "len(predictions), bool((predictions == df.target).mean() > 0.9)",
        )
        expect(lab.output(4)).to_have_text("(1797, True)")
        board = lab.board(1).inner_text()

        # What the file keeps is the final board, as three types and without a widget.
        saved = lab.save()
        [output] = [each for each in saved.cells[1].outputs if "data" in each]
        assert set(output.data) == {"text/html", "text/plain", RUN_TYPE}
        assert "widgets" not in saved.metadata
        assert output.data[RUN_TYPE]["state"] in {"stopped", "saved"}

        # Another kernel, another page: the board is there, and so is the model.
        lab.restart_kernel()
        lab.open()
        expect(lab.board(1)).to_have_count(1)
        assert lab.board(1).inner_text() == board
        lab.type_and_run(5, f"%load_ext lepton_jupyter\nrun = %lepton show {run_id}\nrun")
        expect(lab.board(5)).to_contain_text("Stopped")
        assert same_board(lab.board(5).inner_text(), board)
        lab.type_and_run(
            6,
            "from sklearn.datasets import load_digits\ndf = load_digits(as_frame=True).frame\n"
            "bool((run.predict(df) == df.target).mean() > 0.9)",
        )
        expect(lab.output(6)).to_contain_text("True")
        assert lab.errors == []

    def test_a_killed_kernel_loses_nothing_that_was_finished(self, open_notebook):
        lab = open_notebook()
        lab.type_and_run(0, f"{LOAD}\nimport os\nprint('kernel', os.getpid())")
        expect(lab.output(0)).to_contain_text("kernel")
        kernel = psutil.Process(int(re.search(r"kernel (\d+)", lab.output(0).inner_text())[1]))
        lab.type_and_run(1, FIT.format(budget="300s"))
        expect(lab.rows(1).nth(2)).to_be_visible()
        os.kill(kernel.pid, signal.SIGKILL)
        # JupyterLab says that the kernel died, and starts another one.
        lab.page.get_by_role("button", name="Ok", exact=True).click()
        run_id = last_run(lab)
        before = events_of(lab, run_id)
        finished = {event.trial_id for event in before if isinstance(event, TrialFinished)}
        assert len(finished) >= 3

        lab.restart_shown()
        lab.type_and_run(2, LOAD)
        lab.has_run(2)
        lab.type_and_run(3, f"more = %lepton resume {run_id} --budget 4s")
        expect(lab.board(3)).to_contain_text("Finished")
        after = events_of(lab, run_id)
        assert after[: len(before)] == before
        again = [each.trial_id for each in after[len(before) :] if isinstance(each, TrialAsked | FoldScored)]
        assert finished.isdisjoint(again)
        assert isinstance(after[-1], RunFinished)


def same_board(one: str, other: str) -> bool:
    """Whether two boards say the same, apart from when it was."""
    return one.splitlines()[0] == other.splitlines()[0]


class TestThePage:
    def test_a_page_that_is_loaded_again_shows_the_run_as_it_stands(self, open_notebook):
        lab = open_notebook()
        lab.type_and_run(0, LOAD_WITHOUT_CLUSTER)
        lab.has_run(0)
        lab.type_and_run(1, FIT.format(budget="300s"))
        expect(lab.rows(1).nth(1)).to_be_visible()
        rows = lab.rows(1).count()
        lab.save()
        lab.open()
        # The panel is back, with what was there before and what came since, and it still obeys.
        expect(lab.rows(1).nth(rows - 1)).to_be_visible()
        expect(lab.panel(1)).to_contain_text("left")
        lab.panel(1).get_by_role("button", name="Stop").click()
        # This page no longer knows the output's id, so the widget itself shows the end and stays.
        expect(lab.panel(1)).to_contain_text("Stopped")
        lab.type_and_run(2, "run.wait();")
        lab.has_run(2)
        expect(lab.panel(1)).to_be_visible()
        expect(lab.panel(1).get_by_role("button", name="Stop")).to_have_count(0)
        # What the file keeps is the end all the same, for whoever draws HTML or text alone.
        lab.page.wait_for_function(
            "() => { const output = window.notebookPanel.context.model.toJSON().cells[1].outputs.at(-1);"
            " return output.data['text/plain'].includes('Stopped'); }"
        )
        [output] = [each for each in lab.save().cells[1].outputs if "data" in each]
        assert "Stopped" in output.data["text/html"]
        assert output.data[RUN_TYPE]["state"] == "stopped"

    def test_two_views_of_one_run_show_the_same_and_are_sorted_each_by_itself(self, open_notebook):
        lab = open_notebook([LOAD_WITHOUT_CLUSTER, FIT.format(budget="300s")])
        lab.command("notebook:run-all-cells")
        expect(lab.rows(1).nth(2)).to_be_visible()
        lab.page.evaluate("() => { window.notebookPanel.content.activeCellIndex = 1; }")
        lab.command("notebook:create-output-view")
        views = lab.page.locator(".jp-OutputArea-output .lepton:not(.lepton-saved-run *)")
        expect(views).to_have_count(2)
        first, second = views.nth(0), views.nth(1)
        # The least log loss is the best, and comes first. A view beside the notebook leaves it less room, so that
        # columns give way; the score's does not.
        head = first.locator("thead button.lepton-sort").first
        head.click()
        expect(first.locator("thead th[aria-sort]")).to_have_attribute("aria-sort", "descending")
        expect(second.locator("thead th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
        # The worst is at the top below the ensemble, and stays there while news comes.
        expect(first.locator(".lepton-board tbody tr[tabindex] td:first-child").last).to_have_text("1")
        second.get_by_role("button", name="Stop").click()
        expect(lab.page.locator(".jp-OutputArea-output .lepton")).to_contain_text(["Stopped", "Stopped"])
        assert lab.errors == []

    @pytest.mark.usefixtures("in_chinese")
    def test_a_live_panel_speaks_the_language_of_the_page(self, open_notebook):
        lab = open_notebook([LOAD_WITHOUT_CLUSTER, FIT.format(budget="300s")])
        lab.command("notebook:run-all-cells")
        started(lab, 1)
        expect(lab.panel(1)).to_contain_text("排行榜")
        expect(lab.panel(1)).not_to_contain_text("Leaderboard")
        lab.panel(1).get_by_role("button", name="停止").click()
        expect(lab.board(1)).to_contain_text("已停止")
        # What Python has written too: why it ended, and the last line of the log.
        expect(lab.board(1)).to_contain_text("保留目前最好的结果；处理器用时")
        expect(lab.board(1)).to_contain_text("后停止，保留目前最好的结果；完成")
        assert lab.errors == []

    def test_run_all_of_a_fit_and_a_predict_cell_waits_where_it_must(self, open_notebook):
        lab = open_notebook(
            [
                LOAD_WITHOUT_CLUSTER,
                FIT.format(budget="4s"),
                "print('the cell returned,', 'running' if run.running else 'ended')",
                "predictions = %lepton predict df --run run\nlen(predictions), run.running",
            ]
        )
        lab.command("notebook:run-all-cells")
        expect(lab.output(3)).to_have_text("(1797, False)")
        expect(lab.output(2)).to_have_text("the cell returned, running")
        expect(lab.board(1)).to_contain_text("Finished")

    def test_a_panel_follows_the_theme(self, open_notebook):
        lab = open_notebook([LOAD_WITHOUT_CLUSTER, FIT.format(budget="300s")])
        lab.command("notebook:run-all-cells")
        started(lab, 1)
        look = "panel => [getComputedStyle(panel).backgroundColor, getComputedStyle(panel).color]"
        panel = lab.panel(1).first
        light = panel.evaluate(look)
        lab.page.evaluate(
            "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
        )
        lab.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
        dark = panel.evaluate(look)
        assert luminance(light[0]) > luminance(light[1])
        assert luminance(dark[0]) < luminance(dark[1])
        lab.page.evaluate(
            "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})"
        )

    def test_names_from_data_are_text_and_never_markup(self, open_notebook):
        name = "<img src=x onerror=alert(1)>"
        rename = f"df = df.rename(columns={{'pixel_2_2': {name!r}, 'target': '<script>alert(2)</script>'}})"
        fit = '%lepton fit df --target "<script>alert(2)</script>" --name "<b>bold</b>" --budget 300s'
        lab = open_notebook([f"{LOAD_WITHOUT_CLUSTER}\n{rename}", fit, "%lepton runs"])
        lab.command("notebook:run-all-cells")
        started(lab, 1)
        columns = lab.panel(1).first.locator("summary, button").filter(has_text="What was done to the data")
        columns.click()
        expect(lab.panel(1).first).to_contain_text(name)
        images = lab.page.locator(".jp-OutputArea").locator("img, script")
        expect(images).to_have_count(0)
        lab.panel(1).get_by_role("button", name="Stop").click()
        expect(lab.board(1)).to_contain_text("Stopped")
        lab.board(1).locator("summary", has_text="What was done to the data").click()
        expect(lab.board(1)).to_contain_text(name)
        expect(images).to_have_count(0)
        assert lab.dialogs == []

    def test_messages_to_the_page_are_few_and_small(self, open_notebook):
        widen = "import numpy as np, pandas as pd\ndf = pd.concat([df] + [df.add_suffix('_' + 'x' * 60 + str(i)) " \
            "for i in range(8)], axis=1)"  # fmt: skip
        lab = open_notebook(
            [
                f"{LOAD_WITHOUT_CLUSTER}\n{widen}",
                f"{FIT.format(budget='8s')} --learners linear,naive_bayes",
            ]
        )
        lab.command("notebook:run-all-cells")
        expect(lab.board(1)).to_contain_text("Finished")
        updates = [message for message in lab.messages if message.is_update]
        assert len(updates) > 5
        for comm in {message.comm for message in updates}:
            assert most_in_a_second([message for message in updates if message.comm == comm]) <= 10
        assert max(message.size for message in updates) <= 64 * 1024
        # The page's module when the widget is opened, and once the final output in its three forms.
        final = [message for message in lab.messages if message.kind == "update_display_data"]
        assert len(final) == 1
        assert final[0].size <= 256 * 1024
        others = [message for message in lab.messages if message not in final]
        assert "comm_open" in {message.kind for message in others}
        assert max(message.size for message in others) <= 64 * 1024


def luminance(colour: str) -> float:
    """How light a computed colour is, from 0 to 1: ``rgb(r, g, b)`` or ``color(srgb r g b)``."""
    numbers = [float(each) for each in re.findall(r"[\d.]+", colour.partition("(")[2])[:3]]
    return sum(numbers) / (3 if colour.startswith("color") else 3 * 255)
