"""What a panel says of the events of a stream, where that takes more than a phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.views.number_format import count, counted

if TYPE_CHECKING:
    from lepton_jupyter.events.stream_events import ChampionCompiled, DriftDetected

#: How `ChampionCompiled` names the way of models that are not compiled.
BY_ITSELF = "its own code"


def way(event: ChampionCompiled) -> str:
    """By which way a model predicts.

    Examples
    --------
    >>> from lepton_jupyter.events.stream_events import ChampionCompiled
    >>> way(ChampionCompiled(label="LightGBM", how={"ONNX Runtime": 5}, reason="", n_rows=2048,
    ...                       largest_difference=2.1e-7, n_flipped=0, seconds=0.4))
    'compiled to ONNX Runtime: within 2.1e-07 of the model on 2,048 rows, no decision differs'
    """
    ways = [f"{how}" if len(event.how) == 1 else f"{how} ({n})" for how, n in event.how.items()]
    n_slow, reason = event.how.get(BY_ITSELF, 0), event.reason.rstrip(".")
    slow = f"slow path, {counted(n_slow, 'model')} by {BY_ITSELF}: {reason}" if n_slow else ""
    if event.largest_difference is None:
        return slow
    flipped = f"{counted(event.n_flipped, 'decision')} differ" if event.n_flipped else "no decision differs"
    near = f"within {event.largest_difference:.2g} of the model on {counted(event.n_rows, 'row')}, {flipped}"
    compiled = f"compiled to {' and '.join(way for way in ways if not way.startswith(BY_ITSELF))}: {near}"
    return f"{compiled}; {slow}" if slow else compiled


def drift_sentence(event: DriftDetected) -> str:
    """What an alarm says.

    Examples
    --------
    >>> from lepton_jupyter.events.stream_events import DriftDetected
    >>> drift_sentence(
    ...     DriftDetected(subject="feature", column="age", measure="PSI", value=0.41, reference=0.25, n_rows=1000)
    ... )
    "'age' is not as in training: PSI 0.41, limit 0.25, of 1,000 rows"
    >>> drift_sentence(
    ...     DriftDetected(subject="errors", column="", measure="correction", value=0.31, reference=0.24, n_rows=350)
    ... )
    'a correction learnt from the newest labels has begun to pay: loss 0.24 for 0.31 on 350 labels'
    """
    value, reference = f"{event.value:.3g}", f"{event.reference:.3g}"
    if event.measure == "correction":
        labels = counted(event.n_rows, "label")
        return f"a correction learnt from the newest labels has begun to pay: loss {reference} for {value} on {labels}"
    if event.subject == "errors":
        return f"errors grew from {reference} to {value} within {counted(event.n_rows, 'label')}, says {event.measure}"
    what = f"{event.column!r} is" if event.subject == "feature" else f"predictions {event.column!r} are"
    return f"{what} not as in training: {event.measure} {value}, limit {reference}, of {count(event.n_rows)} rows"


def losses_told(loss: float | None, previous: float | None, n_rows: int) -> str:
    """Losses of two models on the same rows; empty where they are not known.

    Examples
    --------
    >>> losses_told(0.211, 0.409, 400)
    'loss 0.211 against 0.409 on 400 rows'
    """
    if loss is None or previous is None:
        return ""
    return f"loss {loss:.3g} against {previous:.3g} on {counted(n_rows, 'row')}"
