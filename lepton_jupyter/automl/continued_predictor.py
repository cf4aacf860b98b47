"""A predictor whose boosters go on with new rows, judged out of fold on these: one candidate beside a fresh search."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.predictor import Member, Predictor
from lepton_jupyter.evaluation.folds import assign_folds
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.learners.continued_boosting import continue_boosting, learner_to_continue
from lepton_jupyter.learners.registry import learner_named
from lepton_jupyter.preprocessing.recipe import Recipe
from lepton_jupyter.runs.private_files import whole_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lepton_jupyter.learners.continued_boosting import ContinuedBoosting
    from lepton_jupyter.runs.run_folder import RunFolder

#: More rounds after which it is judged.
_STAGES = (5, 15, 40, 100)
#: Members of the largest weight that go on, and folds of the new rows: each is a fit.
_MOST_MEMBERS, _LEAST_FOLDS, _MOST_FOLDS = 3, 3, 5
_FOLDER, _NAME = "continued", "continued.json"


@dataclass(frozen=True, slots=True)
class Continuation:
    """Boosters that went on.

    Parameters
    ----------
    predictor : Predictor
    label : str
        What a person reads.
    n_rounds : int
        More of them than before.
    out_of_fold : ndarray of shape (n_rows, n_outputs)
        What it says of each new row without having seen it.
    """

    predictor: Predictor
    label: str
    n_rounds: int
    out_of_fold: NDArray[np.float64]


def continued(
    predictor: Predictor, table: Any, truths: NDArray[np.float64], *, n_threads: int = 1, seed: int = 0
) -> Continuation | None:
    """Let the boosters of a predictor go on with new rows.

    Each fold of the new rows is predicted by boosters that went on with the others; how many rounds they went on is
    for each fold chosen by the others as well.

    Parameters
    ----------
    predictor : Predictor
    table : DataFrame
        New rows.
    truths : ndarray of shape (n_rows,)
        Codes of classes, or values.
    n_threads : int, default=1
    seed : int, default=0
        Of the folds.

    Returns
    -------
    continuation : Continuation or None
        None where no member is a booster that can go on.
    """
    members = _members_to_continue(predictor)
    if not members:
        return None
    recipe = predictor.recipe
    n_folds = min(_MOST_FOLDS, max(_LEAST_FOLDS, *(len(each.models) for each in members)))
    fold_of_row = assign_folds(truths, len(recipe.classes), n_folds, seed)
    views = recipe.transform(table, views=sorted({each.view for each in members}))
    weights = np.array([each.weight for each in members])
    weights /= weights.sum()
    said = np.empty((len(_STAGES), len(truths), predictor.n_outputs))
    boosted: list[list[ContinuedBoosting]] = []
    for fold in range(n_folds):
        known, judged = fold_of_row != fold, fold_of_row == fold
        boosted.append(
            [
                continue_boosting(
                    each.models[fold % len(each.models)],
                    views[each.view][known],
                    truths[known],
                    categorical=recipe.categorical_columns(each.view),
                    rounds=_STAGES[-1],
                    n_threads=n_threads,
                )
                for each in members
            ]
        )
        for stage, rounds in enumerate(_STAGES):
            said[stage, judged] = sum(
                weight * booster.model(rounds).predict(views[each.view][judged])
                for weight, booster, each in zip(weights, boosted[-1], members, strict=True)
            )
    out_of_fold, stage = _judged(said, truths, fold_of_row, len(recipe.classes))
    rounds = _STAGES[stage]
    kept = tuple(
        Member(
            place,
            each.view,
            float(weights[place]),
            tuple(of_fold[place].model(rounds) for of_fold in boosted),
            learner=_learner(each),
        )
        for place, each in enumerate(members)
    )
    labels = " and ".join(dict.fromkeys(learner_named(_learner(each)).label for each in members))
    return Continuation(Predictor(recipe, kept, predictor.n_outputs), f"{labels}, boosted on", rounds, out_of_fold)


def row_losses_of(outputs: NDArray[np.float64], truths: NDArray[np.float64], n_classes: int) -> NDArray[np.float64]:
    """Squared distance from the truth of each row, as streams measure it.

    Examples
    --------
    >>> row_losses_of(np.array([[0.5, 0.5]]), np.array([1.0]), 2), row_losses_of(np.array([[3.0]]), np.array([1.0]), 0)
    (array([0.5]), array([4.]))
    """
    true = np.eye(n_classes)[truths.astype(np.int64)] if n_classes else truths[:, None]
    return np.asarray(((outputs - true) ** 2).sum(axis=1), dtype=np.float64)


def keep_continued(continuation: Continuation, folder: RunFolder) -> None:
    """Keep it in the folder of the run that it was compared with.

    Raises
    ------
    OSError
        If it cannot be written; then nothing of it stays.
    """
    predictor = continuation.predictor
    with whole_folder(folder.path / _FOLDER) as place:
        members = []
        for number, member in enumerate(predictor.members):
            learner = learner_named(_learner(member))
            for fold, model in enumerate(member.models):
                learner.save(model, place / f"{number}-{fold}.model")
            members.append({
                "learner": learner.name, "view": member.view, "weight": member.weight, "n_models": len(member.models),
            })  # fmt: skip
        (place / "recipe.json").write_text(predictor.recipe.to_json(), encoding="utf-8")
        about = {"label": continuation.label, "n_outputs": predictor.n_outputs, "members": members}
        (place / _NAME).write_text(json.dumps(about), encoding="utf-8")


def kept_continued(folder: RunFolder) -> tuple[Predictor, str] | None:
    """What `keep_continued` kept, and its label; None where it kept nothing.

    Raises
    ------
    DamagedRunError, UnreadableModelError
        If the files hold something else.
    """
    place = folder.path / _FOLDER
    if not (place / _NAME).exists():
        return None
    try:
        about = json.loads(folder.read_text(f"{_FOLDER}/{_NAME}"))
        members = []
        for number, each in enumerate(about["members"]):
            learner = learner_named(each["learner"])
            models = [learner.load(place / f"{number}-{fold}.model") for fold in range(int(each["n_models"]))]
            members.append(Member.from_models(number, learner, float(each["weight"]), models))
        recipe = Recipe.from_json(folder.read_text(f"{_FOLDER}/recipe.json"))
        return Predictor(recipe, tuple(members), int(about["n_outputs"])), str(about["label"])
    except (ValueError, TypeError, KeyError, OSError) as error:
        if isinstance(error, DamagedRunError):
            raise
        raise DamagedRunError.from_file(place / _NAME, error) from None


def _members_to_continue(predictor: Predictor) -> list[Member]:
    able = [each for each in predictor.members if all(learner_to_continue(model) for model in each.models)]
    return sorted(able, key=lambda each: -each.weight)[:_MOST_MEMBERS]


def _learner(member: Member) -> str:
    return learner_to_continue(member.models[0]) or ""


def _judged(
    said: NDArray[np.float64], truths: NDArray[np.float64], fold_of_row: NDArray[np.int16], n_classes: int
) -> tuple[NDArray[np.float64], int]:
    """Predictions of each row at the stage that the other folds chose, and the stage that all of them choose."""
    losses = np.array([row_losses_of(of_stage, truths, n_classes) for of_stage in said])
    chosen = np.empty_like(said[0])
    for fold in range(int(fold_of_row.max()) + 1):
        others = fold_of_row != fold
        chosen[~others] = said[int(losses[:, others].sum(axis=1).argmin()), ~others]
    return chosen, int(losses.sum(axis=1).argmin())
