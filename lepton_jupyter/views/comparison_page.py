"""A comparison of runs as HTML without script or style element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.chart_frame import svg
from lepton_jupyter.views.comparison_sentence import HOW, comparison_sentence, difference_words
from lepton_jupyter.views.family_marks import GOOD, family_colour, family_glyph
from lepton_jupyter.views.number_format import (
    count,
    counted,
    duration,
    milliseconds_cell,
    number,
    size,
    table_decimals,
)
from lepton_jupyter.views.page_parts import (
    beside,
    big,
    code,
    header,
    notices,
    panel,
    quiet,
    section,
    strong,
    table,
)
from lepton_jupyter.views.plain_text import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.events.comparison_messages import ComparedRun, ComparisonMessage, RunDifference

_WIDTH, _HEIGHT = 150, 22


def render_comparison_html(message: ComparisonMessage) -> str:
    """Draw a comparison for a page in which nothing runs.

    Parameters
    ----------
    message : ComparisonMessage

    Returns
    -------
    html : str
        All text from data is escaped.
    """
    n = len(message.settings)
    differ = "1 setting differs" if n == 1 else f"{count(n)} settings differ"
    same = "Settings and versions are the same" if not message.settings else ""
    parts = [
        _head(message),
        _why(message),
        notices(message.notices),
        section("Difference", "95 %; right of the line: the first is better", _differences(message)),
        section("Side by side", "", _side_by_side(message)),
        section("Best models", "", _models(message)),
        section(differ, f"of {count(message.n_settings)} compared", _settings(message)),
        section("Settings", same, " ") if same else "",
    ]
    return panel(parts, name="comparison")


def _head(message: ComparisonMessage) -> str:
    words = comparison_sentence(message)
    verdict = strong(safe(words.verdict, 160))
    colour = f' style="color:{GOOD}"' if words.clear else ""
    score = big(f"<span{colour}>{words.difference}</span>", words.error) if words.difference else ""
    return header(
        [
            score,
            f"{safe(message.metric_label, 40)} on {code(message.target, 40)}" if score else "",
            verdict,
            quiet(safe(words.how, 160)),
        ]
    )


def _why(message: ComparisonMessage) -> str:
    if not message.reason:
        return ""
    said = f"{strong('Not paired.')} {safe(message.reason, 200)} {quiet(safe(message.remedy, 200))}"
    return f'<div style="padding:0 16px 10px">{said}</div>'


def _differences(message: ComparisonMessage) -> str:
    if not message.differences:
        return ""
    errors = [each.error if math.isfinite(each.error) else 0.0 for each in message.differences]
    reach = max(abs(each.mean) + error for each, error in zip(message.differences, errors, strict=True))
    heads = ("Runs", "", safe(message.metric_label, 24), "95 %", "How", "")
    rows = [_difference(each, reach or 1.0) for each in message.differences]
    return table("Differences", heads, rows, left=frozenset({0, 1, 4, 5}))


def _difference(line: RunDifference, reach: float) -> Sequence[str]:
    value, error, verdict = difference_words(line)
    shared = {"folds": counted(line.n, "fold"), "rows": counted(line.n, "row")}.get(line.how, "")
    pair = f"{code(line.first, 24)} {quiet('over')} {code(line.second, 24)}"
    how = f"{HOW.get(line.how, '')} {quiet(shared)}"
    word = quiet(verdict) if line.tied else f'<span style="color:{GOOD}">{safe(verdict, 60)}</span>'
    return pair, _strip(line, reach), value, quiet(error), how, word


def _strip(line: RunDifference, reach: float) -> str:
    """The interval on a line with no difference in the middle, and a dot for each fold."""

    def x(value: float) -> float:
        return _WIDTH / 2 + (_WIDTH / 2 - 6) * max(-1.0, min(1.0, value / reach))

    middle = _HEIGHT / 2
    dashed = 'stroke="currentColor" stroke-opacity=".4" stroke-dasharray="3 3"'
    parts = [f'<path d="M{_WIDTH / 2:g} 0V{_HEIGHT}" {dashed}/>']
    if math.isfinite(line.error):
        low, high = x(line.mean - line.error), x(line.mean + line.error)
        parts.append(f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="currentColor" stroke-width="1.5"/>')
    parts += [f'<circle cx="{x(each):.1f}" cy="{middle}" r="2" fill-opacity=".4"/>' for each in line.parts]
    if math.isfinite(line.mean):
        parts.append(f'<circle cx="{x(line.mean):.1f}" cy="{middle}" r="3.6"/>')
    value, error, verdict = difference_words(line)
    picture = svg(_WIDTH, _HEIGHT, parts, f"{value} {error}, {verdict}")
    return picture.replace("max-width:100%;height:auto", "max-width:none")


def _side_by_side(message: ComparisonMessage) -> str:
    decimals = table_decimals([each.score for each in message.runs])
    metric = safe(message.metric_label, 30)

    def score(run: ComparedRun) -> str:
        error = f" {quiet(f'±{number(run.score_error, decimals)}')}" if math.isfinite(run.score_error) else ""
        return f"{strong(number(run.score, decimals))}{error}"

    lines: list[tuple[str, Callable[[ComparedRun], str]]] = [
        (f"{metric}, out of fold", score),
        ("Best model", lambda run: safe(run.best_label, 50)),
        ("Table", lambda run: f"{safe(run.table_name, 24)} {quiet(f'{count(run.n_rows)} × {count(run.n_columns)}')}"),
        ("Folds, seed", lambda run: f"{run.n_folds}, {run.seed}"),
        ("Trials", lambda run: count(run.n_tried)),
        ("Search took", lambda run: duration(run.elapsed_seconds)),
        ("Fits took, all workers", lambda run: duration(run.fit_seconds)),
        ("Workers", lambda run: f"{run.n_workers} {quiet(safe(run.executor, 20))}"),
        ("One row, ms", lambda run: milliseconds_cell(run.row_milliseconds)),
        ("Size of the model", lambda run: size(run.size_bytes)),
        ("On disk", lambda run: size(run.disk_bytes)),
    ]
    heads = ("", *(f'<span title="{safe(run.run_id, 80)}">{code(run.name, 24)}</span>' for run in message.runs))
    rows = [(quiet(name), *(cell(run) for run in message.runs)) for name, cell in lines]
    return table("Runs side by side", heads, rows, left=frozenset({0}))


def _models(message: ComparisonMessage) -> str:
    decimals = table_decimals([each.score for run in message.runs for each in run.models])
    lists = []
    for run in message.runs:
        lines = "".join(
            f'<div><span style="color:{family_colour(each.family)}">{family_glyph(each.family)}</span> '
            f"{number(each.score, decimals)} {safe(each.label, 40)} {quiet(safe(each.description, 50))}</div>"
            for each in run.models
        )
        lists.append(f'<div style="font-size:12px">{code(run.name, 30)}{lines}</div>')
    return beside(lists) if any(run.models for run in message.runs) else ""


def _settings(message: ComparisonMessage) -> str:
    if not message.settings:
        return ""
    heads = ("", *(code(run.name, 24) for run in message.runs))
    rows = [(code(each.name, 30), *(safe(value, 60) for value in each.values)) for each in message.settings]
    return table("Settings that differ", heads, rows, left=frozenset({0}))
