"""Columns made of the earlier rows of the same entity: values some rows back, means over the last rows.

No row sees a later one: what a row gets depends on rows before it alone, to the bit. Before is earlier in time; rows of
the same time are in the order of the table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT
from lepton_jupyter.exceptions.data_errors import UnknownColumnError
from lepton_jupyter.exceptions.join_errors import MadeColumnError, TimeOrderError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError
from lepton_jupyter.preprocessing.added_columns import AddedColumn
from lepton_jupyter.preprocessing.cleaning_steps import NumbersAsMissing
from lepton_jupyter.preprocessing.key_values import key_places, key_values, kind_of_key
from lepton_jupyter.preprocessing.stored_columns import look_from_dict, look_to_dict
from lepton_jupyter.preprocessing.stored_values import numbers_array, one_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.preparation_plan import ColumnPlan


class RowsInTime(NamedTuple):
    """Rows of entities, in any order.

    Parameters
    ----------
    keys : tuple of pyarrow.Array
        Of their entity; null where there is none.
    times : ndarray of shape (n_rows,)
        float64 with NaN, or int64 with `NO_MOMENT`, where there is none.
    values : ndarray of shape (n_rows, n_columns)
        float64, NaN where missing.
    """

    keys: tuple[pa.Array, ...]
    times: NDArray[Any]
    values: NDArray[np.float64]

    def taking(self, places: NDArray[Any]) -> RowsInTime:
        """Some of the rows."""
        import pyarrow as pa

        chosen = np.flatnonzero(places) if places.dtype == np.bool_ else places
        return RowsInTime(
            tuple(key.take(pa.array(chosen)) for key in self.keys), self.times[chosen], self.values[chosen]
        )

    @classmethod
    def joined(cls, parts: Sequence[RowsInTime]) -> Self:
        """Rows of all parts, at least one, in their order."""
        import pyarrow as pa

        keys = tuple(pa.concat_arrays([part.keys[place] for part in parts]) for place in range(len(parts[0].keys)))
        return cls(
            keys, np.concatenate([part.times for part in parts]), np.concatenate([part.values for part in parts])
        )

    @property
    def in_time(self) -> NDArray[np.bool_]:
        """Which rows have an entity and a time."""
        known = self.times != NO_MOMENT if self.times.dtype == np.int64 else ~np.isnan(self.times)
        for key in self.keys:
            known &= np.asarray(key.is_valid())
        return np.asarray(known)

    def entities(self) -> NDArray[np.int64]:
        """Number of each row's entity, 0, 1, …; rows without one share a number."""
        import pyarrow.compute as pc

        codes = np.zeros(len(self.times), dtype=np.int64)
        for key in self.keys:
            coded = pc.dictionary_encode(key)
            digit = np.asarray(coded.indices.fill_null(len(coded.dictionary)), dtype=np.int64)
            codes = np.unique(codes * (len(coded.dictionary) + 1) + digit, return_inverse=True)[1].ravel()
        return codes


