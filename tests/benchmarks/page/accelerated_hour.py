"""An hour of a run's messages, as fast as a page draws them, in a page that loads a bundle as anywidget does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_jupyter.widgets.page_module import packed_module

if TYPE_CHECKING:
    from playwright.sync_api import Browser

GOLDEN = Path(__file__).parents[2] / "golden"
#: One message a second of the run's own clock: an hour.
_HOUR = 3600
_MINUTE = 60

_MOUNT = """async ([code, golden]) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: panel } = await import(url);
  const listeners = new Set();
  const state = { head: golden };
  const el = document.body.appendChild(document.createElement("div"));
  el.style.width = "900px";
  panel.render({ el, model: {
    get: (name) => state[name], send: () => undefined,
    on: (event, call) => { if (event === "change:head") listeners.add(call); },
    off: (event, call) => listeners.delete(call),
  } });
  let second = 0;
  window.letPass = async (seconds) => {
    for (const until = second + seconds; second < until; second += 1) {
      const at = second;
      const next = structuredClone(golden);
      next.sequence = 1000 + at;
      next.elapsed_seconds = at;
      if (next.seconds) {
        next.seconds = Array.from({ length: 120 }, (_, place) => ({ ...golden.seconds[0],
          at: Math.max(0, at - 119 + place), rows_per_second: 1000 + (at * 7919) % 400 }));
      } else {
        next.budget_seconds = 3600;
        next.score = golden.score + at * 1e-5;
        next.rows.forEach((row) => { row.score += at * 1e-6; });
        next.rows[1].trial_id = 100 + at;
        next.log.push({ ...next.log[0], sentence: `trial ${at}` });
      }
      state.head = next;
      listeners.forEach((call) => call());
      await new Promise(requestAnimationFrame);
    }
  };
}"""


def heap_growth(browser: Browser, bundle: Path, message: str) -> tuple[str, str]:
    """Memory of the page after a minute and after an hour of messages.

    Parameters
    ----------
    browser : Browser
    bundle : Path
    message : str
        Name of the golden message that is varied.

    Returns
    -------
    minute, hour : str
        Megabytes of the JavaScript heap after its garbage was collected, with the number of elements.
    """
    golden = json.loads((GOLDEN / f"{message}.json").read_text(encoding="utf-8"))
    page = browser.new_page(viewport={"width": 1000, "height": 1200})
    session = page.context.new_cdp_session(page)
    page.set_default_timeout(600_000)
    page.evaluate(_MOUNT, [packed_module(bundle), golden])

    def held() -> str:
        session.send("HeapProfiler.collectGarbage")
        used = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
        n_elements = page.evaluate("() => document.querySelectorAll('*').length")
        return f"{used:.1f} ({n_elements} elements)"

    page.evaluate("(seconds) => window.letPass(seconds)", _MINUTE)
    minute = held()
    page.evaluate("(seconds) => window.letPass(seconds)", _HOUR - _MINUTE)
    hour = held()
    page.close()
    return minute, hour
