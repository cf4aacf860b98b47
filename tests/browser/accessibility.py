"""What axe-core finds in a page: the rules of WCAG 2.2 AA that a program can check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async (selector) => {
  const options = {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: {region: {enabled: false}, 'page-has-heading-one': {enabled: false}, 'heading-order': {enabled: false}}};
  const found = await window.axe.run(document.querySelectorAll(selector), options);
  return found.violations.flatMap(({id, nodes}) =>
    nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`));
}"""


def violations(page: Page, selector: str) -> list[str]:
    """Whatever axe-core objects to in the parts of a page that `selector` names; skips where it is not installed."""
    if not _AXE.is_file():
        pytest.skip("axe-core is not installed: cd labextension && npm ci")
    page.add_script_tag(path=_AXE)
    found: list[str] = page.evaluate(_RUN, selector)
    return found
