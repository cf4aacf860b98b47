"""The rows of a partition as a pass over a table reads them: with what is added, coded, filtered and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lepton_jupyter.data.arrow_frames import join_tables
from lepton_jupyter.data.partitions import may_lack_fields, plain_batches, with_columns
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import BadPartitionError, PartitionCodeError
from lepton_jupyter.preprocessing.partition_code import run_on_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from lepton_jupyter.data.partitions import Partition, PartitionedTable
    from lepton_jupyter.preprocessing.added_columns import AddedColumns
    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.joint_statistics import JointWatch
    from lepton_jupyter.preprocessing.partition_code import PartitionCode
    from lepton_jupyter.preprocessing.row_filter import RowFilter
    from lepton_jupyter.preprocessing.sampled_rows import RowSampling

#: Rows of a first look, and how many partitions they are taken from.
LOOK_ROWS = 20_000
_LOOK_PARTITIONS = 5


@dataclass(frozen=True, slots=True)
class PassSettings:
    """What a pass needs to know.

    Parameters
    ----------
    looks : tuple of ColumnLook
        Of all columns; a partition that lacks one is bad.
    where : RowFilter or None
        Rows that are kept.
    on_bad : {"fail", "skip", "quarantine"}
    code : PartitionCode or None
        What is done to each partition before its columns are looked at.
    needed : tuple of str
        Columns that a partition must have before the code is run.
    added : tuple of AddedColumns
        Columns that are added to it before all else.
    sampling : RowSampling or None
        Which of the rows that are kept are drawn; partitions then know their place in the table.
    watches : tuple of JointWatch
        What is wanted of several columns at once.
    """

    looks: tuple[ColumnLook, ...]
    where: RowFilter | None = None
    on_bad: str = "fail"
    code: PartitionCode | None = None
    needed: tuple[str, ...] = ()
    added: tuple[AddedColumns, ...] = ()
    sampling: RowSampling | None = None
    watches: tuple[JointWatch, ...] = ()


class BadBeginning(NamedTuple):
    """A partition that a first look could not read, and what is wrong with it."""

    partition: str
    problem: str


def first_rows(table: PartitionedTable) -> tuple[pa.Table, BadBeginning | None]:
    """Rows from the beginnings of a few partitions, evenly spaced, for a first look.

    Returns
    -------
    rows : pyarrow.Table
        Of the first one's columns; where they are of JSON objects, of those of all of them.
    bad : BadBeginning or None
        The first bad partition among them, if any is.

    Raises
    ------
    BadPartitionError
        If none of them can be read.
    """
    parts = table.partitions
    step = max(1, len(parts) // _LOOK_PARTITIONS)
    chosen = [*parts[::step][:_LOOK_PARTITIONS], *(part for part in parts if len(parts) <= 50)]
    heads: list[pa.Table] = []
    names: list[str] = []
    grows = all(may_lack_fields(part) for part in parts)
    bad: BadBeginning | None = None
    for part in dict.fromkeys(chosen):
        if len(heads) >= _LOOK_PARTITIONS:
            break
        try:
            head = next(plain_batches(part.tables()), None)
        except LeptonError as error:
            bad = bad or BadBeginning(part.name, str(error))
            continue
        if head is not None and (may_lack_fields(part) or set(names) <= set(head.column_names)):
            heads.append(head)
            names = list(dict.fromkeys((*names, *head.column_names))) if grows else names or head.column_names
    if not heads:
        n_parts = len(parts)
        if bad is None:
            raise BadPartitionError.from_no_rows(table.label, n_parts)
        raise BadPartitionError.from_all(n_parts, bad.problem)
    each = -(-LOOK_ROWS // len(heads))
    return join_tables([with_columns(head, names).select(names).slice(0, each) for head in heads]), bad


def partition_rows(part: Partition, settings: PassSettings) -> Iterator[pa.Table]:
    """The rows of a partition that are kept and drawn, as they are, a bounded number at a time.

    Parameters
    ----------
    part : Partition
    settings : PassSettings

    Raises
    ------
    LeptonError
        What is wrong with the partition.
    """
    kept = _kept_rows(part, settings)
    return kept if settings.sampling is None else settings.sampling.draw(kept, getattr(part, "starts", {}))


def _kept_rows(part: Partition, settings: PassSettings) -> Iterator[pa.Table]:
    names = [look.name for look in settings.looks]
    for batch in _coded(_with_added(part, settings), settings, part.name):
        lacking = [name for name in names if name not in batch.column_names]
        if lacking and settings.code is not None:
            raise PartitionCodeError.from_columns(part.name, lacking[0])
        if lacking:
            raise BadPartitionError.from_lacking(lacking[0])
        kept = batch.select(names)
        yield kept if settings.where is None else settings.where.apply(kept, settings.looks)


def _with_added(part: Partition, settings: PassSettings) -> Iterator[pa.Table]:
    for batch in plain_batches(part.tables()):
        rows = batch
        for added in settings.added:
            rows = added.beside(rows) if added.by_row else rows
        yield rows


def _coded(batches: Iterator[pa.Table], settings: PassSettings, partition: str) -> Iterator[pa.Table]:
    """The rows as the code of a cell makes them; it gets a whole partition, which must fit into a worker."""
    code = settings.code
    if code is None:
        yield from batches
        return
    held = []
    for batch in batches:
        lacking = [name for name in settings.needed if name not in batch.column_names]
        if lacking:
            raise BadPartitionError.from_lacking(lacking[0])
        held.append(batch.select(list(settings.needed)))
    if held:
        yield from plain_batches(iter((run_on_whole(code, held, partition),)))
