"""Panels look as they did: boxes, words and colours exactly, pixels nearly; what differs is kept to be looked at."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser.panel_looks import FOLDER, FONTS, GALLERY, LOOKS, PIXELS, Look, look_at, share_of_other_pixels

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ARTIFACTS = Path(__file__).parents[1] / "artifacts"


@pytest.fixture(scope="module", autouse=True)
def gallery() -> None:
    if shutil.which("node") is None or not (GALLERY.parent / "node_modules").is_dir():
        pytest.skip("the page side is not installed: cd labextension && npm ci")
    if not FONTS.is_dir():
        pytest.skip("the fonts are not installed: apt-get install fonts-dejavu-core")
    subprocess.run(["node", "gallery/build.mjs"], cwd=GALLERY.parent, check=True)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_panel_looks_as_it_did(chromium: Browser, look: Look) -> None:
    parts, picture = look_at(chromium, look)
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / f"{look.name}.png").write_bytes(picture)
    before = json.loads((FOLDER / f"{look.name}.json").read_text(encoding="utf-8"))
    assert parts == before, "If this is meant, look at it, then: python tests/browser/write_looks.py"
    assert share_of_other_pixels(picture, (FOLDER / f"{look.name}.png").read_bytes()) <= PIXELS


def test_a_picture_is_told_from_another(chromium: Browser) -> None:
    _, light = look_at(chromium, Look("failed"))
    _, dark = look_at(chromium, Look("failed", "dark"))
    assert share_of_other_pixels(light, light) == 0.0
    assert share_of_other_pixels(light, dark) > PIXELS
