"""A run's booster fitted on all rows of a table that fits no worker: what `Run.fit_everything` calls."""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.everything import (
    BaseTrial,
    Everything,
    base_trial,
    best_cut,
    judged,
    keep_everything,
    point_as_fitted,
    predictor_of,
    rounds_for,
)
from lepton_jupyter.automl.monotone import monotone_columns
from lepton_jupyter.automl.whole_table import (
    HeldRows,
    WholeTable,
    count_rows,
    hashes_of,
    held_rows,
    training_block,
)
from lepton_jupyter.data.partitions import delayed_rows, partitions_of
from lepton_jupyter.events.run_events import SampleDrawn
from lepton_jupyter.exceptions.everything_errors import EverythingError
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.execution.steady_workers import with_steady_workers
from lepton_jupyter.learners.distributed_boosting import BYTES_PER_VALUE, boost_on_cluster
from lepton_jupyter.learners.model_layers import ModelLayers
from lepton_jupyter.learners.training_data import Fold
from lepton_jupyter.notebook.judged_rows import find_training_task
from lepton_jupyter.notebook.prepared_table import Prepared
from lepton_jupyter.notebook.tables import kept_place
from lepton_jupyter.preprocessing.partition_graph import PartitionGraph
from lepton_jupyter.runs.retention import has_models

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.automl.stored_models import StoredModels
    from lepton_jupyter.data.partitions import PartitionedTable
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.notebook.judged_rows import JudgedRun

#: Rows that are held out: a tenth of those that the sample left, at most so many; and the fewest that tell anything.
_HELD_SHARE, _MOST_HELD, _FEWEST_HELD = 0.1, 50_000, 100
#: Part of a worker's memory beyond which Dask itself keeps it from working on.
_USABLE = 0.8


def fit_everything(
    run: JudgedRun,
    models: StoredModels,
    sample_model: Predictor,
    table: Any,
    graph_client: Callable[..., Any] | None,
) -> tuple[Predictor, Everything]:
    """Fit the run's best booster on all rows, by the workers of a cluster, and keep it if it is better.

    Parameters
    ----------
    run : Run
        That has ended.
    models : StoredModels
        Of the run.
    sample_model : Predictor
        The run's model, which has learnt from the sample.
    table : DataFrame, str or path, optional
        What the sample was drawn from; None: where the run's settings say.
    graph_client : callable or None
        Gives the Dask client of whoever works for this kernel, or None.

    Returns
    -------
    predictor : Predictor
        The booster if it is the better of the two on rows that neither has seen, else `sample_model`.
    report : Everything
    """
    began = time.monotonic()
    drawn, partitions, settings = _sample_of(run), _partitions(run, table), run.settings
    if settings.time is not None:
        raise EverythingError.from_time(settings.time)
    client = None if graph_client is None else graph_client(for_dask_frame=not _of_files(partitions))
    if client is None:
        raise EverythingError.from_no_cluster()
    task = find_training_task(run, table) if run.task is None else run.task
    if task is None:
        raise EverythingError.from_no_table(run.id, settings.table_name)
    base, layers, n_rounds = _base(run, models, task)
    passes = _Passes(partitions, _whole(run, task, sample_model, layers), GraphRunner(client))
    n_rows = passes.count()
    if n_rows != drawn.n_table_rows:
        raise EverythingError.from_changed(run.id, n_rows, drawn.n_table_rows)
    held = passes.hold(min(_HELD_SHARE, _MOST_HELD / n_rows, 0.5 * (1 - drawn.n_rows / n_rows)), sample_model.views)
    if len(held) < _FEWEST_HELD:
        raise EverythingError.from_few_rows(len(held))
    cut = _boosted(client, passes, task, base, held, n_rows=n_rows, n_rounds=n_rounds)
    deciding, judging = held.taking(slice(0, None, 2)), held.taking(slice(1, None, 2))
    n_classes = task.target.n_classes
    taken, model = best_cut(lambda n: layers.around(cut(n)), n_rounds, deciding, task.metric, n_classes)
    report = Everything(
        label=base.label, trial_id=base.trial_id, n_rows=n_rows - len(held), n_sample=drawn.n_rows,
        n_held_out=0, n_rounds=taken, metric=task.metric.label, score=math.nan, sample_score=math.nan, taken=False,
        seconds=time.monotonic() - began,
    )  # fmt: skip
    report = judged(report, model, sample_model, judging, task.metric, n_classes)
    keep_everything(run.folder, base.learner, model, report)
    if not report.taken:
        return sample_model, report
    return predictor_of(sample_model.recipe, base.trial_id, base.learner, model, sample_model.n_outputs), report


def _base(run: JudgedRun, models: StoredModels, task: UnderstoodTask) -> tuple[BaseTrial, ModelLayers, int]:
    """The trial that learns from everything, what stands before its booster, and for how many rounds it goes on."""
    base = base_trial(
        (logged.event for logged in run.events),
        has_models=partial(has_models, run.folder),
        greater_is_better=task.metric.greater_is_better,
        run_id=run.id,
    )
    fold_models = models.predictor({base.trial_id: 1.0}).members[0].models
    layers, inner = ModelLayers.of(fold_models[-1])
    return replace(base, point=point_as_fitted(base.point, inner)), layers, rounds_for(fold_models)


