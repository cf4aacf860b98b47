"""How well rows are ordered: ROC, precision against recall, and what looking at the first rows gains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.chart_frame import ChartFrame, text
from lepton_jupyter.views.number_format import number
from lepton_jupyter.views.page_parts import captioned
from lepton_jupyter.views.plain_text import one_line, safe

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import EvaluationMessage, LiftCurve, ThresholdLine

_UNIT = ChartFrame(0, 1, 0, 1)
_BOTH = (True, True)


def roc_picture(message: EvaluationMessage) -> str:
    """Recall against false alarms; of several classes all lines, the worst one named."""
    if not message.roc:
        return ""
    frame = _UNIT
    parts = [frame.axes("false alarms", "recall", percent=_BOTH), frame.line((0, 1), (0, 1), opacity=0.55, dash="4 3")]
    parts.append(text(frame.x(0.6), frame.y(0.52), "by chance"))
    worst = min(message.roc, key=lambda each: each.area)
    for curve in message.roc:
        faint = len(message.roc) > 1 and curve is not worst
        xs, ys = curve.false_positive_rate, curve.true_positive_rate
        parts.append(frame.line(xs, ys, opacity=0.35, width=1) if faint else frame.line(xs, ys))
    for line in _marked(message):
        negatives = line.false_positives + line.true_negatives
        alarms = line.false_positives / negatives if negatives else 0.0
        parts.append(_mark(frame, line, alarms, line.recall, right=alarms < 0.8))
    if len(message.roc) == 1:
        said = f"area {number(worst.area, 3)}, 0.5 by chance"
    else:
        place = next(index for index, rate in enumerate(worst.false_positive_rate) if rate >= 0.25)
        x, y = worst.false_positive_rate[place], worst.true_positive_rate[place]
        parts.append(text(frame.x(x) + 8, frame.y(y) + 14, worst.label, strong=True))
        said = f"each class against the rest; worst: {safe(worst.label, 30)}, area {number(worst.area, 3)}"
    return captioned("ROC", said, frame.svg(parts, f"ROC: {one_line(said)}"))


def precision_recall_picture(message: EvaluationMessage) -> str:
    """Precision against recall."""
    if not message.precision_recall:
        return ""
    frame = _UNIT
    parts = [frame.axes("recall", "precision", percent=_BOTH)]
    worst = min(message.precision_recall, key=lambda each: each.average_precision)
    for curve in message.precision_recall:
        faint = len(message.precision_recall) > 1 and curve is not worst
        parts.append(frame.line(curve.recall, curve.precision, opacity=0.35 if faint else 1, width=1 if faint else 1.5))
    parts.append(frame.line((0, 1), (worst.prevalence,) * 2, opacity=0.55, dash="4 3"))
    parts.append(text(frame.x(0.02), frame.y(worst.prevalence) - 5, f"any rows: {number(100 * worst.prevalence, 0)} %"))
    parts += [_mark(frame, line, line.recall, line.precision, right=line.recall < 0.25) for line in _marked(message)]
    if len(message.precision_recall) == 1:
        said = f"{number(worst.average_precision, 3)} on average, {number(worst.prevalence, 3)} by chance"
    else:
        said = f"worst on average: {safe(worst.label, 30)}, {number(worst.average_precision, 3)}"
    return captioned("Precision", said, frame.svg(parts, f"Precision against recall: {one_line(said)}"))


def lift_picture(message: EvaluationMessage) -> str:
    """Share of the positives among the rows most likely to be positive."""
    curve = message.lift
    if curve is None:
        return ""
    frame = _UNIT
    at, gain = _at_fifth(curve.share_of_rows, curve.gain)
    parts = [
        frame.axes("rows, most likely first", f"share of all {one_line(curve.label, 24)} found", percent=_BOTH),
        frame.line((0, 1), (0, 1), opacity=0.55, dash="4 3"),
        text(frame.x(0.6), frame.y(0.52), "in any order"),
        frame.line(curve.share_of_rows, curve.best_gain, opacity=0.35, width=1),
        frame.line(curve.share_of_rows, curve.gain),
        _ideal(frame, curve),
        frame.dot(at, gain, radius=3.6),
        text(frame.x(at) + 8, frame.y(gain) + 12, f"{number(gain / at, 1)} times", strong=True),
    ]
    found = f"{number(100 * gain, 0)} % of all {safe(curve.label, 24)}"
    said = f"the first {number(100 * at, 0)} % of rows hold {found}"
    return captioned("Gain", said, frame.svg(parts, f"Cumulative gains: {one_line(said)}"))


def _ideal(frame: ChartFrame, curve: LiftCurve) -> str:
    """The name of the line of a perfect order, beside its rise where there is room."""
    full = next(share for share, gain in zip(curve.share_of_rows, curve.best_gain, strict=True) if gain >= 1)
    return text(frame.x(full / 2) - 5, frame.y(0.5) - 4, "ideal", anchor="end") if full >= 0.2 else ""


def _at_fifth(shares: tuple[float, ...], gains: tuple[float, ...]) -> tuple[float, float]:
    """The point of the curve nearest to a fifth of the rows; never the first, where nothing is looked at."""
    place = min(range(1, len(shares)), key=lambda index: abs(shares[index] - 0.2))
    return shares[place], gains[place]


def _marked(message: EvaluationMessage) -> list[ThresholdLine]:
    lines = [] if message.threshold is None else message.threshold.lines
    return [each for each in lines if each.name in {"chosen", "0.5"}]


def _mark(frame: ChartFrame, line: ThresholdLine, x: float, y: float, *, right: bool) -> str:
    if x != x or y != y:  # noqa: PLR0124  NaN: no row is called positive, and precision has no value
        return ""
    chosen = line.name == "chosen"
    word = f"at {number(line.threshold, 3)}" if chosen else "at 0.5"
    # Below the point: the curve comes from there on neither side.
    label = text(
        frame.x(x) + (8 if right else -8), frame.y(y) + 14, word,
        anchor="start" if right else "end", strong=not chosen, chosen=chosen,
    )  # fmt: skip
    return frame.dot(x, y, radius=4 if chosen else 3.4, chosen=chosen, ring=not chosen) + label
