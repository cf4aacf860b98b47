"""A table from outside: its rows, the names and kinds of its columns, and a sample of one, without a copy of the whole.

`schema` reads every cell to understand a column. Here only what a table knows of itself is read, so that a table of
5,000 columns is described while somebody types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.frames import name_as_text

if TYPE_CHECKING:
    import narwhals as nw
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TableOutline:
    """A table as it is known without reading its cells.

    Parameters
    ----------
    table : DataFrame or LazyFrame
    n_rows : int or None
        None where only a computation would tell.
    names : tuple of str
        As `to_pandas` would name the columns.
    """

    table: Any
    n_rows: int | None
    names: tuple[str, ...]

    @property
    def is_lazy(self) -> bool:
        """Whether its cells would have to be computed to be seen."""
        return self.n_rows is None

    def kind(self, place: int) -> str:
        """Kind of a column by its storage, in one word.

        Parameters
        ----------
        place : int

        Returns
        -------
        kind : str
        """
        if _is_pandas(self.table):
            return _pandas_kind(self.table.dtypes.iloc[place])
        name = self.names[place]
        return _narwhals_kind(_as_narwhals(self.table).collect_schema()[name])

    def sample(self, place: int, *, most_rows: int) -> Any:
        """Some cells of a column, all of them if there are at most `most_rows`, always the same ones.

        Parameters
        ----------
        place : int
        most_rows : int

        Returns
        -------
        values : pandas.Series or None
            None for a table that would have to be computed.
        """
        if self.n_rows is None:
            return None
        if _is_pandas(self.table):
            values = self.table.iloc[:, place]
            return values if self.n_rows <= most_rows else values.iloc[_some_rows(self.n_rows, most_rows)]
        column = _as_narwhals(self.table)[self.names[place]]
        return (column if self.n_rows <= most_rows else column[_some_rows(self.n_rows, most_rows).tolist()]).to_pandas()


def outline(table: Any) -> TableOutline | None:
    """Outline of a table, or None for what is none that is known.

    Parameters
    ----------
    table : DataFrame or LazyFrame
        pandas, polars, pyarrow and whatever else narwhals reads.

    Returns
    -------
    outline : TableOutline or None

    Examples
    --------
    >>> import pandas as pd
    >>> found = outline(pd.DataFrame({"age": [1, 2], "名前": ["a", "b"]}))
    >>> found.n_rows, found.names, found.kind(1)
    (2, ('age', '名前'), 'text')
    """
    if _is_pandas(table):
        return TableOutline(table, len(table), tuple(name_as_text(name) for name in table.columns))
    import narwhals as nw

    try:
        frame = nw.from_native(table)
        names = tuple(frame.collect_schema().names())
    except Exception:  # noqa: BLE001  a library of somebody else's may answer as it likes: then it is not offered
        return None
    return TableOutline(table, None if isinstance(frame, nw.LazyFrame) else len(frame), names)


def _some_rows(n_rows: int, count: int) -> NDArray[np.int64]:
    # Not every tenth row: tables are often periodic.
    return np.sort(np.random.default_rng(0).integers(0, n_rows, count))


def _is_pandas(table: Any) -> bool:
    import pandas as pd

    return isinstance(table, pd.DataFrame)


def _as_narwhals(table: Any) -> nw.DataFrame[Any]:
    import narwhals as nw

    return nw.from_native(table)  # type: ignore[no-any-return]  # whichever library it is of


def _pandas_kind(dtype: Any) -> str:
    import pandas as pd

    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if pd.api.types.is_bool_dtype(dtype):
        return "yes/no"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "date"
    return "text" if pd.api.types.is_string_dtype(dtype) or dtype.kind == "O" else str(dtype)


def _narwhals_kind(dtype: Any) -> str:
    import narwhals as nw

    if dtype.is_numeric():
        return "number"
    if dtype == nw.Boolean:
        return "yes/no"
    if dtype in {nw.Categorical, nw.Enum}:
        return "category"
    if dtype.is_temporal():
        return "date"
    return "text" if dtype == nw.String else str(dtype).lower()
