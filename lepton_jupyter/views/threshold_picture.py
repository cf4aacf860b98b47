"""What the threshold trades: the cost or metric at each, precision against recall, and the counts at a few."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.chart_frame import ChartFrame, text
from lepton_jupyter.views.number_format import MISSING, count, number, score_with_error
from lepton_jupyter.views.page_parts import ACCENT, captioned, strong, table
from lepton_jupyter.views.plain_text import one_line, safe

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import EvaluationMessage, ThresholdChoice, ThresholdLine

_DECIMALS = 3


def threshold_sentence(message: EvaluationMessage) -> str:
    """From which probability a row is called positive, why, and what that gains; HTML."""
    choice = message.threshold
    if choice is None:
        return ""
    called = f"called {safe(message.positive, 30)} from a probability of {strong(number(choice.threshold, _DECIMALS))}"
    lines = {each.name: each for each in choice.lines}
    if choice.how == "default":
        return f"{called}, the usual; costs or a metric would choose another: cost_fp and cost_fn, or tune"
    why = {
        "cost": f"a false {safe(message.positive, 20)} costs {_money(choice.cost_false_positive)}, "
        f"a missed one {_money(choice.cost_false_negative)}",
        "metric": f"for the best {safe(choice.objective, 30)}",
        "given": "as given",
    }.get(choice.how, "")
    chosen, usual = lines.get("chosen"), lines.get("0.5")
    if chosen is None or usual is None:
        return f"{called}, {why}"
    return f"{called}, {why}. {_gain(choice, chosen, usual)}{_where(choice)}"


def _gain(choice: ThresholdChoice, chosen: ThresholdLine, usual: ThresholdLine) -> str:
    now, before = _value(choice, chosen.value), _value(choice, usual.value)
    gain, error = score_with_error(abs(choice.saving), choice.saving_error)
    sure = math.isfinite(choice.saving_error) and abs(choice.saving) > choice.saving_error
    if not choice.smaller_is_better:
        return f"{safe(choice.objective, 40)} {now}, at 0.5 it is {before}"
    word = "saves" if choice.saving >= 0 else "costs more by"
    unsure = "" if sure or choice.saving == 0 else ": may be chance"
    return f"{safe(choice.objective, 40).capitalize()}: {now}, at 0.5 {before}, {word} {strong(gain)} {error}{unsure}"


def _where(choice: ThresholdChoice) -> str:
    return f"; chosen on {count(choice.n_rows)} rows out of fold" if choice.chosen_on else ""


def value_picture(message: EvaluationMessage) -> str:
    """The cost, or the metric, at each threshold."""
    choice = message.threshold
    known = [] if choice is None else [each for each in choice.values if math.isfinite(each)]
    if choice is None or len(known) < 2:
        return ""
    low, high = (0.0 if choice.smaller_is_better else min(known)), max(known)
    frame = ChartFrame(0, 1, low, high + 0.04 * (high - low), left=48)
    own = min(zip(choice.thresholds, choice.values, strict=True), key=lambda each: abs(each[0] - choice.threshold))
    usual = min(zip(choice.thresholds, choice.values, strict=True), key=lambda each: abs(each[0] - 0.5))
    chosen = choice.how != "default"
    parts = [frame.axes("threshold", choice.objective, percent=(False, False))]
    parts += [frame.upright(choice.threshold, chosen=True)] if chosen else []
    parts += [frame.line(choice.thresholds, choice.values), frame.dot(*usual, radius=3.4, ring=True)]
    if chosen:
        parts.append(frame.dot(*own, radius=4, chosen=True))
        right = frame.x(choice.threshold) < frame.width - 80
        x = frame.x(choice.threshold) + (6 if right else -6)
        side = "start" if right else "end"
        parts.append(text(x, frame.top + 9, number(choice.threshold, _DECIMALS), anchor=side, chosen=True))
    parts.append(text(frame.x(0.5), frame.y(usual[1]) - 9, "0.5", anchor="middle", strong=True))
    drawn = "out of fold" if choice.chosen_on else "on these rows"
    title = safe(choice.objective, 30).capitalize()
    return captioned(title, drawn, frame.svg(parts, f"{one_line(choice.objective)} at each threshold, {drawn}"))


def rates_picture(message: EvaluationMessage) -> str:
    """Precision and recall at each threshold."""
    choice = message.threshold
    if choice is None or len(choice.thresholds) < 2:
        return ""
    frame = ChartFrame(0, 1, 0, 1, right=58)
    parts = [frame.axes("threshold", "", percent=(False, True))]
    parts += [frame.upright(choice.threshold, chosen=True)] if choice.how != "default" else []
    parts += [frame.line(choice.thresholds, choice.recall), frame.line(choice.thresholds, choice.precision, dash="6 3")]
    parts += _end_labels(frame, choice)
    drawn = "out of fold" if choice.chosen_on else "on these rows"
    picture = frame.svg(parts, f"Precision and recall by threshold, {drawn}")
    return captioned("Precision and recall by threshold", drawn, picture)


def _end_labels(frame: ChartFrame, choice: ThresholdChoice) -> list[str]:
    ends: list[tuple[float, str]] = []
    for word, values in (("recall", choice.recall), ("precision", choice.precision)):
        known = [each for each in values if math.isfinite(each)]
        ends.append((frame.y(known[-1]) + 4 if known else frame.top, word))
    if abs(ends[0][0] - ends[1][0]) < 13:
        ends[1] = (ends[0][0] - 13, ends[1][1])
    return [text(frame.width - frame.right + 5, y, word) for y, word in ends]


def trade_table(message: EvaluationMessage) -> str:
    """Rows right and wrong at the chosen threshold, at 0.5, and if all or none were called positive."""
    choice = message.threshold
    if choice is None:
        return ""
    name = safe(message.positive, 24)
    heads = (
        "Threshold",
        f"False {name}",
        f"Missed {name}",
        "Precision",
        "Recall",
        safe(choice.objective, 30).capitalize(),
    )
    words = {"never": f"never {name}", "always": f"always {name}"}
    rows = []
    for line in choice.lines:
        label = words.get(line.name, number(line.threshold, _DECIMALS) if line.name == "chosen" else line.name)
        if line.name == "chosen":
            label = f'<b style="color:{ACCENT}">{label}</b>'
        wrong = (count(line.false_positives), count(line.false_negatives))
        rows.append((label, *wrong, _share(line.precision), _share(line.recall), _value(choice, line.value)))
    return table("What each threshold trades", heads, rows, left=frozenset({0}))


def _share(value: float) -> str:
    return MISSING if value != value else f"{number(100 * value, 1)} %"  # noqa: PLR0124  NaN


def _value(choice: ThresholdChoice, value: float) -> str:
    return number(value, 0 if choice.smaller_is_better and abs(value) >= 10 else 3)


def _money(value: float | None) -> str:
    return MISSING if value is None else f"{value:,.6g}"
