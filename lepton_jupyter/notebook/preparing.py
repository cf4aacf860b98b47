"""Preparing a table: what ``%lepton prepare`` calls."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.partitions import PartitionedTable, delayed_rows
from lepton_jupyter.events.preparation_events import (
    PartitionRejected,
    PassFinished,
    PassStarted,
    PreparationFinished,
    PreparationStarted,
)
from lepton_jupyter.events.run_events import RunFailed, WarningRaised
from lepton_jupyter.exceptions.data_errors import UnknownColumnError
from lepton_jupyter.exceptions.join_errors import TimeOrderError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import (
    BadPartitionError,
    PartitionCodeError,
    PreparedFolderError,
)
from lepton_jupyter.exceptions.sampling_errors import SampleError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.exceptions.sql_errors import SqlUsageError
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.notebook.asked_steps import AskedSteps, check_columns, check_steps, planned_event
from lepton_jupyter.notebook.joining import partitioned_table, planned_joins
from lepton_jupyter.notebook.pass_progress import PassProgress
from lepton_jupyter.notebook.preparation_display import ShownPreparation
from lepton_jupyter.notebook.prepared_table import PreparationPlan, Prepared
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.tables import resolved_connection
from lepton_jupyter.notebook.told_copies import copies_told, near_planned, near_told
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.earlier_pass import with_earlier_rows
from lepton_jupyter.preprocessing.earlier_rows import plan_earlier
from lepton_jupyter.preprocessing.feature_learning import FeatureLearning
from lepton_jupyter.preprocessing.fold_steps import FOLD_STEPS, as_fold_steps
from lepton_jupyter.preprocessing.joined_columns import JoinedColumns, aggregate_partitions
from lepton_jupyter.preprocessing.near_repeated import without_near_repeated
from lepton_jupyter.preprocessing.near_rows import NearPlan
from lepton_jupyter.preprocessing.partition_code import PartitionCode
from lepton_jupyter.preprocessing.preparation_passes import (
    PassSettings,
    count_strata,
    first_rows,
    quarantine,
    summarise_partitions,
    write_partitions,
)
from lepton_jupyter.preprocessing.preparation_plan import plan_columns, with_added
from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
from lepton_jupyter.preprocessing.prepared_rows import PreparedRows
from lepton_jupyter.preprocessing.repeated_rows import without_repeated
from lepton_jupyter.preprocessing.row_filter import RowFilter
from lepton_jupyter.preprocessing.sampled_rows import SampleSize, plan_sampling, ranked
from lepton_jupyter.preprocessing.target_leaks import LeakWatch
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.views.number_format import counted
from lepton_jupyter.views.preparation_board import preparation_message

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from lepton_jupyter.data.table_source import TableSource
    from lepton_jupyter.events.preparation_events import PreparationPlanned
    from lepton_jupyter.notebook.joining import PlannedJoin
    from lepton_jupyter.notebook.plan_editing import PlanEditor, PlanLanguage
    from lepton_jupyter.preprocessing.added_columns import AddedColumns
    from lepton_jupyter.preprocessing.column_look import ColumnLook
    from lepton_jupyter.preprocessing.earlier_rows import EarlierRows
    from lepton_jupyter.preprocessing.preparation_passes import PartitionReport
    from lepton_jupyter.preprocessing.preparation_plan import ColumnPlan
    from lepton_jupyter.preprocessing.sampled_rows import RowSampling
    from lepton_jupyter.preprocessing.table_features import TableFeatures
    from lepton_jupyter.runs.run_folder import RunFolder

#: What may be done with a bad partition.
ON_BAD = ("fail", "skip", "quarantine")
_RECIPE_NAME = "_recipe.json"
_QUARANTINE_NAME = "_quarantine"
_EARLIER_NAME = "_earlier"
#: Rows that are looked back at most.
_FARTHEST_BACK = 1_000


def prepare(  # noqa: PLR0913  a person's options, each with its name
    table: Any = None,
    *,
    target: str | None = None,
    dry_run: bool = False,
    where: str | None = None,
    to: str | os.PathLike[str] | None = None,
    on_bad_partition: str = "fail",
    without: Sequence[str] = (),
    drop_repeated: bool = False,
    drop_near_repeated: bool = False,
    near_by: str | Sequence[str] = (),
    join: Any = None,
    on: str | Sequence[str] | None = None,
    entity: str | Sequence[str] = (),
    time: str | None = None,
    lags: Sequence[int] = (),
    rolling: Sequence[int] = (),
    sample: str | float | None = None,
    sample_by: str | Sequence[str] = (),
    in_folds: Sequence[str] = (),
    scale: str | Sequence[str] = (),
    encode: str | Sequence[str] = (),
    dates: str | Sequence[str] = (),
    text: str | Sequence[str] = (),
    pca: int = 0,
    outliers: str | Sequence[str] = (),
    drop_leaks: bool = False,
    sql: str | None = None,
    connection: Any = None,
    params: Mapping[str, Any] | None = None,
    partition_by: str | None = None,
    code: str | None = None,
    names: Mapping[str, Any] | None = None,
    table_name: str | None = None,
    language: PlanLanguage | None = None,
) -> Any:
    """Prepare a table of any size: find out what is wrong with its columns, and put it right.

    Parameters
    ----------
    table : DataFrame, str or path, optional
        A path, a pattern or a folder of files; a Dask, pandas, polars or Arrow table; one that was prepared; or a list
        of such tables, which stand below each other.
    target : str, optional
        Column that is to be predicted: it is read, and nothing else is done to it.
    dry_run : bool, default=False
        Only plan, from a first look at some rows.
    where : str, optional
        Condition on the rows that are kept, such as ``"age >= 18 and town != 'Ulm'"``; see `RowFilter`.
    to : str or path, optional
        Folder for the prepared table, a Parquet file for each partition; it must be new or empty. Without one, rows
        are prepared when they are read.
    on_bad_partition : {"fail", "skip", "quarantine"}, default="fail"
        What becomes of a partition that cannot be read or lacks columns; "quarantine" copies it aside in `to`.
    without : sequence of str
        Steps that are left out, such as ``"outliers"``, or ``"age:outliers"`` for one column.
    drop_repeated : bool, default=False
        Leave out rows that are copies of an earlier one in every column; this takes a pass of its own.
    drop_near_repeated : bool, default=False
        Leave out rows that are nearly copies of an earlier one: the same in every column but for case, blanks,
        rounding, and in one column a slip or a fifth of a long text; see `near_rows`. It takes a pass of its own too.
    near_by : str or sequence of str
        Columns that alone count for that, where a key would make each row different.
    join : table, sequence of tables or mapping of str to table, optional
        Other tables, each of whose rows belong to rows of this one by a key: added are their number, of each of their
        columns of numbers mean, sum, least and greatest, of truths the share, of dates the first and the last, of
        categories the commonest, its share and their number. A mapping names them; files are called by their name.
    on : str or sequence of str, optional
        Columns of the key; ``"customer=id"`` where it is called otherwise in the joined tables.
    time : str, optional
        Column of dates or numbers that puts rows in order: what is then added looks back alone, never ahead.
    entity : str or sequence of str, optional
        Columns that say whose rows they are, such as ``"customer"``; without one all are of one.
    lags : sequence of int
        Of each column of numbers its value so many rows of the entity before; 1 if neither this nor `rolling` is given.
    rolling : sequence of int
        Of each column of numbers its mean over so many rows, the row itself and those before it.
    sample : str, float or int, optional
        A share of the rows that are kept, such as ``"10%"`` or 0.1, or about how many; of each class of the target
        the same share. Which rows it is depends on their order alone, not on partitions or workers.
    sample_by : str or sequence of str
        Columns whose rows of equal values are drawn together or not at all, such as those of one customer.
    in_folds : sequence of {"variance", "redundancy", "information", "shadows", "encode", "balance"}
        Steps that see the target or learn from rows together, see `FOLD_STEPS`: they are not taken here, but within
        each fold when a model is fitted on what is prepared, so that scores stay honest.
    scale : str or sequence of str
        ``"standard"``, ``"robust"``, ``"quantile"`` or ``"power"`` for all columns of numbers; ``"age:robust"`` or
        ``"age:none"`` for one of them.
    encode : str or sequence of str
        ``"onehot"``, ``"ordinal"`` or ``"count"`` for categories, likewise; columns of `on` and `entity` stay as they
        are unless they are named.
    dates : str or sequence of str
        ``"calendar"`` or ``"cyclic"``: dates become their parts.
    text : str or sequence of str
        ``"hashed"`` or ``"tfidf"``: free texts become counts of their words and pairs of words.
    pca : int, default=0
        Principal components that stand for all columns of numbers.
    outliers : str or sequence of str
        ``"flag"`` leaves outliers as they are and tells them by a column; default ``"winsorise"``.
    drop_leaks : bool, default=False
        Leave out columns that alone nearly determine the target; they are always told of.
    sql, connection, params : optional
        A select instead of a table, as for `fit`.
    partition_by : str, optional
        Column of numbers or dates by whose ranges the select is asked in parts, side by side; best one with an index.
    code : str, optional
        Pandas code that is run on each partition before all else; see `PartitionCode`. In it the partition is called
        ``df``, or like the table.
    names : mapping, optional
        What the code uses beside pandas as ``pd`` and NumPy as ``np``.
    table_name : str, optional
        What the page calls the table. Default: the name of the file.
    language : PlanLanguage, optional
        How the line of a plan is written; with one, the plan can be changed in its panel.

    Returns
    -------
    prepared : Prepared or PreparationPlan
        The plan alone for a dry run.

    Raises
    ------
    LeptonError
        One sentence about what is wrong with the table, a partition, the condition or the folder.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"price": ["12 €", "7,50 €", "?"], "town": ["Ulm", "ulm ", "Ulm"]})
    >>> clean = prepare(table)
    >>> clean.head()
       price town
    0   12.0  Ulm
    1    7.5  Ulm
    2    NaN  Ulm
    """
    if on_bad_partition not in ON_BAD:
        raise InvalidSettingError.from_choice("on_bad_partition", on_bad_partition, f"Use one of {', '.join(ON_BAD)}.")
    if on_bad_partition == "quarantine" and to is None and not dry_run:
        raise PreparedFolderError.from_quarantine()
    check_steps(without)
    later = as_fold_steps(in_folds)
    chosen = {"scale": scale, "encode": encode, "dates": dates, "text": text, "outliers": outliers}
    asked = AskedSteps.of(target, without, drop_leaks, pca, language, chosen)
    condition = None if where is None else RowFilter(where)
    size = None if sample is None else SampleSize.parse(sample)
    if size is None and sample_by:
        raise SampleError.from_no_size()
    if partition_by is not None and sql is None:
        raise SqlUsageError.from_partition_without_sql()
    partitioned = partitioned_table(
        table, sql=sql, connection=None if sql is None else resolved_connection(connection), params=params,
        partition_by=partition_by,
    )  # fmt: skip
    named = PartitionedTable(partitioned.partitions, table_name or partitioned.label, partitioned.movable)
    first, problem = first_rows(named)
    if problem and on_bad_partition == "fail" and not dry_run:
        raise BadPartitionError(problem)
    raw_looks = look_at(first)
    joins = planned_joins(join, on, raw_looks, target=target)
    cell = None
    if code is not None:
        called = [table_name] if table_name is not None and table_name.isidentifier() else []
        cell = PartitionCode.of_cell(code, [*called, "df"], names or {})
    look = _FirstLook(first, f"the first rows of {named.label}", cell, condition, on_bad_partition, target)
    copies = _copies(first, raw_looks, drop_repeated, drop_near_repeated, near_by)
    earlier = _earlier_rows(first, raw_looks, asked, entity=entity, time=time, lags=lags, rolling=rolling)
    settings, rows = look.settings((*earlier, *(each.draft for each in joins)))
    check_columns(target, without, [each.name for each in settings.looks])
    asked.choices.check_columns([each.name for each in settings.looks])
    # A key says whose a row is; to make hundreds of columns of it, it has to be named.
    keys = {*((entity,) if isinstance(entity, str) else entity), *(key.name for each in joins for key in each.keys)}
    asked = replace(asked, choices=asked.choices.sparing("encode", sorted(keys)))
    drawing = None
    if size is not None:
        by = (sample_by,) if isinstance(sample_by, str) else tuple(sample_by)
        drawing = (size, plan_sampling(size, settings.looks, rows, target=target, by=by))
    folder = None if to is None or dry_run else _new_folder(to)
    summary = TableSummary.of(rows, settings.looks, settings.watches)
    plans = asked.plan(settings, summary)
    planned = planned_event(with_added(plans, settings.added, draft=True), summary, draft=True)
    if dry_run:
        log = EventLog()
        log.append(_started(named, "", asked, settings, None, GraphRunner(n_threads=1)))
        log.append(planned)
        for note in near_planned(copies.near, first) if copies.near is not None else ():
            log.append(WarningRaised(text=note))
        return PreparationPlan(preparation_message(log.events()), asked.editor(log, settings, summary, draft=True))
    preparation = _Preparation(named, settings, asked, folder, later)
    return preparation.run(planned, look, earlier, joins, copies, drawing)


@dataclass(frozen=True, slots=True)
class _Copies:
    """Which copies of rows are left out."""

    exact: tuple[ColumnLook, ...] = ()
    near: NearPlan | None = None
    named: bool = False


def _copies(
    first: pa.Table, looks: tuple[ColumnLook, ...], exact: bool, near: bool, by: str | Sequence[str]
) -> _Copies:
    columns = (by,) if isinstance(by, str) else tuple(by)
    for name in columns:
        if name not in first.column_names:
            raise UnknownColumnError.from_name(name, first.column_names, role="column for --near-by")
    plan = NearPlan.of_rows(first, looks, columns) if near or columns else None
    return _Copies(looks if exact else (), plan, bool(columns))


def _earlier_rows(
    first: pa.Table,
    looks: tuple[ColumnLook, ...],
    asked: AskedSteps,
    *,
    entity: str | Sequence[str],
    time: str | None,
    lags: Sequence[int],
    rolling: Sequence[int],
) -> tuple[EarlierRows, ...]:
    """What is made of earlier rows, if anything is; decided from first rows, before any code is run on them."""
    whose = (entity,) if isinstance(entity, str) else tuple(entity)
    if time is None:
        for option, given in (("--entity", whose), ("--lags", lags), ("--rolling", rolling)):
            if given:
                raise TimeOrderError.from_no_time(option)
        return ()
    for option, given in (("--lags", lags), ("--rolling", rolling)):
        for each in given:
            if not isinstance(each, int) or not 1 <= each <= _FARTHEST_BACK:
                raise TimeOrderError.from_distance(option, each, _FARTHEST_BACK)
    target = asked.target
    watch = None if target is None or target not in first.column_names else LeakWatch.of_rows(first, looks, target)
    # Not of a column that tells the target, if those are left out: a mean that ends with the row itself would tell it.
    plans = plan_columns(
        looks, TableSummary.of(first, looks, () if watch is None else (watch,)), target=target,
        without=asked.wanted.without, leak_watch=watch, drop_leaks=asked.wanted.drop_leaks,
    )  # fmt: skip
    back = lags or (() if rolling else (1,))
    return (plan_earlier(plans, entity=whose, time=time, lags=back, windows=rolling),)


@dataclass(frozen=True, slots=True, eq=False)
class _FirstLook:
    """The first rows, and what is asked of a pass; what it needs to know of columns follows from both."""

    rows: pa.Table
    label: str
    cell: PartitionCode | None
    condition: RowFilter | None
    on_bad: str
    target: str | None

    def settings(self, added: tuple[AddedColumns, ...]) -> tuple[PassSettings, pa.Table]:
        """Settings of the passes, and the first rows as they will be looked at."""
        rows = self.rows
        for each in added:
            rows = each.beside(rows)
        needed = tuple(rows.column_names)
        if self.cell is not None:
            rows = self.cell.run(rows, self.label)
        looks = look_at(rows)
        if self.condition is not None:
            self.condition.check(looks)
            rows = self.condition.apply(rows, looks)
        watches: tuple[LeakWatch, ...] = ()
        if self.target is not None and self.target in rows.column_names:
            watches = (LeakWatch.of_rows(rows, looks, self.target),)
        return PassSettings(looks, self.condition, self.on_bad, self.cell, needed, added, watches=watches), rows


class _Preparation:
    """One preparation on its way: its log, who works, what the cell shows."""

    def __init__(
        self,
        table: PartitionedTable,
        settings: PassSettings,
        asked: AskedSteps,
        folder: Path | None,
        in_folds: tuple[str, ...] = (),
    ) -> None:
        self.table, self.settings, self.asked, self.folder = table, settings, asked, folder
        self.in_folds = in_folds
        session = current_session()
        of_dask = any(delayed_rows(part) is not None for part in table.partitions)
        client = session.cluster.graph_client(for_dask_frame=of_dask) if table.movable else None
        self.runner = GraphRunner(client)
        self.kept: RunFolder = session.store.create(f"prepare {table.label}")
        self.lock = self.kept.lock()
        self.log = EventLog(self.kept.events, on_write_error=self._warn)
        self.output = ShownPreparation(self.log)
        self.shown = self.output.update
        self.editor: PlanEditor | None = None

    def _warn(self, error: LeptonError) -> None:
        self.log.append(WarningRaised(text=str(error)))

    def run(
        self,
        planned: PreparationPlanned,
        look: _FirstLook,
        earlier: tuple[EarlierRows, ...] = (),
        joins: tuple[PlannedJoin, ...] = (),
        copies: _Copies | None = None,
        drawing: tuple[SampleSize, RowSampling] | None = None,
    ) -> Prepared:
        """All passes, told to the log; a failure is told too."""
        try:
            self.log.append(_started(self.table, self.kept.run_id, self.asked, self.settings, self.folder, self.runner))
            self.log.append(planned)
            self.shown()  # the plan first; later pictures may come from another thread
            if copies is not None:
                self._drop_repeated(copies)
            added: tuple[AddedColumns, ...] = (
                *(self._looked_back(each) for each in earlier),
                *(self._joined(each) for each in joins),
            )
            if added:
                self.settings, _ = look.settings(added)
            if drawing is not None:
                self._draw(*drawing)
            return self._run()
        except BaseException as error:
            interrupted = "The preparation was interrupted."
            sentence = str(error) if isinstance(error, LeptonError) else interrupted
            if isinstance(error, PartitionCodeError):  # what the code's error says may hold values of the table
                sentence = error.logged
            if not isinstance(error, LeptonError | KeyboardInterrupt):
                sentence = f"The preparation failed: {type(error).__name__}."
            self.log.append(RunFailed(sentence=sentence))
            raise
        finally:
            self.log.close()
            self.lock.release()
            self.output.end(self.editor)

    def _run(self) -> Prepared:
        with self._pass("statistics", self.table) as hear:
            found = summarise_partitions(self.table, self.settings, self.runner, hear)
        summary = found.summary
        if summary is None:
            raise BadPartitionError.from_all(len(self.table.partitions), "they hold no rows.")
        good = self._without_bad(found.reports)
        plans = self.asked.plan(self.settings, summary)
        plans = with_added(plans, self.settings.added, draft=False)
        self.log.append(planned_event(plans, summary, draft=False))
        recipe = PreparationRecipe.of_plans(plans, summary, self.settings.code, self.settings.added, self.in_folds)
        recipe.features_ = self._features(good, recipe, plans, summary)
        for step in self.in_folds:
            self.log.append(WarningRaised(text=f"Left to the folds of a search, {step}: {FOLD_STEPS[step]}."))
        self.kept.write_text_atomically("recipe.json", recipe.json_for(self.kept.recipe))
        rows = PreparedRows(good, self.settings, recipe, summary.n_rows)
        written = None if self.folder is None else self._write(good, recipe, self.folder)
        self.log.append(
            PreparationFinished(
                n_rows=summary.n_rows,
                n_columns=len(recipe.prepared_names),
                n_partitions=len(good.partitions),
                n_bad=len(self.table.partitions) - len(good.partitions),
                elapsed_seconds=self.log.elapsed_seconds(),
            )
        )
        self.editor = self.asked.editor(self.log, self.settings, summary, draft=False)
        message = preparation_message(self.log.events())
        return Prepared(rows, message, written, None if self.folder is None else str(self.folder), self.editor)

    def _features(
        self,
        good: PartitionedTable,
        recipe: PreparationRecipe,
        plans: tuple[ColumnPlan, ...],
        summary: TableSummary,
    ) -> TableFeatures:
        """What is made of the cleaned columns; to learn it takes a pass over them, where it has to be learnt."""
        learning = FeatureLearning.of(plans, summary, self.asked.choices.n_components)
        if not learning.needed:
            return learning.learn(None)
        rows = PreparedRows(good, self.settings, recipe, summary.n_rows)
        cleaned = PartitionedTable(rows.partitions(), good.label, good.movable)
        with self._pass("features", cleaned) as hear:
            wanted = PassSettings(learning.looks, watches=learning.watches)
            return learning.learn(summarise_partitions(cleaned, wanted, self.runner, hear).summary)

    def _drop_repeated(self, copies: _Copies) -> None:
        if copies.exact:
            with self._pass("copies", self.table) as hear:
                self.table, n_repeated = without_repeated(
                    self.table, copies.exact, self.runner, hear, on_bad=self.settings.on_bad
                )
            self._tell(copies_told(n_repeated))
        if copies.near is not None:
            with self._pass("near copies", self.table) as hear:
                self.table, found = without_near_repeated(
                    self.table, copies.near, self.runner, hear, on_bad=self.settings.on_bad
                )
            self._tell(near_told(found, len(copies.near.looks), named=copies.named))

    def _tell(self, notes: Sequence[str]) -> None:
        for note in notes:
            self.log.append(WarningRaised(text=note))

    def _draw(self, size: SampleSize, sampling: RowSampling) -> None:
        if sampling.group and size.share is not None:  # a hash says it all
            self.settings = replace(self.settings, sampling=sampling)
            said = f"of the groups of {' and '.join(look.name for look in sampling.group)}"
        else:
            with self._pass("counting", self.table) as hear:
                counts = count_strata(self.table, self.settings, sampling, self.runner, hear)
            self.table, sampling = ranked(self.table, counts, sampling, size)
            self.settings = replace(self.settings, sampling=sampling)
            said = f"of {counted(sum(sum(each.values()) for each in counts), 'row')}"
            said += "" if sampling.stratum is None else f", the same share of each class of {sampling.stratum.name}"
        self.log.append(WarningRaised(text=f"A sample is prepared: {sampling.share:.3g} {said}."))

    def _looked_back(self, earlier: EarlierRows) -> EarlierRows:
        folder = (self.folder or self.kept.path) / _EARLIER_NAME
        try:
            folder.mkdir()
        except OSError as error:
            raise PreparedFolderError.from_os_error(str(folder), error) from None
        with self._pass("earlier rows", self.table) as hear:
            self.table, found = with_earlier_rows(
                self.table, earlier, folder, self.runner, hear, on_bad=self.settings.on_bad
            )
        return found

    def _joined(self, join: PlannedJoin) -> JoinedColumns:
        with self._pass("joining", join.table) as hear:
            # What cannot be sent to workers is read here.
            runner = self.runner if join.table.movable else GraphRunner()
            found = aggregate_partitions(join.table, join.plan, runner, hear)
        return JoinedColumns.of(join.table.label, join.keys, found)

    @contextmanager
    def _pass(self, phase: str, table: PartitionedTable) -> Iterator[Callable[[dict[str, Any]], None]]:
        """Tell the log of a pass from its beginning to its end; gives what hears news of its partitions."""
        n_partitions = len(table.partitions)
        self.log.append(PassStarted(phase=phase, n_partitions=n_partitions))
        progress = PassProgress(phase, self.log, self.runner, self.shown)
        began = time.monotonic()
        yield progress.hear
        seconds = time.monotonic() - began
        self.log.append(PassFinished(phase=phase, n_partitions=n_partitions, n_rows=progress.n_rows, seconds=seconds))
        self.shown()

    def _without_bad(self, reports: tuple[PartitionReport, ...]) -> PartitionedTable:
        kept = []
        for part, report in zip(self.table.partitions, reports, strict=True):
            if not report.problem:
                kept.append(part)
                continue
            action = self.settings.on_bad
            if action == "quarantine" and self.folder is not None:
                quarantine(part, report.problem, self.folder / _QUARANTINE_NAME)
            self.log.append(PartitionRejected(partition=part.name, problem=report.problem, action=action))
        return PartitionedTable(tuple(kept), self.table.label, self.table.movable)

    def _write(self, good: PartitionedTable, recipe: PreparationRecipe, folder: Path) -> TableSource:
        from lepton_jupyter.data.file_kinds import look_into
        from lepton_jupyter.data.table_files import find_files, source_of

        with self._pass("writing", good) as hear:
            write_partitions(good, self.settings, recipe, folder, self.runner, hear)
        try:
            recipe.save(folder / _RECIPE_NAME)
        except OSError as error:
            raise PreparedFolderError.from_os_error(str(folder), error) from None
        paths = [path for path in find_files(str(folder)) if path.parent == folder]
        return source_of([look_into(path, path.name) for path in paths], self.table.label)


def _started(
    table: PartitionedTable,
    run_id: str,
    asked: AskedSteps,
    settings: PassSettings,
    folder: Path | None,
    runner: GraphRunner,
) -> PreparationStarted:
    from lepton_jupyter._version import __version__

    return PreparationStarted(
        run_id=run_id,
        name=table.label,
        table_name=table.label,
        n_partitions=len(table.partitions),
        target=asked.target or "",
        filtered=settings.where is not None,
        without=asked.wanted.without,
        options=asked.wanted.options,
        drop_leaks=asked.wanted.drop_leaks,
        on_bad_partition=settings.on_bad,
        writes=folder is not None,
        executor=runner.kind,
        n_workers=runner.n_workers,
        versions={"lepton-jupyter": __version__},
    )


def _new_folder(to: str | os.PathLike[str]) -> Path:
    folder = Path(to).expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise PreparedFolderError.from_not_empty(str(to))
    except OSError as error:
        if isinstance(error, LeptonError):
            raise
        raise PreparedFolderError.from_os_error(str(to), error) from None
    return folder
