"""Write how panels look anew, after a change that was looked at and is meant: ``tests/browser/write_looks.py``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.panel_looks import FOLDER, GALLERY, LOOKS, look_at, small
from playwright.sync_api import sync_playwright

if __name__ == "__main__":
    subprocess.run(["node", "gallery/build.mjs"], cwd=GALLERY.parent, check=True)
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for look in LOOKS:
            parts, picture = look_at(browser, look)
            (FOLDER / f"{look.name}.json").write_text(
                json.dumps(parts, indent=0, ensure_ascii=False) + "\n", encoding="utf-8"
            )
            (FOLDER / f"{look.name}.png").write_bytes(small(picture))
            print(f"{look.name}: {len(parts)} parts, {len(small(picture)) / 1000:.0f} kB")
        browser.close()
