"""How panels of the gallery look: where each part lies, what it says, in which colours, and a picture of all."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent / "looks"
GALLERY = Path(__file__).parents[2] / "labextension" / "gallery"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
#: Share of the pixels that may differ: shapes are smoothed a little differently from one machine to another.
PIXELS = 0.02
#: Of one colour channel; below it nobody sees a difference.
_CHANNEL = 24

#: Fonts of this machine stand for those of any host; nothing moves, nothing blinks.
_STYLE = """
@font-face { font-family: looks; src: url(FONTS/DejaVuSans.ttf); }
@font-face { font-family: looks; font-weight: 600 700; src: url(FONTS/DejaVuSans-Bold.ttf); }
@font-face { font-family: looks-mono; src: url(FONTS/DejaVuSansMono.ttf); }
body { --jp-ui-font-family: looks !important; --jp-code-font-family: looks-mono !important; }
*, *::before { animation: none !important; transition: none !important; caret-color: transparent !important; }
""".replace("FONTS", FONTS.as_uri())

_PARTS = """() => [...document.querySelectorAll('.host-out .lepton, .host-out .lepton *')].flatMap((each) => {
  const box = each.getBoundingClientRect();
  const texts = [...each.childNodes].filter((node) => node.nodeType === 3);
  const own = texts.map((node) => node.textContent).join('').trim();
  if (box.width === 0 || (own === '' && each.closest('svg') !== null)) return [];
  const style = getComputedStyle(each);
  const panel = each.closest('.host-out').getBoundingClientRect();
  const where = [box.x - panel.x, box.y - panel.y, box.width, box.height].map(Math.round).join(' ');
  const kind = typeof each.className === 'string' ? each.className : each.tagName;
  return [`${each.tagName.toLowerCase()}.${kind} | ${where} | ${own} | ${style.color} ${style.backgroundColor}`];
})"""


@dataclass(frozen=True)
class Look:
    """One panel of the gallery in one theme and width.

    Attributes
    ----------
    panel : str
        Name in the gallery.
    hash : str
        Of the gallery's address: theme and width.
    """

    panel: str
    hash: str = ""

    @property
    def name(self) -> str:
        """Name of its files."""
        return f"{self.panel}-{self.hash or 'light'}"


# None with Chinese text: which font draws it, and how wide, is the machine's own choice.
LOOKS = (
    Look("running", "dark"),
    Look("multiclass", "narrow"),
    Look("finished-front"),
    Look("failed"),
    Look("form-options"),
    Look("stream", "dark"),
    Look("evaluation-moved"),
    Look("evaluation-multiclass", "dark"),
    Look("comparison", "narrow"),
)


def look_at(browser: Browser, look: Look) -> tuple[list[str], bytes]:
    """Draw a panel and say how it looks.

    Parameters
    ----------
    browser : Browser
    look : Look

    Returns
    -------
    parts : list of str
        Of each part its box in whole pixels, its own text and its colours.
    picture : bytes
        As PNG.
    """
    page = browser.new_page(viewport={"width": 1000, "height": 1000}, reduced_motion="reduce", timezone_id="UTC")
    try:
        page.goto(f"{(GALLERY / 'index.html').as_uri()}?only={look.panel}#{look.hash}")
        page.wait_for_selector(".lepton")
        page.add_style_tag(content=_STYLE)
        page.evaluate("() => document.fonts.ready")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        parts: list[str] = page.evaluate(_PARTS)
        return parts, page.locator(".host-out").screenshot()
    finally:
        page.close()


def small(picture: bytes) -> bytes:
    """The same picture in 64 colours, to be kept."""
    from PIL import Image

    kept = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(64).save(kept, format="PNG", optimize=True)
    return kept.getvalue()


def share_of_other_pixels(one: bytes, other: bytes) -> float:
    """Share of the pixels of two pictures that a person could tell apart; 1 where their sizes differ."""
    from PIL import Image, ImageChops

    first, second = (Image.open(io.BytesIO(each)).convert("RGB") for each in (one, other))
    if first.size != second.size:
        return 1.0
    difference: Any = ImageChops.difference(first, second).convert("L").point(lambda value: 255 * (value > _CHANNEL))
    return difference.histogram()[255] / (first.width * first.height)
