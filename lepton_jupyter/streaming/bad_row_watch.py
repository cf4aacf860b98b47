"""Whether most rows of a stream cannot be scored: then the stream, and not a row, is another than the model's."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Over how many of the newest rows it is judged, and with how few of them at the earliest.
_ROWS = 1000
_LEAST_ROWS = 100


class BadRowWatch:
    """Tells when more than half of the newest rows were refused.

    Examples
    --------
    >>> watch = BadRowWatch()
    >>> watch.saw(200, ["column 'age' is no number"] * 20)
    >>> watch.saw(200, ["column 'age' is no number"] * 190)
    "210 of the newest 400 rows cannot be predicted, mostly: column 'age' is no number"
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._batches: deque[tuple[int, list[str]]] = deque()
        self._n_rows = self._n_bad = 0

    def saw(self, n_rows: int, reasons: Iterable[str]) -> str | None:
        """Hear of a batch and of why rows in it were refused; a sentence when they are too many."""
        self._batches.append((n_rows, list(reasons)))
        self._n_rows += n_rows
        self._n_bad += len(self._batches[-1][1])
        while self._n_rows - self._batches[0][0] >= _ROWS:
            n_gone, gone = self._batches.popleft()
            self._n_rows, self._n_bad = self._n_rows - n_gone, self._n_bad - len(gone)
        if self._n_rows < _LEAST_ROWS or 2 * self._n_bad <= self._n_rows:
            return None
        [(commonest, _)] = Counter(reason for _, each in self._batches for reason in each).most_common(1)
        return f"{self._n_bad:,} of the newest {self._n_rows:,} rows cannot be predicted, mostly: {commonest}"


class FieldWatch:
    """Tells of fields that rows did not have when the stream began.

    Parameters
    ----------
    known : iterable of str
        Fields that somebody looks at.

    Examples
    --------
    >>> watch = FieldWatch(["age"])
    >>> watch.saw({"age": 31, "town": "Ulm"}), watch.saw({"age": 28, "plan": "max", "town": "Bonn"})
    ([], ['plan'])
    >>> watch.saw({"plan": "max"})
    []
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = set(known)
        self._begun = False

    def saw(self, row: Iterable[str]) -> list[str]:
        """Hear of one row; its fields that are new."""
        new = [name for name in row if name not in self._known]
        self._known.update(new[:_ROWS])
        begun, self._begun = self._begun, True
        return new if begun else []
