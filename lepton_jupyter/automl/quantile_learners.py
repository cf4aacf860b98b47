"""Which learners a run tries where a quantile is asked for: those that learn it, and not a mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.metric_errors import QuantileError
from lepton_jupyter.learners.quantile_level import quantile_level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.learners.learner import Learner


def learning_quantiles(
    learners: Sequence[Learner], metric: str, *, monotone: bool
) -> tuple[tuple[Learner, ...], tuple[str, ...]]:
    """Learners that learn the quantile a metric asks for, and what a person should know of the others.

    Parameters
    ----------
    learners : sequence of Learner
    metric : str
    monotone : bool
        Whether predictions are to rise or fall along a column.

    Raises
    ------
    QuantileError
        If none but baselines does, or if columns are constrained: boosters set the leaves of a quantile anew after
        their growth, which keeps no order.

    Examples
    --------
    >>> from lepton_jupyter.learners.registry import learner_named
    >>> learners = [learner_named("linear"), learner_named("extra_trees")]
    >>> kept, notes = learning_quantiles(learners, "neg_mean_pinball_loss:0.9", monotone=False)
    >>> [each.name for each in kept], notes
    (['linear'], ('Predictions are the 90 % quantile. Left out, since they learn means: extra_trees.',))
    """
    level = quantile_level(metric)
    if level is None:
        return tuple(learners), ()
    if monotone:
        raise QuantileError.from_monotone()
    kept = tuple(each for each in learners if each.learns_quantiles)
    others = [each.name for each in learners if not each.learns_quantiles]
    if others and all(each.baseline for each in kept):
        raise QuantileError.from_learners(others)
    note = f"Predictions are the {100 * level:g} % quantile."
    if others:
        note += f" Left out, since they learn means: {', '.join(others)}."
    return kept, (note,)
