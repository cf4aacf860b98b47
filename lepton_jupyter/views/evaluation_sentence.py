"""The head of an evaluation as one sentence: how good, how sure, on what, and whether that was to be expected."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import counted, number, score_with_error, sentence_decimals

if TYPE_CHECKING:
    from lepton_jupyter.events.evaluation_messages import EvaluationMessage


@dataclass(frozen=True, slots=True)
class EvaluationSentence:
    """The parts of the sentence, as text that still has to be escaped.

    Parameters
    ----------
    score, interval : str
        ``"0.853"`` and ``"0.834 … 0.870"``; the interval is empty where it is not known.
    rows : str
        ``"1,761 rows of test"``.
    baseline : str
        ``"0.500 for a constant"``.
    expected : str
        ``"as out of fold, 0.860 ±0.009"``; empty where the rows are those of the run.
    verdict : {"", "worse"}
        Whether the score is below what was expected, beyond both intervals.
    """

    score: str
    interval: str
    rows: str
    baseline: str
    expected: str
    verdict: str


def evaluation_sentence(message: EvaluationMessage) -> EvaluationSentence:
    """Say how an evaluation came out.

    Examples
    --------
    >>> from lepton_jupyter.views.evaluation_sentence import EvaluationSentence
    >>> EvaluationSentence("0.853", "0.834 … 0.870", "9 rows", "0.5 for a constant", "", "").verdict
    ''
    """
    half = (message.high - message.low) / 2
    decimals = sentence_decimals(half, message.score)
    interval = f"{number(message.low, decimals)} … {number(message.high, decimals)}" if math.isfinite(half) else ""
    own = message.source == "out_of_fold"
    rows = counted(message.n_rows, "row")
    unseen = f"the run's own {rows}, each scored by models that have not seen it"
    expected, verdict = ("", "") if own else _expected(message, half)
    return EvaluationSentence(
        score=number(message.score, decimals),
        interval=interval,
        rows=unseen if own else f"{rows} of {message.table_name}",
        baseline=f"{number(message.baseline, decimals)} for a constant" if math.isfinite(message.baseline) else "",
        expected=expected,
        verdict=verdict,
    )


def _expected(message: EvaluationMessage, half: float) -> tuple[str, str]:
    if not math.isfinite(message.board_score):
        return "", ""
    score, error = score_with_error(message.board_score, message.board_error)
    gap = message.score - message.board_score
    gap = gap if message.greater_is_better else -gap
    errors = [each for each in (half, message.board_error) if math.isfinite(each)]
    clear = bool(errors) and abs(gap) > math.hypot(*errors)
    word = ("better than" if gap > 0 else "worse than") if clear else "as good as"
    return f"{word} out of fold, {score} {error}".strip(), "worse" if clear and gap < 0 else ""
