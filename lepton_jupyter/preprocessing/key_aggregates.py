"""Statistics of the rows of a table by their key, in parts that merge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from lepton_jupyter.data.readings import NO_MOMENT
from lepton_jupyter.preprocessing.cleaning_steps import WordsAsMissing
from lepton_jupyter.preprocessing.grouped_rows import grouped
from lepton_jupyter.preprocessing.key_values import key_places, key_values
from lepton_jupyter.preprocessing.stored_values import one_array

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from lepton_jupyter.preprocessing.column_look import ColumnLook


@dataclass(frozen=True, slots=True)
class AggregatePlan:
    """What is to be known of the rows of each key.

    Parameters
    ----------
    keys : tuple of ColumnLook
        Columns whose values together are the key.
    kinds : tuple of {"text", "whole"}
        How each of them is read; see `key_values`.
    columns : tuple of ColumnLook
        Columns that are summed up.
    """

    keys: tuple[ColumnLook, ...]
    kinds: tuple[str, ...]
    columns: tuple[ColumnLook, ...]

    @property
    def names(self) -> list[str]:
        """Names of all columns that are read."""
        return [look.name for look in (*self.keys, *self.columns)]


@dataclass(frozen=True, slots=True, eq=False)
class KeyAggregates:
    """What a part of a table tells of each key.

    Sums are of the distance from a pivot that all parts share, so that means keep their digits when parts are merged.

    Parameters
    ----------
    plan : AggregatePlan
    rows : pyarrow.Table
        A row for each key: ``key 0`` …, ``rows``, and of the column in place 0 ``0 known``, ``0 low``, ``0 high``, and
        ``0 sum`` if it holds numbers.
    texts : tuple of pyarrow.Table
        For each text column a row for each key and text: ``key 0`` …, ``text``, ``rows``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from lepton_jupyter.preprocessing.column_look import ColumnLook
    >>> plan = AggregatePlan((ColumnLook("id", "number"),), ("whole",), (ColumnLook("price", "number"),))
    >>> first = KeyAggregates.of(pa.table({"id": [1, 2, 1], "price": [5.0, 1.0, None]}), plan)
    >>> both = KeyAggregates.merged([first, KeyAggregates.of(pa.table({"id": [1], "price": [7.0]}), plan)])
    >>> both.finished("shop").to_pydict()
    {'shop_count': [3, 1], 'shop_price_mean': [6.0, 1.0], 'shop_price_sum': [12.0, 1.0], \
'shop_price_min': [5.0, 1.0], 'shop_price_max': [7.0, 1.0]}
    """

    plan: AggregatePlan
    rows: pa.Table
    texts: tuple[pa.Table, ...]

    @classmethod
    def of(cls, table: pa.Table, plan: AggregatePlan) -> Self:
        """Of some rows; those without a key count for none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = {
            f"key {place}": key_values(one_array(table.column(look.name)), look, kind)
            for place, (look, kind) in enumerate(zip(plan.keys, plan.kinds, strict=True))
        }
        known: Any = np.ones(table.num_rows, dtype=bool)
        for each in keys.values():
            known &= np.asarray(each.is_valid())
        columns, texts = dict(keys), []
        wanted = [("rows", "", "rows")]
        for place, look in enumerate(plan.columns):
            values: Any = look.values(one_array(table.column(look.name)))
            if look.reads == "text":
                rows = pa.table({**keys, "text": WordsAsMissing().apply(values)})
                counted = rows.filter(pc.and_(pa.array(known), rows["text"].combine_chunks().is_valid()))
                texts.append(grouped(counted, [*keys, "text"], [("rows", "", "rows")]))
                continue
            there = values != NO_MOMENT if look.reads == "moment" else np.isfinite(values)
            columns[f"{place} value"] = pa.array(values, mask=~there)
            wanted += [(f"{place} {name}", f"{place} value", how) for name, how in _ENDS.items()]
            if look.reads != "moment":
                columns[f"{place} shifted"] = pa.array(np.where(there, values - look.pivot, 0.0), mask=~there)
                wanted.append((f"{place} sum", f"{place} shifted", "sum"))
        taken = pa.table(columns).filter(pa.array(known))
        return cls(plan, grouped(taken, list(keys), wanted), tuple(texts))

    @classmethod
    def merged(cls, parts: Sequence[KeyAggregates]) -> Self:
        """Of all parts, at least one, in their order."""
        plan = parts[0].plan
        texts = tuple(
            _merged([part.texts[place] for part in parts], len(plan.keys), ["text"])
            for place in range(len(parts[0].texts))
        )
        return cls(plan, _merged([part.rows for part in parts], len(plan.keys), []), texts)

    @property
    def keys(self) -> list[pa.Array]:
        """The known keys, ascending: an array for each of their columns."""
        ordered = self._ordered()
        return [one_array(ordered.column(f"key {place}")) for place in range(len(self.plan.keys))]

    def finished(self, label: str) -> pa.Table:
        """The statistics, in the order of `keys`, named after the table and the column.

        Of numbers mean, sum, least and greatest, of truths the share that is true, of moments the first and the last,
        of texts the commonest (of equally common ones the first in the alphabet), its share, and how many there are.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        rows, texts = self._ordered(), iter(self.texts)
        columns: dict[str, Any] = {f"{label}_count": rows["rows"]}
        for place, look in enumerate(self.plan.columns):
            name = f"{label}_{look.name}"
            if look.reads == "text":
                columns |= {f"{name}_{end}": values for end, values in self._commonest(next(texts)).items()}
                continue
            low, high = rows[f"{place} low"], rows[f"{place} high"]
            if look.reads == "moment":
                columns[f"{name}_first"] = low.cast(pa.timestamp("us"))
                columns[f"{name}_last"] = high.cast(pa.timestamp("us"))
                continue
            n_known = rows[f"{place} known"].cast(pa.float64())
            sums = rows[f"{place} sum"]  # null where no value is known
            mean = pc.add(pc.divide(sums, pc.if_else(pc.equal(n_known, 0.0), 1.0, n_known)), look.pivot)
            if look.reads == "truth":
                columns[f"{name}_share"] = mean
                continue
            total = pc.add(sums, pc.multiply(n_known, look.pivot))
            columns |= {f"{name}_mean": mean, f"{name}_sum": total, f"{name}_min": low, f"{name}_max": high}
        return pa.table(columns)

    def _ordered(self) -> pa.Table:
        return self.rows.sort_by([(f"key {place}", "ascending") for place in range(len(self.plan.keys))])

    def _commonest(self, counted: pa.Table) -> dict[str, Any]:
        import pyarrow as pa
        import pyarrow.compute as pc

        names = [f"key {place}" for place in range(len(self.plan.keys))]
        order = [*((name, "ascending") for name in names), ("rows", "descending"), ("text", "ascending")]
        # Not by threads: then the first of a group is the first in the order.
        found = counted.sort_by(order).group_by(names, use_threads=False).aggregate(
            [("text", "first"), ("rows", "first"), ("rows", "sum"), ("rows", "count")]
        )  # fmt: skip
        places = key_places([one_array(found[name]) for name in names], self.keys)
        taken = found.take(pa.array(places, mask=places < 0))
        share = pc.divide(taken["rows_first"].cast(pa.float64()), taken["rows_sum"].cast(pa.float64()))
        return {
            "commonest": taken["text_first"],
            "commonest_share": share,
            "kinds": taken["rows_count"].fill_null(0),
        }


_ENDS = {"known": "count", "low": "min", "high": "max"}
_MERGED = {"rows": "sum", "known": "sum", "sum": "sum", "low": "min", "high": "max"}


def _merged(tables: Sequence[pa.Table], n_keys: int, further: list[str]) -> pa.Table:
    import pyarrow as pa

    keys = [*(f"key {place}" for place in range(n_keys)), *further]
    together = pa.concat_tables(tables)
    others = [name for name in together.column_names if name not in keys]
    return grouped(together, keys, [(name, name, _MERGED[name.rpartition(" ")[2]]) for name in others])
