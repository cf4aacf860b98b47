"""The widgets' bundles in a page that is no JupyterLab: loaded as anywidget does elsewhere, in VS Code's colours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import violations
from playwright.sync_api import expect

from lepton_jupyter.widgets import run_widget
from lepton_jupyter.widgets.page_module import packed_module

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

GOLDEN = Path(__file__).parents[1] / "golden"
STATIC = Path(run_widget.__file__).parent / "static"

#: As the host of a notebook in VS Code: no `--jp-*`, a policy that lets scripts come from blobs, and no network.
PAGE = """<!doctype html><html lang="en"><head><title>notebook</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src blob: 'unsafe-inline' 'unsafe-eval';
  style-src 'unsafe-inline'; img-src data:">
<style>body { --vscode-editor-background: #1e1e1e; --vscode-foreground: #cccccc; }</style>
</head><body class="vscode-dark"><div id="output" style="width: 900px"></div></body></html>"""

#: What anywidget's loader does: the module's text becomes a blob, which is imported and drawn.
LOAD = """async ([text, head]) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  URL.revokeObjectURL(url);
  const listeners = {};
  window.sent = [];
  window.undo = await widget.render({ el: document.querySelector("#output"), model: {
    get: (name) => (name === "head" ? head : "m1"),
    send: (command) => window.sent.push(command),
    on: (event, call) => (listeners[event] ??= []).push(call),
    off: (event, call) => { listeners[event] = (listeners[event] ?? []).filter((each) => each !== call); },
  } });
  window.listening = () => Object.values(listeners).flat().length;
}"""


@pytest.mark.parametrize(
    ("bundle", "message", "shown"),
    [
        ("run.js", "RunPanelMessage", "Leaderboard"),
        ("form.js", "FormMessage", "Budget"),
        ("stream.js", "StreamMessage", "Rows stored"),
    ],
)
def test_a_bundle_draws_itself_in_any_page(chromium: Browser, bundle: str, message: str, shown: str) -> None:
    page = chromium.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(PAGE)
    head = json.loads((GOLDEN / f"{message}.json").read_text(encoding="utf-8"))
    page.evaluate(LOAD, [packed_module(STATIC / bundle), head])
    panel = page.locator("#output .lepton")
    expect(panel).to_contain_text(shown)
    look = panel.evaluate("panel => [getComputedStyle(panel).backgroundColor, getComputedStyle(panel).color]")
    assert look == ["rgb(30, 30, 30)", "rgb(204, 204, 204)"]
    assert violations(page, "#output .lepton") == []
    assert all(each.startswith(("blob:", "data:")) for each in asked)
    page.evaluate("() => window.undo()")
    expect(page.locator("#output")).to_be_empty()
    assert page.evaluate("() => window.listening()") == 0
    assert errors == []
    page.close()


def test_words_and_axes_run_as_ever_on_a_page_from_right_to_left(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(PAGE.replace("<html", '<html dir="rtl"'))
    head = json.loads((GOLDEN / "RunPanelMessage.json").read_text(encoding="utf-8"))
    page.evaluate(LOAD, [packed_module(STATIC / "run.js"), head])
    board = page.locator("#output .lepton-board")
    [ends] = board.evaluate(
        """board => {
          const heads = [...board.querySelectorAll("th")];
          return heads.filter((each) => each.textContent === "vs best, 95 %").map((each) => {
            const place = (at) => {
              const range = new Range();
              range.setStart(each.firstChild, at);
              range.setEnd(each.firstChild, at + 1);
              return range.getBoundingClientRect().x;
            };
            return [place(0), place(each.textContent.length - 1)];
          });
        }"""
    )
    assert ends[0] < ends[1]
    numbers = page.locator("#output svg text[text-anchor=end]").evaluate_all(
        """texts => texts.map((each) => {
          const { x, width } = each.getBBox();
          return x + width - Number(each.getAttribute("x"));
        })"""
    )
    assert numbers
    assert all(abs(past) < 1 for past in numbers)
    page.close()
