"""Columns that tell of the rows of another table that share a key: as they were learnt, put beside any rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from lepton_jupyter.data.column_kinds import names_rows
from lepton_jupyter.data.file_kinds import ENDINGS, ending_of
from lepton_jupyter.data.partitions import plain_batches
from lepton_jupyter.exceptions.join_errors import JoinError, MadeColumnError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError
from lepton_jupyter.execution.graph_runner import tell_news, while_wanted
from lepton_jupyter.preprocessing.added_columns import AddedColumn
from lepton_jupyter.preprocessing.canonical_tree import merge_in_tree
from lepton_jupyter.preprocessing.key_aggregates import AggregatePlan, KeyAggregates
from lepton_jupyter.preprocessing.key_values import key_places, key_values
from lepton_jupyter.preprocessing.partition_graph import PartitionGraph
from lepton_jupyter.preprocessing.stored_columns import empty_rows, look_from_dict, look_to_dict
from lepton_jupyter.preprocessing.stored_values import as_texts, one_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from lepton_jupyter.data.partitions import Partition, PartitionedTable
    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.preprocessing.column_look import ColumnLook

#: Different texts of the rows looked at up to which a column holds categories that are worth counting by key.
_MOST_CATEGORIES = 100
_ENDS = {
    "count": "number of rows", "mean": "mean of {}", "sum": "sum of {}", "min": "least {}", "max": "greatest {}",
    "share": "share in which {} is true", "first": "first {}", "last": "last {}", "commonest": "commonest {}",
    "commonest_share": "share of the commonest {}", "kinds": "number of different {}",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class JoinedColumns:
    """What another table tells of each key, and how the key of a row is read.

    Parameters
    ----------
    label : str
        Name of the other table; what its columns are called by.
    keys : tuple of ColumnLook
        Columns of the rows to which columns are added.
    kinds : tuple of {"text", "whole"}
        See `key_values`.
    known : tuple of pyarrow.Array
        The keys of the other table: an array for each column.
    columns : pyarrow.Table
        A row for each known key.
    added : tuple of AddedColumn
    """

    kind: ClassVar[str] = "joined"
    by_row: ClassVar[bool] = True
    label: str
    keys: tuple[ColumnLook, ...]
    kinds: tuple[str, ...]
    known: tuple[pa.Array, ...]
    columns: pa.Table
    added: tuple[AddedColumn, ...]

    @classmethod
    def of(cls, label: str, keys: tuple[ColumnLook, ...], found: KeyAggregates) -> Self:
        """What was found of another table.

        Raises
        ------
        JoinError
            If it has no keys.
        """
        columns = found.finished(label)
        if not columns.num_rows:
            raise JoinError.from_nothing(label)
        by = " and ".join(look.name for look in keys)
        reason = f"of the rows of {label} with the same {by}; {columns.num_rows:,} keys are known"
        added = [AddedColumn(f"{label}_count", _ENDS["count"], reason)]
        for look in found.plan.columns:
            stem = f"{label}_{look.name}_"
            added += [
                AddedColumn(stem + end, text.format(look.name), reason)
                for end, text in _ENDS.items()
                if stem + end in columns.column_names
            ]
        return cls(label, keys, found.plan.kinds, tuple(found.keys), columns, tuple(added))

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the columns of the key."""
        return tuple(look.name for look in self.keys)

    def beside(self, table: pa.Table) -> pa.Table:
        """Rows with the columns added: missing for keys that are not known, and a count of 0.

        Raises
        ------
        BadPartitionError
            If the rows lack the key.
        MadeColumnError
            If they have a column of a name that would be made.
        """
        import pyarrow as pa

        asked = []
        for look, kind in zip(self.keys, self.kinds, strict=True):
            if look.name not in table.column_names:
                raise BadPartitionError.from_lacking(look.name)
            asked.append(key_values(one_array(table.column(look.name)), look, kind))
        places = key_places(self.known, asked)
        taken = self.columns.take(pa.array(places, mask=places < 0))
        for name in taken.column_names:
            if name in table.column_names:
                raise MadeColumnError.from_name(name)
            column = taken.column(name)
            if name == f"{self.label}_count":
                column = column.fill_null(0)
            table = table.append_column(name, column)
        return table

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it, the aggregates left out; see `stored`."""
        return {
            "label": self.label,
            "keys": [look_to_dict(look) for look in self.keys],
            "kinds": list(self.kinds),
            "why": [list(each) for each in self.added],
        }

    @property
    def stored(self) -> pa.Table:
        """Keys and aggregates in one table."""
        import pyarrow as pa

        names = [f"key {place}" for place in range(len(self.known))]
        return pa.table([*self.known, *self.columns.columns], names=[*names, *self.columns.column_names])

    @classmethod
    def from_stored(cls, saved: dict[str, Any], stored: pa.Table) -> Self:
        """From what `to_dict` and `stored` gave."""
        n_keys = len(saved["keys"])
        known = tuple(one_array(stored.column(place)) for place in range(n_keys))
        added = tuple(AddedColumn(*map(str, each)) for each in saved["why"])
        columns = stored.select(stored.column_names[n_keys:])
        if columns.column_names != [each.name for each in added]:
            raise InvalidRecipeError.from_text(f"what is kept of {saved['label']!r} has other columns")
        return cls(
            str(saved["label"]), tuple(map(look_from_dict, saved["keys"])), tuple(saved["kinds"]), known, columns, added
        )


def plan_join(
    label: str,
    here: Sequence[ColumnLook],
    there: Sequence[ColumnLook],
    rows: pa.Table,
    on: Sequence[str],
    *,
    target: str | None = None,
) -> tuple[tuple[ColumnLook, ...], AggregatePlan]:
    """Decide what is to be known of the rows of another table, by key.

    Left out are columns that name its rows, texts that are no categories, and one called like the target, which would
    tell what is to be predicted.

    Parameters
    ----------
    label : str
        Name of the other table.
    here, there : sequence of ColumnLook
        Columns of the table and of the other.
    rows : pyarrow.Table
        The other's first rows.
    on : sequence of str
        Columns of the key; ``"customer=id"`` where they have different names here and there.
    target : str, optional

    Returns
    -------
    keys : tuple of ColumnLook
        Of the table.
    plan : AggregatePlan
        Of the other.

    Raises
    ------
    JoinError
        If a key is lacking, or holds other things here than there.
    """
    own, others = {look.name: look for look in here}, {look.name: look for look in there}
    keys, far_keys, kinds = [], [], []
    for each in on:
        near, _, far = each.partition("=") if each not in own else (each, "", "")
        far = far.strip() or near.strip()
        near = near.strip()
        if near not in own:
            raise JoinError.from_key(near, "the table", list(own))
        if far not in others:
            raise JoinError.from_key(far, label, list(others))
        keys.append(own[near])
        far_keys.append(others[far])
        kinds.append(_kind_of_key(own[near], others[far], label, rows))
    taken = [
        look
        for name, look in others.items()
        if look not in far_keys and name != target and _tells_of_groups(look, rows)
    ]
    return tuple(keys), AggregatePlan(tuple(far_keys), tuple(kinds), tuple(taken))


def _kind_of_key(here: ColumnLook, there: ColumnLook, label: str, rows: pa.Table) -> str:
    reads = {"number" if look.reads == "truth" else look.reads for look in (here, there)}
    if here.storage == there.storage == "text" and "moment" not in reads:
        return "text"
    if len(reads) > 1:
        raise JoinError.from_kinds(here.name, label, here.reads, there.reads)
    if reads == {"text"}:
        return "text"
    if reads == {"number"}:
        values = np.asarray(there.values(one_array(rows.column(there.name))), dtype=np.float64)
        known = values[np.isfinite(values)]
        if np.any(known != np.floor(known)):
            raise JoinError.from_fractions(there.name, label)
    return "whole"


def _tells_of_groups(look: ColumnLook, rows: pa.Table) -> bool:
    if look.reads in {"moment", "truth"}:
        return True
    column = one_array(rows.column(look.name))
    if look.reads == "number":
        values = np.asarray(look.values(column), dtype=np.float64)
        known = values[np.isfinite(values)]
        names = names_rows(look.name) and len(known) > 1 and len(np.unique(known)) == len(known)
        return not (names and bool(np.all(known == np.floor(known))))
    n_different = len(as_texts(column).unique())
    return bool(n_different <= min(_MOST_CATEGORIES, rows.num_rows / 2 + 1))


def join_label(label: str) -> str:
    """Name of a table as a part of names of columns, without its ending.

    Examples
    --------
    >>> join_label("past orders.parquet"), join_label("shop.orders[…]")
    ('past_orders', 'shop_orders')
    """
    ending = ending_of(label)
    stem = label[: label.lower().rindex(ending)] if ending in ENDINGS else label
    return re.sub(r"\W+", "_", stem).strip("_") or "joined"


def aggregate_partitions(
    table: PartitionedTable,
    plan: AggregatePlan,
    runner: GraphRunner,
    on_news: Callable[[dict[str, Any]], object],
) -> KeyAggregates:
    """What a whole table tells of each key, in one pass.

    Parameters
    ----------
    table : PartitionedTable
    plan : AggregatePlan
    runner : GraphRunner
    on_news : callable
        As for `summarise_partitions`.

    Raises
    ------
    JoinError
        If a partition is bad.
    """
    with runner.listening(on_news) as topic:
        graph = PartitionGraph()
        summed = graph.partitions(table.partitions, _aggregate_one, plan, topic, table.label)
        found: KeyAggregates = runner.compute(graph.result(graph.merged(summed, KeyAggregates.merged)))
    return found


def _aggregate_one(place: int, part: Partition, plan: AggregatePlan, topic: str, label: str) -> KeyAggregates:
    del place
    n_rows = 0

    def found() -> Any:
        nonlocal n_rows
        for batch in while_wanted(plain_batches(part.tables()), topic):
            lacking = [name for name in plan.names if name not in batch.column_names]
            if lacking:
                raise BadPartitionError.from_lacking(lacking[0])
            n_rows += batch.num_rows
            yield KeyAggregates.of(batch, plan)

    try:
        parts = found()
        first = next(parts, None)
        if first is None:
            first = KeyAggregates.of(empty_rows((*plan.keys, *plan.columns)), plan)
        merged: KeyAggregates = merge_in_tree(_chained(first, parts), KeyAggregates.merged)
    except LeptonError as error:
        raise JoinError.from_partition(label, part.name, str(error)) from None
    tell_news(topic, {"partition": part.name, "rows": n_rows, "problem": ""})
    return merged


def _chained(first: KeyAggregates, others: Any) -> Any:
    yield first
    yield from others
