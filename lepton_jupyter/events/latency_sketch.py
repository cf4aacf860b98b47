"""How long things took, as counts in buckets that grow by a constant factor: small, mergeable, and right within 5 %."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A bucket's upper bound over that of the one before it.
_GROWTH = 1.1
_LOG_GROWTH = math.log(_GROWTH)
#: Shorter than this is as good as nothing, in seconds.
_SHORTEST = 1e-6


class LatencySketch:
    """Durations, of which only the bucket is kept; quantiles are off by at most half a bucket.

    The buckets are those of DDSketch [1]_, without its bound on how many there are: from a microsecond to a day these
    are fewer than 270.

    Parameters
    ----------
    counts : mapping of str to int, optional
        As `counts` of another sketch gives them.

    References
    ----------
    .. [1] C. Masson, J. E. Rim, H. K. Lee. DDSketch: a fast and fully-mergeable quantile sketch with relative-error
           guarantees. PVLDB 12(12):2195-2205, 2019.

    Examples
    --------
    >>> sketch = LatencySketch()
    >>> sketch.add(0.002, 99)
    >>> sketch.add(0.5)
    >>> round(sketch.quantile(0.5), 3), round(sketch.quantile(1.0), 1)
    (0.002, 0.5)
    """

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self._counts: dict[int, int] = {}
        self.merge(counts or {})

    def __len__(self) -> int:
        return sum(self._counts.values())

    @property
    def counts(self) -> dict[str, int]:
        """Durations in each bucket, by its number as text, in order."""
        return {str(bucket): self._counts[bucket] for bucket in sorted(self._counts)}

    def add(self, seconds: float, n: int = 1) -> None:
        """Count `n` durations of `seconds`."""
        bucket = math.ceil(math.log(max(seconds, _SHORTEST)) / _LOG_GROWTH)
        self._counts[bucket] = self._counts.get(bucket, 0) + n

    def merge(self, counts: Mapping[str, int]) -> None:
        """Count what another sketch has counted."""
        for bucket, n in counts.items():
            self._counts[int(bucket)] = self._counts.get(int(bucket), 0) + n

    def clear(self) -> None:
        """Begin anew."""
        self._counts.clear()

    def quantile(self, share: float) -> float:
        """Seconds that this share of durations does not exceed; NaN where there are none."""
        wanted = share * len(self)
        seen = 0
        for bucket in sorted(self._counts):
            seen += self._counts[bucket]
            if seen >= wanted:
                # The middle of the bucket, in the sense that the relative error is the same at both of its ends.
                return 2 * _GROWTH**bucket / (1 + _GROWTH)
        return math.nan

    def milliseconds(self, share: float) -> float | None:
        """As `quantile`, in milliseconds as a message holds them; None where there are no durations."""
        return round(1e3 * self.quantile(share), 3) if len(self) else None
