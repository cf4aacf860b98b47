"""Small tables and looks as JSON that people can read; numbers and moments come back with the same bits."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lepton_jupyter.preprocessing.column_look import ColumnLook
from lepton_jupyter.preprocessing.number_form import NumberForm

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa


def look_to_dict(look: ColumnLook) -> dict[str, Any]:
    """As JSON can hold it; what serves to decide and not to read is left out."""
    unsaved = {"pivot", "codes"}
    saved = {name: value for name, value in asdict(look).items() if value is not None and name not in unsaved}
    return saved if look.zone else {name: value for name, value in saved.items() if name != "zone"}


def look_from_dict(saved: dict[str, Any]) -> ColumnLook:
    """From what `look_to_dict` gave."""
    form = saved.get("form")
    return ColumnLook(
        saved["name"], saved["storage"], None if form is None else NumberForm(**form), saved.get("date_format"),
        zone=str(saved.get("zone", "")),
    )  # fmt: skip


def empty_rows(looks: Iterable[ColumnLook]) -> pa.Table:
    """A table without rows, of columns stored as they were looked at; each once."""
    import pyarrow as pa

    types = {"number": pa.float64(), "truth": pa.bool_(), "moment": pa.timestamp("us"), "text": pa.large_string()}
    stored = {look.name: types[look.storage] for look in looks}
    return pa.table({name: pa.array([], kind) for name, kind in stored.items()})


def columns_to_json(table: pa.Table) -> list[dict[str, Any]]:
    """A list of columns: name, type in Arrow's words, values; moments as their text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> columns_to_json(pa.table({"id": [1, 2], "mean": [0.5, None]}))
    [{'name': 'id', 'type': 'int64', 'values': [1, 2]}, {'name': 'mean', 'type': 'double', 'values': [0.5, None]}]
    """
    import pyarrow as pa

    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        plain = column.cast(pa.string()) if pa.types.is_timestamp(field.type) else column
        columns.append({"name": field.name, "type": str(field.type), "values": plain.to_pylist()})
    return columns


def columns_from_json(saved: list[dict[str, Any]]) -> pa.Table:
    """From what `columns_to_json` gave.

    Raises
    ------
    ValueError
        If a type is none that a recipe holds.
    """
    import pyarrow as pa

    arrays = []
    for column in saved:
        if column["type"] not in _TYPES:
            raise ValueError(f"a column of the type {str(column['type'])[:40]!r}")
        kind = pa.timestamp("us") if column["type"].startswith("timestamp") else pa.type_for_alias(column["type"])
        values = pa.array(column["values"], pa.string() if pa.types.is_timestamp(kind) else kind)
        arrays.append(values.cast(kind))
    return pa.table(arrays, names=[str(column["name"]) for column in saved])


_TYPES = frozenset({"int64", "double", "large_string", "timestamp[us]", "bool"})
