"""The booster of a run that learns from all rows of a table: which one, how far it goes, and whether it is better."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.predictor import Member, Predictor
from lepton_jupyter.events.run_events import TrialAsked, TrialFinished
from lepton_jupyter.exceptions.everything_errors import EverythingError
from lepton_jupyter.learners.distributed_boosting import BYTES_PER_VALUE, too_old
from lepton_jupyter.learners.lightgbm import LightGBMModel
from lepton_jupyter.learners.model_layers import LAYER_COORDINATES
from lepton_jupyter.learners.registry import learner_named
from lepton_jupyter.learners.stepped_learner import SteppedLearner
from lepton_jupyter.runs.private_files import whole_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lepton_jupyter.automl.whole_table import HeldRows
    from lepton_jupyter.evaluation.metrics import Metric
    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.learners.learner import FoldModel
    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.search.space import Point

#: With more rows more rounds pay; how many is then judged on rows that are held out.
_MORE_ROUNDS = 1.5
_FEWEST_ROUNDS = 10
#: Numbers of rounds that are judged.
_CUTS = 12
_FOLDER, _MODEL, _REPORT = "everything", "booster.model", "report.json"


@dataclass(frozen=True, slots=True)
class Everything:
    """A booster that has learnt from all rows, beside the model of the sample.

    Parameters
    ----------
    label : str
        What it is.
    trial_id : int
        Trial whose configuration it has.
    n_rows : int
        That it has learnt from.
    n_sample : int
        That the search has learnt from.
    n_held_out : int
        Rows that both are judged on; neither has seen them.
    n_rounds : int
    metric : str
    score, sample_score : float
        On these rows.
    taken : bool
        Whether its score is the better one: the model that was given back is it, else that of the sample.
    seconds : float
        That it took, reading included.
    """

    label: str
    trial_id: int
    n_rows: int
    n_sample: int
    n_held_out: int
    n_rounds: int
    metric: str
    score: float
    sample_score: float
    taken: bool
    seconds: float

    def __repr__(self) -> str:
        kept = "taken" if self.taken else "the sample's model is kept"
        return (
            f"<Everything: {self.label}, {self.n_rounds} rounds on {self.n_rows:,} rows in {self.seconds:.3g} s: "
            f"{self.metric} {self.score:.5g} on {self.n_held_out:,} rows held out, beside {self.sample_score:.5g} of "
            f"the model of {self.n_sample:,} rows; {kept}>"
        )


@dataclass(frozen=True, slots=True)
class BaseTrial:
    """The trial whose configuration learns from everything."""

    trial_id: int
    learner: str
    label: str
    point: Point


def base_trial(
    events: Iterable[Event], *, has_models: Callable[[int], bool], greater_is_better: bool, run_id: str
) -> BaseTrial:
    """The best trial of a run whose learner can be fitted by several workers together.

    Raises
    ------
    EverythingError
        If there is none.
    """
    asked: dict[int, TrialAsked] = {}
    found: list[tuple[float, TrialAsked]] = []
    for event in events:
        if isinstance(event, TrialAsked):
            asked[event.trial_id] = event
        elif isinstance(event, TrialFinished) and has_models(event.trial_id):
            found.append((event.score if greater_is_better else -event.score, asked[event.trial_id]))
    boosters = [each for each in found if each[1].learner in BYTES_PER_VALUE]
    found = [each for each in boosters if too_old(each[1].learner) is None]
    if not found and boosters:
        name = boosters[0][1].learner
        raise EverythingError.from_old_library(boosters[0][1].label, name, str(too_old(name)))
    if not found:
        raise EverythingError.from_no_booster(run_id)
    best = max(found, key=lambda each: each[0])[1]
    own = {name: value for name, value in best.parameters.items() if name not in LAYER_COORDINATES}
    return BaseTrial(best.trial_id, best.learner, f"{best.label}, {best.description}", own)


def point_as_fitted(point: Point, model: FoldModel) -> Point:
    """The configuration with the rate that its model was fitted at, which is raised where time was short."""
    if not isinstance(model, LightGBMModel):
        return point
    rates = re.findall(r"^shrinkage=([0-9.e+-]+)$", model.text, flags=re.MULTILINE)
    rate = float(rates[-1]) if rates else 1.0
    return point if rate >= 1.0 else {**point, "learning_rate": rate}


def rounds_for(models: Iterable[FoldModel]) -> int:
    """Rounds to fit on all rows, by those that models of a sample took.

    Examples
    --------
    >>> rounds_for([LightGBMModel("", 0, 80), LightGBMModel("", 0, 100)])
    150
    """
    most = max(each.n_iterations or 0 for each in models)
    return max(_FEWEST_ROUNDS, math.ceil(_MORE_ROUNDS * most))


def best_cut(
    cut: Callable[[int], FoldModel], n_rounds: int, rows: HeldRows, metric: Metric, n_classes: int
) -> tuple[int, FoldModel]:
    """The number of rounds that is best on some rows, and the model of so many.

    Parameters
    ----------
    cut : callable
        Gives the model of the first rounds, within its layers.
    n_rounds : int
        All there are.
    rows : HeldRows
        That decide; others judge.
    metric : Metric
    n_classes : int
    """
    sign = 1.0 if metric.greater_is_better else -1.0
    best: tuple[float, int, FoldModel] | None = None
    for n in np.unique(np.geomspace(max(1, n_rounds // 5), n_rounds, _CUTS).astype(int)).tolist():
        model = cut(n)
        score = sign * metric.score(rows.y, model.predict(rows.views["tree"]), n_classes, rows.weights)
        if best is None or score > best[0]:
            best = (score, n, model)
    assert best is not None  # narrows the type: there is at least one number of rounds
    return best[1], best[2]


def keep_everything(folder: RunFolder, learner: str, model: FoldModel, report: Everything) -> None:
    """Write the booster into its run's folder, in the library's own format, with what is known of it.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with whole_folder(folder.path / _FOLDER) as place:
        SteppedLearner(learner_named(learner)).save(model, place / _MODEL)
        (place / _REPORT).write_text(json.dumps({"version": 1, "learner": learner} | asdict(report)), encoding="utf-8")


