"""What a person does with a stream in JupyterLab, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.events.stream_events import StreamContinued, StreamPaused
from lepton_jupyter.runs.log_reading import read_log

if TYPE_CHECKING:
    from browser.lab_page import LabPage

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
from pathlib import Path
import time
import pandas as pd
from sklearn.datasets import load_breast_cancer
df = load_breast_cancer(as_frame=True).frame
many = pd.concat([df.assign(note='<img src=x onerror=alert(1)>')] * 40, ignore_index=True)
run = %lepton fit df --target target --budget 2trials --learners linear --folds 2 --name tumours --wait"""
STREAM = "s = %lepton stream run --from many --to scored/ --rate 200/s --labels target --keep note --name rows"
HTML = "text/html"


def figure(lab: LabPage, cell: int, name: str) -> float:
    """The figure under a name in the panel's head."""
    place = lab.panel(cell).locator(".lepton-stats div", has_text=name).locator("dd")
    return float(re.search(r"[\d,.]+", place.inner_text())[0].replace(",", ""))


def events(lab: LabPage) -> list:
    folders = [each for each in (lab.server.home / "runs").iterdir() if re.search(r"-rows-\w+$", each.name)]
    # Tests share a home: the newest is this one's.
    folder = max(folders, key=lambda each: each.stat().st_ctime)
    return [logged.event for logged in read_log(folder / "events.jsonl").events]


def test_a_stream_is_watched_paused_inspected_and_stopped_while_a_cell_is_busy(open_notebook):
    lab = open_notebook()
    lab.type_and_run(0, LOAD)
    lab.has_run(0)
    lab.type_and_run(1, STREAM)
    lab.has_run(1)
    panel = lab.panel(1)
    expect(panel.locator(".lepton-state")).to_have_text("Running")
    expect(panel.locator(".lepton-flow")).to_contain_text("scored")

    # Rows flow, labels give a score, and the charts draw.
    expect(panel.locator(".lepton-stats")).to_contain_text("AUC")
    expect(panel.locator(".lepton-series")).to_have_count(4)
    stored = figure(lab, 1, "Rows stored")
    lab.page.wait_for_function(
        "([dd, before]) => parseInt(dd.textContent.replace(/\\D/g, '')) > before",
        arg=[panel.locator(".lepton-stats div", has_text="Rows stored").locator("dd").element_handle(), stored],
    )

    # Results are seen when one asks; their text stays text, and no file keeps them.
    panel.get_by_role("button", name="Show", exact=True).click()
    expect(panel.locator(".lepton-results tbody tr").first).to_be_visible()
    panel.locator(".lepton-results tbody tr").first.click()
    expect(panel.locator(".lepton-opened")).to_contain_text("onerror=alert(1)")
    assert panel.locator("img").count() == 0
    saved = lab.save()
    assert "onerror" not in str(saved.metadata.get("widgets", ""))
    assert "onerror" not in str(saved.cells[1].outputs)

    # While a cell is busy the panel goes on, and its buttons are obeyed.
    release = lab.server.notebooks / "release"
    lab.type_and_run(2, f"while not Path({str(release)!r}).exists(): time.sleep(0.02)")
    expect(lab.cell(2).locator(".jp-InputPrompt")).to_have_text("[*]:")
    panel.get_by_role("button", name="Pause").click()
    expect(panel.locator(".lepton-state")).to_have_text("Paused")
    panel.get_by_role("button", name="Resume").click()
    expect(panel.locator(".lepton-state")).to_have_text("Running")
    assert lab.is_busy(2)
    panel.get_by_role("button", name="Stop").click()
    board = lab.cell(1).locator(".lepton-static")
    expect(board).to_contain_text("Stopped")
    assert lab.is_busy(2)
    release.touch()
    lab.has_run(2)
    happened = events(lab)
    wanted = [StreamPaused(by="panel"), StreamContinued(by="panel"), StopRequested(source="panel")]
    assert [each for each in happened if each in wanted] == wanted

    # What the file keeps is the page of its end, without a widget and without a row.
    saved = lab.save()
    [output] = [each for each in saved.cells[1].outputs if "data" in each]
    assert HTML in output.data
    assert "application/vnd.jupyter.widget-view+json" not in output.data
    assert "onerror" not in output.data[HTML]
    assert lab.dialogs == []
    assert lab.errors == []


def test_a_page_that_is_loaded_again_shows_the_stream_and_is_obeyed(open_notebook):
    lab = open_notebook()
    lab.type_and_run(0, LOAD)
    lab.has_run(0)
    lab.type_and_run(1, STREAM)
    lab.has_run(1)
    expect(lab.panel(1).locator(".lepton-series").first).to_be_visible()
    lab.save()
    lab.open()
    expect(lab.panel(1).locator(".lepton-state")).to_have_text("Running")
    expect(lab.panel(1).locator(".lepton-series").first).to_be_visible()
    lab.panel(1).get_by_role("button", name="Stop").click()
    expect(lab.panel(1).locator(".lepton-state")).to_have_text("Stopped")
    lab.type_and_run(2, "s.wait(); s.stats['state']")
    expect(lab.output(2)).to_have_text("'stopped'")
    assert lab.errors == []


CHANGING = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
import asyncio, itertools
import numpy as np
import pandas as pd

def concept(n_rows, limit, seed):
    random = np.random.default_rng(seed)
    table = pd.DataFrame(random.uniform(0, 10, size=(n_rows, 2)), columns=["a", "b"])
    return table.assign(label=np.where(table["a"] + table["b"] <= limit, "yes", "no"))

before = concept(1500, 8.0, 0)
run = %lepton fit before --target label --budget 2trials --learners linear --folds 2 --name sums --wait"""
CHALLENGED = """\
%%lepton stream run --to out.jsonl --as s --name rows --labels label --on-drift challenger --challenger-budget 2trials
for row in concept(2000, 8.0, 1).to_dict("records"):
    yield row
for row in itertools.cycle(concept(5000, 12.0, 2).to_dict("records")):
    await asyncio.sleep(0.002)
    yield row"""


def test_drift_a_challenger_in_the_shadow_its_promotion_and_the_way_back_are_watched(open_notebook):
    lab = open_notebook()
    lab.type_and_run(0, CHANGING)
    lab.has_run(0)
    lab.type_and_run(1, CHALLENGED)
    lab.has_run(1)
    panel = lab.panel(1)
    happens = panel.locator(".lepton-events")

    # Each decision is a line of the panel and a mark on its charts while the cells of the notebook rest.
    expect(happens).to_contain_text("errors grew from")
    expect(happens).to_contain_text("predicts the same rows, unseen")
    expect(happens).to_contain_text("challenger promoted: loss")
    expect(panel.locator(".lepton-event", has_text="search").first).to_be_attached()
    lab.type_and_run(2, "print(s.champion == run.id); s.rollback(); print(s.champion == run.id)")
    lab.has_run(2)
    expect(lab.output(2)).to_contain_text("False")
    expect(lab.output(2)).to_contain_text("True")
    expect(happens).to_contain_text("rolled back")
    marks = [type(each).__name__ for each in events(lab)]
    decided = ["DriftDetected", "ChallengerSought", "ChallengerFound", "ChallengerPromoted", "ChampionRestored"]
    assert [marks.index(name) for name in decided] == sorted(marks.index(name) for name in decided)
    panel.get_by_role("button", name="Stop").click()
    expect(lab.cell(1).locator(".lepton-static")).to_contain_text("rolled back")
    assert lab.errors == []
