"""A table profiled: each column read once, on all cores, then compared with the target and with the other columns."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.column_kinds import SAMPLE_ROWS, ColumnSchema
from lepton_jupyter.data.readings import holds_objects
from lepton_jupyter.data.time_suspicion import suspected_time
from lepton_jupyter.events.profile_messages import (
    ColumnNote,
    ProfiledColumn,
    ProfileMessage,
)
from lepton_jupyter.execution.side_by_side import side_by_side
from lepton_jupyter.inspection.column_profile import (
    count_distinct,
    figures_of,
    known_sorted,
    level_counts,
    picture_of,
)
from lepton_jupyter.inspection.column_values import ColumnValues, read_column
from lepton_jupyter.inspection.fingerprints import count_duplicates, digest, mixed, partition_digest, value_bits
from lepton_jupyter.inspection.suspicions import kind_notes, sentinel_notes, target_notes, text_notes, time_note
from lepton_jupyter.inspection.table_drift import compare_tables
from lepton_jupyter.inspection.target_view import TargetView, profiled_target, view_target

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


#: Threads at most: reading texts holds the interpreter's lock, so that more gain little.
_MOST_THREADS = 4


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column and what tells it from others."""

    column: ProfiledColumn
    equal: tuple[int, int]  # the same for columns of equal values
    partition: int | None  # the same for columns that part the rows alike
    schema: ColumnSchema


def profile_table(
    frame: pd.DataFrame,
    *,
    target: str | None = None,
    against: pd.DataFrame | None = None,
    table_name: str = "table",
    against_name: str = "the other table",
) -> ProfileMessage:
    """Profile a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        As given by `to_pandas`; may be empty.
    target : str, optional
        Name of the column to predict.
    against : pandas.DataFrame, optional
        Another table, to tell how it differs.
    table_name, against_name : str
        What the profile calls the tables.

    Returns
    -------
    message : ProfileMessage
        Of all columns, of any size. Every row is counted; only `ProfiledColumn.alone` is judged on
        `ProfileMessage.judged_rows` rows drawn at random.

    Raises
    ------
    UnknownColumnError
        If there is no such target; the message names the nearest column.
    InvalidTargetError
        If the target has one value only, holds dates, or is no target for another reason.

    Examples
    --------
    >>> import pandas as pd
    >>> message = profile_table(pd.DataFrame({"size": [1.5, 2.0, None], "land": ["de", "de", "de"]}))
    >>> [(each.name, each.kind, each.n_missing) for each in message.columns]
    [('size', 'number', 1), ('land', 'constant', 0)]
    """
    view = None if target is None else view_target(frame, target)
    names = [name for name in frame.columns if name != target]
    rows = np.zeros(len(frame), dtype=np.uint64)
    lock = Lock()

    def profile_one(name: str) -> _Seen:
        seen, bits = _profile_column(frame[name], name, view)
        with lock, np.errstate(over="ignore"):
            np.add(rows, bits, out=rows)
        return seen

    seen = side_by_side(profile_one, names, most_threads=_MOST_THREADS)
    profiled = None
    schemas = [each.schema for each in seen]
    if view is not None:
        of_target, bits = _profile_column(frame[target], str(target), None)
        with np.errstate(over="ignore"):
            rows += bits
        profiled = profiled_target(view)
        schemas.append(of_target.schema)
        seen = _equal_to_target(seen, of_target, len(frame))
    seen = _with_time(seen, frame, view)
    columns = _without_twins(seen, len(frame))
    drift = None
    if against is not None:
        drift = compare_tables(frame, against, schemas, target=target, other_name=against_name)
    return ProfileMessage(
        table=table_name,
        n_rows=len(frame),
        n_columns=frame.shape[1],
        memory_bytes=_memory_bytes(frame),
        n_duplicate_rows=count_duplicates(rows) if frame.shape[1] else 0,
        target=profiled,
        columns=columns,
        n_noted=sum(bool(column.notes) for column in columns),
        hidden="",
        judged_rows=0 if view is None or view.judged is None else len(view.judged.rows),
        drift=drift,
        notes=(),
    )


