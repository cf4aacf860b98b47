"""The frame of a small chart as inline SVG: scales, ticks, lines and words, in the host's own ink."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.axis_ticks import round_ticks, tick_decimals
from lepton_jupyter.views.number_format import number
from lepton_jupyter.views.page_parts import ACCENT
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class ChartFrame:
    """Where values lie on a chart; text stays 11 px, since the chart is as wide as it is drawn.

    Parameters
    ----------
    x_low, x_high, y_low, y_high : float
        Ends of the axes.
    width, height : int
        Pixels.
    left, right, top, bottom : int
        Margins, in which ticks and labels stand.

    Examples
    --------
    >>> frame = ChartFrame(0, 1, 0, 1)
    >>> frame.x(0), frame.y(0)
    (40.0, 194.0)
    """

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    width: int = 420
    height: int = 226
    left: int = 40
    right: int = 24
    top: int = 22
    bottom: int = 32

    def x(self, value: float) -> float:
        """Place of a value, held within the axis."""
        share = (value - self.x_low) / ((self.x_high - self.x_low) or 1.0)
        return self.left + (self.width - self.left - self.right) * min(1.0, max(0.0, share))

    def y(self, value: float) -> float:
        """Height of a value, held within the axis."""
        share = (value - self.y_low) / ((self.y_high - self.y_low) or 1.0)
        return self.height - self.bottom - (self.height - self.bottom - self.top) * min(1.0, max(0.0, share))

    def axes(self, x_label: str, y_label: str, *, percent: tuple[bool, bool] = (False, False)) -> str:
        """Gridlines, ticks and the axes' names: that of y above it, that of x at its end."""
        x_ticks, y_ticks = round_ticks(self.x_low, self.x_high, 6), round_ticks(self.y_low, self.y_high, 5)
        right, floor = self.width - self.right, self.height - self.bottom
        grid = "".join(f"M{self.left} {_n(self.y(each))}H{right}" for each in y_ticks)
        parts = [f'<path d="{grid}" stroke="currentColor" stroke-opacity=".13" fill="none"/>']
        y_words, x_words = _labels(y_ticks, percent[1]), _labels(x_ticks, percent[0])
        parts += [
            text(self.left - 6, self.y(each) + 4, word, anchor="end")
            for each, word in zip(y_ticks, y_words, strict=True)
        ]
        parts += [
            text(self.x(each), floor + 14, word, anchor="middle") for each, word in zip(x_ticks, x_words, strict=True)
        ]
        parts.append(f'<path d="M{self.left} {floor}H{right}" stroke="currentColor" stroke-opacity=".4" fill="none"/>')
        parts.append(text(4, 11, y_label))
        parts.append(text(right, floor + 28, x_label, anchor="end"))
        return "".join(parts)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, width: float = 1.5, opacity: float = 1.0, dash: str = ""
    ) -> str:
        """A line through points; broken where one is missing."""
        path, pen = [], "M"
        for x, y in zip(xs, ys, strict=True):
            if math.isfinite(x) and math.isfinite(y):
                path.append(f"{pen}{_n(self.x(x))} {_n(self.y(y))}")
                pen = "L"
            else:
                pen = "M"
        more = f' stroke-dasharray="{dash}"' if dash else ""
        more += f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
        return f'<path d="{"".join(path)}" stroke="currentColor" stroke-width="{width:g}" fill="none"{more}/>'

    def band(self, xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], *, opacity: float = 0.1) -> str:
        """The area between two lines."""
        edge = [*zip(xs, highs, strict=True), *reversed(list(zip(xs, lows, strict=True)))]
        path = "L".join(f"{_n(self.x(x))} {_n(self.y(y))}" for x, y in edge if math.isfinite(y))
        return f'<path d="M{path}z" fill-opacity="{opacity:g}"/>' if path else ""

    def dot(self, x: float, y: float, *, radius: float = 3.0, chosen: bool = False, ring: bool = False) -> str:
        """A point; in the accent if it is chosen."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return ""
        place = f'cx="{_n(self.x(x))}" cy="{_n(self.y(y))}" r="{radius:g}"'
        if ring:
            return f'<circle {place} fill="none" stroke="currentColor" stroke-width="1.5"/>'
        return f"<circle {place}{f' style={chr(34)}fill:{ACCENT}{chr(34)}' if chosen else ''}/>"

    def whisker(self, x: float, low: float, high: float) -> str:
        """A vertical interval."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        return (
            f'<path d="M{_n(self.x(x))} {_n(self.y(low))}V{_n(self.y(high))}" stroke="currentColor" '
            'stroke-opacity=".55" fill="none"/>'
        )

    def upright(self, x: float, *, chosen: bool = False) -> str:
        """A vertical line through the chart: an event, or what is chosen."""
        look = (
            f'style="stroke:{ACCENT}" stroke-width="1.5"'
            if chosen
            else 'stroke="currentColor" stroke-opacity=".55" stroke-dasharray="4 3"'
        )
        return f'<path d="M{_n(self.x(x))} {self.top}V{self.height - self.bottom}" fill="none" {look}/>'

    def svg(self, parts: Iterable[str], sentence: str) -> str:
        """The whole chart, which says `sentence` to those who do not see it."""
        return svg(self.width, self.height, parts, sentence)


def svg(width: int, height: int, parts: Iterable[str], sentence: str) -> str:
    """A picture of a size; it shrinks where there is no room."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{escape(sentence, quote=True)}" font-size="11" font-family="system-ui,sans-serif" '
        f'fill="currentColor" style="display:block;max-width:100%;height:auto">{"".join(parts)}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", strong: bool = False, chosen: bool = False) -> str:
    """Words on a chart; from data or not, they are escaped."""
    look = ' font-weight="600"' if strong or chosen else ' opacity=".72"'
    look += f' style="fill:{ACCENT}"' if chosen else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{look}>{escape(one_line(words, 60), quote=True)}</text>'
    )


def _labels(ticks: list[float], percent: bool) -> list[str]:
    if percent:
        return [f"{number(100 * each, 0)}{' %' if each == ticks[-1] else ''}" for each in ticks]
    decimals = tick_decimals(ticks)
    return [number(each, decimals) for each in ticks]


def _n(value: float) -> str:
    return f"{round(value, 1):g}"
