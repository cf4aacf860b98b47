"""One small model that has learnt from an ensemble what the ensemble has learnt from the table."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lepton_jupyter.automl.fold_evaluation import evaluate_fold
from lepton_jupyter.automl.predictor import Member, Predictor
from lepton_jupyter.evaluation.model_choice import Candidate, choose
from lepton_jupyter.evaluation.uncertainty import score_error
from lepton_jupyter.exceptions.choice_errors import NoDistilledModelError
from lepton_jupyter.exceptions.learner_errors import DeadlinePassedError
from lepton_jupyter.execution.deadline import Deadline
from lepton_jupyter.learners.lightgbm import LightGBMLearner
from lepton_jupyter.learners.registry import available_learners
from lepton_jupyter.learners.taught_data import MadeRows, TaughtData, taught

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.automl.fold_evaluation import FoldOutcome
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.learners.learner import Learner
    from lepton_jupyter.learners.training_data import TableShape, TrainingData
    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.search.space import Point

#: How much the truth counts beside the teacher, and whether made rows are learnt from too, in the order it is tried.
_WAYS = ((0.0, True), (0.5, False), (1.0, False))
#: Small models by learner, and what is changed in their first starting point.
_PUPILS: dict[str, Point] = {
    "decision_tree": {"max_leaf_nodes": 128},
    "lightgbm": {"learning_rate": 0.2, "num_leaves": 31},
    "linear": {},
}
#: Part of its values that a made row has from other rows, and rows that are made at most.
_EXCHANGED = 0.25
_MOST_MADE = 20_000
#: Part of the time that the teacher may take, before fewer rows are made.
_TEACHING_SHARE = 0.3


class _FewTrees(LightGBMLearner):
    most_rounds = 50


@dataclass(frozen=True, slots=True)
class Distilled:
    """A small model beside the one it has learnt from.

    Parameters
    ----------
    model : Candidate
        Its figures; the score is out of fold, against the truth.
    teacher : Candidate
        Those of the model it has learnt from.
    predictor : Predictor
    """

    model: Candidate
    teacher: Candidate
    predictor: Predictor

    @property
    def speed_up(self) -> float:
        """How many times less it takes to predict a row."""
        return self.teacher.row_milliseconds / max(self.model.row_milliseconds, 1e-9)

    def __repr__(self) -> str:
        return (
            f"<Distilled: {self.model.label}, {self.model.score:.5g} out of fold beside {self.teacher.score:.5g} of "
            f"{self.teacher.label}, {self.speed_up:.3g} times as fast>"
        )


def distil(
    data: TrainingData,
    table: pd.DataFrame,
    candidate: Candidate,
    teacher: Predictor,
    metric: Metric,
    *,
    seconds: float,
    seed: int = 0,
) -> Distilled:
    """Fit small models on a teacher's predictions and take the fastest that is about as good as the best of them.

    A linear model, a decision tree and 50 boosted trees learn from the teacher's probabilities or values [1]_: mixed
    with the truth [2]_, and alone on rows of the table and others made of them by exchanging values between rows, which
    tell what the teacher has learnt rather than what it has seen [3]_. They also learn from the truth alone, so that a
    teacher who does not help is not followed. Each fold is taught by the teacher's models of that fold: neither they
    nor the pupil have seen the rows on which the pupil is scored, so its out-of-fold score is one like all others. (The
    teacher's out-of-fold predictions, made by models that have seen those rows, would make it far too good: on a table
    of diamonds 525 instead of the 560 that it had on new rows.) The pupil is chosen by the rule that ``speed`` follows
    in `choose`; it is that of one fold.

    Parameters
    ----------
    data : TrainingData
        What the teacher has learnt from, with its folds.
    table : pandas.DataFrame
        The rows of `data` before they were prepared.
    candidate : Candidate
        The teacher's figures.
    teacher : Predictor
        With the models of all folds, in their order.
    metric : Metric
    seconds : float
        What all fits may take together.
    seed : int, default=0

    Returns
    -------
    distilled : Distilled

    Raises
    ------
    NoDistilledModelError
        If no model was fitted on all folds in that time.

    References
    ----------
    .. [1] C. Bucila, R. Caruana, A. Niculescu-Mizil. Model compression. KDD, 2006.
    .. [2] G. Hinton, O. Vinyals, J. Dean. Distilling the knowledge in a neural network. arXiv:1503.02531, 2015.
    .. [3] R. Fakoor, J. Mueller, N. Erickson, P. Chaudhari, A. Smola. Fast, accurate, and simple models for tabular
           data via augmented distillation. NeurIPS, 2020.
    """
    deadline = Deadline.after(seconds)
    began = time.perf_counter()
    lessons = tuple(
        _said(teacher, fold, {view: rows[data.training_rows(fold)] for view, rows in data.views.items()})
        for fold in range(data.n_folds)
    )
    per_row = (time.perf_counter() - began) / max(1, len(data.y))
    made = _made_rows(data, table, teacher.recipe, int(_TEACHING_SHARE * seconds / max(per_row, 1e-9)), seed)
    made_lessons = tuple(_said(teacher, fold, made.views) for fold in range(data.n_folds))
    pupils = tuple(_pupils(data.shape, monotone=bool(data.monotone)))
    best_ways: dict[str, tuple[Candidate, Learner, FoldOutcome]] = {}
    sign = 1.0 if metric.greater_is_better else -1.0
    n_left = len(_WAYS) * len(pupils) * data.n_folds
    for truth_share, with_made in _WAYS:
        lesson = taught(data, lessons, truth_share, made if with_made else None, made_lessons if with_made else ())
        for learner, point in pupils:
            outcomes = _outcomes(lesson, learner, point, metric, seed, deadline, n_left)
            n_left -= data.n_folds
            if len(outcomes) < data.n_folds:
                continue
            described = _described(learner, point, truth_share, outcomes)
            known = best_ways.get(learner.name)
            if known is None or sign * described.score > sign * known[0].score:
                best_ways[learner.name] = (described, learner, outcomes[-1])
    if not best_ways:
        raise NoDistilledModelError.from_seconds(seconds)
    found = list(best_ways.values())
    best = choose([each[0] for each in found], greater_is_better=metric.greater_is_better, prefer="speed")
    chosen, learner, outcome = next(each for each in found if each[0] is best)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        path.write_bytes(outcome.model)
        model = learner.load(path)
    member = Member(trial_id=-1, view=learner.view, weight=1.0, models=(model,), learner=learner.name)
    return Distilled(chosen, candidate, Predictor(teacher.recipe, (member,), data.shape.n_outputs))


def _said(teacher: Predictor, fold: int, views: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """What the teacher's models of one fold say of prepared rows."""
    form = teacher.form
    parts = [member.weight * form.opened(member.models[fold].predict(views[member.view])) for member in teacher.members]
    return form.closed(np.sum(parts, axis=0))


