"""Take the README's pictures of panels from the gallery: ``python gallery/pictures.py`` after ``npm run gallery``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parents[2] / "tutorials" / "images"
#: Each picture by the panel of the gallery that it shows, and the theme.
PICTURES = {
    "evaluation-panel": ("evaluation-moved", ""),
    "comparison-panel": ("comparison", ""),
    "stream-panel": ("stream", "dark"),
    "form-panel": ("form-options", ""),
}
#: A picture in a repository is cloned by everybody.
LIMIT_BYTES = 100_000
#: A page is cut where a reader has seen what it is about.
MOST_PIXELS = 760


def main() -> None:
    """Write the pictures, and say how large they are."""
    index = Path(__file__).parent / "index.html"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, (panel, theme) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1000, "height": 1000}, reduced_motion="reduce")
            page.route("**/*", lambda each: each.continue_() if each.request.url.startswith("file:") else each.abort())
            page.goto(f"{index.as_uri()}?only={panel}#{theme}")
            page.wait_for_selector(".lepton")
            page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 100))")
            box = page.locator(".host-out").bounding_box()
            if box is None:
                sys.exit(f"The gallery has no panel {panel}.")
            clip = {**box, "height": min(box["height"], MOST_PIXELS)}
            picture = page.screenshot(clip=clip)  # type: ignore[arg-type]  # a dict of the same fields
            if len(picture) > LIMIT_BYTES:
                sys.exit(f"{name} has {len(picture)} bytes, more than {LIMIT_BYTES}.")
            (FOLDER / f"{name}.png").write_bytes(picture)
            print(f"{name}.png: {len(picture) / 1000:.0f} kB")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
