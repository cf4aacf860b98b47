"""A select as partitions: as a whole, or by ranges of one of its columns, each asked for when it is read."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.sql_connections import Database
from lepton_jupyter.data.sql_tables import SqlTable, parameter_names, refuse_other_than_select
from lepton_jupyter.exceptions.source_errors import EmptyFileError
from lepton_jupyter.exceptions.sql_errors import SqlUsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa

#: About as many rows are in a range, where the column's values are spread evenly; and most ranges.
_RANGE_ROWS = 262_144
_MOST_RANGES = 1_000
_LOW, _HIGH = "lepton_low", "lepton_high"


@dataclass(frozen=True, slots=True, eq=False)
class SqlPartition:
    """The rows of a select; it stays in this process, as what it takes to ask the database does.

    Parameters
    ----------
    sql : str
    connection : str, URL, Engine or Connection
    params : mapping, optional
    name : str
    may_be_empty : bool
        Whether no rows are as good as some; of a whole select none are a mistake.
    """

    sql: str
    connection: Any = field(repr=False)
    params: Mapping[str, Any] | None = field(default=None, repr=False)
    name: str = "SQL"
    may_be_empty: bool = False

    def tables(self) -> Iterator[pa.Table]:
        """Its rows, as the database sends them."""
        try:
            yield from SqlTable(self.sql, self.connection, self.params).batches()
        except EmptyFileError:
            if not self.may_be_empty:
                raise


def sql_partitions(
    sql: str, connection: Any, params: Mapping[str, Any] | None = None, *, by: str | None = None
) -> tuple[SqlPartition, ...]:
    """Partitions of a select.

    Parameters
    ----------
    sql : str
    connection : str, URL, Engine or Connection
    params : mapping, optional
    by : str, optional
        Column of numbers or moments, best one with an index: the select is asked for each of its ranges, and once for
        the rows in which it is missing. Without it the select is one partition.

    Returns
    -------
    partitions : tuple of SqlPartition

    Raises
    ------
    SqlUsageError
        If the column holds anything else.
    DatabaseError
        If the database refuses.
    """
    if by is None:
        return (SqlPartition(sql, connection, params),)
    refuse_other_than_select(sql)
    column = Database(connection).engine.dialect.identifier_preparer.quote(by)
    # On a line of its own: a select may end in a comment.
    inner = f"({sql.rstrip().rstrip(';')}\n) as lepton_rows"
    given = {name: (params or {})[name] for name in parameter_names(sql) if name in (params or {})}
    asked = f"select min({column}), max({column}), count(*), count({column}) from {inner}"
    [answer] = [row for table in SqlTable(asked, connection, given).batches() for row in table.to_pylist()]
    low, high, n_rows, n_known = answer.values()
    edges = _edges(low, high, min(_MOST_RANGES, -(-n_known // _RANGE_ROWS)), by)
    # Open at both ends: rows may have come since.
    ranges = [(None, None)] if not edges else itertools.pairwise([None, *edges, None])
    parts = []
    for place, (first, end) in enumerate(ranges):
        held = [f"{column} >= :{_LOW}"] if first is not None else []
        held += [f"{column} < :{_HIGH}"] if end is not None else []
        bounds = {name: value for name, value in ((_LOW, first), (_HIGH, end)) if value is not None}
        where = " and ".join(held) or f"{column} is not null"
        parts.append(_part(inner, where, connection, {**given, **bounds}, f"SQL, range {place + 1}"))
    if n_known < n_rows:
        parts.append(_part(inner, f"{column} is null", connection, given, f"SQL, without {by}"))
    return tuple(parts) if n_rows else (SqlPartition(sql, connection, params),)


def _part(inner: str, where: str, connection: Any, params: dict[str, Any], name: str) -> SqlPartition:
    return SqlPartition(f"select * from {inner} where {where}", connection, params, name, may_be_empty=True)


def _edges(low: Any, high: Any, n_ranges: int, by: str) -> list[Any]:
    """Where ranges of equal width meet."""
    if low is None or n_ranges < 2 or low == high:
        return []
    if isinstance(low, datetime.date) and not isinstance(low, datetime.datetime):
        days = (high - low).days
        steps = sorted({days * n // n_ranges for n in range(1, n_ranges)} - {0})
        return [low + datetime.timedelta(days=step) for step in steps]
    if isinstance(low, int) and isinstance(high, int):
        return sorted({low + (high - low) * n // n_ranges for n in range(1, n_ranges)} - {low})
    try:
        return [low + (high - low) * (n / n_ranges) for n in range(1, n_ranges)]
    except TypeError:
        raise SqlUsageError.from_partition_column(by, type(low).__name__) from None
