"""A first look at a table that is to be prepared: its first rows, and what follows from them for all that is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.preparation_errors import BadPartitionError
from lepton_jupyter.notebook.asked_steps import check_columns, planned_event
from lepton_jupyter.notebook.joining import planned_joins
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.partition_rows import PassSettings, first_rows
from lepton_jupyter.preprocessing.preparation_plan import with_added
from lepton_jupyter.preprocessing.sampled_rows import plan_sampling
from lepton_jupyter.preprocessing.target_leaks import LeakWatch

if TYPE_CHECKING:
    import pyarrow as pa

    from lepton_jupyter.data.partitions import PartitionedTable
    from lepton_jupyter.events.preparation_events import PreparationPlanned
    from lepton_jupyter.notebook.asked_preparation import AskedPreparation
    from lepton_jupyter.notebook.asked_steps import AskedSteps
    from lepton_jupyter.notebook.joining import PlannedJoin
    from lepton_jupyter.notebook.left_copies import PlannedCopies
    from lepton_jupyter.preprocessing.added_columns import AddedColumns
    from lepton_jupyter.preprocessing.earlier_rows import EarlierRows
    from lepton_jupyter.preprocessing.sampled_rows import RowSampling


@dataclass(frozen=True, slots=True, eq=False)
class FirstRows:
    """The first rows of a table as they are, and what is asked: from both follows what a pass needs to know of columns.

    Parameters
    ----------
    rows : pyarrow.Table
    label : str
        What they are called where code of a cell raises on them.
    asked : AskedPreparation
    """

    rows: pa.Table
    label: str
    asked: AskedPreparation

    def settings(self, added: tuple[AddedColumns, ...]) -> tuple[PassSettings, pa.Table]:
        """Settings of the passes once columns were added, and the first rows as they will be looked at."""
        rows, asked, target = self.rows, self.asked, self.asked.steps.target
        for each in added:
            rows = each.beside(rows)
        needed = tuple(rows.column_names)
        if asked.cell is not None:
            rows = asked.cell.run(rows, self.label)
        looks = look_at(rows)
        if asked.where is not None:
            asked.where.check(looks)
            rows = asked.where.apply(rows, looks)
        watches: tuple[LeakWatch, ...] = ()
        if target is not None and target in rows.column_names:
            watches = (LeakWatch.of_rows(rows, looks, target),)
        return PassSettings(looks, asked.where, asked.on_bad, asked.cell, needed, added, watches=watches), rows


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class FirstLook:
    """What first rows tell: a draft of the plan, and what the passes have to do.

    Parameters
    ----------
    table : PartitionedTable
    asked : AskedPreparation
    first : FirstRows
    steps : AskedSteps
        Those asked for, but what nobody means: a key is made into no columns unless it is named.
    copies : PlannedCopies
    earlier : tuple of EarlierRows
    joins : tuple of PlannedJoin
    sampling : RowSampling or None
    settings : PassSettings
        With drafts of the columns that are added.
    summary : TableSummary
    """

    table: PartitionedTable
    asked: AskedPreparation
    first: FirstRows
    steps: AskedSteps
    copies: PlannedCopies
    earlier: tuple[EarlierRows, ...]
    joins: tuple[PlannedJoin, ...]
    sampling: RowSampling | None
    settings: PassSettings
    summary: TableSummary

    @classmethod
    def at(cls, table: PartitionedTable, asked: AskedPreparation) -> Self:
        """Look at the beginnings of a few partitions.

        Raises
        ------
        LeptonError
            If they cannot be read, or what is asked does not fit them.
        """
        rows, bad = first_rows(table)
        if bad and asked.on_bad == "fail" and not asked.dry_run:
            raise BadPartitionError.from_partition(bad.partition, bad.problem)
        table = table.with_absent_fields(rows.column_names)
        looks, steps = look_at(rows), asked.steps
        first = FirstRows(rows, f"the first rows of {table.label}", asked)
        joins = planned_joins(asked.join, asked.on, looks, target=steps.target)
        copies = asked.copies.planned(rows, looks)
        earlier = asked.look_back.planned(rows, looks, steps)
        settings, seen = first.settings((*earlier, *(each.draft for each in joins)))
        names = [each.name for each in settings.looks]
        check_columns(steps.target, steps.wanted.without, names)
        steps.choices.check_columns(names)
        steps.choices.check_kinds(settings.looks)
        keys = {*asked.look_back.entity, *(key.name for each in joins for key in each.keys)}
        sampling = None
        if asked.sample is not None:
            sampling = plan_sampling(
                asked.sample, settings.looks, seen, target=steps.target, by=asked.sample_by
            )  # fmt: skip
        return cls(
            table=table, asked=asked, first=first, copies=copies, earlier=earlier, joins=joins, sampling=sampling,
            steps=replace(steps, choices=steps.choices.sparing("encode", sorted(keys))),
            settings=settings, summary=TableSummary.of(seen, settings.looks, settings.watches),
        )  # fmt: skip

    def planned(self) -> PreparationPlanned:
        """The draft of the plan."""
        plans = self.steps.plan(self.settings, self.summary)
        return planned_event(with_added(plans, self.settings.added, draft=True), self.summary, draft=True)
