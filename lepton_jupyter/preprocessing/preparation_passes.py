"""The two passes over a table in partitions: one that summarises it, one that writes it prepared.

Both are graphs of Dask's, computed where the partitions are. Summaries are merged on the workers, sixteen at a time and
in one order that depends on the number of partitions alone, so that the same partitions give the same bits with any
number of workers; what reaches the client is one summary, and a line of news for each partition.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.data.partitions import FilePartition, source_partition
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.preparation_errors import (
    BadPartitionError,
    PartitionCodeError,
    PreparedFolderError,
    RowConditionError,
)
from lepton_jupyter.execution.graph_runner import tell_news, while_wanted
from lepton_jupyter.execution.returned_memory import return_memory
from lepton_jupyter.preprocessing.canonical_tree import merge_in_tree
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.partition_graph import PartitionGraph
from lepton_jupyter.preprocessing.partition_rows import partition_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lepton_jupyter.data.partitions import Partition, PartitionedTable
    from lepton_jupyter.execution.graph_runner import GraphRunner
    from lepton_jupyter.preprocessing.partition_rows import PassSettings
    from lepton_jupyter.preprocessing.preparation_recipe import PreparationRecipe
    from lepton_jupyter.preprocessing.sampled_rows import RowSampling

_UNFINISHED = ".unfinished"
#: How often a folder is removed that somebody writes to.
_REMOVALS = 5


@dataclass(frozen=True, slots=True)
class PartitionReport:
    """What became of one partition in one pass.

    Parameters
    ----------
    name : str
    n_rows : int
        Rows that were kept.
    seconds : float
    problem : str
        What is wrong with it, in one sentence; empty for a good one.
    """

    name: str
    n_rows: int
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PassResult:
    """What a pass over some partitions gave.

    Parameters
    ----------
    summary : TableSummary or None
        None for a pass that writes, and where no partition could be read.
    reports : tuple of PartitionReport
    """

    summary: TableSummary | None
    reports: tuple[PartitionReport, ...]

    @classmethod
    def merged(cls, parts: Sequence[PassResult]) -> PassResult:
        """Of all parts, in their order."""
        summaries = [part.summary for part in parts if part.summary is not None]
        reports = tuple(report for part in parts for report in part.reports)
        return cls(TableSummary.merged(summaries) if summaries else None, reports)


def summarise_partitions(
    table: PartitionedTable, settings: PassSettings, runner: GraphRunner, on_news: Callable[[dict[str, Any]], object]
) -> PassResult:
    """Summarise a table, in one pass.

    Parameters
    ----------
    table : PartitionedTable
    settings : PassSettings
    runner : GraphRunner
        Who works.
    on_news : callable
        Called with ``{"partition": …, "rows": …, "problem": …}`` for each partition, in no order.

    Returns
    -------
    result : PassResult
        With the summary of all rows.

    Raises
    ------
    BadPartitionError
        If a partition is bad and bad ones are not passed over, or all are.
    RowConditionError
        If no row is left.
    """
    with runner.listening(on_news) as topic:
        result: PassResult = runner.compute(summary_graph(table, settings, topic))
    good = result.summary
    if good is None:
        problems = [report.problem for report in result.reports if report.problem]
        if not problems and settings.where is not None:
            raise RowConditionError.from_no_rows(settings.where.text)
        n_partitions = len(result.reports)
        if not problems:
            raise BadPartitionError.from_no_rows(table.label, n_partitions)
        raise BadPartitionError.from_all(n_partitions, problems[0])
    return result


def summary_graph(table: PartitionedTable, settings: PassSettings, topic: str) -> Any:
    """The graph of the first pass: a task for each partition, and a tree of merges."""
    return _graph(table.partitions, _summarise_one, settings, topic)


def write_partitions(
    table: PartitionedTable,
    settings: PassSettings,
    recipe: PreparationRecipe,
    folder: Path,
    runner: GraphRunner,
    on_news: Callable[[dict[str, Any]], object],
) -> PassResult:
    """Write a table prepared, in one pass: a Parquet file for each partition, all of them or none.

    They come into the folder when all are written: a task that nobody waits for any more, on a worker that was thought
    dead or after a stop, finds no place to write to.

    Parameters
    ----------
    table : PartitionedTable
    settings : PassSettings
    recipe : PreparationRecipe
    folder : Path
        Exists, and every worker can write it.
    runner : GraphRunner
    on_news : callable
        As for `summarise_partitions`.

    Raises
    ------
    PreparedFolderError
        If the disk is full, or the folder cannot be written.
    """
    unfinished = folder / _UNFINISHED
    try:
        unfinished.mkdir()
        with runner.listening(on_news) as topic:
            result = runner.compute(_graph(table.partitions, _write_one, settings, topic, recipe, str(unfinished)))
        for path in sorted(unfinished.glob("part-*.parquet")):
            path.replace(folder / path.name)
    except OSError as error:
        if isinstance(error, LeptonError):
            raise
        raise PreparedFolderError.from_os_error(str(folder), error) from None
    finally:
        take_away(unfinished)
    return PassResult(None, result.reports)


def take_away(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as can be; a task may put a last file into it meanwhile."""
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _graph(parts: Sequence[Partition], work: Callable[..., PassResult], *shared: Any) -> Any:
    graph = PartitionGraph()
    return graph.result(graph.merged(graph.partitions(parts, work, *shared), PassResult.merged))


