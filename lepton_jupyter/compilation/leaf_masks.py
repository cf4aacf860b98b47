"""Many rows through small trees without a walk: each value rules out leaves of all trees at once.

A walk waits for memory and guesses wrong at every second node; here there is nothing to guess. For each column there is
a table of masks: the row for a value between two neighbouring cuts holds, for each tree, the leaves that such a value
leaves possible. What all columns of a row leave possible is the intersection of their masks, and of that the leftmost
leaf is where a walk would have ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lepton_jupyter.exceptions.compilation_errors import NotCompilableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lepton_jupyter.compilation.tree_tables import SideTables, TreeTable

    _Masks = NDArray[np.unsignedinteger[Any]]

#: Rows from which on the calls of NumPy for each column take less than walks.
FEWEST_ROWS = 48
#: Leaves of all trees below which walks through them take less than finding each value's place among the cuts.
_FEWEST_LEAVES = 1_500
#: Trees whose masks stand side by side: with more, what is looked up leaves the processor's cache.
_BLOCK_TREES = 256
#: Bytes of masks of rows that are intersected at once, for the same reason.
_TILE_BYTES = 2**17
#: Bytes of all tables, beyond which they are not worth their memory.
_MOST_BYTES = 2**27


class _Width(NamedTuple):
    """Masks of so many bits, and how the only bit of one becomes a number of few bits: a product's uppermost bits.

    Of a de Bruijn sequence each run of log2(bits) bits is another [1]_.

    .. [1] C. Leiserson, H. Prokop, K. Randall. Using de Bruijn sequences to index a 1 in a computer word. MIT, 1998.
    """

    bits: int
    type: type[np.unsignedinteger[Any]]
    factor: int
    shift: int

    def places(self) -> NDArray[np.intp]:
        """The number of each bit."""
        return np.array([(self.factor << bit) % 2**self.bits >> self.shift for bit in range(self.bits)], dtype=np.intp)


_WIDTHS = (_Width(32, np.uint32, 0x077CB531, 27), _Width(64, np.uint64, 0x03F79D71B4CB0A89, 58))


class LeafMasks:
    """Sums of trees of at most 64 leaves, for many rows at once.

    Parameters
    ----------
    sums : sequence of tuple of TreeTable and int
        Trees, each with the output that its leaves are added to.
    sides : SideTables
        What cuts between categories stand for.
    n_outputs : int

    Raises
    ------
    NotCompilableError
        If a tree has more leaves, or leaves of several values, or there is too much to hold or too little to gain.

    References
    ----------
    .. [1] C. Lucchese, F. M. Nardini, S. Orlando, R. Perego, N. Tonellotto, R. Venturini. QuickScorer: a fast algorithm
           to rank documents with additive ensembles of regression trees. SIGIR, 2015.

    Examples
    --------
    >>> from lepton_jupyter.compilation.tree_tables import SideTables, TreeTable
    >>> zero, cut, left = np.array([0]), np.array([0.5], np.float32), np.array([True])
    >>> tree = TreeTable(zero, cut, zero + 1, zero + 2, left, np.array([[1.0], [2.0]]))
    >>> masks = LeafMasks([(tree, 0)] * 1000, SideTables(1, {}), 1)
    >>> masks.sums(np.array([[0.5], [0.6], [np.nan]], np.float32))
    array([[1000.],
           [2000.],
           [1000.]])
    """

    def __init__(self, sums: Sequence[tuple[TreeTable, int]], sides: SideTables, n_outputs: int) -> None:
        self._n_outputs = n_outputs
        n_leaves = sum(len(tree.values) for tree, _ in sums)
        if n_leaves < _FEWEST_LEAVES:
            raise NotCompilableError.from_few("leaves", n_leaves, _FEWEST_LEAVES)
        # Trees of an output are neighbours, and so are those of as many bits.
        of_width: dict[_Width, list[tuple[TreeTable, int]]] = {}
        for tree, output in sorted(sums, key=lambda each: each[1]):
            of_width.setdefault(_width_for(tree), []).append((tree, output))
        self._blocks = [
            _Block(some[start : start + _BLOCK_TREES], width, sides)
            for width, some in of_width.items()
            for start in range(0, len(some), _BLOCK_TREES)
        ]
        n_bytes = sum(block.n_bytes for block in self._blocks)
        if n_bytes > _MOST_BYTES:
            raise NotCompilableError.from_size("bytes of masks", n_bytes, _MOST_BYTES)

    def sums(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sums of each row, of shape (n_rows, n_outputs).

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_columns)
            Of the view, without the columns of `SideTables`.
        """
        total = np.zeros((len(X), self._n_outputs))
        columns = np.ascontiguousarray(X.T)
        for block in self._blocks:
            block.add(columns, total)
        return total


def _width_for(tree: TreeTable) -> _Width:
    n_leaves, n_values = tree.values.shape
    if n_values > 1:
        raise NotCompilableError.from_part("leaves of several values as masks")
    for width in _WIDTHS:
        if n_leaves <= width.bits:
            return width
    raise NotCompilableError.from_size("leaves of a tree", n_leaves, _WIDTHS[-1].bits)


class _Cut(NamedTuple):
    """One node: the leaves that are left where a row goes to the right."""

    tree: int
    at: float
    missing_left: bool
    left_over: int


