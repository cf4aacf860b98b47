"""The side panel of runs in each of its states, in both themes and at several widths: it fits, and can be read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.accessibility import violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_FOLDER = Path(__file__).parents[2] / "labextension"
_STATES = ("all", "usual", "none", "no-kernel", "saved", "kernel-starts", "kernel-fails", "bad-names")
#: Rows and bars that are wider than the panel, and buttons that are too small to be hit.
_BADLY_LAID_OUT = """() => [...document.querySelectorAll('.lepton-runs')].flatMap((panel) => {
  const edge = panel.getBoundingClientRect();
  const wide = [...panel.querySelectorAll('*')].filter((each) => {
    const box = each.getBoundingClientRect();
    return !each.closest('svg') && !each.matches('.lepton-sr, bdi bdi') && box.width > 0
      && (box.right > edge.right + 0.5 || box.left < edge.left - 0.5)
      && !each.parentElement.closest('.lepton-ellipsis');
  });
  const small = [...panel.querySelectorAll('button')].filter((each) => each.getBoundingClientRect().height < 24);
  return [...wide, ...small].map((each) => `${panel.parentElement.dataset.panel}: ${each.outerHTML.slice(0, 120)}`);
})"""


@pytest.fixture(scope="module")
def gallery() -> str:
    if shutil.which("node") is None or not (_FOLDER / "node_modules").is_dir():
        pytest.skip("the page side is not installed: cd labextension && npm ci")
    subprocess.run(["node", "gallery/build.mjs"], cwd=_FOLDER, check=True)
    return (_FOLDER / "gallery" / "index.html").as_uri()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1560, "height": 1000})
    yield opened
    opened.close()


@pytest.mark.parametrize("look", ["", "dark", "narrow", "dark-huge", "zh"])
def test_each_state_fits_and_can_be_read(page: Page, gallery: str, look: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(f"{gallery}?only={','.join(f'runs-{state}' for state in _STATES)}#{look}")
    page.wait_for_function("(n) => document.querySelectorAll('.lepton-runs h2').length === n", arg=len(_STATES))
    assert page.evaluate(_BADLY_LAID_OUT) == []
    assert violations(page, ".host-side") == []
    assert errors == []
    assert page.locator(".lepton-runs img").count() == 0
