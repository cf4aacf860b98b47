"""A search of hundreds of models: its board is scrolled, filtered and kept."""

from __future__ import annotations

import re

import pytest
from browser.accessibility import violations
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

#: Fits that are quick, so that hundreds of models are there soon, and not so quick that all there are have been tried
#: before the page has been looked at: one such learner is tried 120 times.
LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
import time
from lepton_jupyter import add_learner
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
class Smoothed(GaussianNB):
    def fit(self, X, y, sample_weight=None):
        time.sleep(0.05)
        return super().fit(X, y, sample_weight)
for place in range(20):
    space = {"var_smoothing": (1e-9, 1.0, "log")}
    add_learner(Smoothed(), space, name=f"smooth_{place}", label=f"Smoothed Bayes {place}")
df = load_iris(as_frame=True).frame"""
LEARNERS = ",".join(["linear", *(f"smooth_{place}" for place in range(20))])
FIT = f"run = %lepton fit df --target target --learners {LEARNERS} --folds 2 --budget 300s"
RUN_TYPE = "application/vnd.lepton.run+json"
#: More models than a saved board holds.
MANY = re.compile(r"first \d+ of (2[1-9]\d|[3-9]\d\d) models")


def test_all_models_of_a_long_search_are_reached_by_scrolling_and_found_by_words(open_notebook):
    lab = open_notebook([LOAD, FIT])
    lab.command("notebook:run-all-cells")
    bar, board = lab.panel(1).locator(".lepton-board-bar"), lab.panel(1).locator(".lepton-board")
    expect(bar).to_contain_text(MANY, timeout=120_000)

    # The end of what the message holds is scrolled to: all the others come.
    board.evaluate("board => { board.scrollTop = board.scrollHeight; }")
    expect(bar).to_contain_text(re.compile(r"^Leaderboard\d+ models"))
    held = int(board.locator("table").get_attribute("aria-rowcount"))
    assert held > 210
    board.evaluate("board => { board.scrollTop = board.scrollHeight; }")
    expect(board.locator("tr[tabindex]").last).to_have_attribute("aria-rowindex", re.compile(r"^(2[1-9]\d|[3-9]\d\d)$"))
    # Of hundreds of rows those in sight are drawn.
    assert board.locator("tr[tabindex]").count() < 40

    field = lab.panel(1).get_by_role("searchbox", name="Filter models")
    field.fill("bayes var")
    expect(bar).to_contain_text(re.compile(r"\d+ of \d+ models"))
    expect(lab.panel(1).get_by_role("status")).to_contain_text(re.compile(r"\d+ of \d+ models"))
    assert violations(lab.page, ".lepton") == []
    field.fill("nothing is called so")
    expect(board).to_contain_text("No model matches")
    field.press("Escape")
    expect(field).to_have_value("")
    expect(board.locator("tr[tabindex]").nth(5)).to_be_visible()
    lab.panel(1).get_by_label("Exported to").select_option("onnx")
    expect(board.locator("tr[tabindex]").first).to_contain_text("Linear")
    expect(board).not_to_contain_text("Smoothed Bayes")

    lab.panel(1).get_by_role("button", name="Stop").click()
    expect(lab.board(1)).to_contain_text("Stopped")
    pages = [each for each in lab.messages if "BoardPageMessage" in str(each.content)[:400]]
    assert pages
    assert max(each.size for each in pages) <= 256 * 1024
    assert lab.errors == []

    # What the file keeps says how many there were.
    [output] = [each for each in lab.save().cells[1].outputs if "data" in each]
    kept = output.data[RUN_TYPE]
    assert len(kept["rows"]) <= 200 < kept["n_rows"]
    expect(lab.board(1)).to_contain_text(f"first {len(kept['rows'])} of {kept['n_rows']} models")
    lab.board(1).get_by_role("searchbox", name="Filter models").fill("smoothed")
    expect(lab.board(1)).to_contain_text(f"of the first {len(kept['rows'])} models, {kept['n_rows']} in all")
