"""The head of a board as one sentence: how good, how sure, how long yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import counted, duration, score_with_error
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from lepton_jupyter.events.messages import GainOverBaseline, RunPanelMessage

_WORDS = {
    "starting": "Reading the table",
    "waiting": "Waiting",
    "stopping": "Stopping",
    "stopped": "Stopped",
    "failed": "No model",
    "finished": "Finished",
    "saved": "Saved",
}


@dataclass(frozen=True, slots=True)
class HeaderSentence:
    """The parts of the sentence, as text from data that still has to be escaped; any may be empty.

    Parameters
    ----------
    score, error : str
        ``"0.860"`` and ``"±0.009"``.
    metric, target : str
        ``"AUC"`` and ``"churn"``.
    gain, gain_error, over : str
        ``"+0.014"``, ``"±0.003"`` and ``"over linear"``, or the last alone, when nothing beats the baseline.
    folds : str
        ``"5 of 5 folds"``.
    state, when : str
        ``"7 s left"`` and ``"of 30 s, 41 trials"``, ``"Stopped"`` and ``"at 23 s, 41 trials"``.
    detail : str
        Why it ended, what it waits for.
    """

    score: str
    error: str
    metric: str
    target: str
    gain: str
    gain_error: str
    over: str
    folds: str
    state: str
    when: str
    detail: str

    @property
    def text(self) -> str:
        """The whole sentence in one line."""
        subject = f"{self.metric} on {self.target}" if self.metric else ""
        parts = [
            _joined(self.score, self.error, subject),
            _joined(_joined(self.gain, self.gain_error, self.over), self.folds, by=", "),
            _joined(self.state, self.when),
            self.detail,
        ]
        return _joined(*parts, by=" · ")


def header_sentence(message: RunPanelMessage) -> HeaderSentence:
    """Say how a run stands.

    Parameters
    ----------
    message : RunPanelMessage

    Returns
    -------
    sentence : HeaderSentence
        Scores carry as many decimals as their error deserves.
    """
    score, error = ("", "") if message.score is None else score_with_error(message.score, message.score_error)
    gain, gain_error, folds = _gain_words(message.gain)
    state, when = _state_words(message)
    return HeaderSentence(
        score=score,
        error=error,
        metric=one_line(message.metric_label),
        target=one_line(message.target),
        gain=gain,
        gain_error=gain_error,
        over=_over(message),
        folds=folds,
        state=state,
        when=when,
        detail=one_line(message.detail, 400),
    )


def _joined(*parts: str, by: str = " ") -> str:
    return by.join(part for part in parts if part)


def _gain_words(gain: GainOverBaseline | None) -> tuple[str, str, str]:
    if gain is None:
        return "", "", ""
    value, error = score_with_error(gain.gain, gain.gain_error, signed=True)
    better = sum(each > 0 for each in gain.fold_gains)
    folds = f"{better} of {len(gain.fold_gains)} folds" if gain.fold_gains else ""
    return value, error, folds


def _over(message: RunPanelMessage) -> str:
    if message.gain is not None:
        return f"over {one_line(message.gain.baseline)}"
    if message.score is None or not message.baselines:
        return ""
    yet = " yet" if message.state == "running" else ""
    return f"{one_line(message.baselines[0].label)} baseline, nothing better{yet}"


def _state_words(message: RunPanelMessage) -> tuple[str, str]:
    trials = counted(message.n_trials, "trial") if message.n_trials else ""
    if message.state == "running":
        return _running_words(message, trials)
    word = _WORDS.get(message.state) or one_line(message.state, 20)
    if message.state == "finished":
        return word, _joined(f"in {duration(message.elapsed_seconds)}", trials, by=", ")
    if message.state in {"stopped", "saved"}:
        return word, _joined(f"at {duration(message.elapsed_seconds)}", trials, by=", ")
    return word, trials


def _running_words(message: RunPanelMessage, trials: str) -> tuple[str, str]:
    if message.budget_seconds is None:
        if message.budget_trials is None:
            return "Running", _joined(duration(message.elapsed_seconds), trials, by=", ")
        return f"{message.n_trials} of {counted(message.budget_trials, 'trial')}", duration(message.elapsed_seconds)
    left = max(0.0, message.budget_seconds - message.elapsed_seconds)
    if message.budget_trials is not None:
        trials = f"{message.n_trials} of {counted(message.budget_trials, 'trial')}"
    return f"{duration(math.ceil(left))} left", _joined(f"of {duration(message.budget_seconds)}", trials, by=", ")
