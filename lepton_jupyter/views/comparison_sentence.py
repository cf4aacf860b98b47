"""What a comparison of runs comes to, in one sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import counted, score_with_error

if TYPE_CHECKING:
    from lepton_jupyter.events.comparison_messages import ComparisonMessage, RunDifference

#: What a way of comparing is called, surest first.
HOW = {"folds": "fold by fold", "rows": "row by row", "unpaired": "unpaired"}


@dataclass(frozen=True, slots=True)
class ComparisonSentence:
    """The parts of the sentence, as text that still has to be escaped.

    Parameters
    ----------
    difference, error : str
        ``"+0.007"`` and ``"±0.004"``; empty if there is none.
    verdict : str
        ``"churn is better than linear"``, or that they are tied.
    how : str
        ``"fold by fold, 5 of 5 folds"``.
    clear : bool
        Whether one is better beyond the interval.
    """

    difference: str
    error: str
    verdict: str
    how: str
    clear: bool


def comparison_sentence(message: ComparisonMessage) -> ComparisonSentence:
    """Say which run is better and how sure that is, by the surest comparison of the two best.

    Parameters
    ----------
    message : ComparisonMessage
    """
    best = _best_first(message)
    if not message.differences:
        return ComparisonSentence("", "", "The scores cannot be compared", "", clear=False)
    two = {best[0], best[1]}
    fitting = [each for each in message.differences if {each.first, each.second} == two]
    chosen = min(fitting or message.differences, key=lambda each: list(HOW).index(each.how))
    # Said of the better one, whichever was named first.
    turned = chosen.mean < 0
    winner, other = (chosen.second, chosen.first) if turned else (chosen.first, chosen.second)
    difference, error = score_with_error(abs(chosen.mean), chosen.error, signed=True)
    verdict = f"{winner} and {other} are tied" if chosen.tied else f"{winner} is better than {other}"
    if chosen.mean == chosen.error == 0:
        verdict = f"{winner} and {other} score the same"
    return ComparisonSentence(difference, error, verdict, _how(chosen, turned=turned), clear=not chosen.tied)


def _best_first(message: ComparisonMessage) -> list[str]:
    sign = -1.0 if message.greater_is_better else 1.0
    runs = sorted(message.runs, key=lambda run: sign * run.score if math.isfinite(run.score) else math.inf)
    return [run.name for run in runs]


def _how(chosen: RunDifference, *, turned: bool) -> str:
    said = HOW.get(chosen.how, chosen.how)
    if chosen.how == "folds" and any(chosen.parts):
        sign = -1.0 if turned else 1.0
        better = sum(sign * each > 0 for each in chosen.parts)
        return f"{said}, better in {better} of {counted(chosen.n, 'fold')}"
    return f"{said}, {counted(chosen.n, 'fold' if chosen.how == 'folds' else 'row')}" if chosen.n else said


def difference_words(line: RunDifference) -> tuple[str, str, str]:
    """A difference, its error, and what it comes to."""
    value, error = score_with_error(line.mean, line.error, signed=True)
    if line.tied:
        return value, error, "tied"
    return value, error, f"{line.first if line.mean > 0 else line.second} is better"
