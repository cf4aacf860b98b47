"""A limit on memory: starting points that would not fit within it are not tried."""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING, Any

from lepton_jupyter.events.quantities import parse_size, size_text
from lepton_jupyter.exceptions.budget_errors import InvalidQuantityError
from lepton_jupyter.exceptions.constraint_errors import MemoryLimitError, MemorySizeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TableShape
    from lepton_jupyter.search.space import Point

    Opening = tuple[tuple[str, Point], ...]


def as_bytes(wish: Any) -> int | None:
    """A limit on memory as settings keep it.

    Raises
    ------
    MemorySizeError
        If it is no positive size.

    Examples
    --------
    >>> as_bytes("2GB"), as_bytes(5e8)
    (2000000000, 500000000)
    """
    if wish is None:
        return None
    if isinstance(wish, str):
        try:
            return parse_size(wish)
        except InvalidQuantityError:
            raise MemorySizeError.from_value(wish) from None
    size = float(wish) if isinstance(wish, numbers.Real) and wish is not True else 0.0
    if not 1 <= size < math.inf:
        raise MemorySizeError.from_value(wish)
    return int(size)


def within_memory(
    learners: Sequence[Learner], opening: Opening, shape: TableShape, most_bytes: int | None
) -> tuple[tuple[Learner, ...], Opening, tuple[str, ...]]:
    """Learners and starting points that fit within a limit, by the estimates of the learners.

    Parameters
    ----------
    learners : sequence of Learner
    opening : tuple of (str, dict)
        Starting points in the order they are tried.
    shape : TableShape
    most_bytes : int or None
        What one fit may take beside the table.

    Returns
    -------
    learners : tuple of Learner
        Those with a starting point left; baselines in any case.
    opening : tuple of (str, dict)
    notes : tuple of str
        What a person should know of those left out.

    Raises
    ------
    MemoryLimitError
        If nothing but baselines is left.
    """
    if most_bytes is None:
        return tuple(learners), opening, ()
    by_name = {each.name: each for each in learners}
    needed = [0 if by_name[name].baseline else by_name[name].memory_bytes(point, shape) for name, point in opening]
    fitting = tuple(entry for entry, each in zip(opening, needed, strict=True) if each <= most_bytes)
    least = {
        name: min(each for (owner, _), each in zip(opening, needed, strict=True) if owner == name) for name in by_name
    }
    kept = tuple(each for each in learners if least[each.name] <= most_bytes)
    if all(each.baseline for each in kept) and len(kept) < len(learners):
        smallest = min((each for each in least if not by_name[each].baseline), key=lambda name: least[name])
        raise MemoryLimitError.from_need(size_text(most_bytes), smallest, size_text(least[smallest]))
    too_large = [f"{name} ({size_text(need)})" for name, need in least.items() if need > most_bytes]
    if not too_large:
        return kept, fitting, ()
    note = f"Left out, since they need more than the {size_text(most_bytes)} of --max-memory: {', '.join(too_large)}."
    return kept, fitting, (note,)
