"""KSWIN: the newest errors against those before them, by the test of Kolmogorov and Smirnov."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.evaluation.change_detector import ROWS_BETWEEN_FALSE_ALARMS, Change
from lepton_jupyter.evaluation.drift_measures import kolmogorov_smirnov

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEW_ROWS = 300
_OLD_ROWS = 900


class KolmogorovWindow:
    """Detects that errors are distributed otherwise than before, and larger on average [1]_.

    The paper tests after each row against a random sample of the older ones; here it is tested once in 300 rows against
    all 900 older ones, so that nothing is random and the tests are few enough to bound their false alarms together.

    Parameters
    ----------
    rows_between_false_alarms : float, default=10_000_000

    References
    ----------
    .. [1] C. Raab, M. Heusinger, F.-M. Schleif. Reactive soft prototype computing for concept drift streams.
           Neurocomputing 416:340-351, 2020.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> errors = np.concatenate([random.beta(2, 8, 2_000), random.beta(4, 6, 1_000)])
    >>> detector = KolmogorovWindow()
    >>> next(n for n, part in enumerate(errors.reshape(-1, 100)) if detector.update(part))
    20
    """

    name = "KSWIN"

    def __init__(self, rows_between_false_alarms: float = ROWS_BETWEEN_FALSE_ALARMS) -> None:
        self._chance = _NEW_ROWS / rows_between_false_alarms
        self.reset()

    def reset(self) -> None:
        """Forget everything heard."""
        self._old = np.zeros(0)
        self._new = np.zeros(0)

    def update(self, errors: NDArray[np.float64]) -> Change | None:
        """Hear errors; after a change the newest of them are the old ones."""
        found: Change | None = None
        self._new = np.concatenate([self._new, errors])
        while len(self._new) >= _NEW_ROWS:
            block, self._new = self._new[:_NEW_ROWS], self._new[_NEW_ROWS:]
            change = self._compare(block) if len(self._old) == _OLD_ROWS else None
            self._old = block if change else np.concatenate([self._old, block])[-_OLD_ROWS:]
            found = found or change
        return found

    def _compare(self, block: NDArray[np.float64]) -> Change | None:
        before, after = float(self._old.mean()), float(block.mean())
        if after <= before:
            return None
        effect = kolmogorov_smirnov(np.sort(self._old), np.sort(block))
        return Change(before, after, _NEW_ROWS) if effect.p_value < self._chance else None