class _Block:
    """Trees whose masks are of one width."""

    def __init__(self, sums: Sequence[tuple[TreeTable, int]], width: _Width, sides: SideTables) -> None:
        n_trees = len(sums)
        self._width = width
        self._leaves = np.zeros((n_trees, width.bits))
        of_column: dict[int, list[tuple[_Cut, NDArray[np.bool_] | None]]] = {}
        place_of_bit, meanings = width.places(), sides.meanings()
        for place, (tree, _) in enumerate(sums):
            order, lefts = _leaves_from_left(tree)
            self._leaves[place, place_of_bit[: len(order)]] = tree.values[order, 0]
            for node, mask in enumerate(lefts):
                column, codes = meanings[int(tree.feature[node])]
                cut = _Cut(place, float(tree.cut[node]), bool(tree.missing_left[node]), ~mask % 2**width.bits)
                of_column.setdefault(column, []).append((cut, codes))
        self._tables = [
            (column, *_table(cuts, sides.n_levels.get(column), n_trees, width))
            for column, cuts in sorted(of_column.items())
        ]
        self._starts = (np.arange(n_trees) * width.bits).astype(width.type)
        outputs = np.array([output for _, output in sums])
        self._outputs, self._firsts = np.unique(outputs, return_index=True)
        self._tile_rows = max(8, _TILE_BYTES // self._starts.nbytes)

    @property
    def n_bytes(self) -> int:
        """Of its tables."""
        return sum(masks.nbytes for *_, masks in self._tables)

    def add(self, columns: NDArray[np.float32], total: NDArray[np.float64]) -> None:
        """Add the sums of rows, given by column, to those of their outputs."""
        codes = [_codes(columns[column], cuts, len(masks) - 1) for column, cuts, masks in self._tables]
        n_rows, n_trees = len(total), len(self._starts)
        size = (min(self._tile_rows, n_rows), n_trees)
        # Of each call: two threads may ask.
        left, more = np.empty(size, self._width.type), np.empty(size, self._width.type)
        values = np.empty(size)
        factor, shift = (self._width.type(each) for each in (self._width.factor, self._width.shift))
        for start in range(0, n_rows, size[0]):
            stop = min(start + size[0], n_rows)
            n = stop - start
            left, more, values = left[:n], more[:n], values[:n]
            self._intersect(codes, slice(start, stop), left, more)
            np.negative(left, out=more)
            np.bitwise_and(left, more, out=left)  # the lowest bit alone
            np.multiply(left, factor, out=left)
            np.right_shift(left, shift, out=left)
            np.add(left, self._starts, out=left)
            # As they are indexed by; "raise" would copy.
            np.take(self._leaves, left.view(np.int64) if left.itemsize == 8 else left, out=values, mode="clip")
            if len(self._outputs) == 1:
                total[start:stop, self._outputs[0]] += values.sum(axis=1)
            else:
                total[start:stop, self._outputs] += np.add.reduceat(values, self._firsts, axis=1)

    def _intersect(self, codes: Sequence[NDArray[np.intp]], rows: slice, left: _Masks, more: _Masks) -> None:
        first = True
        for (*_, masks), places in zip(self._tables, codes, strict=True):
            np.take(masks, places[rows], axis=0, out=left if first else more, mode="clip")
            if not first:
                np.bitwise_and(left, more, out=left)
            first = False


def _codes(values: NDArray[np.float32], cuts: NDArray[np.float32] | None, missing: int) -> NDArray[np.intp]:
    """Rows of a column's table; the last is for a missing value."""
    if cuts is not None:
        return np.searchsorted(cuts, values)  # where NaN comes after infinity, which is the last cut
    return np.where(np.isnan(values), np.float32(missing), values).astype(np.intp)


def _table(
    cuts: Sequence[tuple[_Cut, NDArray[np.bool_] | None]], n_levels: int | None, n_trees: int, width: _Width
) -> tuple[NDArray[np.float32] | None, _Masks]:
    """Cuts between which each row of masks lies, or None where there is one for each category; and the masks."""
    if n_levels is None:
        edges = np.unique(np.array([cut.at for cut, _ in cuts], dtype=np.float32))
        masks = np.full((len(edges) + 2, n_trees), ~width.type(0), dtype=width.type)
        for cut, _ in cuts:
            masks[np.searchsorted(edges, np.float32(cut.at)) + 1, cut.tree] &= width.type(cut.left_over)
            if not cut.missing_left:
                masks[-1, cut.tree] &= width.type(cut.left_over)
        np.bitwise_and.accumulate(masks[:-1], axis=0, out=masks[:-1])
        return np.append(edges, np.float32(np.inf)), masks
    masks = np.full((n_levels + 1, n_trees), ~width.type(0), dtype=width.type)
    for cut, codes in cuts:
        to_right = np.append(np.arange(n_levels) > cut.at, not cut.missing_left) if codes is None else codes
        masks[to_right, cut.tree] &= width.type(cut.left_over)
    return None, masks


def _leaves_from_left(tree: TreeTable) -> tuple[list[int], list[int]]:
    """Leaves from the left to the right, and for each inner node those on its left, as bits of their places."""
    n_inner = len(tree.feature)
    lefts, rights = tree.left.tolist(), tree.right.tolist()
    order: list[int] = []
    masks = [0] * n_inner
    # Not by recursion: a tree may be as deep as it has leaves.
    to_visit = [(0, False)]
    while to_visit:
        node, left_is_done = to_visit.pop()
        if node >= n_inner:
            order.append(node - n_inner)
        elif left_is_done:
            masks[node] = (1 << len(order)) - masks[node]
            to_visit.append((rights[node], False))
        else:
            masks[node] = 1 << len(order)
            to_visit += [(node, True), (lefts[node], False)]
    return order, masks
