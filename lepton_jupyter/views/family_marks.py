"""Colour and mark of each family of learners in still pictures, where no style sheet says which theme is on."""

from __future__ import annotations

import math

# Luminances between .15 and .30, so that each is at least 3:1 on white and on the dark themes' surfaces alike.
_COLOURS = {
    "linear": "#2a86c8",
    "boosting": "#d9691e",
    "forest": "#159a64",
    "neural": "#cc4f8f",
    "neighbours": "#94762c",
    "bayes": "#9166e0",
    "kernel": "#868db2",
    "ensemble": "currentColor",
}
_GLYPHS = {
    "linear": "■",
    "boosting": "●",
    "forest": "▲",
    "neural": "◆",
    "neighbours": "▼",
    "bayes": "✚",
    "kernel": "★",
    "ensemble": "○",
    "baseline": "–",
}
# The same marks as matplotlib names them.
_MARKERS = {
    "linear": "s", "boosting": "o", "forest": "^", "neural": "D", "neighbours": "v", "kernel": "*", "ensemble": "o",
}  # fmt: skip

#: Words and figures that deserve a colour beside their word or sign.
GOOD = "#2a8f4f"
WARN = "#b5761a"
BAD = "#dc4a40"


def family_colour(family: str) -> str:
    """A colour that holds on light and dark; grey for an unknown family.

    Examples
    --------
    >>> family_colour("linear"), family_colour("mine")
    ('#2a86c8', '#808080')
    """
    return _COLOURS.get(family, "#808080")


def family_glyph(family: str) -> str:
    """A character that tells families apart without colour; unknown ones take the plus.

    Examples
    --------
    >>> family_glyph("forest"), family_glyph("mine")
    ('▲', '✚')
    """
    return _GLYPHS.get(family, "✚")


def family_marker(family: str) -> str:
    """The family's mark as a marker of matplotlib; the ensemble's is drawn open.

    Examples
    --------
    >>> family_marker("forest"), family_marker("mine")
    ('^', 'P')
    """
    return _MARKERS.get(family, "P")


def family_order() -> tuple[str, ...]:
    """Families in the order in which colours are given to them.

    Examples
    --------
    >>> family_order()[:3]
    ('linear', 'boosting', 'forest')
    """
    return tuple(each for each in _COLOURS if each != "ensemble")


def family_path(family: str, x: float, y: float, radius: float) -> str:
    """SVG path data of the family's mark around a point; about equal areas.

    Examples
    --------
    >>> family_path("linear", 10, 10, 3)
    'M7.4 7.4h5.2v5.2h-5.2z'
    """
    r = radius
    if family == "linear":
        side = 1.75 * r
        return f"M{_n(x - side / 2)} {_n(y - side / 2)}h{_n(side)}v{_n(side)}h{_n(-side)}z"
    if family in {"forest", "neighbours"}:
        up = -1 if family == "forest" else 1
        return f"M{_n(x)} {_n(y + up * 1.2 * r)}l{_n(1.2 * r)} {_n(-up * 2.1 * r)}h{_n(-2.4 * r)}z"
    if family == "neural":
        d = _n(1.3 * r)
        return f"M{_n(x)} {_n(y - 1.3 * r)}l{d} {d}l-{d} {d}l-{d} -{d}z"
    if family in {"boosting", "ensemble"}:
        return f"M{_n(x - r)} {_n(y)}a{_n(r)} {_n(r)} 0 1 0 {_n(2 * r)} 0a{_n(r)} {_n(r)} 0 1 0 {_n(-2 * r)} 0z"
    if family == "kernel":
        turns = [(k * math.pi / 5, (1.4, 0.6)[k % 2] * r) for k in range(10)]
        points = [f"{_n(x + reach * math.sin(turn))} {_n(y - reach * math.cos(turn))}" for turn, reach in turns]
        return f"M{'L'.join(points)}z"
    long, thick = 1.2 * r, 0.45 * r
    return (
        f"M{_n(x - long)} {_n(y - thick)}h{_n(2 * long)}v{_n(2 * thick)}h{_n(-2 * long)}z"
        f"M{_n(x - thick)} {_n(y - long)}h{_n(2 * thick)}v{_n(2 * long)}h{_n(-2 * thick)}z"
    )


def _n(value: float) -> str:
    return f"{round(value, 1):g}"
