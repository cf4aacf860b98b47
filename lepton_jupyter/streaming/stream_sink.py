"""What a stream writes to: keyed results, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Results:
    """Rows to store.

    Parameters
    ----------
    key_name : str
        Column of the keys.
    keys : sequence of str
        One for each row; the newest of equal keys counts.
    columns : mapping of str to sequence
        The other columns, all as long as `keys`.

    Examples
    --------
    >>> list(Results("id", ["a", "b"], {"score": [0.1, 0.9]}).rows())
    [{'id': 'a', 'score': 0.1}, {'id': 'b', 'score': 0.9}]
    """

    key_name: str
    keys: Sequence[str]
    columns: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def names(self) -> list[str]:
        """Names of all columns, that of the keys first."""
        return [self.key_name, *self.columns]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each row as a dictionary."""
        names = self.names
        for values in zip(self.keys, *self.columns.values(), strict=True):
            yield dict(zip(names, values, strict=True))

    def part(self, start: int, stop: int) -> Results:
        """Some of the rows."""
        return Results(
            self.key_name, self.keys[start:stop], {name: each[start:stop] for name, each in self.columns.items()}
        )


class Sink(Protocol):
    """Where results go.

    Everything is called from one event loop, and nothing is called again before it has answered. A sink that does not
    answer for now raises `StreamConnectionError` (or another OSError); whatever raised is asked again as it was. Any
    other error of `write` is about a row: the batch is written again in parts, until those it is about are known.
    """

    @property
    def label(self) -> str:
        """What a person reads; holds no secrets."""
        ...

    @property
    def keyed(self) -> bool:
        """Whether a row that is written twice is there once, the newest of its key."""
        ...

    @property
    def gather_seconds(self) -> float:
        """How long rows should be gathered before `flush`; 0 for each batch at once."""
        ...

    async def open(self) -> None:
        """Make ready; may be called again after an error."""
        ...

    async def write(self, results: Results) -> None:
        """Take rows; what raised has taken none of them, or may be repeated as a whole."""
        ...

    async def flush(self) -> None:
        """Return when everything that was taken is stored, whatever happens to this process next."""
        ...

    async def close(self) -> None:
        """Let go of everything that is stored; may be called twice, and without `open`."""
        ...
