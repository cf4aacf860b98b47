"""An evaluation as plain text, for a terminal, a console and pages that show nothing else."""

from __future__ import annotations

import math
import re
from html import unescape
from typing import TYPE_CHECKING

from lepton_jupyter.views.confusion_picture import confused_sentence
from lepton_jupyter.views.evaluation_sentence import evaluation_sentence
from lepton_jupyter.views.number_format import MISSING, count, number, table_decimals
from lepton_jupyter.views.text_table import text_table, wrapped
from lepton_jupyter.views.threshold_picture import threshold_sentence

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import EvaluationMessage

_MOST_COLUMNS = 10
_MOST_CLASSES = 8
_TAG = re.compile(r"<[^>]+>")


def render_evaluation_text(message: EvaluationMessage) -> str:
    """Write an evaluation in lines of at most 100 columns.

    Parameters
    ----------
    message : EvaluationMessage

    Returns
    -------
    text : str
        The sentence, its notices, the decision, the confusion matrix of up to eight classes, what the model leans on,
        where it is weak, and all scores; no escape sequences.
    """
    words = evaluation_sentence(message)
    interval = f" ({words.interval})" if words.interval else ""
    head = f"{words.score}{interval} {message.metric_label} on {message.target}"
    lines = wrapped(" · ".join(part for part in (head, words.rows, words.expected, words.baseline) if part))
    for notice in message.notices:
        lines += wrapped(notice)
    # The sentences are made for pages: their few tags go, and what was escaped is text again.
    said = threshold_sentence(message) or confused_sentence(message.confusion)
    if said:
        plain = unescape(_TAG.sub("", said))
        lines += ["", *wrapped(plain[0].upper() + plain[1:])]
    lines += _confusion(message)
    lines += _importance(message)
    lines += _slices(message)
    return "\n".join([*lines, "", *_scores(message)])


def _confusion(message: EvaluationMessage) -> list[str]:
    table = message.confusion
    if table is None or len(table.labels) > _MOST_CLASSES:
        return []
    rows = [(f"true {label}", *map(count, line)) for label, line in zip(table.labels, table.counts, strict=True)]
    return ["", *text_table(("Rows", *(f"as {label}" for label in table.labels)), rows, most=16)]


def _importance(message: EvaluationMessage) -> list[str]:
    lines = [each for each in message.importance if math.isfinite(each.importance)][:_MOST_COLUMNS]
    if not lines:
        return []
    decimals = table_decimals([lines[0].importance])
    rows = [
        (
            each.column,
            number(each.importance, decimals, signed=True),
            f"±{number((each.high - each.low) / 2, decimals)}",
        )
        for each in lines
    ]
    return ["", *text_table(("Column shuffled", f"{message.metric_label} worse by", "95 %"), rows)]


def _slices(message: EvaluationMessage) -> list[str]:
    if not message.slices:
        return []
    decimals = table_decimals([each.loss for each in message.slices])
    digits = table_decimals([message.score])
    rows = []
    for each in message.slices:
        losses = (number(each.loss, decimals), number(each.rest_loss, decimals))
        rows.append((each.condition, count(each.n_rows), number(each.score, digits), *losses))
    return ["", *text_table(("Weak where", "Rows", message.metric_label, "Loss", "Elsewhere"), rows, most=60)]


def _scores(message: EvaluationMessage) -> list[str]:
    rows = []
    for line in message.scores:
        decimals = table_decimals([line.score])
        known = math.isfinite(line.low) and math.isfinite(line.high)
        interval = f"{number(line.low, decimals)} … {number(line.high, decimals)}" if known else MISSING
        rows.append((line.label, number(line.score, decimals), interval, number(line.baseline, decimals)))
    return text_table(("Metric", "Score", "95 %", "Constant"), rows)
