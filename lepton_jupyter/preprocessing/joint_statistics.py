"""Statistics of several columns at once, in parts that merge; what is wanted is decided before a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa


class JointStatistic(Protocol):
    """What was found in some rows."""

    @classmethod
    def merged(cls, parts: Iterable[Any]) -> Self:
        """Of all parts, at least one, in their order."""
        ...


class JointWatch(Protocol):
    """What is wanted, and how it is taken; the same for all parts of a table."""

    @property
    def name(self) -> str:
        """What the statistic is called among those of a table."""
        ...

    def of(self, table: pa.Table) -> JointStatistic:
        """Of some rows, as they are stored."""
        ...
