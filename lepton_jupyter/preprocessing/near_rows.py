"""Rows that are nearly copies of each other: the same but for spelling, slips and rounding.

Two rows are near copies if in every column

- numbers are equal, or one is the other rounded to three or more digits; whole numbers are equal;
- dates are equal, or one is the day of the other;
- texts are equal in lower case with single blanks and without signs at the ends of words;
- nothing is missing in one of them alone. Words for missing are missing.

In one column the texts may also differ by a slip, or, if they are long, share four fifths of what they hold
(`near_texts.are_near`), unless they are codes or both are frequent.

Near copies find each other by keys, of which they share at least one (locality-sensitive hashing), and are then
compared: nothing is taken for a copy because of a hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT
from lepton_jupyter.data.row_hashes import with_column
from lepton_jupyter.preprocessing.near_texts import LONG_TEXT, are_near, hashed_texts, plain_texts, text_keys
from lepton_jupyter.preprocessing.stored_values import as_texts, one_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.column_look import ColumnLook

#: Columns of texts in which slips are looked for, those with most different texts first.
_MOST_TEXT_COLUMNS = 8
#: In more than this share of the rows, and in more than so many of them, a text is one of its own: no slip of another
#: that is as frequent.
_FREQUENT, _MOST_RARE = 0.005, 9
#: Width of the cells of the grids by which numbers find each other, in units of their natural logarithm.
_CELL = 0.1
_DAY = 86_400_000_000
#: Rows of one key that each row is compared with, at most.
_MOST_COMPARED = 16
_FEWEST_DIGITS = 100


@dataclass(frozen=True, slots=True)
class NearPlan:
    """By which columns near copies are told, decided from first rows.

    Parameters
    ----------
    looks : tuple of ColumnLook
    whole : tuple of bool
        Of each column whether it holds whole numbers, which no rounding makes.
    slips : tuple of bool
        Of each column whether slips of its texts are looked for.
    long : tuple of bool
        Of each column whether some of its texts are long.
    frequent : tuple of frozenset of str
        Of each column its frequent texts, plain.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> rows = pa.table({"town": ["Heilbronn", "Heilbron n", "heilbronn "], "km": [12.3456, 12.35, 12.34]})
    >>> plan = NearPlan.of_rows(rows, look_at(rows))
    >>> near_pairs(plan, rows, near_keys(plan, rows)).tolist()
    [[0, 1]]
    """

    looks: tuple[ColumnLook, ...]
    whole: tuple[bool, ...]
    slips: tuple[bool, ...]
    long: tuple[bool, ...]
    frequent: tuple[frozenset[str], ...]

    @classmethod
    def of_rows(cls, rows: pa.Table, looks: Sequence[ColumnLook], columns: Sequence[str] = ()) -> Self:
        """Decide from first rows; by all columns unless some are named."""
        import pyarrow.compute as pc

        used = [look for look in looks if not columns or look.name in columns]
        whole, kinds, long, frequent = [], [], [], []
        for look in used:
            column = one_array(rows.column(look.name))
            if look.reads == "text":
                counted = pc.value_counts(plain_texts(as_texts(column)).drop_null())
                many = np.asarray(counted.field("counts")) > max(_MOST_RARE, _FREQUENT * rows.num_rows)
                frequent.append(frozenset(counted.field("values").filter(_mask(many)).to_pylist()))
                long.append(bool(len(counted)) and pc.max(pc.utf8_length(counted.field("values"))).as_py() >= LONG_TEXT)
                # Where all are frequent none is a slip.
                kinds.append(0 if look.codes or many.all() else len(counted))
                whole.append(False)
                continue
            values = look.values(column)
            whole.append(look.reads != "moment" and bool((np.isnan(values) | (values == np.floor(values))).all()))
            kinds.append(0)
            long.append(False)
            frequent.append(frozenset())
        most = sorted(kinds, reverse=True)[:_MOST_TEXT_COLUMNS]
        slips = tuple(bool(each) and each >= most[-1] for each in kinds)
        return cls(tuple(used), tuple(whole), slips, tuple(long), tuple(frequent))


def near_keys(plan: NearPlan, rows: pa.Table) -> NDArray[np.uint64]:
    """Keys of each row; the first is the same for rows that are equal once they are plain, and only for them.

    Returns
    -------
    keys : ndarray of uint64, shape (n_rows, n_keys)
        As many for all parts of a table that have the same plan.
    """
    n_rows = rows.num_rows
    exact, grids = np.zeros(n_rows, np.uint64), [np.zeros(n_rows, np.uint64) for _ in range(2)]
    slipping: list[tuple[NDArray[np.uint64], list[NDArray[np.uint64]]]] = []
    for place, look in enumerate(plan.looks):
        column = one_array(rows.column(look.name))
        if look.reads == "text":
            plain = plain_texts(as_texts(column))
            own = _salted(hashed_texts(plain), place)
            exact, grids = exact ^ own, [grid ^ own for grid in grids]
            if plan.slips[place]:
                slipping.append((own, [_salted(key, place) for key in _keys_of(plain, plan.long[place])]))
            continue
        values = look.values(column)
        own = _salted(_bits(values), place)
        exact ^= own
        for number, grid in enumerate(grids):
            near = own if plan.whole[place] else _salted(_cells(values, number / 2), place)
            grids[number] = grid ^ near
    keys = [exact, *grids]
    for own, ways in slipping:
        rest = grids[0] ^ own
        keys += [with_column(rest, way) for way in ways]
    return np.stack(keys, axis=1)


def near_pairs(plan: NearPlan, rows: pa.Table, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs of places of rows that are near copies, the earlier first; enough of them to link all that are.

    Parameters
    ----------
    plan : NearPlan
    rows : pyarrow.Table
    keys : ndarray of uint64, shape (n_rows, n_keys)
        What `near_keys` gave.

    Returns
    -------
    pairs : ndarray of int64, shape (n_pairs, 2)
    """
    n_rows, n_keys = keys.shape
    pairs = pairs_of_key(keys.T.ravel(), np.tile(keys[:, 0], n_keys), np.tile(np.arange(n_rows), n_keys))
    return pairs[compared(plan, rows, pairs)]