def _summarise_one(place: int, part: Partition, settings: PassSettings, topic: str) -> PassResult:
    del place

    def work() -> tuple[TableSummary | None, int]:
        wanted = while_wanted(partition_rows(part, settings), topic)
        summaries = (TableSummary.of(rows, settings.looks, settings.watches) for rows in wanted)
        with_rows = (summary for summary in summaries if summary.n_rows)
        first = next(with_rows, None)
        if first is None:
            return None, 0
        summary = merge_in_tree(_chained(first, with_rows), TableSummary.merged)
        return summary, summary.n_rows

    return _reported(part, settings, topic, work)


def _chained(first: TableSummary, others: Iterator[TableSummary]) -> Iterator[TableSummary]:
    yield first
    yield from others


def _write_one(
    place: int, part: Partition, settings: PassSettings, topic: str, recipe: PreparationRecipe, folder: str
) -> PassResult:
    path = Path(folder) / f"part-{place:05d}.parquet"

    def work() -> tuple[None, int]:
        import pyarrow as pa
        from pyarrow import parquet

        # Beside its place: another worker may write the same part, because this one was thought dead.
        unfinished = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:8]}{_UNFINISHED}")
        n_rows = 0
        try:
            schema = recipe.clean_arrow(recipe.empty_table()).schema
            # A dictionary of measurements takes as long as all else of writing, and makes the file larger.
            texts = [field.name for field in schema if pa.types.is_large_string(field.type)]
            options = {"compression": "zstd", "compression_level": 1, "use_dictionary": texts}
            with parquet.ParquetWriter(unfinished, schema, **options) as writer:
                for rows in while_wanted(partition_rows(part, settings), topic):
                    prepared = recipe.clean_arrow(rows)
                    writer.write_table(prepared)
                    n_rows += prepared.num_rows
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
        return None, n_rows

    try:
        return _reported(part, settings, topic, work)
    except OSError as error:
        if isinstance(error, LeptonError):
            raise
        raise PreparedFolderError.from_os_error(str(path.parent.parent), error) from None


def _reported(
    part: Partition, settings: PassSettings, topic: str, work: Callable[[], tuple[TableSummary | None, int]]
) -> PassResult:
    import pyarrow as pa

    began = time.perf_counter()
    summary, n_rows, problem = None, 0, ""
    try:
        summary, n_rows = work()
    except (RowConditionError, PartitionCodeError, PreparedFolderError):
        raise
    except LeptonError as error:
        problem = str(error)
        if settings.on_bad == "fail":
            raise BadPartitionError.from_partition(part.name, problem) from None
    # Arrow and the C library keep what was freed, and a Dask worker that seems full is given no work until it is not.
    pa.default_memory_pool().release_unused()
    return_memory()
    report = PartitionReport(part.name, n_rows, time.perf_counter() - began, problem)
    tell_news(topic, {"partition": part.name, "rows": n_rows, "problem": problem})
    return PassResult(summary, (report,))


def count_strata(
    table: PartitionedTable,
    settings: PassSettings,
    sampling: RowSampling,
    runner: GraphRunner,
    on_news: Callable[[dict[str, Any]], object],
) -> list[dict[str | None, int]]:
    """Rows of each stratum in each partition, in one pass; of bad ones that are passed over none.

    Parameters
    ----------
    table : PartitionedTable
    settings : PassSettings
        Of all rows that are kept.
    sampling : RowSampling
    runner : GraphRunner
    on_news : callable
        As for `summarise_partitions`.
    """
    with runner.listening(on_news) as topic:
        graph = PartitionGraph()
        counted = graph.merged(graph.partitions(table.partitions, _count_one, settings, topic, sampling), _joined)
        counts: list[dict[str | None, int]] = runner.compute(graph.result(counted))
    return counts


def _count_one(
    place: int, part: Partition, settings: PassSettings, topic: str, sampling: RowSampling
) -> list[dict[str | None, int]]:
    del place
    counts: Counter[str | None] = Counter()

    def work() -> tuple[None, int]:
        for rows in while_wanted(partition_rows(part, settings), topic):
            counts.update(sampling.counts(rows))
        return None, counts.total()

    [report] = _reported(part, settings, topic, work).reports
    return [{} if report.problem else dict(counts)]


def _joined(lists: Sequence[list[Any]]) -> list[Any]:
    return [each for some in lists for each in some]


def quarantine(part: Partition, problem: str, folder: Path) -> None:
    """Copy a bad file aside, and what is wrong with it; the file itself stays where it is.

    Parameters
    ----------
    part : Partition
    problem : str
    folder : Path
        Made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain = part.name.replace("/", "_").replace("\\", "_")
    source = source_partition(part)
    if isinstance(source, FilePartition):
        shutil.copy2(source.path, folder / plain)
    (folder / f"{plain}.reason.txt").write_text(f"{problem}\n", encoding="utf-8")
