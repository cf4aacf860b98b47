"""From a table to arrays: what is understood before a run begins, and what is prepared once it has."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.class_weights import note_on_class_weights, weights_of_classes
from lepton_jupyter.automl.held_out import HeldOut
from lepton_jupyter.automl.judged_folds import judged_folds
from lepton_jupyter.automl.memory_limit import as_bytes, within_memory
from lepton_jupyter.automl.monotone import check_monotone, keeping, monotone_columns
from lepton_jupyter.automl.quantile_learners import learning_quantiles
from lepton_jupyter.automl.splits import Splits, read_splits
from lepton_jupyter.data.checks import check_table
from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.data.row_columns import as_column
from lepton_jupyter.data.schema import understand
from lepton_jupyter.data.time_suspicion import suspected_time
from lepton_jupyter.evaluation.column_reference import references_of, references_to_json
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.exceptions.automl_errors import TableChangedError
from lepton_jupyter.exceptions.data_errors import InvalidTargetError
from lepton_jupyter.exceptions.learner_errors import UnsuitableLearnerError
from lepton_jupyter.exceptions.metric_errors import MetricMismatchError
from lepton_jupyter.exceptions.split_errors import GroupColumnError, SplitColumnError
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.learners.portfolio import opening
from lepton_jupyter.learners.registry import choose_learners, learner_named, missing_learners
from lepton_jupyter.learners.stepped_learner import SteppedLearner
from lepton_jupyter.learners.training_data import TableShape, TrainingData
from lepton_jupyter.preprocessing.fold_steps import FOLD_STEPS
from lepton_jupyter.preprocessing.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.automl.settings import AutoMLSettings
    from lepton_jupyter.data.schema import Schema
    from lepton_jupyter.data.target import Target
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import SampleDrawn
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.search.space import Point

#: Rows that a table is recognised by when a run is resumed.
_FINGERPRINT_ROWS = 2_000
#: The same of its columns, each of which takes a millisecond; that all names are the same is asked too.
_FINGERPRINT_COLUMNS = 300


@dataclass(frozen=True, slots=True)
class PreparedTask:
    """A task as arrays, with the learners that are tried on it.

    Parameters
    ----------
    recipe : Recipe
        Makes the same views of any table like the one it was fitted on.
    data : TrainingData
    learners : dict of str to Learner
    opening : tuple of (str, dict)
        Starting points in the order they are tried.
    notes : tuple of str
        Sentences that a person should read.
    """

    recipe: Recipe
    data: TrainingData
    learners: dict[str, Learner]
    opening: tuple[tuple[str, Point], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnderstoodTask:
    """A table that was checked: everything that can be wrong with it has been said.

    Parameters
    ----------
    frame : pandas.DataFrame
        As it was given; a shallow copy.
    schema : Schema
        With a target.
    target : Target
    metric : Metric
    n_folds : int
    learners : tuple of str
        That will be tried.
    test : HeldOut or None
    seed : int
    notes : tuple of str
        Sentences a person should read.
    splits : Splits
        What keeps rows together, orders and weighs them.
    own_learners : tuple of Learner
        Given as they are, beside those that are known by name.
    class_weights : ndarray of shape (n_classes,) or None
        Factor of each row's weight in fits, by its class.
    monotone : mapping of str to {1, -1}, or None
        Columns along which predictions may never fall, or never rise.
    max_memory_bytes : int or None
        What fits may take beside the table.
    in_folds : tuple of str
        Steps that are fitted within each fold, before any learner.
    sample : SampleDrawn or None
        What was drawn of a larger table.
    """

    frame: pd.DataFrame
    schema: Schema
    target: Target
    metric: Metric
    n_folds: int
    learners: tuple[str, ...]
    test: HeldOut | None
    seed: int
    notes: tuple[str, ...]
    splits: Splits
    own_learners: tuple[Learner, ...] = ()
    class_weights: NDArray[np.float64] | None = None
    monotone: Mapping[str, int] | None = None
    max_memory_bytes: int | None = None
    in_folds: tuple[str, ...] = ()
    sample: SampleDrawn | None = None

    @property
    def n_rows(self) -> int:
        """Rows that are learnt from: those with a target."""
        return len(self.target.y)

    def prepare(self, folder: RunFolder) -> PreparedTask:
        """Fit the recipe (or read it back, in a run that is resumed), make the views and deal the folds."""
        recipe, views = self._recipe(folder)
        fold_of_row = self.splits.fold_of_row(self.target.y, self.target.n_classes, self.n_folds, self.seed)
        data = TrainingData(
            views=views,
            categorical=recipe.categorical_columns("tree"),
            y=self.target.y,
            n_classes=self.target.n_classes,
            fold_of_row=fold_of_row,
            n_folds=self.n_folds,
            metric=self.metric.name,
            weights=self.splits.weights,
            in_time=self.splits.in_time,
            class_weights=self.class_weights,
            monotone=monotone_columns(self.monotone, recipe),
            stopping_parts=self.splits.stopping_parts(self.target.y, self.target.n_classes, fold_of_row, self.seed),
            late_part=self.splits.late_parts(self.target.y, self.target.n_classes, fold_of_row, self.seed),
        )
        chosen, notes_on_width = self._suited(data.shape)
        if not recipe.columns:  # whatever is tried can but learn the baseline once more
            chosen = tuple(learner for learner in chosen if learner.baseline) or chosen
        if self.monotone is not None:
            chosen = tuple(learner.held_monotone() for learner in chosen)
        steps = tuple(step for step in self.in_folds if step != "balance")  # which weights of classes see to
        if steps:
            chosen = tuple(learner if learner.baseline else SteppedLearner(learner, steps) for learner in chosen)
        kept, starts, notes = within_memory(chosen, opening(data.shape, chosen), data.shape, self.max_memory_bytes)
        return PreparedTask(
            recipe=recipe,
            data=data,
            learners={learner.name: learner for learner in kept},
            opening=starts,
            notes=(*notes_on_width, *notes),
        )

    def _suited(self, shape: TableShape) -> tuple[tuple[Learner, ...], tuple[str, ...]]:
        """Learners for the views as they became, which may be far wider than the table; and who is left out by that."""
        own = {learner.name: learner for learner in self.own_learners}
        wanted = [own.get(name) or learner_named(name) for name in self.learners]
        suited = tuple(learner for learner in wanted if learner.supports(shape))
        others = [learner for learner in wanted if learner not in suited]
        if others and all(learner.baseline for learner in suited):
            raise UnsuitableLearnerError.from_shape(
                others[0].name,
                task=shape.task,
                n_rows=shape.n_rows,
                n_columns=shape.n_columns[others[0].view],
            )
        return suited, tuple(
            f"{learner.label} is left out: {shape.n_rows:,} rows of {shape.n_columns[learner.view]:,} columns, which "
            "categories and texts become for it, are too many."
            for learner in others
        )

    def _recipe(self, folder: RunFolder) -> tuple[Recipe, dict[str, NDArray[np.float32]]]:
        if folder.recipe.exists():
            recipe = Recipe.from_json(folder.read_text("recipe.json"))
            return recipe, recipe.transform(self.schema.training_table(self.frame))
        recipe, views = Recipe.fit_transform(self.frame, self.schema)
        folder.write_text_atomically("data.json", self._description())
        # What a stream's rows are compared with, long after this table is gone.
        references = references_of(recipe.feature_names("tree"), views["tree"])
        folder.write_text_atomically("reference.json", references_to_json(references))
        folder.write_text_atomically("recipe.json", recipe.to_json())
        return recipe, views

    def check_same_table(self, folder: RunFolder) -> None:
        """Refuse to go on with a run that was started on another table.

        Parameters
        ----------
        folder : RunFolder
            Of the run that is resumed.

        Raises
        ------
        TableChangedError
            If columns, number of rows or values differ.
        """
        if folder.recipe.exists() and not self.is_table_of(folder):
            raise TableChangedError.from_run(folder.run_id)

    def is_table_of(self, folder: RunFolder) -> bool:
        """Whether a run learnt from this very table: the same columns, rows and values, by their fingerprint."""
        return folder.read_text("data.json") == self._description()

    def _description(self) -> str:
        table = self.schema.training_table(self.frame)
        description = {"columns": list(table.columns), "n_rows": len(table), "fingerprint": self._fingerprint(table)}
        beside = self.splits.fingerprint()
        return json.dumps(description | ({"splits": beside} if beside else {}))

    def _fingerprint(self, table: pd.DataFrame) -> str:
        """A digest of some rows and the target: recognises the table without telling anything of it."""
        import pandas as pd

        rows, columns = (
            np.linspace(0, size - 1, min(size, most)).astype(int)
            for size, most in zip(table.shape, (_FINGERPRINT_ROWS, _FINGERPRINT_COLUMNS), strict=True)
        )
        sample = table.iloc[rows, columns].astype(str)
        digest = hashlib.sha256(pd.util.hash_pandas_object(sample, index=False).to_numpy().tobytes())
        digest.update(np.ascontiguousarray(self.target.y).tobytes())
        return digest.hexdigest()


def understand_task(
    table: Any,
    settings: AutoMLSettings,
    *,
    target: Any = None,
    test: Any = None,
    groups: Any = None,
    sample_weight: Any = None,
    single_row_classes: str = "refuse",
    own_learners: Sequence[Learner] = (),
) -> UnderstoodTask:
    """Check a table and find out what is to be done with it; quick, so that mistakes are told at once.

    Parameters
    ----------
    table : DataFrame or array-like of shape (n_rows, n_columns)
        Anything that `to_pandas` takes.
    settings : AutoMLSettings
    target : array-like of shape (n_rows,), optional
        The target's values, where they are not a column of the table.
    test : DataFrame, optional
        A held-out table with the same columns, the target among them.
    groups, sample_weight : array-like of shape (n_rows,), optional
        Group and weight of each row, where they are not columns of the table.
    single_row_classes : {"refuse", "keep"}, default="refuse"
        What to do with a class of one row.
    own_learners : sequence of Learner
        Known to this run alone, by their names; they come before others of the same name.

    Returns
    -------
    task : UnderstoodTask

    Raises
    ------
    LeptonError
        Whatever is wrong with table, target or settings, in one sentence.
    """
    # A shallow copy: the person goes on working with the table while its run reads it.
    frame = to_pandas(table).copy(deep=False)
    check_table(frame)
    splits = read_splits(frame, settings, groups=groups, sample_weight=sample_weight)
    frame, target, splits = _without_weightless(frame, target, splits)
    schema = understand(
        frame,
        target=settings.target if target is None else target,
        task=settings.task,
        positive=settings.positive,
        drop=settings.unlearnt,
        single_row_classes=single_row_classes,
    )
    understood = schema.target
    if understood is None:  # cannot be: a target was asked for
        raise InvalidTargetError.from_missing(settings.target)
    metric = find_metric(_metric_name(settings, understood), understood.task)
    metric.check_target(understood.y)
    rough = TableShape(
        n_rows=len(understood.y),
        n_columns={"tree": len(schema.columns), "linear": len(schema.columns)},
        n_classes=understood.n_classes,
    )
    chosen = choose_learners(settings.learners or None, settings.without, shape=rough, own=own_learners)
    if settings.monotone is not None:
        check_monotone(settings.monotone, frame, schema)
    chosen, notes_on_monotone = keeping(chosen, settings.monotone)
    chosen, notes_on_quantiles = learning_quantiles(chosen, metric.name, monotone=settings.monotone is not None)
    splits, n_folds = _folds(
        frame, schema, metric, settings, splits.taking(understood.kept).weighing(), _typical_seconds(chosen, rough)
    )
    class_weights = weights_of_classes(settings.class_weight, understood, splits.weights)
    return UnderstoodTask(
        frame=frame,
        schema=schema,
        target=understood,
        metric=metric,
        n_folds=n_folds,
        learners=tuple(learner.name for learner in chosen),
        test=None if test is None else _held_out(test, settings, understood, schema),
        seed=settings.seed,
        notes=(
            *schema.notes,
            *splits.notes,
            *splits.notes_on_folds(n_folds),
            *_notes_on_time(schema, frame, settings),
            *_notes_on_learners(settings),
            *(f"Within each fold: {FOLD_STEPS[step]}." for step in settings.in_folds if step != "balance"),
            *notes_on_monotone,
            *notes_on_quantiles,
            *note_on_class_weights(class_weights, understood),
            *_notes_on_weights(splits, chosen, by_class=class_weights is not None),
        ),
        splits=splits,
        own_learners=tuple(own_learners),
        class_weights=class_weights,
        monotone=settings.monotone,
        max_memory_bytes=as_bytes(settings.max_memory),
        in_folds=settings.in_folds,
    )


def _held_out(test: Any, settings: AutoMLSettings, target: Target, schema: Schema) -> HeldOut:
    return HeldOut.from_table(test, settings.target, target, schema.columns, weights=settings.weights)


def _folds(
    frame: pd.DataFrame, schema: Schema, metric: Metric, settings: AutoMLSettings, splits: Splits, fold_seconds: float
) -> tuple[Splits, int]:
    """How rows are dealt, and to how many folds; copies of a row stay together wherever that leaves folds to judge."""
    assert schema.target is not None  # narrows the type: whoever asks for folds has a target
    used = [column.name for column in schema.columns if column.used]
    table = schema.training_table(frame)[used]
    shared = splits.sharing_duplicates(table).sharing_near_copies(table)
    wishes: dict[str, Any] = {
        "wished": settings.n_folds,
        "seed": settings.seed,
        "fold_seconds": fold_seconds,
        "budget_seconds": settings.budget.seconds,
        "n_workers": settings.n_workers or len(usable_cores()),
    }
    if shared is not splits:
        with suppress(MetricMismatchError, SplitColumnError, GroupColumnError):
            return shared, judged_folds(schema.target, metric, **wishes, splits=shared)
    return splits, judged_folds(schema.target, metric, **wishes, splits=splits)


def _typical_seconds(learners: Sequence[Learner], shape: TableShape) -> float:
    """Counted seconds of one fit on one fold: of the middle one of the learners, each at its first starting point."""
    counted = sorted(each.cost_units(each.starting_points(shape)[0], shape) for each in learners if not each.baseline)
    return counted[len(counted) // 2] if counted else 0.0


def _without_weightless(frame: pd.DataFrame, target: Any, splits: Splits) -> tuple[pd.DataFrame, Any, Splits]:
    """Leave rows of weight 0 out, as if the table had never had them."""
    if splits.weights is None or splits.weights.all():
        return frame, target, splits
    counted = splits.weights > 0
    if target is not None:
        target = as_column(target, len(frame), "y")[counted]
    return frame[counted], target, splits.without_weightless(counted)


def _metric_name(settings: AutoMLSettings, target: Target) -> str | None:
    # A class of one row is in one fold only, and the AUC of the others would have no value.
    single = settings.metric is None and target.task == "binary" and min(target.class_counts) == 1
    return "neg_log_loss" if single else settings.metric


def _notes_on_time(schema: Schema, frame: pd.DataFrame, settings: AutoMLSettings) -> tuple[str, ...]:
    target = schema.target
    # Whoever gives arrays, or says how rows are split, knows them; and `understand` has named the target's column.
    if target is None or settings.time is not None or settings.groups is not None:
        return ()
    name = suspected_time(schema.training_table(frame), schema.columns, target.y, target.n_classes)
    if name is None:
        return ()
    written = f'"{name}"' if " " in name else name
    text = f"Column {name!r} looks like the time of each row; if later rows are to be predicted, use --time {written}."
    return (text,)


def _notes_on_weights(splits: Splits, learners: Sequence[Learner], *, by_class: bool) -> tuple[str, ...]:
    blind = [learner.name for learner in learners if not learner.weighs_rows]
    if (splits.weights is None and not by_class) or not blind:
        return ()
    verb = "takes" if len(blind) == 1 else "take"
    effect = "there they count in scores alone" if splits.weights is not None else "there they have no effect"
    return (f"{', '.join(blind)} {verb} no weights: {effect}.",)


def _notes_on_learners(settings: AutoMLSettings) -> tuple[str, ...]:
    # The boosters of the extra are nobody's loss until they are wished for; LightGBM is what most runs are won with.
    if settings.learners or "lightgbm" in settings.without or "lightgbm" not in missing_learners():
        return ()
    return ("LightGBM is not installed, and the run goes on without it. Install it: pip install lightgbm",)
