"""Tables that are joined to a table that is prepared: what of them, and by which key."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.partitions import PartitionedTable, Renamed, partitions_of
from lepton_jupyter.exceptions.join_errors import JoinError
from lepton_jupyter.notebook.prepared_table import Prepared
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.joined_columns import JoinedColumns, join_label, plan_join
from lepton_jupyter.preprocessing.key_aggregates import KeyAggregates
from lepton_jupyter.preprocessing.partition_rows import first_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.data.partitions import Partition
    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.key_aggregates import AggregatePlan

#: Characters of the labels of several tables that are shown together.
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True, eq=False)
class PlannedJoin:
    """A table that is to be joined.

    Parameters
    ----------
    table : PartitionedTable
        The other table, its label as columns are called by it.
    keys : tuple of ColumnLook
        Of the table that is prepared.
    plan : AggregatePlan
    draft : JoinedColumns
        What its first rows tell.
    """

    table: PartitionedTable
    keys: tuple[ColumnLook, ...]
    plan: AggregatePlan
    draft: JoinedColumns


def partitioned_table(table: Any = None, **sql: Any) -> PartitionedTable:
    """Partitions of whatever names a table, one that was prepared before included; of several those of all.

    Examples
    --------
    >>> [part.name for part in partitioned_table([{"a": [1, 2]}, {"a": [3, 4]}]).partitions]
    ['table 1: rows 1 to 2', 'table 2: rows 1 to 2']
    """
    if isinstance(table, Prepared):
        return table.partitioned
    if isinstance(table, list | tuple) and table and not any(map(_is_row, table)):
        return _together([partitioned_table(each) for each in table])
    return partitions_of(table, **sql)


def _is_row(value: Any) -> bool:
    """Whether it is a row of a table that somebody wrote out, and no table."""
    if isinstance(value, Mapping):
        return not all(hasattr(column, "__len__") and not isinstance(column, str) for column in value.values())
    return not isinstance(value, str | os.PathLike | Prepared) and not hasattr(value, "columns")


def _together(tables: Sequence[PartitionedTable]) -> PartitionedTable:
    """Several tables below each other; partitions of one name are told apart."""
    names = Counter(part.name for table in tables for part in table.partitions)
    labels = Counter(table.label for table in tables)
    parts: list[Partition] = []
    for place, table in enumerate(tables):
        told = table.label if labels[table.label] == 1 else f"{table.label} {place + 1}"
        parts += [Renamed(part, f"{told}: {part.name}") if names[part.name] > 1 else part for part in table.partitions]
    label = ", ".join(dict.fromkeys(table.label for table in tables))
    shown = label if len(label) <= _LONGEST_LABEL else f"{tables[0].label} and {len(tables) - 1} more"
    return PartitionedTable(tuple(parts), shown, all(table.movable for table in tables))


def planned_joins(
    join: Any, on: str | Sequence[str] | None, looks: Sequence[ColumnLook], *, target: str | None = None
) -> tuple[PlannedJoin, ...]:
    """What is to be known of the tables that are joined, from a first look at each.

    Parameters
    ----------
    join : table, sequence of tables, mapping of str to table, or None
    on : str or sequence of str
    looks : sequence of ColumnLook
        Of the table that is prepared.
    target : str, optional

    Raises
    ------
    JoinError
        If the key is not named, is lacking, or does not fit.
    """
    if join is None:
        if on:
            raise JoinError.from_no_table()
        return ()
    if not on:
        raise JoinError.from_no_key()
    keys = [on] if isinstance(on, str) else list(on)
    planned: list[PlannedJoin] = []
    for name, other in _named(join):
        table = partitioned_table(other)
        label = join_label(name or ("" if table.label == "table" else table.label))
        taken = {each.table.label for each in planned}
        if label in taken:
            label = next(f"{label}_{n}" for n in range(2, len(taken) + 3) if f"{label}_{n}" not in taken)
        table = replace(table, label=label)
        rows, bad = first_rows(table)
        if bad:
            raise JoinError.from_partition(label, bad.partition, bad.problem)
        table = table.with_absent_fields(rows.column_names)
        near, plan = plan_join(label, looks, look_at(rows), rows, keys, target=target)
        draft = JoinedColumns.of(label, near, KeyAggregates.of(rows, plan))
        planned.append(PlannedJoin(table, near, plan, draft))
    return tuple(planned)


def _named(join: Any) -> list[tuple[str, Any]]:
    if isinstance(join, Mapping) and not all(isinstance(each, list | tuple) for each in join.values()):
        return [(str(name), table) for name, table in join.items()]
    return [("", table) for table in join] if isinstance(join, list | tuple) else [("", join)]
