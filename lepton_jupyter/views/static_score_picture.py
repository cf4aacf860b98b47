"""Score over time as one inline SVG without styles, for pages where nothing runs."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from lepton_jupyter.views.axis_ticks import round_ticks, tick_decimals
from lepton_jupyter.views.family_marks import family_colour, family_path
from lepton_jupyter.views.number_format import duration, number, score_with_error
from lepton_jupyter.views.plain_text import one_line
from lepton_jupyter.views.score_history import thinned_history

if TYPE_CHECKING:
    from lepton_jupyter.events.messages import HistoryPoint, RunPanelMessage

_WIDTH, _HEIGHT = 860, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 70, 10, 22
_STRIP = 16  # beyond the axis break, on the worse side: what is off the scale
_MOST_POINTS = 72


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where times and scores lie on the picture."""

    seconds: float
    low: float
    high: float
    greater_is_better: bool

    def x(self, seconds: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(1.0, max(0.0, seconds / self.seconds))

    def y(self, score: float) -> float:
        """Height of a score; what is off the scale lies in the strip."""
        top, bottom = self.top, self.bottom
        if self.greater_is_better and score < self.low:
            return bottom + _STRIP * 0.75
        if not self.greater_is_better and score > self.high:
            return top - _STRIP * 0.75
        return bottom - (bottom - top) * min(1.0, max(0.0, (score - self.low) / (self.high - self.low)))

    def is_off(self, score: float) -> bool:
        return score < self.low if self.greater_is_better else score > self.high

    def ticks(self) -> tuple[list[float], int]:
        """Round scores to label, clear of the strip's own label, and their decimals."""
        ticks = round_ticks(self.low, self.high, 5)
        strip = self.bottom + _STRIP * 0.75 if self.greater_is_better else self.top - _STRIP * 0.75
        return [each for each in ticks if abs(self.y(each) - strip) >= 14], tick_decimals(ticks)

    @property
    def top(self) -> float:
        return _TOP + (0 if self.greater_is_better else _STRIP)

    @property
    def bottom(self) -> float:
        return _HEIGHT - _BOTTOM - (_STRIP if self.greater_is_better else 0)


def score_picture(message: RunPanelMessage) -> str:
    """Draw the best so far as a step line with its interval, the candidates by family, and the baselines.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    svg : str
        Empty with fewer than two points. Colours are `currentColor` at several opacities and those of the families,
        so that it holds on light and dark.
    """
    points = thinned_history(message.history, _MOST_POINTS)
    if len(points) < 2:
        return ""
    scale = _scale_of(message)
    parts = [
        _axes(scale),
        _band(points, scale),
        _baselines(message, scale),
        _candidates(points, scale),
        _best_line(points, scale),
        _best_label(message, points, scale),
    ]
    sentence = _sentence(message, points)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(sentence, quote=True)}" '
        'font-size="11" font-family="system-ui,sans-serif" fill="currentColor" '
        f'style="display:block;max-width:100%;height:auto">{"".join(parts)}</svg>'
    )


