"""The log as a person reads it: one sentence for each event that is worth one."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from lepton_jupyter.events.messages import LogLine
from lepton_jupyter.events.run_events import (
    BudgetExtended,
    EnsembleUpdated,
    Event,
    ExecutorChanged,
    LearnerPostponed,
    ModelChosen,
    RunFailed,
    RunFinished,
    RunQueued,
    RunResumed,
    RunStarted,
    StepJudged,
    StopRequested,
    TableDescribed,
    TrialAsked,
    TrialCancelled,
    TrialFailed,
    TrialFinished,
    TrialRejected,
    TrialWidened,
    TurnCame,
    WarningRaised,
)
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.data_summary import columns_summary
from lepton_jupyter.views.number_format import (
    count,
    counted,
    duration,
    milliseconds_cell,
    number,
    size,
    table_decimals,
)
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.events.quantities import Budget

_LEVELS: dict[type[Event], str] = {WarningRaised: "warning", TrialFailed: "error", RunFailed: "error"}
_SOURCES = {
    "panel": "in the panel",
    "magic": "by %lepton stop",
    "python": "from Python",
    "interrupt": "by an interrupt",
}
_WORKERS = {"threads": "thread", "processes": "process", "cluster": "worker of the cluster", "serial": "worker"}

#: What a model was chosen for, in words that can follow “chosen for”.
PREFERENCES = {"balanced": "balance", "speed": "speed", "smallest": "its size"}

#: Why a run ended, in words that can follow “Finished” or “Stopped”.
END_REASONS = {
    "budget": "the time is used up",
    "trials": "all trials are done",
    "exhausted": "nothing is left to try",
    "patience": "nothing better was found for a while",
    "stopped": "the best so far is kept",
    "failing": "too many trials failed",
    "unwritable": "models can no longer be written",
}


def log_lines(state: BoardState, logged: Sequence[LoggedEvent]) -> tuple[LogLine, ...]:
    """Lines of the log for `logged`, which `state` has heard already.

    Parameters
    ----------
    state : BoardState
        Knows the labels of the trials that events name by number.
    logged : sequence of LoggedEvent

    Returns
    -------
    lines : tuple of LogLine
        Events without a sentence leave no line.

    Examples
    --------
    >>> from lepton_jupyter.events.logged_event import LoggedEvent
    >>> event = LoggedEvent(sequence=0, at="", elapsed_seconds=2.0, event=StopRequested(source="panel"))
    >>> log_lines(BoardState(), [event])
    (LogLine(elapsed_seconds=2.0, text='stop asked for in the panel', level='info'),)
    """
    lines = []
    for each in logged:
        text = _sentence(each.event, state)
        if text:
            level = _LEVELS.get(type(each.event), "info")
            lines.append(LogLine(elapsed_seconds=round(each.elapsed_seconds, 3), text=one_line(text, 200), level=level))
    return tuple(lines)


def workers(executor: str, n_workers: int) -> str:
    """Who computes, such as “2 threads”.

    Examples
    --------
    >>> workers("processes", 2), workers("serial", 1), workers("cluster", 8)
    ('2 processes', '1 worker', '8 workers of the cluster')
    """
    noun = _WORKERS.get(executor, "worker")
    plural = {"process": "processes", "worker of the cluster": "workers of the cluster"}.get(noun, f"{noun}s")
    return f"{count(n_workers)} {noun if n_workers == 1 else plural}"


def folds(event: RunStarted) -> str:
    """How many folds there are and what makes them, such as “5 folds by customer, weighed by w”."""
    order = f" in the order of {event.time}" if event.time else f" by {event.groups}" if event.groups else ""
    weighed = f", weighed by {event.weights}" if event.weights else ""
    return f"{event.n_folds} folds{order}{weighed}"


def _score(value: float) -> str:
    return number(value, table_decimals([value]))


def _trial(state: BoardState, trial_id: int) -> str:
    record = state.trials.get(trial_id)
    return f"trial {trial_id}" if record is None else f"trial {trial_id} {record.asked.label}"


def _budget(budget: Budget) -> str:
    parts = []
    if budget.seconds is not None:
        parts.append(duration(budget.seconds))
    if budget.trials is not None:
        parts.append(counted(budget.trials, "trial"))
    return " or ".join(parts)


@singledispatch
def _sentence(event: Event, state: BoardState) -> str:
    del event, state
    return ""


@_sentence.register
def _(event: RunStarted, state: BoardState) -> str:
    del state
    table = f"{counted(event.n_rows, 'row')}, {counted(event.n_columns, 'column')}, {folds(event)}"
    who = workers(event.executor, event.n_workers)
    return f"started: {event.metric_label} on {event.target}; {table}; {_budget(event.budget)}; {who}"


@_sentence.register
def _(event: TableDescribed, state: BoardState) -> str:
    del state
    return columns_summary(event.columns)


@_sentence.register
def _(event: RunResumed, state: BoardState) -> str:
    del state
    return f"resumed with {counted(event.n_finished, 'finished trial')}; {_budget(event.budget)} more"


@_sentence.register
def _(event: BudgetExtended, state: BoardState) -> str:
    del state
    return f"{duration(event.seconds)} added"


@_sentence.register
def _(event: StopRequested, state: BoardState) -> str:
    del state
    return f"stop asked for {_SOURCES.get(event.source, event.source)}"


@_sentence.register
def _(event: WarningRaised, state: BoardState) -> str:
    del state
    return event.text


@_sentence.register
def _(event: ExecutorChanged, state: BoardState) -> str:
    del state
    shared = f", shared with {', '.join(event.shared_with)}" if event.shared_with else ""
    return f"new trials go to {workers(event.executor, event.n_workers)}{shared}"


@_sentence.register
def _(event: RunQueued, state: BoardState) -> str:
    del state
    return f"waits for {', '.join(event.waits_for)}"


@_sentence.register
def _(event: TurnCame, state: BoardState) -> str:
    del state
    return f"begins after {duration(event.waited_seconds)} of waiting; {_budget(event.budget)}"


@_sentence.register
def _(event: LearnerPostponed, state: BoardState) -> str:
    del state
    return f"{event.learner}: {event.reason}"


@_sentence.register
def _(event: TrialAsked, state: BoardState) -> str:
    del state
    described = f": {event.description}" if event.description else ""
    return f"trial {event.trial_id} {event.label} started{described}"


@_sentence.register
def _(event: TrialFinished, state: BoardState) -> str:
    record = state.trials.get(event.trial_id)
    best = ", the best so far" if record is not None and record.improved else ""
    return f"{_trial(state, event.trial_id)} {_score(event.score)}{best}"


@_sentence.register
def _(event: TrialWidened, state: BoardState) -> str:
    return f"{_trial(state, event.trial_id)} fitted once more, on nearly all rows"


@_sentence.register
def _(event: TrialRejected, state: BoardState) -> str:
    reason = f": {event.reason}" if event.reason else ""
    return f"{_trial(state, event.trial_id)} rejected at {_score(event.score)}{reason}"


@_sentence.register
def _(event: TrialFailed, state: BoardState) -> str:
    return f"{_trial(state, event.trial_id)} failed: {event.error}"


@_sentence.register
def _(event: TrialCancelled, state: BoardState) -> str:
    return f"{_trial(state, event.trial_id)} given up: {event.reason}"


@_sentence.register
def _(event: StepJudged, state: BoardState) -> str:
    record = state.trials.get(event.trial_id)
    label = event.learner if record is None else record.asked.label
    verdict = "accepted" if event.accepted else "rejected"
    gain = number(event.gain, table_decimals([event.gain]), signed=True)
    return f"{label}: step to trial {event.trial_id} {verdict}, {gain}; step size {number(event.step_size, 2)}"


@_sentence.register
def _(event: EnsembleUpdated, state: BoardState) -> str:
    del state
    kind = "stacked ensemble" if event.shifts else "ensemble"
    return f"{kind} of {counted(len(event.members), 'model')} {_score(event.score)}"


@_sentence.register
def _(event: ModelChosen, state: BoardState) -> str:
    several = len(event.members) > 1
    who = f"ensemble of {len(event.members)}" if several else _trial(state, event.members[0].trial_id)
    who += " by one fold" if len(event.folds) == 1 else ""
    decimals = table_decimals([event.score, event.best_score])
    scores = f"{number(event.score, decimals)} instead of {number(event.best_score, decimals)}"
    latency = f"{milliseconds_cell(event.row_milliseconds)} ms a row instead of"
    sizes = f"{size(event.size_bytes)} instead of {size(event.best_size_bytes)}"
    what = f"{scores}, {latency} {milliseconds_cell(event.best_row_milliseconds)}, {sizes}"
    return f"chosen for {PREFERENCES.get(event.prefer, event.prefer)}: {who}, {what}"


@_sentence.register
def _(event: RunFinished, state: BoardState) -> str:
    del state
    reason = END_REASONS.get(event.reason, event.reason)
    word = "stopped" if event.reason == "stopped" else "finished"
    trials = counted(event.n_finished, "finished trial")
    return f"{word} after {duration(event.elapsed_seconds)}, {reason}; {trials}, best: {event.best}"


@_sentence.register
def _(event: RunFailed, state: BoardState) -> str:
    del state
    return event.sentence
