"""Groups of rows that share a fold, and what two reasons to share one make together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def joined_groups(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """The finest groups that split neither: rows are together if a chain of shared groups leads from one to the other.

    Parameters
    ----------
    first, second : ndarray of int64, shape (n_rows,)
        Codes of groups, from 0.

    Returns
    -------
    groups : ndarray of int64, shape (n_rows,)

    Examples
    --------
    >>> joined_groups(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])).tolist()
    [0, 0, 0, 1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_first, n_second = int(first.max()) + 1, int(second.max()) + 1
    n_nodes = n_first + n_second
    edges = coo_array((np.ones(len(first), dtype=np.int8), (first, second + n_first)), shape=(n_nodes, n_nodes))
    _, component = connected_components(edges, directed=False)
    return np.unique(component[first], return_inverse=True)[1].astype(np.int64)


def n_sharing(groups: NDArray[np.int64]) -> int:
    """How many rows share their group with another.

    Examples
    --------
    >>> n_sharing(np.array([0, 0, 1, 2, 2]))
    4
    """
    sizes = np.bincount(groups)
    return int(sizes[sizes > 1].sum())
