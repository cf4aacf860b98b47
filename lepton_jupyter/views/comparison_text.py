"""A comparison of runs as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.comparison_sentence import HOW, comparison_sentence, difference_words
from lepton_jupyter.views.number_format import count, duration, milliseconds_cell, number, size, table_decimals
from lepton_jupyter.views.text_table import text_table, wrapped

if TYPE_CHECKING:
    from lepton_jupyter.events.comparison_messages import ComparisonMessage


def render_comparison_text(message: ComparisonMessage) -> str:
    """Write a comparison in lines of at most 100 columns.

    Parameters
    ----------
    message : ComparisonMessage

    Returns
    -------
    text : str
        The sentence, why the runs are not paired, the differences, the runs side by side and the settings that differ;
        no escape sequences.
    """
    words = comparison_sentence(message)
    figure = f"{words.difference} {words.error} {message.metric_label} on {message.target}" if words.difference else ""
    lines = wrapped(" · ".join(part for part in (figure, words.verdict, words.how) if part))
    if message.reason:
        lines += wrapped(f"Not paired. {message.reason} {message.remedy}")
    for notice in message.notices:
        lines += wrapped(notice)
    if message.differences:
        rows = []
        for each in message.differences:
            value, error, verdict = difference_words(each)
            rows.append((f"{each.first} over {each.second}", value, error, HOW.get(each.how, each.how), verdict))
        lines += ["", *text_table(("Difference", message.metric_label, "95 %", "How", ""), rows)]
    lines += ["", *_side_by_side(message)]
    if message.settings:
        settings = [(each.name, *each.values) for each in message.settings]
        lines += ["", *text_table(("Setting", *(run.name for run in message.runs)), settings, most=_room(message))]
    return "\n".join(lines)


def _side_by_side(message: ComparisonMessage) -> list[str]:
    decimals = table_decimals([each.score for each in message.runs])
    rows = [
        (f"{message.metric_label}, out of fold", *(number(run.score, decimals) for run in message.runs)),
        ("± 95 %", *(number(run.score_error, decimals) for run in message.runs)),
        ("Best model", *(run.best_label for run in message.runs)),
        ("Rows", *(count(run.n_rows) for run in message.runs)),
        ("Folds", *(count(run.n_folds) for run in message.runs)),
        ("Trials", *(count(run.n_tried) for run in message.runs)),
        ("Search took", *(duration(run.elapsed_seconds) for run in message.runs)),
        ("Fits took, all workers", *(duration(run.fit_seconds) for run in message.runs)),
        ("Workers", *(f"{run.n_workers} {run.executor}" for run in message.runs)),
        ("One row, ms", *(milliseconds_cell(run.row_milliseconds) for run in message.runs)),
        ("Size of the model", *(size(run.size_bytes) for run in message.runs)),
    ]
    return text_table(("", *(run.name for run in message.runs)), rows, most=_room(message))


def _room(message: ComparisonMessage) -> int:
    return max(10, min(24, 76 // len(message.runs) - 2))
