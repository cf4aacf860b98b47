"""The shortest way of a run in Notebook 7."""

from __future__ import annotations

import pytest
from browser.lab_page import ClassicPage
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]

LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
from sklearn.datasets import load_digits
df = load_digits(as_frame=True).frame"""


def test_a_run_is_watched_stopped_and_kept(open_notebook):
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    notebook = open_notebook(kind=ClassicPage)
    notebook.type_and_run(0, LOAD)
    notebook.has_run(0)
    notebook.type_and_run(1, "run = %lepton fit df --target target --folds 3 --budget 300s")
    notebook.has_run(1)
    expect(notebook.rows(1).nth(1)).to_be_visible()
    notebook.panel(1).get_by_role("button", name="Stop").click()
    expect(notebook.board(1)).to_contain_text("Stopped")
    saved = notebook.save()
    [output] = [each for each in saved.cells[1].outputs if "data" in each]
    assert set(output.data) == {"text/html", "text/plain", "application/vnd.lepton.run+json"}

    notebook.board(1).get_by_role("tab", name="Speed–cost front").click()
    notebook.board(1).get_by_role("button", name="Use this model").click()
    notebook.has_run(2)
    expect(notebook.output(2)).to_contain_text("LeptonClassifier")
