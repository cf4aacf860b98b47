"""The small pictures of a profile as SVG: histograms and bars of shares, each in two colours, each two paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.profile_messages import ColumnPicture

WIDTH, HEIGHT = 108, 24
_BAR_TOP, _BAR_HEIGHT = 4, 16


def small_picture(picture: ColumnPicture, n_rows: int, title: str) -> str:
    """A column's picture; empty where it has none.

    Parameters
    ----------
    picture : ColumnPicture
    n_rows : int
        Of the table: shares are of all rows, and missing ones are a dashed line.
    title : str
        What a screen reader says, escaped already.

    Returns
    -------
    svg : str
        Paths of class ``r`` (the rest) and ``t`` (the second colour).
    """
    if picture.style == "histogram":
        paths = _histogram(picture.counts, picture.second)
    elif picture.style == "shares" and n_rows:
        paths = _shares(picture, n_rows)
    else:
        return ""
    return _svg(paths, title)


def _svg(paths: str, title: str) -> str:
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg {size} role="img" aria-label="{title}">{paths}</svg>'


def _histogram(counts: Sequence[int], second: Sequence[int]) -> str:
    tallest = max(counts, default=0)
    if not tallest:
        return ""
    step = WIDTH / len(counts)
    rest, target = [], []
    for place, n in enumerate(counts):
        if not n:
            continue
        x, width = place * step, max(1.0, step - 1)
        height = max(0.8, HEIGHT * n / tallest)  # a bar of one row in a million is seen as well
        part = height * second[place] / n if second else 0.0
        rest.append(_box(x, HEIGHT - height, width, height - part))
        target.append(_box(x, HEIGHT - part, width, part))
    return _path("r", rest) + _path("t", target)


def _shares(picture: ColumnPicture, n_rows: int) -> str:
    scale = WIDTH / n_rows
    rest, target, x = [], [], 0.0
    for n, second in _drawn_bars(picture, scale):
        width = n * scale
        part = _BAR_HEIGHT * second / n if n else 0.0
        shown = max(0.8, width - 1 if x + width < WIDTH - 0.5 else width)
        rest.append(_box(x, _BAR_TOP, shown, _BAR_HEIGHT - part))
        target.append(_box(x, _BAR_TOP + _BAR_HEIGHT - part, shown, part))
        x += width
    missing = f'<path class="m" d="M{_figure(x + 0.5)} 12H{WIDTH}"/>' if x < WIDTH - 1.5 else ""
    return _path("r", rest) + _path("t", target) + missing


def _drawn_bars(picture: ColumnPicture, scale: float) -> list[tuple[int, int]]:
    """Rows of each bar and its second colour; bars too thin for themselves and a gap are one, the last."""
    bars = list(zip(picture.counts, picture.second or [0] * len(picture.counts), strict=True))
    if picture.rest:
        bars.append((picture.rest, picture.rest_second))
    thin = next((place for place, (n, _) in enumerate(bars) if place and n * scale < 1.5), len(bars))
    tail = bars[thin:]
    return [*bars[:thin], (sum(n for n, _ in tail), sum(part for _, part in tail))] if tail else bars


def drift_picture(shares: Sequence[float], others: Sequence[float], *, joined: bool, title: str) -> str:
    """Shares of one table as bars and those of another as a line over them; empty without any.

    Parameters
    ----------
    shares, others : sequence of float
        In the same bars.
    joined : bool
        Whether bars lie on one axis, so that their line is joined; categories do not.
    title : str
        What a screen reader says, escaped already.

    Returns
    -------
    svg : str
        Paths of class ``r`` (the profiled table) and ``o`` (the other one).
    """
    tallest = max([*shares, *others], default=0.0)
    if not tallest:
        return ""
    step = WIDTH / len(shares)
    gap = 1 if step > 3 else 0
    bars = [
        _box(place * step, HEIGHT - HEIGHT * share / tallest, step - gap, HEIGHT * share / tallest)
        for place, share in enumerate(shares)
    ]
    line = ""
    for place, share in enumerate(others):
        y = _figure(HEIGHT - HEIGHT * share / tallest)
        line += f"V{y}" if joined and place else f"M{_figure(place * step)} {y}"
        line += f"H{_figure((place + 1) * step - (0 if joined else gap))}"
    return _svg(f'{_path("r", bars)}<path class="o" d="{line}"/>', title)


def _box(x: float, y: float, width: float, height: float) -> str:
    if height < 0.05:
        return ""
    return f"M{_figure(x)} {_figure(y)}h{_figure(width)}v{_figure(height)}h-{_figure(width)}z"


def _path(name: str, boxes: list[str]) -> str:
    drawn = "".join(boxes)
    return f'<path class="{name}" d="{drawn}"/>' if drawn else ""


def _figure(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def spoken(picture: ColumnPicture, second_label: str) -> str:
    """The picture in a sentence, for those who do not see it.

    Examples
    --------
    >>> from lepton_jupyter.events.profile_messages import ColumnPicture
    >>> spoken(ColumnPicture(style="shares", counts=(5, 2), second=(), labels=("red", "blue")), "")
    'red 5, blue 2'
    """
    of = f", {second_label} in the second colour" if picture.second and second_label else ""
    if picture.style == "histogram":
        return f"Histogram of {count(sum(picture.counts))} rows{of}"
    return (
        ", ".join(f"{label} {count(n)}" for label, n in list(zip(picture.labels, picture.counts, strict=True))[:4]) + of
    )
