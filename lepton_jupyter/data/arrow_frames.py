"""Between Arrow and pandas: types that a model can use, and the memory they take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.mixed_objects import NOT_ONE_TYPE, of_one_type
from lepton_jupyter.exceptions.data_errors import ComplexDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    import pyarrow as pa

#: A Python text beside its characters, and its place in an array: what an object column of pandas takes for each.
_TEXT_OBJECT_BYTES = 57


def to_frame(table: pa.Table) -> pd.DataFrame:
    """The table as pandas, each column of a type that can be learnt from.

    Decimals become floats, dates timestamps, the fields of nested records columns of their own (``address.town``);
    lists and maps become text, since they would fit in no column.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    frame : pandas.DataFrame
        With the index that pandas stored in the table, if it did.

    Examples
    --------
    >>> import pyarrow as pa
    >>> to_frame(pa.table({"a": [{"b": 1, "c": "x"}]})).columns.tolist()
    ['a.b', 'a.c']
    """
    plain = plain_table(table)
    frame: pd.DataFrame = plain.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True)
    return frame


def nested_columns(schema: pa.Schema) -> tuple[str, ...]:
    """Names of the columns that hold lists, maps or records.

    Parameters
    ----------
    schema : pyarrow.Schema

    Returns
    -------
    names : tuple of str
    """
    import pyarrow as pa

    return tuple(field.name for field in schema if pa.types.is_nested(field.type))


def from_frame(frame: pd.DataFrame) -> pa.Table:
    """A pandas frame as Arrow; columns of mixed types and intervals become text, periods their first moment.

    Parameters
    ----------
    frame : pandas.DataFrame

    Returns
    -------
    table : pyarrow.Table

    Raises
    ------
    ComplexDataError
        If a column holds complex numbers.
    """
    import pyarrow as pa

    frame = _without_pandas_types(frame)
    try:
        table = pa.Table.from_pandas(frame)
    except NOT_ONE_TYPE:
        suspects = [each for each, dtype in frame.dtypes.items() if _holds_anything(dtype)]
    else:
        binary = {each.name for each in table.schema if pa.types.is_binary(each.type)}
        suspects = [each for each in frame.columns if str(each) in binary and frame[each].dtype == np.object_]
        if not suspects:
            return table
    # Column by column: what becomes of one must not depend on what another holds, which differs by partition.
    readable = frame.copy(deep=False)
    for each in suspects:
        readable[each] = of_one_type(frame[each])
    return pa.Table.from_pandas(readable)


def _holds_anything(dtype: Any) -> bool:
    import pandas as pd

    return bool(dtype == np.object_) or isinstance(dtype, pd.CategoricalDtype)


def _without_pandas_types(frame: pd.DataFrame) -> pd.DataFrame:
    """The same without types that Arrow keeps in a form of pandas' own, of which nothing can be computed there."""
    import pandas as pd

    changed: dict[Any, pd.Series[Any]] = {}
    for name, dtype in frame.dtypes.items():
        inner = dtype.categories.dtype if isinstance(dtype, pd.CategoricalDtype) else None
        if isinstance(inner, pd.IntervalDtype | pd.PeriodDtype):
            changed[name] = frame[name].cat.rename_categories(str)
        elif isinstance(dtype, pd.IntervalDtype):
            changed[name] = frame[name].map(str, na_action="ignore").astype(object)
        elif isinstance(dtype, pd.PeriodDtype):
            changed[name] = frame[name].dt.to_timestamp()
        elif isinstance(dtype, pd.SparseDtype):
            changed[name] = pd.Series(np.asarray(frame[name]), index=frame.index)
        elif dtype.kind == "c":
            raise ComplexDataError.from_column(str(name))
    if not changed:
        return frame
    plain = frame.copy(deep=False)
    for name, column in changed.items():
        plain[name] = column
    return plain


def join_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables below each other, their types made one: a column of numbers in one and of text in another is text.

    Parameters
    ----------
    tables : sequence of pyarrow.Table
        At least one; of the same columns.

    Returns
    -------
    table : pyarrow.Table
    """
    import pyarrow as pa

    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        schema = _common_schema([table.schema for table in tables])
        return pa.concat_tables([_cast(table, schema) for table in tables])


def in_memory_bytes(table: pa.Table) -> int:
    """Memory that the table would take as a pandas frame, within a tenth or so.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    n_bytes : int

    Examples
    --------
    >>> import pyarrow as pa
    >>> in_memory_bytes(pa.table({"a": [1.0, 2.0]}))
    16
    """
    import pyarrow as pa

    per_text = _text_bytes()
    total = 0
    for column in table.columns:
        kind = column.type
        if pa.types.is_dictionary(kind):
            total += 4 * len(column)
        elif pa.types.is_primitive(kind) or pa.types.is_decimal(kind):
            width = 8 if column.null_count or not pa.types.is_primitive(kind) else max(1, kind.bit_width // 8)
            total += width * len(column)
        elif pa.types.is_nested(kind):
            total += column.nbytes + _TEXT_OBJECT_BYTES * len(column)
        else:
            total += column.nbytes + per_text * len(column)
    return total


def _text_bytes() -> int:
    """What a text takes beyond its characters: pandas 3 keeps texts in Arrow, earlier ones as Python objects."""
    import pandas as pd

    return 0 if isinstance(pd.Series(["a"]).dtype, pd.StringDtype) else _TEXT_OBJECT_BYTES


def plain_table(table: pa.Table) -> pa.Table:
    """The table with columns of plain types only: fields of records become columns, lists and bytes text.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    table : pyarrow.Table
    """
    import pyarrow as pa

    metadata = table.schema.metadata
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    columns = [_plain_column(column) for column in table.columns]
    return pa.table(columns, schema=pa.schema(
        [pa.field(name, column.type) for name, column in zip(table.column_names, columns, strict=True)],
        metadata=metadata,
    ))  # fmt: skip


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], type=kind.storage_type)
        kind = column.type
    if pa.types.is_dictionary(kind) and not pa.types.is_string(kind.value_type):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_null(kind) or pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return column.cast(pa.float64(), safe=False)
    if pa.types.is_time(kind):
        return _mapped(column.cast(pa.time64("us"), safe=False), str)
    if pa.types.is_nested(kind):
        return _mapped(column, lambda value: json.dumps(value, default=str, ensure_ascii=False))
    binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
    return _mapped(column, bytes.hex) if binary else column


def _mapped(column: pa.ChunkedArray, text: Callable[[Any], str]) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array(
        [
            pa.array([None if value is None else text(value) for value in chunk.to_pylist()], type=pa.string())
            for chunk in column.chunks
        ],
        type=pa.string(),
    )


def _common_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    import pyarrow as pa

    fields = []
    for name in schemas[0].names:
        kinds = dict.fromkeys(schema.field(name).type for schema in schemas)
        if all(pa.types.is_timestamp(kind) and kind.tz for kind in kinds):  # moments all: on the clock of the first
            fields.append(pa.field(name, pa.timestamp("us", next(iter(kinds)).tz)))
            continue
        try:
            unified = pa.unify_schemas(
                [pa.schema([pa.field(name, kind)]) for kind in kinds], promote_options="permissive"
            )
            fields.append(unified.field(0))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            fields.append(pa.field(name, pa.string()))
    return pa.schema(fields)


def _cast(table: pa.Table, schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = []
    for field in schema:
        column = table.column(field.name)
        if pa.types.is_string(field.type) and pa.types.is_nested(column.type):
            column = _plain_column(column)
        columns.append(column.cast(field.type, safe=False))
    return pa.table(columns, schema=schema)
