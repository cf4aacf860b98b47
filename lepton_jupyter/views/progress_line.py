"""The one line of progress that a terminal or a script shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.header_sentence import header_sentence
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from lepton_jupyter.events.messages import RunPanelMessage


def progress_sentence(message: RunPanelMessage) -> str:
    """Time left, trials, the best score and whose it is.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    line : str
        Such as ``"7 s left of 30 s, 41 trials · 0.860 ±0.009 AUC · LightGBM"``; no line break, no escape sequence.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> from lepton_jupyter.views.run_panel import extract
    >>> progress_sentence(extract(BoardState(), live=True))
    'Reading the table'
    """
    words = header_sentence(message)
    parts = [f"{words.state} {words.when}".strip()]
    if words.score:
        parts += [f"{words.score} {words.error}".strip() + f" {words.metric}", one_line(message.best_label)]
    elif words.detail:
        parts.append(words.detail)
    return " · ".join(each for each in parts if each)


def progress_fraction(message: RunPanelMessage) -> float:
    """Share of the budget that is spent, by the clock or by trials, whichever is further.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    fraction : float in [0, 1]
        1.0 for a run that has ended; 0.0 without a budget.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> from lepton_jupyter.views.run_panel import extract
    >>> progress_fraction(extract(BoardState(), live=True))
    0.0
    """
    if message.state in {"finished", "stopped", "failed"}:
        return 1.0
    by_clock = message.elapsed_seconds / message.budget_seconds if message.budget_seconds else 0.0
    by_trials = message.n_trials / message.budget_trials if message.budget_trials else 0.0
    return min(1.0, max(by_clock, by_trials))
