"""Between which of some edges numbers lie, found by a grid of equal cells instead of a search for each number."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS = 4_096
#: With more edges than these in one cell a search is as quick.
_MOST_IN_CELL = 2


def edges_below(values: NDArray[np.float64], edges: tuple[float, ...]) -> NDArray[np.int64]:
    """How many edges are not above each value: what ``np.searchsorted(edges, values, side="right")`` gives.

    Parameters
    ----------
    values : ndarray of float64
        What is found of NaN means nothing.
    edges : tuple of float
        Ascending.

    Examples
    --------
    >>> edges_below(np.array([0.5, 1.0, 7.0]), (1.0, 2.0)).tolist()
    [0, 1, 2]
    """
    grid = _grid(edges)
    if grid is None:
        return np.searchsorted(np.asarray(edges), values, side="right").astype(np.int64)
    low, cells_per_unit, begins = grid
    with np.errstate(over="ignore"):
        cells = values - low
        cells *= cells_per_unit
    # NaN is taken for the bound.
    np.fmax(cells, 0.0, out=cells)
    np.fmin(cells, _CELLS, out=cells)
    found = begins[cells.astype(np.int64)]
    beyond = np.array([*edges, np.nan])
    for _ in range(_MOST_IN_CELL):
        found += values >= beyond[found]
    return found


@lru_cache(maxsize=512)
def _grid(edges: tuple[float, ...]) -> tuple[float, float, NDArray[np.int64]] | None:
    """Beginning, cells of a unit, and how many edges are surely not above what lies in each cell.

    None where a grid does not serve.
    """
    known = np.asarray(edges, dtype=np.float64)
    if len(known) < 2 or not np.isfinite(known).all():
        return None
    with np.errstate(over="ignore", divide="ignore"):
        cells_per_unit = (_CELLS - 1) / (known[-1] - known[0])
    if not np.isfinite(cells_per_unit) or not cells_per_unit:
        return None
    own = np.floor((known - known[0]) * cells_per_unit).astype(np.int64)
    # Not those of the cell before either: the product of a value may be rounded up into this cell.
    begins = np.searchsorted(own, np.arange(_CELLS + 1) - 1, side="left")
    ends = np.searchsorted(own, np.arange(_CELLS + 1), side="right")
    return None if int((ends - begins).max()) > _MOST_IN_CELL else (float(known[0]), float(cells_per_unit), begins)
