"""A preparation on its way through its passes: its log, who works, what the cell shows."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.partitions import PartitionedTable, delayed_rows
from lepton_jupyter.events.preparation_events import (
    PartitionRejected,
    PassFinished,
    PassStarted,
    PreparationFinished,
    PreparationStarted,
    PreparationStopped,
)
from lepton_jupyter.events.run_events import RunFailed, StopRequested, WarningRaised
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import (
    BadPartitionError,
    PartitionCodeError,
    PreparationStoppedError,
    PreparedFolderError,
)
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.notebook.asked_steps import planned_event
from lepton_jupyter.notebook.pass_progress import PassProgress
from lepton_jupyter.notebook.preparation_display import ShownPreparation, preparation_forms
from lepton_jupyter.notebook.prepared_table import PreparationPlan, Prepared
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.told_copies import copies_told, near_planned, near_told
from lepton_jupyter.preprocessing.earlier_pass import with_earlier_rows
from lepton_jupyter.preprocessing.feature_learning import FeatureLearning
from lepton_jupyter.preprocessing.fold_steps import FOLD_STEPS
from lepton_jupyter.preprocessing.joined_columns import JoinedColumns, aggregate_partitions
from lepton_jupyter.preprocessing.near_repeated import without_near_repeated
from lepton_jupyter.preprocessing.partition_rows import PassSettings
from lepton_jupyter.preprocessing.preparation_passes import (
    count_strata,
    quarantine,
    summarise_partitions,
    take_away,
    write_partitions,
)
from lepton_jupyter.preprocessing.preparation_plan import with_added
from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
from lepton_jupyter.preprocessing.prepared_rows import PreparedRows
from lepton_jupyter.preprocessing.repeated_rows import without_repeated
from lepton_jupyter.preprocessing.sampled_rows import ranked
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.views.number_format import counted
from lepton_jupyter.views.preparation_board import preparation_message
from lepton_jupyter.views.run_lines import preparation_line

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from lepton_jupyter.data.table_source import TableSource
    from lepton_jupyter.events.runs_messages import RunLine
    from lepton_jupyter.notebook.first_look import FirstLook
    from lepton_jupyter.notebook.joining import PlannedJoin
    from lepton_jupyter.notebook.left_copies import PlannedCopies
    from lepton_jupyter.notebook.plan_editing import PlanEditor
    from lepton_jupyter.preprocessing.added_columns import AddedColumns
    from lepton_jupyter.preprocessing.column_summary import TableSummary
    from lepton_jupyter.preprocessing.earlier_rows import EarlierRows
    from lepton_jupyter.preprocessing.preparation_passes import PartitionReport
    from lepton_jupyter.preprocessing.preparation_plan import ColumnPlan
    from lepton_jupyter.preprocessing.sampled_rows import RowSampling, SampleSize
    from lepton_jupyter.preprocessing.table_features import TableFeatures
    from lepton_jupyter.runs.run_folder import RunFolder

_RECIPE_NAME = "_recipe.json"
_QUARANTINE_NAME = "_quarantine"
_EARLIER_NAME = "_earlier"


class PreparationRun:
    """One preparation: its passes one after another, told to a log.

    Parameters
    ----------
    look : FirstLook

    Raises
    ------
    PreparedFolderError
        If the folder that it is to be written to is not empty, or cannot be made.
    """

    def __init__(self, look: FirstLook) -> None:
        asked = look.asked
        self.look, self.table, self.settings, self.steps = look, look.table, look.settings, look.steps
        self.folder = None if asked.to is None else _new_folder(asked.to)
        session = current_session()
        of_dask = any(delayed_rows(part) is not None for part in look.table.partitions)
        client = session.cluster.graph_client(for_dask_frame=of_dask) if look.table.movable else None
        self.runner = GraphRunner(client)
        # What cannot be sent to workers is read here.
        self.here = GraphRunner(None)
        self.kept: RunFolder = session.store.create(f"prepare {look.table.label}")
        self.lock = self.kept.lock()
        self.log = EventLog(self.kept.events, on_write_error=self._warn)
        self.output = ShownPreparation(self.log, lambda: self.stop("panel"))
        #: What the plan that stands was made from: settings, a summary, and whether that is of first rows alone.
        self.planned_from = (look.settings, look.summary, True)
        self.editor: PlanEditor | None = None
        self._lock = threading.Lock()
        self._stop_asked = self._ended = False

    @property
    def id(self) -> str:
        """Name of its folder."""
        return self.kept.run_id

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return not self._ended

    def stop(self, source: str = "python") -> None:
        """End it, without a prepared table; returns at once, and may be called from any thread.

        Parameters
        ----------
        source : {"panel", "magic", "python", "interrupt", "unload"}
            Who asked for it, for the log.
        """
        with self._lock:
            if self._ended or self._stop_asked:
                return
            self._stop_asked = True
        self.log.append(StopRequested(source=source))
        self.runner.stop()
        self.here.stop()

    def line(self) -> RunLine:
        """What a list of runs shows of it now."""
        events = self.log.events()
        began = events[0].at if events else ""
        with self._lock:
            stoppable = not (self._ended or self._stop_asked)
        return replace(
            preparation_line(preparation_message(events), self.kept.name, began, alive=True, stoppable=stoppable),
            run_id=self.id,
        )

    def formats(self) -> dict[str, Any]:
        """What its output carries now, by MIME type."""
        return preparation_forms(preparation_message(self.log.events()))

    def _warn(self, error: LeptonError) -> None:
        self.log.append(WarningRaised(text=str(error)))

    def prepared(self) -> Prepared:
        """The prepared table, after all passes; a failure is told to the log too.

        Raises
        ------
        LeptonError
            One sentence about what is wrong.
        """
        session = current_session()
        session.begin(self)
        try:
            return self._passed()
        except BaseException as error:
            self._end_early(error)
            raise
        finally:
            with self._lock:
                self._ended = True
            session.end(self)
            self.log.close()
            self.lock.release()
            self.output.end(self.editor)

    def _end_early(self, error: BaseException) -> None:
        """Tell the log how it ended, and leave nothing behind that nobody can use."""
        if isinstance(error, KeyboardInterrupt):
            self.stop("interrupt")
        if isinstance(error, PreparationStoppedError | KeyboardInterrupt):
            self.log.append(PreparationStopped(elapsed_seconds=self.log.elapsed_seconds()))
            self.editor = self._plan_editor()
        else:
            self.log.append(RunFailed(sentence=_failure(error)))
        take_away((self.folder or self.kept.path) / _EARLIER_NAME)
        if self.folder is not None:
            take_away(self.folder / _QUARANTINE_NAME)

    def _plan_editor(self) -> PlanEditor | None:
        settings, summary, draft = self.planned_from
        return self.steps.editor(self.log, settings, summary, draft=draft)

    def _passed(self) -> Prepared:
        look = self.look
        self.log.append(_started(look, self.id, self.runner, writes=self.folder is not None))
        self.log.append(look.planned())
        self.output.update()  # the plan first; later pictures may come from another thread
        self._drop_copies(look.copies)
        added: tuple[AddedColumns, ...] = (
            *(self._looked_back(each) for each in look.earlier),
            *(self._joined(each) for each in look.joins),
        )
        if added:
            self.settings, _ = look.first.settings(added)
        if look.sampling is not None and look.asked.sample is not None:
            self._draw(look.asked.sample, look.sampling)
        return self._finished()

    def _finished(self) -> Prepared:
        with self._pass("statistics", self.table) as hear:
            found = summarise_partitions(self.table, self.settings, self.runner, hear)
        summary = found.summary
        if summary is None:
            raise BadPartitionError.from_no_rows(self.table.label, len(self.table.partitions))
        good = self._without_bad(found.reports)
        recipe = self._recipe(good, summary)
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
        self.editor = self._plan_editor()
        message = preparation_message(self.log.events())
        return Prepared(rows, message, written, None if self.folder is None else str(self.folder), self.editor)

    def _recipe(self, good: PartitionedTable, summary: TableSummary) -> PreparationRecipe:
        """What is decided from all rows, and kept beside the log."""
        in_folds = self.look.asked.in_folds
        plans = with_added(self.steps.plan(self.settings, summary), self.settings.added, draft=False)
        self.planned_from = (self.settings, summary, False)
        self.log.append(planned_event(plans, summary, draft=False))
        recipe = PreparationRecipe.of_plans(plans, summary, self.settings.code, self.settings.added, in_folds)
        recipe.features_ = self._features(good, recipe, plans, summary)
        self._tell([f"Left to the folds of a search, {step}: {FOLD_STEPS[step]}." for step in in_folds])
        self.kept.write_text_atomically("recipe.json", recipe.json_for(self.kept.recipe))
        return recipe

    def _features(
        self,
        good: PartitionedTable,
        recipe: PreparationRecipe,
        plans: tuple[ColumnPlan, ...],
        summary: TableSummary,
    ) -> TableFeatures:
        """What is made of the cleaned columns; to learn it takes a pass over them, where it has to be learnt."""
        learning = FeatureLearning.of(plans, summary, self.steps.choices.n_components)
        if not learning.needed:
            return learning.learn(None)
        rows = PreparedRows(good, self.settings, recipe, summary.n_rows)
        cleaned = PartitionedTable(rows.partitions(), good.label, good.movable)
        with self._pass("features", cleaned) as hear:
            wanted = PassSettings(learning.looks, watches=learning.watches)
            return learning.learn(summarise_partitions(cleaned, wanted, self.runner, hear).summary)

    def _drop_copies(self, copies: PlannedCopies) -> None:
        on_bad = self.settings.on_bad
        if copies.exact:
            with self._pass("copies", self.table) as hear:
                self.table, n_repeated = without_repeated(self.table, copies.exact, self.runner, hear, on_bad=on_bad)
            self._tell(copies_told(n_repeated))
        if copies.near is not None:
            with self._pass("near copies", self.table) as hear:
                self.table, found = without_near_repeated(self.table, copies.near, self.runner, hear, on_bad=on_bad)
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
        self._tell([f"A sample is prepared: {100 * sampling.share:.3g} % {said}."])

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
            runner = self.runner if join.table.movable else self.here
            found = aggregate_partitions(join.table, join.plan, runner, hear)
        return JoinedColumns.of(join.table.label, join.keys, found)

    @contextmanager
    def _pass(self, phase: str, table: PartitionedTable) -> Iterator[Callable[[dict[str, Any]], None]]:
        """Tell the log of a pass from its beginning to its end; gives what hears news of its partitions."""
        n_partitions = len(table.partitions)
        self.log.append(PassStarted(phase=phase, n_partitions=n_partitions))
        self.output.update()  # also where the first partition takes long: it can be stopped
        progress = PassProgress(phase, self.log, self.runner, self.output.update)
        began = time.monotonic()
        yield progress.hear
        seconds = time.monotonic() - began
        self.log.append(PassFinished(phase=phase, n_partitions=n_partitions, n_rows=progress.n_rows, seconds=seconds))
        self.output.update()

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


def dry_plan(look: FirstLook) -> PreparationPlan:
    """What a first look plans, and nothing else."""
    log = EventLog()
    log.append(_started(look, "", GraphRunner(n_threads=1), writes=False))
    log.append(look.planned())
    for note in near_planned(look.copies.near, look.first.rows) if look.copies.near is not None else ():
        log.append(WarningRaised(text=note))
    editor = look.steps.editor(log, look.settings, look.summary, draft=True)
    return PreparationPlan(preparation_message(log.events()), editor)


def _started(look: FirstLook, run_id: str, runner: GraphRunner, *, writes: bool) -> PreparationStarted:
    from lepton_jupyter._version import __version__

    wanted = look.steps.wanted
    return PreparationStarted(
        run_id=run_id,
        name=look.table.label,
        table_name=look.table.label,
        n_partitions=len(look.table.partitions),
        target=look.steps.target or "",
        filtered=look.asked.where is not None,
        without=wanted.without,
        options=wanted.options,
        drop_leaks=wanted.drop_leaks,
        on_bad_partition=look.asked.on_bad,
        writes=writes,
        executor=runner.kind,
        n_workers=runner.n_workers,
        versions={"lepton-jupyter": __version__},
    )


def _failure(error: BaseException) -> str:
    """What the log tells of an error: no values of the table."""
    if isinstance(error, PartitionCodeError):  # what the code's error says may hold some
        return error.logged
    if isinstance(error, LeptonError):
        return str(error)
    return f"The preparation failed: {type(error).__name__}."


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
