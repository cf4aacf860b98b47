"""How well rows are ranked, as figures: ROC, precision against recall, gain and lift."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.figure_style import cycle_colour, ink, name_axes, put_legend, put_text
from lepton_jupyter.views.number_format import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import (
        LiftCurve,
        PrecisionRecallCurve,
        RocCurve,
        ThresholdChoice,
        ThresholdLine,
    )

#: Most classes drawn: more lines cannot be told apart.
MOST_CLASSES = 8

_DASHES = ("-", "--", "-.")


def draw_roc(curves: Sequence[RocCurve], threshold: ThresholdChoice | None, ax: Axes) -> None:
    """Draw recall against false alarms, the diagonal of a guess, and the thresholds in question.

    Parameters
    ----------
    curves : sequence of RocCurve
        One for each class; the first eight are drawn.
    threshold : ThresholdChoice or None
        Where a single class counts as positive.
    ax : Axes
    """
    ax.plot([0, 1], [0, 1], color=ink(), linestyle=":", marker="none", zorder=1)
    handles = []
    for index, curve in enumerate(curves[:MOST_CLASSES]):
        handles += ax.plot(curve.false_positive_rate, curve.true_positive_rate, **_line(index, len(curves)))
    for line in _marked(threshold):
        _mark(line, _rate(line.false_positives, line.true_negatives), line.recall, ax)
    name_axes(ax, "False positive rate", "True positive rate (recall)")
    _set_unit(ax)
    put_legend(ax, handles, [f"{each.label}: AUC {number(each.area, 3)}" for each in curves[:MOST_CLASSES]], columns=2)


def draw_precision_recall(curves: Sequence[PrecisionRecallCurve], threshold: ThresholdChoice | None, ax: Axes) -> None:
    """Draw precision against recall, the precision of a guess, and the thresholds in question.

    Parameters
    ----------
    curves : sequence of PrecisionRecallCurve
        One for each class; the first eight are drawn.
    threshold : ThresholdChoice or None
        Where a single class counts as positive.
    ax : Axes
    """
    if len(curves) == 1:
        ax.axhline(curves[0].prevalence, color=ink(), linestyle=":", marker="none", zorder=1)
        guess = f"at random {number(curves[0].prevalence, 2)}"
        put_text(ax, guess, (0.0, curves[0].prevalence), xytext=(3, 3), ha="left", va="bottom")
    handles = []
    for index, curve in enumerate(curves[:MOST_CLASSES]):
        handles += ax.plot(curve.recall, curve.precision, **_line(index, len(curves)))
    for line in _marked(threshold):
        _mark(line, line.recall, line.precision, ax)
    name_axes(ax, "Recall", "Precision")
    _set_unit(ax)
    names = [f"{each.label}: average {number(each.average_precision, 3)}" for each in curves[:MOST_CLASSES]]
    put_legend(ax, handles, names, columns=2)


def draw_gain(curve: LiftCurve, ax: Axes) -> None:
    """Draw which share of the positive rows is among the rows looked at first.

    Parameters
    ----------
    curve : LiftCurve
    ax : Axes
    """
    handles = _three_lines(curve.share_of_rows, curve.gain, curve.best_gain, curve.share_of_rows, ax)
    name_axes(ax, "Share of rows, most likely first", f"Share of all {curve.label}")
    _set_unit(ax)
    put_legend(ax, handles, ("model", "perfect order", "at random"))


def draw_lift(curve: LiftCurve, ax: Axes) -> None:
    """Draw how many times more positive rows are among those looked at first than at random.

    Parameters
    ----------
    curve : LiftCurve
    ax : Axes
    """
    best = [
        gain / share if share > 0 else math.nan
        for gain, share in zip(curve.best_gain, curve.share_of_rows, strict=True)
    ]
    handles = _three_lines(curve.share_of_rows, curve.lift, best, [1.0] * len(best), ax)
    known = [each for each in (*best, *curve.lift) if math.isfinite(each)]
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.08 * max(known, default=1.0))
    name_axes(ax, "Share of rows, most likely first", f"Lift: {curve.label}, times as many as at random")
    put_legend(ax, handles, ("model", "perfect order", "at random"))


def _three_lines(
    shares: Sequence[float], model: Sequence[float], best: Sequence[float], guess: Sequence[float], ax: Axes
) -> list[Any]:
    first = ax.plot(shares, model, **_line(0, 1))
    second = ax.plot(shares, best, color=ink(), linestyle="--", marker="none", zorder=1)
    return [*first, *second, *ax.plot(shares, guess, color=ink(), linestyle=":", marker="none", zorder=1)]


def _line(index: int, n_lines: int) -> dict[str, Any]:
    dashes = _DASHES[index % len(_DASHES)] if n_lines > 1 else "-"
    return {"color": cycle_colour(index), "linestyle": dashes, "marker": "none", "zorder": 2}


def _rate(hits: int, misses: int) -> float:
    return hits / (hits + misses) if hits + misses else math.nan


def _marked(threshold: ThresholdChoice | None) -> list[ThresholdLine]:
    """The threshold in force, and one half where that is another."""
    if threshold is None:
        return []
    lines = {each.name: each for each in threshold.lines if each.name in {"chosen", "0.5"}}
    chosen = lines.get("chosen")
    if chosen is not None and "0.5" in lines and chosen.threshold == lines["0.5"].threshold:
        del lines["0.5"]
    return list(lines.values())


def _mark(line: ThresholdLine, x: float, y: float, ax: Axes) -> None:
    if not (math.isfinite(x) and math.isfinite(y)):
        return
    fill = ink() if line.name == "chosen" else "none"
    ax.plot([x], [y], marker="o", linestyle="none", markerfacecolor=fill, markeredgecolor=ink(), zorder=3)
    side = "left" if x < 0.7 else "right"
    text = f"threshold {number(line.threshold, 2)}"
    put_text(ax, text, (x, y), xytext=(6 if side == "left" else -6, -4), ha=side, va="top")


def _set_unit(ax: Axes) -> None:
    """Both axes from 0 to 1, with room for what lies on the edge."""
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.02, 1.02)