@dataclass(frozen=True, slots=True, eq=False)
class EarlierRows:
    """What is made of the earlier rows of an entity, and the last rows that each entity was seen with.

    Parameters
    ----------
    entity : tuple of ColumnLook
        Columns that name the entity; of none, all rows are one entity's.
    kinds : tuple of {"text", "whole"}
        How each of them is read; see `key_values`.
    time : ColumnLook
        A column of moments or numbers.
    columns : tuple of ColumnLook
        Columns of numbers and truths.
    marks : tuple of tuple of float
        Of each column numbers that stand for missing.
    lags : tuple of int
        How many rows back.
    windows : tuple of int
        Over how many rows means are taken, the row itself and those before it.
    seen : RowsInTime or None
        The last rows of each entity, in the order of time: what rows to come look back at.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import look_at
    >>> rows = pa.table({"id": [1, 2, 1, 1], "day": [3, 1, 1, 2], "price": [5.0, 9.0, 1.0, 2.0]})
    >>> looks = look_at(rows)
    >>> earlier = EarlierRows((looks[0],), ("whole",), looks[1], (looks[2],), ((),), lags=(1,), windows=(2,))
    >>> earlier.beside(rows).select(["price_lag_1", "price_mean_2"]).to_pydict()
    {'price_lag_1': [2.0, None, None, 1.0], 'price_mean_2': [3.5, 9.0, 1.0, 1.5]}
    """

    kind: ClassVar[str] = "earlier rows"
    by_row: ClassVar[bool] = False
    label: ClassVar[str] = "earlier"
    entity: tuple[ColumnLook, ...]
    kinds: tuple[str, ...]
    time: ColumnLook
    columns: tuple[ColumnLook, ...]
    marks: tuple[tuple[float, ...], ...]
    lags: tuple[int, ...] = ()
    windows: tuple[int, ...] = ()
    seen: RowsInTime | None = None

    @property
    def added(self) -> tuple[AddedColumn, ...]:
        """The columns that are made."""
        whose = " and ".join(look.name for look in self.entity)
        reason = f"in the order of {self.time.name}" + (f", of rows of the same {whose}" if whose else "")
        return tuple(
            AddedColumn(f"{look.name}_{end}", text.format(look.name), reason)
            for look in self.columns
            for end, text in (
                *((f"lag_{n}", f"{{}} {n} row{'' if n == 1 else 's'} before") for n in self.lags),
                *((f"mean_{n}", f"mean of {{}} over the last {n} rows, itself included") for n in self.windows),
            )
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the columns that are read."""
        return tuple(dict.fromkeys(look.name for look in (*self.entity, self.time, *self.columns)))

    @property
    def n_back(self) -> int:
        """How many rows back a row looks at most."""
        return max((*self.lags, *(n - 1 for n in self.windows)), default=0)

    def read(self, table: pa.Table) -> RowsInTime:
        """What is looked at of some rows.

        Raises
        ------
        BadPartitionError
            If they lack a column.
        """
        lacking = [name for name in self.needs if name not in table.column_names]
        if lacking:
            raise BadPartitionError.from_lacking(lacking[0])

        def column(look: ColumnLook) -> pa.Array:
            return one_array(table.column(look.name))

        keys = tuple(key_values(column(look), look, kind) for look, kind in zip(self.entity, self.kinds, strict=True))
        values = np.empty((table.num_rows, len(self.columns)))
        for place, (look, marks) in enumerate(zip(self.columns, self.marks, strict=True)):
            numbers = np.asarray(look.values(column(look)), dtype=np.float64)
            values[:, place] = np.where(np.isfinite(numbers) & ~np.isin(numbers, marks), numbers, np.nan)
        return RowsInTime(keys, np.asarray(self.time.values(column(self.time))), values)

    def features(self, rows: RowsInTime) -> NDArray[np.float64]:
        """The made columns of rows among which are all that they may look back at.

        Returns
        -------
        made : ndarray of shape (n_rows, n_made)
            NaN where nothing is known, and in rows without an entity or a time.
        """
        n_each = len(self.lags) + len(self.windows)
        made = np.full((len(rows.times), n_each * len(self.columns)), np.nan)
        there = np.flatnonzero(rows.in_time)
        order, first = _in_order(rows.entities()[there], rows.times[there])
        ordered = rows.values[there][order]
        places = np.arange(len(order))
        for column in range(len(self.columns)):
            values = ordered[:, column]
            blocks = []
            for lag in self.lags:
                back = places - lag
                blocks.append(np.where(back >= first, values[back.clip(min=0)], np.nan))
            for window in self.windows:
                # Not by differences of running sums, in whose rounding all rows before would have a part.
                total, n_known = np.zeros(len(order)), np.zeros(len(order))
                for step in range(window):
                    back = places - step
                    value = values[back.clip(min=0)]
                    counts = (back >= first) & ~np.isnan(value)
                    total += np.where(counts, value, 0.0)
                    n_known += counts
                blocks.append(np.where(n_known > 0, total / np.maximum(n_known, 1), np.nan))
            for place, block in enumerate(blocks):
                made[there[order], column * n_each + place] = block
        return made

    def last_rows(self, rows: RowsInTime) -> RowsInTime:
        """The last rows of each entity, as many as a row looks back, in the order of time."""
        there = np.flatnonzero(rows.in_time)
        entities = rows.entities()[there]
        order, first = _in_order(entities, rows.times[there])
        # How many rows of the same entity come after each.
        after = np.searchsorted(first, first, side="right") - 1 - np.arange(len(order))
        return rows.taking(there[order[after < self.n_back]])

    def having_seen(self, table: pa.Table) -> EarlierRows:
        """The same once these rows are past: rows to come look back at them too.

        Rows that were seen before at the same time as the first of these, or later, give way to them: rows that are
        given again count once.

        Raises
        ------
        BadPartitionError
            If the rows lack a column.
        """
        given = self.read(table)
        rows = given if self.seen is None else RowsInTime.joined([self.seen.taking(~self._overtaken(given)), given])
        return self.with_seen(self.last_rows(rows))

    def with_seen(self, seen: RowsInTime) -> EarlierRows:
        """The same, with the last rows of each entity."""
        return replace(self, seen=seen)

    def beside(self, table: pa.Table) -> pa.Table:
        """Rows with the columns added.

        They look back at each other and, from before the first of them, at the last rows that their entity was seen
        with. So the rows that these were taken from get what they had, and rows that follow go on from there.

        Raises
        ------
        BadPartitionError
            If the rows lack a column.
        MadeColumnError
            If they have a column of a name that would be made.
        """
        return self.put_beside(table, self.made_for(self.read(table)))

    def made_for(self, given: RowsInTime) -> NDArray[np.float64]:
        """The columns of some rows, as `beside` adds them."""
        before = self._seen_before(given)
        rows = given if before is None else RowsInTime.joined([before, given])
        return self.features(rows)[len(rows.times) - len(given.times) :]

    def put_beside(self, table: pa.Table, made: NDArray[np.float64]) -> pa.Table:
        """Rows with columns that were made for them."""
        for place, column in enumerate(self.added):
            if column.name in table.column_names:
                raise MadeColumnError.from_name(column.name)
            table = table.append_column(column.name, numbers_array(made[:, place]))
        return table

    def _seen_before(self, given: RowsInTime) -> RowsInTime | None:
        """Rows of the same entities that were seen before the first of those given."""
        if self.seen is None or not given.in_time.any():
            return None
        place, _ = self._entities_seen(given)
        return self.seen.taking((place >= 0) & ~self._overtaken(given))

    def _overtaken(self, given: RowsInTime) -> NDArray[np.bool_]:
        """Which rows that were seen are not before the first of those given, of their entity."""
        assert self.seen is not None  # narrows the type: asked of seen rows alone
        if not given.in_time.any():
            return np.zeros(len(self.seen.times), dtype=bool)
        place, earliest = self._entities_seen(given)
        return np.asarray((place >= 0) & (self.seen.times >= earliest[place.clip(min=0)]))

    def _entities_seen(self, given: RowsInTime) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Of each row that was seen, the number of its entity among those given, or -1; and the first time of each."""
        assert self.seen is not None  # as above
        there = given.taking(given.in_time)
        order, first = _in_order(there.entities(), there.times)
        starts = order[np.unique(first)]
        if not self.entity:
            return np.zeros(len(self.seen.times), dtype=np.int64), there.times[starts]
        return key_places([key.take(_array(starts)) for key in there.keys], self.seen.keys), there.times[starts]

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it, the rows that were seen left out; see `stored`."""
        return {
            "entity": [look_to_dict(look) for look in self.entity],
            "kinds": list(self.kinds),
            "time": look_to_dict(self.time),
            "columns": [look_to_dict(look) for look in self.columns],
            "marks": [list(each) for each in self.marks],
            "lags": list(self.lags),
            "rolling": list(self.windows),
        }

    @property
    def stored(self) -> pa.Table:
        """The last rows of each entity: keys, time and values."""
        import pyarrow as pa

        seen = self.seen
        if seen is None:
            no_keys = tuple(pa.array([], pa.int64()) for _ in self.entity)
            seen = RowsInTime(no_keys, np.empty(0), np.empty((0, len(self.columns))))
        names = [f"key {place}" for place in range(len(seen.keys))]
        values = [numbers_array(column) for column in seen.values.T]
        return pa.table(
            [*seen.keys, pa.array(seen.times), *values], names=[*names, "time", *(look.name for look in self.columns)]
        )

    @classmethod
    def from_stored(cls, saved: dict[str, Any], stored: pa.Table) -> Self:
        """From what `to_dict` and `stored` gave."""
        n_keys = len(saved["entity"])
        arrays = [one_array(column) for column in stored.columns]
        values = [np.asarray(each.to_numpy(zero_copy_only=False), dtype=np.float64) for each in arrays[n_keys + 1 :]]
        seen = RowsInTime(
            tuple(arrays[:n_keys]), arrays[n_keys].to_numpy(),
            np.stack(values, axis=1) if values else np.empty((stored.num_rows, 0)),
        )  # fmt: skip
        return cls(
            tuple(map(look_from_dict, saved["entity"])), tuple(saved["kinds"]), look_from_dict(saved["time"]),
            tuple(map(look_from_dict, saved["columns"])), tuple(map(tuple, saved["marks"])), tuple(saved["lags"]),
            tuple(saved["rolling"]), seen if stored.num_rows else None,
        )  # fmt: skip


def plan_earlier(
    plans: Sequence[ColumnPlan],
    *,
    entity: Sequence[str],
    time: str,
    lags: Sequence[int],
    windows: Sequence[int],
) -> EarlierRows:
    """Decide of which columns earlier rows are looked at: of all numbers and truths but the target and keys.

    Parameters
    ----------
    plans : sequence of ColumnPlan
        Of first rows.
    entity : sequence of str
    time : str
    lags, windows : sequence of int

    Raises
    ------
    UnknownColumnError
        If there is no such column.
    TimeOrderError
        If the time is a column of texts, or no column is left.
    """
    looks = {plan.name: plan.look for plan in plans}
    for name, role in (*((each, "entity column") for each in entity), (time, "time column")):
        if name not in looks:
            raise UnknownColumnError.from_name(name, list(looks), role=role)
    if looks[time].reads not in {"moment", "number"}:
        raise TimeOrderError.from_kind(time, looks[time].reads)
    taken = [
        plan
        for plan in plans
        if plan.look.reads in {"number", "truth"} and plan.kept and not plan.role and plan.name not in {*entity, time}
    ]
    if not taken:
        raise TimeOrderError.from_no_numbers()
    marks = tuple(
        tuple(mark for step in plan.cleaning if isinstance(step, NumbersAsMissing) for mark in step.marks)
        for plan in taken
    )
    whose = tuple(looks[name] for name in entity)
    kinds = tuple(map(kind_of_key, whose))
    return EarlierRows(
        whose, kinds, looks[time], tuple(plan.look for plan in taken), marks,
        tuple(sorted(set(lags))), tuple(sorted(set(windows))),
    )  # fmt: skip


def _in_order(entities: NDArray[np.int64], times: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows by entity and time, and for each place in that order the place at which its entity begins."""
    order = np.lexsort((times, entities))  # stable: rows of the same time stay in the order of the table
    ordered = entities[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    return order, np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0)) if len(order) else order


def _array(places: NDArray[np.int64]) -> pa.Array:
    import pyarrow as pa

    return pa.array(places)
