"""A table profiled: each column read once, on all cores, then compared with the target and with the other columns."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.data.checks import find_column
from lepton_jupyter.data.column_kinds import SAMPLE_ROWS
from lepton_jupyter.data.readings import holds_objects
from lepton_jupyter.data.target import understand_target
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.profile_messages import (
    ColumnNote,
    ColumnPicture,
    ProfiledColumn,
    ProfiledTarget,
    ProfileMessage,
)
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.inspection.column_profile import (
    MOST_LEVELS,
    count_distinct,
    figures_of,
    known_sorted,
    level_counts,
    picture_of,
)
from lepton_jupyter.inspection.column_values import read_column
from lepton_jupyter.inspection.fingerprints import count_duplicates, mixed, partition_digest, value_bits, digest
from lepton_jupyter.inspection.suspicions import kind_notes, sentinel_notes, target_notes, text_notes, time_note
from lepton_jupyter.inspection.target_leaks import JudgedRows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.data.target import Target

#: Threads at most: reading texts holds the interpreter's lock, so that more gain little.
_MOST_THREADS = 4


@dataclass(frozen=True, slots=True, eq=False)
class _TargetView:
    """What the columns are compared with."""

    target: Target
    second: NDArray[np.bool_]  # rows in the second colour
    judged: JudgedRows | None
    kept: NDArray[np.bool_] | None  # rows with a target; None where all have one


@dataclass(frozen=True, slots=True)
class _Seen:
    """A column and what tells it from others."""

    column: ProfiledColumn
    equal: tuple[int, int]  # the same for columns of equal values
    partition: int | None  # the same for columns that part the rows alike


def profile_table(frame: pd.DataFrame, *, target: str | None = None, table_name: str = "table") -> ProfileMessage:
    """Profile a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        As given by `to_pandas`; may be empty.
    target : str, optional
        Name of the column to predict.
    table_name : str, default="table"

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
    view = None if target is None else _view_of(frame, target)
    names = [name for name in frame.columns if name != target]
    rows = np.zeros(len(frame), dtype=np.uint64)
    lock = Lock()

    def profile_one(name: str) -> _Seen:
        seen, bits = _profile_column(frame[name], name, view)
        with lock, np.errstate(over="ignore"):
            rows.__iadd__(bits)
        return seen

    with ThreadPoolExecutor(max(1, min(_MOST_THREADS, len(usable_cores()), len(names)))) as threads:
        seen = list(threads.map(profile_one, names))
    profiled = None
    if view is not None:
        of_target, bits = _profile_column(frame[target], str(target), None)
        with np.errstate(over="ignore"):
            rows += bits
        profiled = _profiled_target(frame[target], view)
        seen = _equal_to_target(seen, of_target)
    columns = _without_twins(seen)
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
        drift=None,
        notes=(),
    )


def _view_of(frame: pd.DataFrame, name: str) -> _TargetView:
    find_column(frame, name, role="target column")
    target = understand_target(frame[name], name=name, single_row_classes="keep")
    second = np.zeros(len(frame), dtype=bool)
    second[target.kept] = target.y == _second_class(target) if target.n_classes else target.y > np.median(target.y)
    kept = None if target.kept.all() else target.kept
    return _TargetView(target, second, JudgedRows.draw(target, frame.shape[1]), kept)


def _second_class(target: Target) -> int:
    """The positive class of two; of several the commonest."""
    return 1 if target.n_classes == 2 else int(np.argmax(target.class_counts))


def _profile_column(series: pd.Series[Any], name: str, view: _TargetView | None) -> tuple[_Seen, NDArray[np.uint64]]:
    values = read_column(series, name, None if view is None else view.kept)
    ordered = known_sorted(values)
    counts = level_counts(values)
    n_distinct = int(np.count_nonzero(counts)) if values.codes is not None else count_distinct(ordered)
    n_rows = len(series)
    n_missing = int(np.count_nonzero(values.missing))
    notes = kind_notes(values, n_missing, n_distinct, n_rows)
    notes += text_notes(values, series)
    if values.schema.kind == "number":
        notes += sentinel_notes(ordered)
    time = time_note(values, n_distinct)
    notes += [time] if time is not None else []
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
    return _Seen(column, equal, partition), mixed(bits, salt=_salt(name))


def _salt(name: str) -> int:
    # By name, not by place: the order of columns changes no count.
    return int.from_bytes(name.encode("utf-8", "surrogatepass")[:64].ljust(8, b"\0"), "little") % 2**61


def _without_twins(seen: list[_Seen]) -> tuple[ProfiledColumn, ...]:
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
        n_known = sum(column.picture.counts) + column.picture.rest
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


def _equal_to_target(seen: list[_Seen], target: _Seen) -> list[_Seen]:
    """The columns, with a better reason where one is the target under another name."""
    found = []
    for each in seen:
        same = each.partition is not None and each.partition == target.partition
        if same or (each.equal == target.equal and each.column.n_distinct == target.column.n_distinct):
            kept = tuple(note for note in each.column.notes if note.kind != "leak")
            note = ColumnNote(
                kind="leak", level="error", text=f"the target {target.column.name} under another name; drop it"
            )
            each = replace(each, column=replace(each.column, notes=(*kept, note)))
        found.append(each)
    return found


def _profiled_target(series: pd.Series[Any], view: _TargetView) -> ProfiledTarget:
    target = view.target
    n_missing = int(np.count_nonzero(~target.kept))
    if not target.n_classes:
        values = read_column(series, target.name)
        ordered = np.sort(target.y)
        from lepton_jupyter.inspection.column_values import ColumnValues

        picture = picture_of(
            ColumnValues(values.schema, np.where(target.kept, _spread(target), np.nan), None, ()),
            ordered,
            np.zeros(0, dtype=np.int64),
            view.second,
        )
        figures, second_label = figures_of(ordered), f"upper half of {target.name}"
    else:
        picture, figures = _class_picture(target), None
        second_label = str(target.classes[_second_class(target)])
    return ProfiledTarget(
        name=target.name,
        task=target.task,
        n_classes=target.n_classes,
        reason=target.reason,
        metric_label=find_metric(None, target.task).label,
        n_missing=n_missing,
        second_label=second_label,
        picture=picture,
        figures=figures,
        alone_label="AUC" if target.n_classes else "R²",
        notes=target.notes,
    )


def _spread(target: Target) -> NDArray[np.float64]:
    values = np.full(len(target.kept), np.nan)
    values[target.kept] = target.y
    return values


def _class_picture(target: Target) -> ColumnPicture:
    counts = np.array(target.class_counts)
    second = _second_class(target)
    # The second colour's class is the last of two, so that its share is at the right.
    order = [1 - second, second] if target.n_classes == 2 else np.argsort(-counts, kind="stable").tolist()
    shown = order[:MOST_LEVELS]
    return ColumnPicture(
        style="shares",
        counts=tuple(int(counts[code]) for code in shown),
        second=tuple(int(counts[code]) if code == second else 0 for code in shown),
        labels=tuple(str(target.classes[code]) for code in shown),
        rest=int(counts.sum() - counts[shown].sum()),
    )


def _memory_bytes(frame: pd.DataFrame) -> int:
    """Bytes that the table takes; Python objects are weighed on a sample."""
    total = int(frame.memory_usage(index=False, deep=False).sum())
    for name in frame.columns:
        series = frame[name]
        if holds_objects(series) and len(series):
            sample = series.iloc[np.linspace(0, len(series) - 1, min(len(series), SAMPLE_ROWS // 20)).astype(int)]
            total += int(np.mean([sys.getsizeof(value) for value in sample]) * len(series))
    return total
