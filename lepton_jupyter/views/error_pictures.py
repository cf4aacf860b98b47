"""Errors of a regression: predicted against true, and how they are distributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.chart_frame import ChartFrame, text
from lepton_jupyter.views.number_format import number, score_with_error, table_decimals
from lepton_jupyter.views.page_parts import captioned

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import ResidualPicture


def predicted_picture(picture: ResidualPicture | None) -> str:
    """True values against predictions: where rows lie, the middle half of them, and the diagonal."""
    if picture is None:
        return ""
    edges = picture.predicted_edges
    frame = ChartFrame(edges[0], edges[-1], edges[0], edges[-1], left=56)
    most = max((max(line) for line in picture.grid), default=1) or 1
    cells = []
    for i, line in enumerate(picture.grid):
        for j, value in enumerate(line):
            if value:
                x, right = frame.x(edges[j]), frame.x(edges[j + 1])
                y, top = frame.y(picture.true_edges[i]), frame.y(picture.true_edges[i + 1])
                alpha = 0.06 + 0.34 * math.sqrt(value / most)
                cells.append(f'<path d="M{x:.1f} {top:.1f}H{right:.1f}V{y:.1f}H{x:.1f}z" fill-opacity="{alpha:.2g}"/>')
    predicted = [each.predicted for each in picture.bands]
    parts = [
        frame.axes("predicted", "true"),
        *cells,
        frame.line((edges[0], edges[-1]), (edges[0], edges[-1]), opacity=0.55, dash="4 3"),
        frame.line(predicted, [each.median for each in picture.bands]),
        *(frame.whisker(each.predicted, each.lower_quartile, each.upper_quartile) for each in picture.bands),
        *(frame.dot(each.predicted, each.median, radius=2.6) for each in picture.bands),
    ]
    said = "points: the median of what was true, bars: the middle half"
    return captioned("Predicted and true", said, frame.svg(parts, f"True values against predictions; {said}"))


def residuals_picture(picture: ResidualPicture | None) -> str:
    """How the errors are distributed around zero."""
    if picture is None:
        return ""
    most = max(picture.counts, default=1) or 1
    edges = picture.edges
    frame = ChartFrame(edges[0], edges[-1], 0, 1.08 * most, left=48)
    bars = "".join(
        f"M{frame.x(low) + 0.5:.1f} {frame.y(0):.1f}V{frame.y(value):.1f}H{frame.x(high) - 0.5:.1f}V{frame.y(0):.1f}z"
        for low, high, value in zip(edges[:-1], edges[1:], picture.counts, strict=True)
        if value
    )
    parts = [frame.axes("true − predicted", "rows"), f'<path d="{bars}" fill-opacity=".45"/>']
    if edges[0] < 0 < edges[-1]:
        parts += [frame.upright(0), text(frame.x(0) + 5, frame.top + 9, "no error")]
    decimals = max(0, table_decimals([picture.spread]) - 2)
    mean, error = score_with_error(picture.mean, picture.mean_error, signed=True)
    sure = abs(picture.mean) > picture.mean_error
    biased = ("predicted too low" if picture.mean > 0 else "predicted too high") if sure else "no bias to be seen"
    said = (
        f"mean {mean} {error}, {biased}; nine of ten rows from {number(picture.low, decimals, signed=True)} "
        f"to {number(picture.high, decimals, signed=True)}"
    )
    return captioned("Errors", said, frame.svg(parts, f"Distribution of errors: {said}"))
