"""The path of each learner's single point, drawn in the two coordinates that tell most of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepton_jupyter.events.messages import PathPicture, PathPoint
from lepton_jupyter.views.even_sample import even_sample
from lepton_jupyter.views.number_format import rounded
from lepton_jupyter.views.parameter_names import parameter_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lepton_jupyter.events.run_events import StepJudged
    from lepton_jupyter.views.board_state import BoardState
    from lepton_jupyter.views.trial_record import TrialRecord

#: A coordinate is drawn on a log axis if its largest value is this many times its smallest.
_LOG_RATIO = 3.0


def path_pictures(state: BoardState, *, max_learners: int = 6, max_points: int = 200) -> tuple[PathPicture, ...]:
    """Draw the searches of the learners, the one with the best point first.

    The two coordinates are the numeric ones that *moved most*: those with the largest spread over the accepted points
    (over all points until a step is accepted), where the spread of positive values is the logarithm of largest over
    smallest, and of others the range over the largest magnitude. They keep the order of the configuration, so that the
    axes seldom change places. A learner with one numeric coordinate is drawn against its score; one without any is
    left out. An axis is logarithmic if its values are positive and spread by a factor of three.

    Parameters
    ----------
    state : BoardState
    max_learners, max_points : int
        Of a long path the start, the last point and the newest accepted points are kept, and an even sample of the
        rest.

    Returns
    -------
    pictures : tuple of PathPicture
        Empty until a first step is judged.
    """
    pictures = (_picture(state, learner, steps, max_points) for learner, steps in state.judgements.items())
    drawn = [each for each in pictures if each is not None]
    sign = -1.0 if state.greater_is_better else 1.0
    drawn.sort(key=lambda picture: min(sign * point.score for point in picture.points if point.accepted))
    return tuple(drawn[:max_learners])


def _picture(state: BoardState, learner: str, steps: Sequence[StepJudged], max_points: int) -> PathPicture | None:
    records = [state.trials[each.trial_id] for each in steps]
    start = _start_of(state, records)
    if start is None or start.score is None:
        return None
    accepted = [start, *(record for record in records if _is_accepted(record))]
    names = _coordinates(accepted if len(accepted) > 1 else [start, *records])
    if not names:
        return None
    walked = _thinned([start, *(record for record in records if record is not start)], max_points)
    shown = [point for point in (_point(record, names) for record in walked) if point is not None]
    if not shown:
        return None
    by_score = len(names) == 1
    return PathPicture(
        learner=learner,
        label=start.asked.label,
        family=start.asked.family,
        x_name=parameter_name(names[0]),
        y_name=(state.started.metric_label if state.started else "score") if by_score else parameter_name(names[1]),
        x_log=_is_log(point.x for point in shown),
        y_log=not by_score and _is_log(point.y for point in shown),
        points=tuple(shown),
    )


def _start_of(state: BoardState, records: Sequence[TrialRecord]) -> TrialRecord | None:
    parent_id = records[0].asked.parent_id
    return None if parent_id is None else state.trials.get(parent_id)


def _number(record: TrialRecord, name: str) -> float | None:
    value = record.asked.parameters.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _spread(values: Sequence[float]) -> float:
    low, high = min(values), max(values)
    if low > 0:
        return math.log(high / low)
    return (high - low) / (max(abs(low), abs(high)) or 1.0)


def _coordinates(records: Sequence[TrialRecord]) -> tuple[str, ...]:
    """One or two names, in the order of the configuration; empty if nothing is numeric."""
    spreads: dict[str, float] = {}
    for name in records[0].asked.parameters:
        values = [_number(record, name) for record in records]
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            spreads[name] = _spread(known)
    order = list(spreads)
    chosen = sorted(order, key=lambda name: -spreads[name])[:2]
    return tuple(sorted(chosen, key=order.index))


def _point(record: TrialRecord, names: Sequence[str]) -> PathPoint | None:
    x = _number(record, names[0])
    y = record.score if len(names) == 1 else _number(record, names[1])
    if x is None or y is None or record.score is None or not math.isfinite(record.score):
        return None
    return PathPoint(
        trial_id=record.asked.trial_id,
        x=rounded(x),
        y=rounded(y),
        score=rounded(record.score),
        accepted=_is_accepted(record),
        step_size=None if record.judged is None else rounded(record.judged.step_size),
    )


def _is_accepted(record: TrialRecord) -> bool:
    return record.judged is None or record.judged.accepted


def _thinned(records: Sequence[TrialRecord], limit: int) -> list[TrialRecord]:
    if len(records) <= limit:
        return list(records)
    ends = {0, len(records) - 1}
    inner = range(1, len(records) - 1)
    accepted = [index for index in inner if _is_accepted(records[index])]
    kept = accepted[-(limit - 2) :] if limit > 2 else []
    kept_set = ends | set(kept)
    rest = [index for index in inner if index not in kept_set]
    chosen = sorted(kept_set | set(even_sample(rest, max(0, limit - len(kept_set)))))
    return [records[index] for index in chosen]


def _is_log(values: Iterable[float]) -> bool:
    known = list(values)
    return min(known) > 0 and max(known) >= _LOG_RATIO * min(known)
