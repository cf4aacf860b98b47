"""What tells that the errors of a model grew: one verb, and how seldom it may be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Rows in which a detector may raise one false alarm on average, while nothing changes.
ROWS_BETWEEN_FALSE_ALARMS = 10_000_000


class Change(NamedTuple):
    """Errors grew.

    Parameters
    ----------
    before, after : float
        Mean error on both sides of the change.
    n_after : int
        Rows since the change, as far as it can be told when it began.
    """

    before: float
    after: float
    n_after: int


class ChangeDetector(Protocol):
    """Hears the errors of a model in the order of its rows, and says when they have grown."""

    @property
    def name(self) -> str:
        """What the field calls it."""
        ...

    def update(self, errors: NDArray[np.float64]) -> Change | None:
        """Hear errors between 0 and 1; what came of them before a change is forgotten when it is told."""
        ...

    def reset(self) -> None:
        """Forget everything heard."""
        ...
