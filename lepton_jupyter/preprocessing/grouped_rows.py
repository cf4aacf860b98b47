"""Sums, counts and extremes of the rows of each key, by sorting.

Arrow's own grouping takes several times as long where most keys are different, as those of parts of a table are, and
warns of arrays that came from another process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.preprocessing.stored_values import one_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray


def grouped(table: pa.Table, keys: Sequence[str], wanted: Sequence[tuple[str, str, str]]) -> pa.Table:
    """A row for each different key, with what is wanted of its rows.

    Parameters
    ----------
    table : pyarrow.Table
    keys : sequence of str
        Columns of texts or whole numbers without missing values, at least one.
    wanted : sequence of (str, str, str)
        What it is called, of which column, and how: ``"rows"``, ``"count"`` of known values, ``"sum"``, ``"min"`` or
        ``"max"``, null where no value is known.

    Returns
    -------
    table : pyarrow.Table
        Keys first, in an order that depends on the rows alone: ascending where they are whole numbers.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.table({"key": [2, 1, 2], "x": [1.5, None, 2.0]})
    >>> grouped(rows, ["key"], [("n", "", "rows"), ("x", "x", "sum")]).to_pydict()
    {'key': [1, 2], 'n': [1, 2], 'x': [None, 3.5]}
    """
    import pyarrow as pa

    columns = [one_array(table.column(name)) for name in keys]
    order, starts = _groups(columns, table.num_rows)
    firsts = pa.array(order[starts])
    found: dict[str, pa.Array] = {name: column.take(firsts) for name, column in zip(keys, columns, strict=True)}
    n_rows = np.diff(np.append(starts, len(order)))
    counts: dict[str, NDArray[np.int64]] = {"": n_rows}
    for name, of, how in wanted:
        column = one_array(table.column(of)) if of else None
        if column is not None and of not in counts:
            counts[of] = _known(column, order, starts) if column.null_count else n_rows
        if column is None or how == "count":
            found[name] = pa.array(counts[of])
            continue
        values = _filled(column, how)
        ufunc = {"sum": np.add, "min": np.minimum, "max": np.maximum}[how]
        none_known = counts[of] == 0 if column.null_count else None
        found[name] = pa.array(_reduced(ufunc, values, order, starts), column.type, mask=none_known)
    return pa.table(found)


def _groups(columns: Sequence[pa.Array], n_rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows with those of each key together, in the order that they had, and where each key begins."""
    codes = [_codes(column) for column in columns]
    # Stable: sums are taken in the order of the rows. Parts that are in order already are merged, not sorted.
    order = np.argsort(codes[0], kind="stable") if len(codes) == 1 else np.lexsort(codes[::-1])
    begins = np.zeros(n_rows, dtype=bool)
    begins[:1] = True
    for each in codes:
        ordered = each[order]
        begins[1:] |= ordered[1:] != ordered[:-1]
    return order, np.flatnonzero(begins)


def _codes(column: pa.Array) -> NDArray[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_integer(column.type):
        return np.asarray(column)
    return np.asarray(pc.dictionary_encode(column).indices)


def _reduced(
    ufunc: np.ufunc, values: NDArray[Any], order: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[Any]:
    return np.asarray(ufunc.reduceat(values[order], starts)) if len(starts) else values[:0]


def _known(column: pa.Array, order: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    return _reduced(np.add, np.asarray(column.is_valid()).astype(np.int64), order, starts)


def _filled(column: pa.Array, how: str) -> NDArray[Any]:
    dtype = np.dtype(column.type.to_pandas_dtype())
    if not column.null_count:
        return np.asarray(column, dtype=dtype)
    return np.where(np.asarray(column.is_valid()), np.asarray(column.fill_null(0), dtype=dtype), _neutral(how, dtype))


def _neutral(how: str, dtype: np.dtype[Any]) -> Any:
    """What changes no sum, least or greatest value."""
    if how == "sum":
        return dtype.type(0)
    if dtype.kind == "f":
        return np.inf if how == "min" else -np.inf
    return np.iinfo(dtype).max if how == "min" else np.iinfo(dtype).min
