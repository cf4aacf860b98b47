"""The newest rows whose truth is known: what a challenger learns from. In memory only, and bounded."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepton_jupyter.streaming.stream_source import Row

#: Labelled rows that are kept, and rows that wait for their label.
MOST_LABELLED = MOST_WAITING = 20_000


class LabelledRow(NamedTuple):
    """A row and the truth about it, as the code of a class or as a value."""

    row: Row
    truth: float


class LabelledWindow:
    """Joins rows with labels that come at once or later.

    Parameters
    ----------
    most_labelled, most_waiting : int, default=20000
        The oldest give way.

    Examples
    --------
    >>> window = LabelledWindow()
    >>> window.predicted(["a", "b"], [{"age": 31}, {"age": 45}])
    >>> window.labelled("b", 1.0)
    LabelledRow(row={'age': 45}, truth=1.0)
    >>> window.newest(10), window.n_labelled
    ([LabelledRow(row={'age': 45}, truth=1.0)], 1)
    """

    def __init__(self, *, most_labelled: int = MOST_LABELLED, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._waiting: OrderedDict[str, Row] = OrderedDict()
        self._labelled: deque[LabelledRow] = deque(maxlen=most_labelled)
        self.n_labelled = 0  # since the stream began, those included that gave way

    def predicted(self, keys: Iterable[str], rows: Iterable[Row]) -> None:
        """Remember rows until their labels come."""
        for key, row in zip(keys, rows, strict=True):
            self._waiting.pop(key, None)
            self._waiting[key] = row
        while len(self._waiting) > self._most_waiting:
            self._waiting.popitem(last=False)

    def labelled(self, key: str, truth: float) -> LabelledRow | None:
        """Join a label; one whose row gave way is lost."""
        row = self._waiting.pop(key, None)
        if row is None:
            return None
        joined = LabelledRow(row, truth)
        self._labelled.append(joined)
        self.n_labelled += 1
        return joined

    def newest(self, n_rows: int) -> list[LabelledRow]:
        """The newest labelled rows, the oldest of them first."""
        return list(self._labelled)[-n_rows:] if n_rows > 0 else []