def load_everything(folder: RunFolder, recipe: Recipe, n_outputs: int) -> tuple[Predictor, Everything] | None:
    """What `keep_everything` wrote, or None where nothing was.

    Raises
    ------
    UnreadableModelError
        If the file is damaged.
    """
    place = folder.path / _FOLDER
    if not (place / _REPORT).exists():
        return None
    saved: dict[str, Any] = json.loads(folder.read_text(f"{_FOLDER}/{_REPORT}"))
    learner = SteppedLearner(learner_named(str(saved.pop("learner"))))
    del saved["version"]
    report = Everything(**saved)
    return predictor_of(recipe, report.trial_id, learner.name, learner.load(place / _MODEL), n_outputs), report


def predictor_of(recipe: Recipe, trial_id: int, learner: str, model: FoldModel, n_outputs: int) -> Predictor:
    """A predictor of one model of the tree view."""
    return Predictor(recipe, (Member(trial_id, "tree", 1.0, (model,), learner=learner),), n_outputs)


def judged(
    report: Everything, model: FoldModel, sample: Predictor, rows: HeldRows, metric: Metric, n_classes: int
) -> Everything:
    """The report with both scores on some rows, and which of the two is taken."""
    score = metric.score(rows.y, model.predict(rows.views["tree"]), n_classes, rows.weights)
    of_sample = metric.score(rows.y, sample.predict_views(rows.views), n_classes, rows.weights)
    better = score > of_sample if metric.greater_is_better else score < of_sample
    return replace(report, score=float(score), sample_score=float(of_sample), taken=bool(better), n_held_out=len(rows))
