"""An evaluation as HTML without script or style element: it holds in a notebook, in nbconvert and on GitHub."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.calibration_picture import calibration_picture
from lepton_jupyter.views.confusion_picture import confused_sentence, confusion_picture
from lepton_jupyter.views.error_pictures import predicted_picture, residuals_picture
from lepton_jupyter.views.evaluation_sentence import evaluation_sentence
from lepton_jupyter.views.family_marks import BAD
from lepton_jupyter.views.number_format import MISSING, count, number, table_decimals
from lepton_jupyter.views.page_parts import (
    beside,
    big,
    code,
    header,
    notices,
    panel,
    pictures,
    quiet,
    section,
    strong,
    table,
)
from lepton_jupyter.views.plain_text import safe
from lepton_jupyter.views.ranking_pictures import lift_picture, precision_recall_picture, roc_picture
from lepton_jupyter.views.threshold_picture import rates_picture, threshold_sentence, trade_table, value_picture
from lepton_jupyter.views.weak_spots import importance_table, slices_table

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import EvaluationMessage, ScoreLine

_MOST_CLASS_LINES = 30


def render_evaluation_html(message: EvaluationMessage) -> str:
    """Draw an evaluation for a page in which nothing runs.

    Parameters
    ----------
    message : EvaluationMessage

    Returns
    -------
    html : str
        All text from data is escaped; colours are the host's ink and accent, so that it holds on light and dark.
    """
    several = message.n_classes > 2
    parts = [
        _head(message),
        notices(message.notices),
        section(
            "Decision" if message.task == "binary" else "Classes",
            threshold_sentence(message) or confused_sentence(message.confusion),
            _decision(message),
        ),
        section(
            "", "",
            pictures([
                roc_picture(message), precision_recall_picture(message), calibration_picture(message.calibration),
                lift_picture(message),
            ]),
        ),
        section("", "", pictures([predicted_picture(message.residuals), residuals_picture(message.residuals)])),
        section(
            "What the model leans on",
            _shuffled(message),
            importance_table(message) or " ",
        ),
        section("Where it is weak", _weak(message), slices_table(message) or " "),
        section("All scores", safe(message.interval, 120), _scores(message)),
        section("Each class", "", _classes(message), closed=True) if several else "",
    ]  # fmt: skip
    return panel(parts, name="evaluation")


def _head(message: EvaluationMessage) -> str:
    words = evaluation_sentence(message)
    expected = safe(words.expected, 120)
    if words.verdict == "worse":
        expected = f'<span style="color:{BAD}">{strong(expected)}</span>'
    left_out = f", {count(message.n_without_target)} without a target left out" if message.n_without_target else ""
    return header(
        [
            big(words.score, words.interval),
            f"{safe(message.metric_label, 40)} on {code(message.target, 40)}",
            f"{safe(words.rows, 120)}{quiet(left_out)}",
            expected,
            quiet(safe(words.baseline, 120)),
            quiet(f"{safe(message.model_label, 60)}, run {safe(message.run_name, 40)}"),
        ]
    )


def _decision(message: EvaluationMessage) -> str:
    matrix = confusion_picture(message.confusion)
    if message.threshold is None:
        return matrix
    charts = _space(pictures([value_picture(message), rates_picture(message)]))
    return f"{beside([matrix, trade_table(message)])}{charts}"


def _shuffled(message: EvaluationMessage) -> str:
    metric = safe(message.metric_label, 30)
    effect = f"what {metric} loses" if message.greater_is_better else f"how much {metric} grows"
    return f"{effect} when a column is shuffled; {safe(message.importance_note, 200)}"


def _space(html: str) -> str:
    return f'<div style="margin-top:10px">{html}</div>'


def _weak(message: EvaluationMessage) -> str:
    if message.slices:
        return f"worse there than elsewhere, more than chance explains; {safe(message.slices_note, 200)}"
    if not message.n_slices:
        return safe(message.slices_note, 200)
    return f"nowhere that chance does not explain; {safe(message.slices_note, 200)}"


def _scores(message: EvaluationMessage) -> str:
    heads = ("Metric", "Score", "95 %", "Constant")
    chosen = message.threshold is not None and message.threshold.how != "default"
    rows = [_score_row(each, at_threshold=chosen) for each in message.scores]
    return table("All scores", heads, rows, left=frozenset({0}))


def _score_row(line: ScoreLine, *, at_threshold: bool) -> tuple[str, str, str, str]:
    decimals = table_decimals([line.score])
    known = math.isfinite(line.low) and math.isfinite(line.high)
    interval = f"{number(line.low, decimals)} … {number(line.high, decimals)}" if known else MISSING
    better = "" if line.greater_is_better else quiet(" lower is better")
    at = quiet(" at the threshold") if line.needs == "labels" and at_threshold else ""
    score, baseline = number(line.score, decimals), number(line.baseline, decimals)
    return f"{safe(line.label, 40)}{better}{at}", score, interval, baseline


def _classes(message: EvaluationMessage) -> str:
    heads = ("Class", "Rows", "Given", "Precision", "Recall", "F1", "AUC")
    rows = []
    for each in message.class_lines[:_MOST_CLASS_LINES]:
        rates = (number(value, 3) for value in (each.precision, each.recall, each.f1, each.auc))
        rows.append((code(each.label, 30), count(each.n_true), count(each.n_predicted), *rates))
    return table("Each class", heads, rows, left=frozenset({0}))