def _scale_of(message: RunPanelMessage) -> _Scale:
    improved = [each for each in message.history if each.improved]
    values = [each.best_score for each in improved[len(improved) // 2 :]]
    values += [each.best_score + sign * each.best_error for each in improved[-1:] for sign in (-1, 1)]
    values += [each.score for each in message.baselines if each.label == "linear"]
    values += [] if message.baselines else [improved[0].best_score]
    values = [each for each in values if each == each]  # noqa: PLR0124  # drops NaN
    low, high = min(values), max(values)
    margin = 0.06 * (high - low) or abs(high) * 0.01 or 1.0
    seconds = max(message.elapsed_seconds, message.history[-1].elapsed_seconds, 1e-9)
    # No score of scikit-learn's is above 1 and no loss below 0: a picture that went beyond would promise it.
    if message.greater_is_better:
        return _Scale(seconds, low - margin, min(high + margin, 1.0), greater_is_better=True)
    return _Scale(seconds, max(low - margin, 0.0), high + margin, greater_is_better=False)


def _n(value: float) -> str:
    return f"{round(value, 1):g}"


def _text(x: float, y: float, text: str, *, anchor: str = "start", more: str = 'opacity=".7"') -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" {more}>{escape(text, quote=True)}</text>'


def _axes(scale: _Scale) -> str:
    left, right = scale.x(0), scale.x(scale.seconds)
    ticks, decimals = scale.ticks()
    grid = "".join(f"M{_n(left)} {_n(scale.y(each))}H{_n(right)}" for each in ticks)
    labels = [_text(left - 8, scale.y(each) + 4, number(each, decimals), anchor="end") for each in ticks]
    times = round_ticks(0, scale.seconds, 6)
    labels += [
        _text(scale.x(each), _HEIGHT - 5, duration(each) if each else "0", anchor="middle" if each else "start")
        for each in times
    ]
    return f'<path d="{grid}" stroke="currentColor" stroke-opacity=".13" fill="none"/>{"".join(labels)}'


def _steps(points: tuple[HistoryPoint, ...], scale: _Scale, sign: int) -> list[tuple[float, float]]:
    """Corners of the best so far, or of an edge of its interval, from the first point to now."""
    corners: list[tuple[float, float]] = []
    for point in points:
        error = point.best_error if point.best_error == point.best_error else 0.0  # NaN: unknown
        x, y = scale.x(point.elapsed_seconds), scale.y(point.best_score + sign * error)
        if corners and corners[-1][1] == y:
            continue
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    corners.append((scale.x(scale.seconds), corners[-1][1]))
    return corners


def _band(points: tuple[HistoryPoint, ...], scale: _Scale) -> str:
    edge = [*_steps(points, scale, 1), *reversed(_steps(points, scale, -1))]
    bound = [(x, min(scale.bottom, max(scale.top, y))) for x, y in edge]
    path = "L".join(f"{_n(x)} {_n(y)}" for x, y in bound)
    return f'<path d="M{path}z" fill-opacity=".07"/>'


def _best_line(points: tuple[HistoryPoint, ...], scale: _Scale) -> str:
    path = "L".join(f"{_n(x)} {_n(y)}" for x, y in _steps(points, scale, 0))
    line = f'<path d="M{path}" stroke="currentColor" stroke-width="1.5" fill="none"/>'
    return line + "".join(_mark(each, scale, 3.6, 1.0) for each in points if each.improved)


def _candidates(points: tuple[HistoryPoint, ...], scale: _Scale) -> str:
    return "".join(_mark(each, scale, 2.6, 0.5) for each in points if not each.improved)


def _mark(point: HistoryPoint, scale: _Scale, radius: float, opacity: float) -> str:
    path = family_path(point.family, scale.x(point.elapsed_seconds), scale.y(point.score), radius)
    if point.family == "ensemble":
        ring = 'fill="none" stroke="currentColor" stroke-width="1.5"'
        return f'<path d="{path}" {ring} opacity="{opacity:g}"/>'
    faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path d="{path}" fill="{family_colour(point.family)}"{faint}/>'


def _baselines(message: RunPanelMessage, scale: _Scale) -> str:
    parts, right = [], scale.x(scale.seconds)
    for each in message.baselines:
        y = scale.y(each.score)
        line = f'<path d="M{_LEFT} {_n(y)}H{_n(right)}" stroke="currentColor" stroke-opacity=".55" '
        parts.append(f'{line}stroke-dasharray="4 3" fill="none"/>')
        label = one_line(each.label, 12)
        if scale.is_off(each.score):
            parts.append(_text(_LEFT - 8, y + 4, number(each.score, scale.ticks()[1]), anchor="end"))
        parts.append(_text(right + 8, y + 4, label))
    return "".join(parts)


def _best_label(message: RunPanelMessage, points: tuple[HistoryPoint, ...], scale: _Scale) -> str:
    best = points[-1].best_score
    shown = score_with_error(best, message.score_error)[0]
    y = scale.y(best) + 4
    lines = [scale.y(each.score) + 4 for each in message.baselines]
    if any(abs(y - other) < 12 for other in lines):
        y -= 12
    return _text(scale.x(scale.seconds) + 8, y, shown, more='font-weight="600"')


def _sentence(message: RunPanelMessage, points: tuple[HistoryPoint, ...]) -> str:
    first, best = points[0].best_score, points[-1].best_score
    error = message.score_error
    return (
        f"Score over time: the best {one_line(message.metric_label)} went from {score_with_error(first, error)[0]} "
        f"to {score_with_error(best, error)[0]} in {duration(message.elapsed_seconds)}."
    )
