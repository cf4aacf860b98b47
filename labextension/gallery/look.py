"""Take a picture of each panel of the gallery, to look at: ``python gallery/look.py FOLDER [HASH] [NAMES]``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

folder = Path(sys.argv[1])
hash_ = sys.argv[2] if len(sys.argv) > 2 else ""
names = sys.argv[3] if len(sys.argv) > 3 else ""
folder.mkdir(parents=True, exist_ok=True)
index = Path(__file__).parent / "index.html"

with sync_playwright() as play:
    browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    page = browser.new_page(viewport={"width": 1560, "height": 1000}, device_scale_factor=1.5)
    page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
    page.on("console", lambda message: print("console:", message.text))
    page.on("pageerror", lambda error: print("error:", error))
    page.on("dialog", lambda dialog: print("DIALOG:", dialog.message))
    page.goto(f"{index.as_uri()}{'?only=' + names if names else ''}#{hash_}")
    page.wait_for_selector(".lepton")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.screenshot(path=folder / f"page-{hash_ or 'light'}.png", full_page=True)
    for panel in page.query_selector_all(".host-out"):
        panel.screenshot(path=folder / f"{panel.get_attribute('data-panel')}-{hash_ or 'light'}.png")
    browser.close()
