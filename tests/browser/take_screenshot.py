"""Take the picture of the README: a search in JupyterLab, as it is watched.

    python tests/browser/take_screenshot.py                 # writes tutorials/images/search-panel.png
    python tests/browser/take_screenshot.py --dark --left 9 --output dark.png

The table is the tutorial's. The picture shows the cell and its panel at twice the size. Take it on a machine that does
nothing else: the search then has more to show.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.jupyter_server import start_server
from browser.lab_page import PATIENCE, LabPage, local_only
from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

PICTURE = Path(__file__).parents[2] / "tutorials" / "images" / "search-panel.png"
#: A picture in a repository is cloned by everybody.
LIMIT_BYTES = 300_000

LOAD = """\
%load_ext lepton_jupyter
from sklearn.datasets import load_breast_cancer
data = load_breast_cancer(as_frame=True)
tumours = data.data.assign(diagnosis=data.target.map(dict(enumerate(data.target_names))))
import time
from lepton_jupyter.notebook.session import current_session
while current_session().cluster.status.kind == "starting":
    time.sleep(0.05)"""
FIT = "run = %lepton fit tumours --target diagnosis --positive malignant --budget {budget}s"


def main() -> None:
    """Drive JupyterLab, wait until there is something to see, and write the picture."""
    options = _options()
    folder = Path(tempfile.mkdtemp())
    server = start_server(folder / "jupyter", {"LEPTON_CLUSTER": "local"})
    try:
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("chromium-browser")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            context = browser.new_context(viewport={"width": 1120, "height": 1600}, device_scale_factor=2)
            context.route("**/*", local_only)
            picture = _watch(LabPage(context.new_page(), server, [LOAD, FIT.format(budget=options.budget)]), options)
            browser.close()
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    picture = _few_colours(picture)
    if len(picture) > LIMIT_BYTES:
        sys.exit(f"The picture has {len(picture)} bytes, more than {LIMIT_BYTES}: take it earlier, with fewer models.")
    options.output.write_bytes(picture)
    print(f"{options.output.name}: {options.output.stat().st_size / 1000:.0f} kB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=PICTURE)
    parser.add_argument("--budget", type=int, default=60)
    parser.add_argument("--left", type=int, default=24, help="seconds that are left when the picture is taken")
    parser.add_argument("--dark", action="store_true")
    return parser.parse_args()


def _watch(lab: LabPage, options: argparse.Namespace) -> bytes:
    page = lab.page
    if options.dark:
        page.evaluate("() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
    lab.command("application:toggle-left-area")
    lab.run(0)
    lab.has_run(0)
    lab.run(1)
    expect(lab.panel(1)).to_be_visible()
    page.wait_for_function(
        "([panel, left]) => parseInt(panel.textContent.match(/(\\d+) s left/)?.[1] ?? 1e9) <= left",
        arg=[lab.panel(1).element_handle(), options.left],
        timeout=1000 * options.budget + PATIENCE,
    )
    _without_ornaments(page)
    box = lab.cell(1).bounding_box()
    assert box is not None
    # The empty gutter at the left of a cell is left out, the prompt is not.
    inset = 8
    clip = {"x": box["x"] + inset, "y": box["y"], "width": box["width"] - inset, "height": box["height"]}
    return page.screenshot(clip=clip, animations="disabled")


def _few_colours(picture: bytes) -> bytes:
    """The same PNG with a palette: a panel has few colours, and their shades at the edges of letters fill the rest."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as taken:
        taken.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def _without_ornaments(page: Page) -> None:
    # What the mouse and the cursor leave on the page is no part of the picture.
    page.mouse.move(2, 2)
    page.evaluate("() => document.activeElement?.blur()")
    page.add_style_tag(content=".jp-cell-toolbar, .jp-CellFooter, .jp-Collapser { visibility: hidden !important; }")


if __name__ == "__main__":
    main()
