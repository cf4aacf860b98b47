"""A profile in JupyterLab: drawn in the page's own theme, its rows open without script, and it survives a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]

LOAD = """\
%env LEPTON_CLUSTER=off
%load_ext lepton_jupyter
import pandas as pd
df = pd.DataFrame({
    "<b>bold</b>": range(200), "town": ["Ulm", "Bonn", "<script>alert(1)</script>", "Kiel"] * 50,
    "paid": ["yes", "no", "no", "yes", "no"] * 40,
})"""
SHADE = "each => getComputedStyle(each).backgroundColor"


def test_a_profile_opens_its_rows_and_stays_in_the_notebook(open_notebook):
    lab = open_notebook([LOAD, "%lepton profile df --target paid --against df.tail(90)"])
    lab.run(0)
    lab.has_run(0)
    lab.run(1)
    lab.has_run(1)
    page = lab.output(1).locator(".lepton-profile")
    expect(page).to_contain_text("Target paid")
    values = page.locator("tr.more", has_text="all others").or_(page.locator("tr.more", has_text="Bonn")).last
    expect(values).to_be_hidden()
    page.locator('summary[title="town"]').last.click()
    expect(values).to_be_visible()
    expect(values).to_contain_text("<script>alert(1)</script>")
    page.locator('summary[title="town"]').last.press("Enter")
    expect(values).to_be_hidden()
    assert lab.dialogs == []
    light = page.evaluate(SHADE)
    lab.page.evaluate(
        "async () => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}); }"
    )
    lab.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    assert page.evaluate(SHADE) != light
    lab.save()
    lab.open()
    expect(lab.output(1).locator(".lepton-profile")).to_contain_text("Against df.tail(…)")
    assert lab.errors == []
