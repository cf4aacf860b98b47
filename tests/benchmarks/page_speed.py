"""How quick the panels are in JupyterLab, beside the same boards in plain ipywidgets, itables and Plotly.

    make page-peers PEERS=DIR
    python tests/benchmarks/page_speed.py [--peers DIR] [--seconds 10] [--repeats 3]

Real JupyterLab, a real kernel, headless Chromium. For each way to show a board:

- first paint: from the arrival of the output in the page to the end of the frame that shows it; median of the repeats,
  each in a page of its own
- frame: what the page's main thread did for a frame, JupyterLab's part included: 95th percentile over the frames of the
  updates, which come ten (models) or twenty (points) a second. The cell that sends them has begun before, and what
  fills a board at first was sent. "one line of text" hears what the board of models hears and writes one figure of it:
  what no panel can be quicker than
- whether a minute after the last update all of them had been drawn

Then the size of each bundle, the page's memory over an hour of a run's messages that are sent as fast as frames are
drawn, and the size of a notebook with five finished runs. Chromium must be installed; without ``--peers`` only lepton
is measured. Targets: 150 ms, 16 ms, 80 kB, memory flat, 1.5 MB.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.page.accelerated_hour import heap_growth
from benchmarks.page.fed_boards import LEPTON, PEERS, SETTLE_SECONDS, Contestant
from benchmarks.page.frame_trace import dearest, frame_costs, percentile, traced
from browser.jupyter_server import JupyterServer, start_server
from browser.lab_page import LabPage, local_only
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page

STATIC = Path(__file__).parents[2] / "lepton_jupyter" / "widgets" / "static"
EXTENSION = Path(__file__).parents[2] / "lepton_jupyter" / "labextension" / "static"
_LAG_MS = 60_000
#: After the start of the cell that feeds a board, when its first update is yet to come: then the trace begins.
_BEFORE_MS = 1000 * SETTLE_SECONDS - 500
VIEWPORT = {"width": 1280, "height": 1000}

#: When the output arrives, and when the frame that shows it has ended.
_WATCH = """(selector) => {
  window.leptonWatch = { selector };
  const shown = () => {
    if (window.leptonWatch.paintedAt !== undefined || document.querySelector(selector) === null) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { window.leptonWatch.paintedAt = performance.now(); };
      channel.port2.postMessage(null);
    });
  };
  const observer = new MutationObserver(shown);
  observer.observe(document.body, { childList: true, subtree: true });
}"""
_HEAR = """(() => {
  const decoder = new TextDecoder("latin1");
  const Heard = WebSocket;
  window.WebSocket = class extends Heard {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", ({ data }) => {
        const watch = window.leptonWatch;
        if (watch === undefined || watch.arrivedAt !== undefined) return;
        const text = typeof data === "string" ? data : decoder.decode(data);
        if (text.includes("vnd.jupyter.widget-view+json")) watch.arrivedAt = performance.now();
      });
    }
  };
})()"""


def main() -> None:
    """Measure, and print one table."""
    options = _options()
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        print("Skipped: Chromium is not installed (apt-get install chromium).")
        return
    lines: list[Sequence[str]] = [("what", "by", "first paint, ms", "frame p50, ms", "frame p95, ms", "kept up with")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--enable-precise-memory-info", "--js-flags=--expose-gc"]
        )
        ours = (Path(sys.executable), LEPTON)
        theirs = [] if options.peers is None else [(options.peers / "bin" / "python", PEERS)]
        for python, contestants in (ours, *theirs):
            wanted = [each for each in contestants if options.only in each.name]
            if wanted:
                with _lab(python) as server:
                    for each in wanted:
                        lines.append(_line(browser, server, each, options))
                        print(*lines[-1], file=sys.stderr)
        _print_table(lines)
        _print_table([("bundle", "kB", "kB of gzip"), *_bundles()])
        if not options.brief:
            facts = [
                ("search panel", *heap_growth(browser, STATIC / "run.js", "RunPanelMessage")),
                ("stream panel", *heap_growth(browser, STATIC / "stream.js", "StreamMessage")),
            ]
            _print_table([("memory, MB", "after a minute", "after an hour"), *facts])
            with _lab(Path(sys.executable)) as server:
                print(f"notebook with five finished runs: {_notebook_size(browser, server) / 1e6:.2f} MB")
        browser.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, help="environment of the peers, as make page-peers makes it")
    parser.add_argument("--seconds", type=int, default=10, help="for which each board is fed")
    parser.add_argument("--repeats", type=int, default=3, help="pages in which the first paint is timed")
    parser.add_argument("--brief", action="store_true", help="neither memory nor the notebook's size")
    parser.add_argument("--only", default="", help="part of the name of whom to measure")
    return parser.parse_args()


@contextmanager
def _lab(python: Path) -> Iterator[JupyterServer]:
    folder = Path(tempfile.mkdtemp())
    server = start_server(folder / "jupyter", {"LEPTON_CLUSTER": "off"}, python=python)
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _line(browser: Browser, server: JupyterServer, each: Contestant, options: argparse.Namespace) -> Sequence[str]:
    paints = []
    for turn in range(options.repeats):
        with _page(browser) as page:
            *before, feed = each.cells
            lab = LabPage(page, server, [*before, feed.format(seconds=options.seconds)])
            try:
                lab.run(0)
                lab.has_run(0)
                paints.append(_first_paint(lab, each))
                if turn == 0:
                    costs, has_kept_up = _fed(lab, each, options.seconds)
            finally:
                lab.close()
    drawn = dearest(costs, options.seconds * each.rate)
    p50, p95 = percentile(drawn, 0.5), percentile(drawn, 0.95)
    kept = f"{each.rate}/s" if has_kept_up else f"not {each.rate}/s: a minute behind"
    return each.board, each.name, f"{median(paints):.0f}", f"{p50:.1f}", f"{p95:.1f}", kept


def _first_paint(lab: LabPage, each: Contestant) -> float:
    lab.page.evaluate(_WATCH, each.shown)
    lab.run(1)
    lab.page.wait_for_function("() => window.leptonWatch.paintedAt !== undefined")
    watch = lab.page.evaluate("() => window.leptonWatch")
    return float(watch["paintedAt"] - watch["arrivedAt"])


def _fed(lab: LabPage, each: Contestant, seconds: int) -> tuple[list[float], bool]:
    """Costs of the frames while a board is fed, and whether the page had drawn all of it a minute later."""
    if each.button:
        lab.panel(1).get_by_role("button", name=each.button, exact=True).click()

    if each.scrolled:
        lab.page.locator(each.scrolled).evaluate("board => { board.scrollTop = board.scrollHeight; }")
        expect(lab.panel(1)).to_contain_text(re.compile(r"Leaderboard\d+ models"))

    lab.run(2)
    lab.has_run(2)
    lab.run(3)
    lab.page.wait_for_timeout(_BEFORE_MS)
    # Nothing is asked of the page meanwhile: to look for the end of the cell every second would be in its frames.
    feed_ms = 1000 * (SETTLE_SECONDS + seconds) - _BEFORE_MS
    costs = frame_costs(traced(lab.page, lambda: lab.page.wait_for_timeout(feed_ms)))
    try:
        expect(lab.cell(3).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:?"), timeout=_LAG_MS)
    except AssertionError:
        return costs, False
    return costs, True


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=VIEWPORT)
    context.route("**/*", local_only)
    context.add_init_script(_HEAR)
    try:
        yield context.new_page()
    finally:
        context.close()


def _bundles() -> list[Sequence[str]]:
    found = [*sorted(STATIC.glob("*.js")), *sorted(EXTENSION.glob("*.js"))]
    return [
        (path.name, f"{path.stat().st_size / 1000:.1f}", f"{len(gzip.compress(path.read_bytes())) / 1000:.1f}")
        for path in found
    ]


def _notebook_size(browser: Browser, server: JupyterServer) -> int:
    """Bytes of a saved notebook in which five searches have ended."""
    load = "%load_ext lepton_jupyter\nfrom sklearn.datasets import load_digits\ndf = load_digits(as_frame=True).frame"
    fit = "run = %lepton fit df --target target --budget 8s --wait"
    with _page(browser) as page:
        lab = LabPage(page, server, [load, *[fit] * 5])
        try:
            lab.command("notebook:run-all-cells")
            lab.has_run(5)
            lab.save()
            return lab.path.stat().st_size
        finally:
            lab.close()


def _print_table(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for place, line in enumerate(lines):
        print("| " + " | ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True)) + " |")
        if place == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print(flush=True)


if __name__ == "__main__":
    main()
