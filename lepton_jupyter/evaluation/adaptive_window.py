"""ADWIN: a window over errors that is cut where its older part is no longer like the newer one."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.evaluation.change_detector import ROWS_BETWEEN_FALSE_ALARMS, Change

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Rows of the smallest bucket, and buckets after which cuts are looked for.
_BLOCK_ROWS = 32
_BLOCKS_A_LOOK = 4
#: Buckets of one size before the two oldest become one of twice the size.
_MOST_OF_A_SIZE = 5


class AdaptiveWindow:
    """Detects that the mean of errors between 0 and 1 grew, with a bound on false alarms [1]_.

    The window is an exponential histogram of sums, as in the paper, whose smallest buckets hold 32 rows: its size grows
    with the logarithm of the rows. All cuts between buckets are tried at once. The chance of one false alarm, which the
    paper bounds by Bernstein's inequality, is shared by the cuts. A mean that fell cuts the window too, and is no
    alarm; what is older than the clearest cut is dropped as a whole, so that `Change.n_after` says where it lies.

    Parameters
    ----------
    rows_between_false_alarms : float, default=10_000_000
        On average at least, while nothing changes and rows are independent.

    References
    ----------
    .. [1] A. Bifet, R. Gavaldà. Learning from time-changing data with adaptive windowing. SIAM International Conference
           on Data Mining, 2007.

    Examples
    --------
    >>> errors = np.random.default_rng(0).random(3_000) < np.repeat([0.1, 0.3], [2_000, 1_000])
    >>> detector = AdaptiveWindow()
    >>> next(n for n, part in enumerate(errors.astype(float).reshape(-1, 100)) if detector.update(part))
    21
    """

    name = "ADWIN"

    def __init__(self, rows_between_false_alarms: float = ROWS_BETWEEN_FALSE_ALARMS) -> None:
        self._chance = _BLOCK_ROWS * _BLOCKS_A_LOOK / rows_between_false_alarms
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        # By size, each the oldest first: sums of errors and of their squares.
        self._sizes: list[deque[tuple[float, float]]] = [deque()]
        self._waiting = np.zeros(0)
        self._n_blocks = 0

    @property
    def n_rows(self) -> int:
        """Rows of the window, those of a block that is not full yet left out."""
        return sum(len(each) * _BLOCK_ROWS * 2**size for size, each in enumerate(self._sizes))

    def update(self, errors: NDArray[np.float64]) -> Change | None:
        """Hear errors; the first change among them, after which it goes on with what is newer."""
        errors = np.concatenate([self._waiting, errors])
        whole = len(errors) - len(errors) % _BLOCK_ROWS
        self._waiting = errors[whole:]
        found: Change | None = None
        for block in errors[:whole].reshape(-1, _BLOCK_ROWS):
            self._add(float(block.sum()), float(block @ block))
            self._n_blocks += 1
            if self._n_blocks % _BLOCKS_A_LOOK == 0:
                found = self._cut() or found
        return found

    def _add(self, total: float, squares: float) -> None:
        self._sizes[0].append((total, squares))
        for size, each in enumerate(self._sizes):
            if len(each) <= _MOST_OF_A_SIZE:
                return
            older, newer = each.popleft(), each.popleft()
            if size + 1 == len(self._sizes):
                self._sizes.append(deque())
            self._sizes[size + 1].append((older[0] + newer[0], older[1] + newer[1]))

    def _cut(self) -> Change | None:
        """Drop what is older than the clearest cut, if there is one; the change, if errors grew there."""
        sizes = [(size, each) for size, each in reversed(list(enumerate(self._sizes))) if each]
        rows = np.cumsum(np.repeat([_BLOCK_ROWS * 2.0**size for size, _ in sizes], [len(each) for _, each in sizes]))
        if len(rows) < 2:
            return None
        sums = np.array([bucket for _, each in sizes for bucket in each]).cumsum(axis=0)
        n, total = rows[-1], sums[-1, 0]
        variance = max(0.0, sums[-1, 1] / n - (total / n) ** 2)
        before = sums[:-1, 0] / rows[:-1]
        after = (total - sums[:-1, 0]) / (n - rows[:-1])
        harmonic = 1 / (1 / rows[:-1] + 1 / (n - rows[:-1]))
        doubt = np.log(2 * len(before) / self._chance)
        bound = np.sqrt(2 / harmonic * variance * doubt) + 2 / (3 * harmonic) * doubt
        clearest = int(np.argmax(np.abs(after - before) / bound))
        if abs(after[clearest] - before[clearest]) <= bound[clearest]:
            return None
        self._drop(clearest + 1)
        if after[clearest] < before[clearest]:
            return None
        return Change(float(before[clearest]), float(after[clearest]), int(n - rows[clearest]))

    def _drop(self, n_buckets: int) -> None:
        for each in reversed(self._sizes):
            while n_buckets and each:
                each.popleft()
                n_buckets -= 1