def _whole(run: JudgedRun, task: UnderstoodTask, sample_model: Predictor, layers: ModelLayers) -> WholeTable:
    settings = run.settings
    return WholeTable(
        recipe=sample_model.recipe,
        layers=layers,
        target=settings.target,
        seed=settings.seed,
        stratum=settings.stratum,
        groups=settings.groups,
        weights=settings.weights,
        class_weights=task.class_weights,
    )


def _boosted(
    client: Any, passes: _Passes, task: UnderstoodTask, base: BaseTrial, held: HeldRows, *, n_rows: int, n_rounds: int
) -> Callable[[int], FoldModel]:
    """Fit the booster on all rows that are not held out; gives its model of so many rounds."""
    fold, n_columns = _fold_without_rows(task, passes.whole, held)
    _check_memory(passes.runner, base, n_rows * n_columns)
    blocks = passes.training_blocks(np.sort(hashes_of(held.views["tree"], held.y)), n_columns)

    def boost(beside: Any) -> Callable[[int], FoldModel]:
        return boost_on_cluster(
            beside, base.learner, blocks, fold, base.point,
            n_columns=n_columns, n_rounds=n_rounds, seed=passes.whole.seed, weighed=passes.whole.weighed,
        )  # fmt: skip

    try:
        return with_steady_workers(client, boost, f"the fit of {base.label} on {n_rows:,} rows")
    except LeptonError:
        raise
    except Exception as error:  # of whatever class a library and Dask raise
        raise EverythingError.from_library(base.label, error) from error


def _sample_of(run: JudgedRun) -> SampleDrawn:
    for logged in run.events:
        if isinstance(logged.event, SampleDrawn):
            return logged.event
    raise EverythingError.from_whole(run.id)


def _partitions(run: JudgedRun, table: Any) -> PartitionedTable:
    if isinstance(table, Prepared):
        return table.partitioned
    place = kept_place(run.settings.table_place) if table is None else table
    if place is None:
        raise EverythingError.from_no_table(run.id, run.settings.table_name)
    found = partitions_of(place)
    if not found.movable:
        raise EverythingError.from_place(run.settings.table_name)
    return found


def _of_files(table: PartitionedTable) -> bool:
    return all(delayed_rows(part) is None for part in table.partitions)


class _Passes:
    """Passes over a table on a cluster, of which each needs what the one before has found."""

    def __init__(self, table: PartitionedTable, whole: WholeTable, runner: GraphRunner) -> None:
        self.table, self.whole, self.runner = table, whole, runner
        self._before: Sequence[Mapping[str, int]] = ()

    def count(self) -> int:
        """Count the rows of each class in each partition; gives how many there are."""
        counts = self._of_each(count_rows, self.whole.seed, self.whole.stratum)
        self._before = list(accumulate(map(Counter, counts), initial=Counter()))[:-1]
        return sum(sum(each.values()) for each in counts)

    def hold(self, share: float, views: Sequence[str]) -> HeldRows:
        """Hold a share of the rows out, and bring them here."""
        self.whole = replace(self.whole, held_share=share)
        return HeldRows.joined(self._of_each(held_rows, self.whole, self._before, sorted({*views, "tree"})))

    def training_blocks(self, copies: Any, n_columns: int) -> list[Any]:
        """All other rows, a block for each partition, as tasks."""
        graph = PartitionGraph()
        return graph.results(
            graph.partitions(self.table.partitions, training_block, self.whole, self._before, copies, n_columns)
        )

    def _of_each(self, work: Any, *shared: Any) -> list[Any]:
        graph = PartitionGraph()
        keys = graph.partitions(self.table.partitions, work, *shared)
        return list(self.runner.compute(graph.result(graph.add("gather", list, keys))))


def _fold_without_rows(task: UnderstoodTask, whole: WholeTable, held: HeldRows) -> tuple[Fold, int]:
    """What a booster must know of the task, and how many columns it sees."""
    recipe, layers = whole.recipe, whole.layers
    n_columns = layers.beside(held.views["tree"][:1]).shape[1]
    nothing = np.empty((0, n_columns), dtype=np.float32)
    fold = Fold(
        index=0, X_train=nothing, y_train=held.y[:0], X_validation=nothing, y_validation=held.y[:0],
        categorical=layers.categorical(recipe.categorical_columns("tree")), n_classes=task.target.n_classes,
        metric=task.metric.name,
        monotone=layers.monotone(monotone_columns(task.monotone, recipe), n_columns),
    )  # fmt: skip
    return fold, n_columns


def _check_memory(runner: GraphRunner, base: BaseTrial, n_values: int) -> None:
    """Refuse what no worker could hold, before anybody has worked for minutes.

    Raises
    ------
    EverythingError
    """
    workers = runner.room_of_workers()
    if any(not limit for _, limit in workers.values()):
        return
    free = min(_USABLE * limit - used for used, limit in workers.values())
    needed = n_values * BYTES_PER_VALUE[base.learner] / len(workers)
    if needed > free:
        raise EverythingError.from_memory(base.label, needed, max(0.0, free), len(workers))
