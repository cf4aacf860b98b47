"""Whether probabilities come true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.chart_frame import ChartFrame, text
from lepton_jupyter.views.number_format import number
from lepton_jupyter.views.page_parts import captioned
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import CalibrationCurve


def calibration_picture(curve: CalibrationCurve | None) -> str:
    """Observed shares against predicted probabilities, with the interval of each."""
    if curve is None or not curve.points:
        return ""
    frame = ChartFrame(0, 1, 0, 1)
    predicted, observed = [each.predicted for each in curve.points], [each.observed for each in curve.points]
    what = f"share of {one_line(curve.label, 24)}" if curve.label else "share that was right"
    parts = [
        frame.axes("predicted probability", what, percent=(True, True)),
        frame.line((0, 1), (0, 1), opacity=0.55, dash="4 3"),
        text(frame.x(0.62), frame.y(0.52), "as predicted"),
        *(frame.whisker(each.predicted, each.low, each.high) for each in curve.points),
        frame.line(predicted, observed, opacity=0.6, width=1),
        *(frame.dot(each.predicted, each.observed) for each in curve.points),
    ]
    gap = number(100 * curve.expected_error, 1)
    said = f"off by {gap} points on average; Brier score {number(curve.brier, 3)}"
    return captioned("Calibration", said, frame.svg(parts, f"Calibration: {said}"))
