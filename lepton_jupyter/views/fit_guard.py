"""Whether models fit the rows they were trained on much better than others, or hardly fit anything at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import number, score_with_error, table_decimals
from lepton_jupyter.views.paired_difference import paired_difference
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from lepton_jupyter.events.run_events import EnsembleUpdated, ModelChosen, TrialFinished
    from lepton_jupyter.views.board_state import BoardState

#: Part of what is gained over the constant on training rows that may be missing on new ones. Forests learn their own
#: rows by heart, and lose half of that on ordinary tables without being any worse for it; on noise all of it is lost.
_MOST_LOST = 2 / 3


def lost_share(train_score: float, score: float, constant_score: float) -> float:
    """Part of a model's gain over the constant on its training rows that it does not have on rows not trained on.

    Parameters
    ----------
    train_score, score, constant_score : float
        Of the model on both, and of the constant baseline; whether more or less is better does not matter.

    Returns
    -------
    share : float
        0: new rows are fitted as well; 1: no better than by the constant; NaN where nothing was gained.

    Examples
    --------
    >>> lost_share(1.0, 0.75, 0.5), lost_share(20.0, 60.0, 100.0)
    (0.5, 0.5)
    """
    gained = train_score - constant_score
    return (train_score - score) / gained if gained else math.nan


def is_parted(state: BoardState, model: TrialFinished | EnsembleUpdated | ModelChosen) -> bool:
    """Whether a model's training and out-of-fold scores part by more than is usual.

    It does when more than two thirds of what it gains over the constant on its training rows is lost on others, and the
    difference is larger than the intervals of both scores together.
    """
    constant = state.constant_baseline
    if constant is None or constant.finished is None:
        return False
    sign = 1.0 if state.greater_is_better else -1.0
    apart = sign * (model.train_score - model.score)
    spread = sum(each for each in (model.score_error, model.train_error) if math.isfinite(each))
    gains = sign * (model.train_score - constant.finished.score) > 0
    lost = lost_share(model.train_score, model.score, constant.finished.score)
    return bool(gains and lost > _MOST_LOST and apart > spread)


def guard_sentences(state: BoardState) -> tuple[str, ...]:
    """What should be said of a run's best model: that it is hardly better than guessing, or learnt its rows by heart.

    Parameters
    ----------
    state : BoardState

    Returns
    -------
    sentences : tuple of str
        None where all is well, or no constant was scored.

    Examples
    --------
    >>> from lepton_jupyter.views.board_state import BoardState
    >>> guard_sentences(BoardState())
    ()
    """
    best, constant, started = state.best, state.constant_baseline, state.started
    if best is None or started is None or constant is None or constant.finished is None:
        return ()
    guess, sentences = constant.finished, []
    metric, target = one_line(started.metric_label, 40), one_line(started.target, 60)
    guessing = "the mean" if started.task == "regression" else "the most frequent class"
    found = paired_difference(best.fold_scores, guess.fold_scores, greater_is_better=state.greater_is_better)
    if best.trial_id == constant.asked.trial_id or found.reaches_zero or found.mean < 0:
        score = " ".join(part for part in score_with_error(best.score, best.score_error) if part)
        against = number(guess.score, table_decimals([guess.score]))
        sentences.append(
            f"Nothing is clearly better than {guessing}: {score} {metric} against {against}. These columns may "
            f"say little of {target}, or there are too few rows."
        )
    model = state.ensemble if best.trial_id is None else state.trials[best.trial_id].finished
    if model is not None and is_parted(state, model):
        decimals = min(3, table_decimals([model.score]))
        lost = min(1.0, lost_share(model.train_score, model.score, guess.score))
        scores = f"{number(model.train_score, decimals)} against {number(model.score, decimals)}"
        sentences.append(
            f"The best model fits its training rows much better than others, {metric} {scores}: "
            f"{number(100 * lost, 0)} % of what it gains over {guessing} is lost."
        )
    return tuple(sentences)