def _made_rows(data: TrainingData, table: pd.DataFrame, recipe: Recipe, most: int, seed: int) -> MadeRows:
    """Rows of the table with some of their values from other rows."""
    n_rows = len(table)
    random = np.random.default_rng(seed)
    source = random.choice(n_rows, min(n_rows, _MOST_MADE, max(1, most)), replace=False)
    made = table.iloc[source].copy()
    for name in made.columns:
        other = np.where(random.random(len(source)) < _EXCHANGED, random.integers(0, n_rows, len(source)), source)
        made[name] = table[name].iloc[other].array
    return MadeRows(recipe.transform(made, views=tuple(data.views)), source)


def _pupils(shape: TableShape, *, monotone: bool) -> Iterator[tuple[Learner, Point]]:
    known = available_learners()
    for name, changed in _PUPILS.items():
        if name in known and known[name].supports(shape) and (known[name].keeps_monotone or not monotone):
            learner = _FewTrees() if name == "lightgbm" else known[name]
            yield learner, learner.starting_points(shape)[0] | changed


def _outcomes(
    lesson: TaughtData, learner: Learner, point: Point, metric: Metric, seed: int, deadline: Deadline, n_left: int
) -> list[FoldOutcome]:
    """What each fold gave, as far as time allowed; each of the `n_left` fits to come may take an equal part of it."""
    outcomes: list[FoldOutcome] = []
    for fold in range(lesson.n_folds):
        left = deadline.seconds_left()
        if left <= 0:
            break
        try:
            outcomes.append(evaluate_fold(lesson, learner, point, fold, metric, seed, left / (n_left - fold)))
        except DeadlinePassedError:
            break
    return outcomes


def _described(learner: Learner, point: Point, share: float, outcomes: list[FoldOutcome]) -> Candidate:
    scores = tuple(each.score for each in outcomes)
    by = {0.0: "the teacher", 1.0: "the truth"}.get(share, "both")
    return Candidate(
        label=f"{learner.label}, {learner.describe(point)}, taught by {by}",
        weights={-1: 1.0},
        score=float(np.mean(scores)),
        score_error=score_error(scores),
        fold_scores=scores,
        train_score=float(np.mean([each.train_score for each in outcomes])),
        fit_seconds=sum(each.fit_seconds for each in outcomes),
        row_milliseconds=outcomes[-1].row_milliseconds,
        size_bytes=len(outcomes[-1].model),
        exports=learner.exports,
    )