def _profile_column(series: pd.Series[Any], name: str, view: TargetView | None) -> tuple[_Seen, NDArray[np.uint64]]:
    values = read_column(series, name, None if view is None else view.kept)
    ordered = known_sorted(values)
    counts = level_counts(values)
    n_distinct = _count_different(values, ordered, counts)
    n_rows = len(series)
    n_missing = int(np.count_nonzero(values.missing))
    notes = kind_notes(values, n_missing, n_distinct, n_rows)
    notes += text_notes(values, series)
    if values.schema.kind == "number":
        notes += sentinel_notes(ordered)
    alone = missing = None
    if view is not None and view.judged is not None and values.schema.used:
        alone = view.judged.score(values)
        missing = view.judged.score_missing(values.missing) if n_missing >= 5 else None
        notes += target_notes(view.target.name, alone, missing, "AUC" if view.target.n_classes else "R²")
    bits = value_bits(values)
    column = ProfiledColumn(
        name=name,
        kind=values.schema.kind,
        dtype=values.schema.dtype,
        reason=values.schema.reason,
        n_missing=n_missing,
        n_distinct=n_distinct,
        picture=picture_of(values, ordered, counts, None if view is None else view.second),
        figures=figures_of(ordered),
        alone=None if alone is None else round(alone.value, 6),
        notes=tuple(notes),
    )
    partition = partition_digest(values, n_distinct)
    named = (
        hash(tuple(values.label(code) for code in range(min(len(values.levels), 1_000))))
        if values.codes is not None
        else 0
    )
    equal = (digest(bits) if values.codes is None else (partition or 0), named)
    return _Seen(column, equal, partition, values.schema), mixed(bits, salt=_salt(name))


def _count_different(values: ColumnValues, ordered: NDArray[Any], counts: NDArray[np.int64]) -> int:
    if values.codes is not None:
        return int(np.count_nonzero(counts))
    if values.exact is not None:
        return count_distinct(np.sort(values.exact))
    infinite = 0
    if values.n_infinite and values.numbers is not None:
        infinite = len(np.unique(values.numbers[np.isinf(values.numbers)]))
    return count_distinct(ordered) + infinite


def _salt(name: str) -> int:
    # By name, not by place: the order of columns changes no count.
    return int.from_bytes(name.encode("utf-8", "surrogatepass")[:64].ljust(8, b"\0"), "little") % 2**61


def _with_time(seen: list[_Seen], frame: pd.DataFrame, view: TargetView | None) -> list[_Seen]:
    """The columns, with a note on the one that a fit too would name as the time of each row."""
    schemas = [each.schema for each in seen]
    if view is None:
        name = suspected_time(frame, schemas, np.zeros(len(frame)), 0)
    else:
        rows = frame if view.kept is None else frame[view.kept]
        name = suspected_time(rows, schemas, view.target.y, view.target.n_classes)
    if name is None:
        return seen
    note = time_note(name)
    return [
        replace(each, column=replace(each.column, notes=(*each.column.notes, note)))
        if each.schema.name == name
        else each
        for each in seen
    ]


def _without_twins(seen: list[_Seen], n_rows: int) -> tuple[ProfiledColumn, ...]:
    """The columns, with a note on each that says the same as an earlier one."""
    equals: dict[Any, str] = {}
    partitions: dict[Any, str] = {}
    columns = []
    for each in seen:
        column = each.column
        if column.kind == "constant" or not column.n_distinct:
            columns.append(column)
            continue
        twin = equals.setdefault((each.equal, column.n_distinct, column.n_missing), column.name)
        alike = column.name if each.partition is None else partitions.setdefault(each.partition, column.name)
        n_known = n_rows - column.n_missing
        if twin != column.name:
            note = ColumnNote(kind="duplicate", level="warning", text=f"the same values as {twin}")
            column = replace(column, notes=(*column.notes, note))
        elif alike != column.name and n_known >= 20 and 1 < column.n_distinct < n_known:
            note = ColumnNote(
                kind="duplicate", level="warning", text=f"one value for each value of {alike}: the same told twice"
            )
            column = replace(column, notes=(*column.notes, note))
        columns.append(column)
    return tuple(columns)


def _equal_to_target(seen: list[_Seen], target: _Seen, n_rows: int) -> list[_Seen]:
    """The columns, with a better reason where one is the target under another name."""
    same = ColumnNote(kind="leak", level="error", text=f"the target {target.column.name} under another name; drop it")

    def judge(each: _Seen) -> _Seen:
        parts = each.partition is not None and 1 < each.column.n_distinct < n_rows - each.column.n_missing
        equal = each.equal == target.equal and each.column.n_distinct == target.column.n_distinct
        if not (equal or (parts and each.partition == target.partition)):
            return each
        others = tuple(note for note in each.column.notes if note.kind != "leak")
        return replace(each, column=replace(each.column, notes=(*others, same)))

    return [judge(each) for each in seen]


def _memory_bytes(frame: pd.DataFrame) -> int:
    """Bytes that the table takes; Python objects are weighed on a sample."""
    total = int(frame.memory_usage(index=False, deep=False).sum())
    for name in frame.columns:
        series = frame[name]
        if holds_objects(series) and len(series):
            sample = series.iloc[np.linspace(0, len(series) - 1, min(len(series), SAMPLE_ROWS // 20)).astype(int)]
            total += int(np.mean([sys.getsizeof(value) for value in sample]) * len(series))
    return total