def pairs_of_key(keys: NDArray[np.uint64], exact: NDArray[np.uint64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pairs of rows that share a key and are to be compared, each once, the earlier row first.

    Parameters
    ----------
    keys, exact : ndarray of uint64, shape (n,)
        Equal rows have the same `exact`: of them a chain is enough.
    places : ndarray of int64, shape (n,)
        The row that each key is of; larger for later rows.
    """
    order = np.lexsort((places, exact, keys))
    again = np.zeros(len(order), bool)  # a row has a key twice
    again[1:] = (keys[order][1:] == keys[order][:-1]) & (places[order][1:] == places[order][:-1])
    order = order[~again]
    keys, exact, places = keys[order], exact[order], places[order]
    pairs = []
    for apart in range(1, _MOST_COMPARED + 1):
        alike = keys[apart:] == keys[:-apart]
        if not alike.any():
            break
        if apart > 1:  # the neighbour that is equal stands for it
            alike &= exact[apart:] != exact[apart - 1 : -1]
        pairs.append(np.stack([places[:-apart][alike], places[apart:][alike]], axis=1))
    return each_once(np.sort(np.concatenate(pairs), axis=1)) if pairs else np.empty((0, 2), np.int64)


def each_once(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Different pairs in order; `np.unique` takes many times as long.

    Examples
    --------
    >>> each_once(np.array([[1, 2], [0, 3], [1, 2]])).tolist()
    [[0, 3], [1, 2]]
    """
    ordered = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    first = np.ones(len(ordered), bool)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[first]


def compared(plan: NearPlan, rows: pa.Table, pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some pairs of rows are near copies.

    Parameters
    ----------
    plan : NearPlan
    rows : pyarrow.Table
    pairs : ndarray of int64, shape (n_pairs, 2)
        Places in `rows`.
    """
    near, slipped = np.ones(len(pairs), bool), np.zeros(len(pairs), bool)
    for place, look in enumerate(plan.looks):
        left = np.flatnonzero(near)
        if not len(left):
            break
        first, second = pairs[left].T
        column = one_array(rows.column(look.name))
        if look.reads == "text":
            equal, slips = _near_texts(plain_texts(as_texts(column)), first, second, plan, place)
            near[left] = equal | (slips & ~slipped[left])
            slipped[left] |= slips
            continue
        values = look.values(column)
        one, other = values[first], values[second]
        if look.reads == "moment":
            near[left] = (one == other) | _day_of(one, other) | _day_of(other, one)
        elif plan.whole[place]:
            near[left] = (one == other) | (np.isnan(one) & np.isnan(other))
        else:
            near[left] = _rounded(one, other)
    return near


def near_groups(rows: pa.Table, looks: Sequence[ColumnLook]) -> NDArray[np.int64] | None:
    """Group of each row, such that rows which a chain of near copies links share one; None if no two do.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> rows = pa.table({"town": ["Heilbronn", "Stuttgart", "HEILBRONN", "Heilbornn"]})
    >>> near_groups(rows, look_at(rows)).tolist()
    [0, 1, 0, 0]
    """
    plan = NearPlan.of_rows(rows, looks)
    pairs = near_pairs(plan, rows, near_keys(plan, rows))
    return linked(pairs, rows.num_rows) if len(pairs) else None


def linked(pairs: NDArray[np.int64], n_rows: int) -> NDArray[np.int64]:
    """Number of the group of each row that chains of pairs link, numbered in the order of their first rows."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs), np.int8), tuple(pairs.T)), shape=(n_rows, n_rows))
    groups = connected_components(links, directed=False)[1]
    _, firsts, numbers = np.unique(groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(firsts))[numbers].astype(np.int64)


def _keys_of(plain: pa.Array, long: bool) -> list[NDArray[np.uint64]]:
    """Keys of the texts of a column; of a missing one 0."""
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(plain)
    places = np.asarray(coded.indices.fill_null(len(coded.dictionary)))
    return [np.append(way, np.uint64(0))[places] for way in text_keys(coded.dictionary, long=long)]


def _mask(values: NDArray[np.bool_]) -> Any:
    import pyarrow as pa

    return pa.array(values)


def _salted(hashes: NDArray[np.uint64], place: int) -> NDArray[np.uint64]:
    """Hashes of a column's values that other columns do not have."""
    return with_column(np.full(len(hashes), place + 1, np.uint64), hashes)


def _bits(values: Any) -> NDArray[np.uint64]:
    if values.dtype.kind != "f":
        return np.asarray(values.view(np.uint64))
    return np.asarray((np.where(np.isnan(values), np.nan, values) + 0.0).view(np.uint64))


def _cells(values: Any, shift: float) -> NDArray[np.uint64]:
    """Cell of each value: near values lie in the same one, but for the few that have an edge between them."""
    if values.dtype.kind != "f":
        return np.where(values == NO_MOMENT, NO_MOMENT, values // _DAY).view(np.uint64)
    with np.errstate(divide="ignore", invalid="ignore"):
        cells = np.floor(np.log(np.abs(values)) / _CELL + shift)
    signed = np.where(np.isfinite(cells), 2 * cells + (values < 0), np.where(np.isnan(values), 1e9, 1e9 + 1))
    return np.asarray(signed.astype(np.int64).view(np.uint64))


def _day_of(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.asarray((one % _DAY == 0) & (one == other // _DAY * _DAY) & (other != NO_MOMENT) & (one != NO_MOMENT))


def _rounded(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether one of two numbers is the other, rounded to at least three digits."""
    near = (one == other) | (np.isnan(one) & np.isnan(other))
    with np.errstate(invalid="ignore", over="ignore"):
        near |= np.abs(one - other) <= 1e-9 * np.abs(one)
        for decimals in range(9):
            enough = np.abs(one) * 10.0**decimals >= _FEWEST_DIGITS
            # Half a unit of the last digit, and a little, since 2.675 in bits is less than that.
            half = 0.5 * 10.0**-decimals * (1 + 1e-9)
            short = (np.abs(np.round(one, decimals) - one) <= 1e-12 * np.abs(one)) | (
                np.abs(np.round(other, decimals) - other) <= 1e-12 * np.abs(other)
            )
            fraction = (one != np.floor(one)) | (other != np.floor(other))
            near |= enough & short & fraction & (np.abs(one - other) <= half)
    return np.asarray(near)


def _near_texts(
    texts: pa.Array, first: NDArray[np.int64], second: NDArray[np.int64], plan: NearPlan, place: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pairs of texts are equal, and which of the others differ by a slip."""
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(texts)
    codes = np.asarray(coded.indices.fill_null(-1), dtype=np.int64)
    one, other = codes[first], codes[second]
    equal, slips = one == other, np.zeros(len(one), bool)
    if not plan.slips[place]:
        return equal, slips
    apart = np.flatnonzero(~equal & (one >= 0) & (other >= 0))
    different, places = np.unique(np.stack([one[apart], other[apart]], axis=1), axis=0, return_inverse=True)
    frequent = plan.frequent[place]
    held = coded.dictionary
    found = np.zeros(len(different), bool)
    for number, (a, b) in enumerate(different.tolist()):
        x, y = held[a].as_py(), held[b].as_py()
        found[number] = not (x in frequent and y in frequent) and are_near(x, y)
    slips[apart] = found[places.ravel()]
    return equal, slips
