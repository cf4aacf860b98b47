"""Models of runs as contenders in a stream, and its online learner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.automl.continued_predictor import kept_continued
from lepton_jupyter.events.stream_events import ChallengerPromoted, ChampionRestored, LearnerTakenUp, StreamStarted
from lepton_jupyter.notebook.champion import compiled_scorer
from lepton_jupyter.notebook.drift_references import column_watch
from lepton_jupyter.notebook.judged_rows import started_event
from lepton_jupyter.notebook.model_scorer import ModelScorer
from lepton_jupyter.preprocessing.row_reading import RowReader
from lepton_jupyter.streaming.contender import Contender
from lepton_jupyter.streaming.correction_watch import MOST_COLUMNS, CorrectionWatch
from lepton_jupyter.streaming.online_contender import OnlineContender
from lepton_jupyter.streaming.online_learner import online_learner

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.streaming.online_contender import LinearView
    from lepton_jupyter.streaming.online_learner import OnlineLearner
    from lepton_jupyter.streaming.row_scoring import Scorer, Scores
    from lepton_jupyter.streaming.stream_source import Row


#: Complete and scaled numbers.
_ONLINE_VIEW = "linear"


def contender_of(run: Run, *, watched: bool, first: Run | None = None) -> Contender:
    """Make a contender of a run's best model.

    Parameters
    ----------
    run : Run
    watched : bool
        Whether columns are watched for drift.
    first : Run, optional
        With whose model the stream began: columns that it could do without, this one can do without too.

    Returns
    -------
    contender : Contender
    """
    predictor, label = predictor_of(run)
    made, compiled = compiled_scorer(predictor, target=started_event(run).target, label=label)
    scorer: Scorer = made
    if first is not None and first is not run:
        scorer = _Forgiving(scorer, _optional(first))
    return Contender(run.id, scorer, column_watch(run, predictor) if watched else None, compiled)


def predictor_of(run: Run) -> tuple[Predictor, str]:
    """Model by which a run predicts a stream, and what a person reads of it.

    That is its best one; but the boosters of the champion of before, where they went on with the same rows and were
    better on them.
    """
    return kept_continued(run.folder) or (run.best_predictor(), run.best_label)


class Champions(NamedTuple):
    """Who predicted in a stream, as its log says.

    Parameters
    ----------
    runs : list of str
        Ids of the runs whose models did, the last one last.
    learner_predicts : bool
        Whether the online learner, which is no run, does so now in their place.
    """

    runs: list[str]
    learner_predicts: bool


def champions_told(events: Iterable[LoggedEvent]) -> Champions:
    """Who predicted in a stream, as its log says.

    Examples
    --------
    >>> champions_told([])
    Champions(runs=[], learner_predicts=False)
    """
    runs: list[str] = []
    for logged in events:
        event = logged.event
        if isinstance(event, StreamStarted):
            # A learner predicts again only where it took up what it had learnt.
            runs = [run for run in runs if run] or [event.model_run]
        elif isinstance(event, LearnerTakenUp) and event.predicts:
            runs.append("")
        elif isinstance(event, ChallengerPromoted):
            runs.append(event.run_id)
        elif isinstance(event, ChampionRestored) and len(runs) > 1:
            runs.pop()
    return Champions([run for run in runs if run], bool(runs) and not runs[-1])


def online_contender(wish: Any, first: Run) -> OnlineContender:
    """Make a contender of a learner that learns from a stream as labels come.

    Parameters
    ----------
    wish : str or estimator
        As for `lepton_jupyter.streaming.online_learner.online_learner`.
    first : Run
        With whose model the stream began: by its recipe rows are read.

    Returns
    -------
    contender : OnlineContender

    Raises
    ------
    OnlineLearnerError
        If it cannot learn from this stream.
    """
    recipe = first.best_predictor().recipe
    learner = online_learner(wish, n_classes=len(recipe.classes))
    scorer = ModelScorer(_OnlinePredictor(recipe, learner), target=started_event(first).target, label=learner.label)
    return OnlineContender(
        Contender("", scorer),
        learner,
        _linear_view(recipe),
        n_classes=len(recipe.classes),
        n_columns=len(recipe.feature_names(_ONLINE_VIEW)),
    )


def correction_watch(first: Run) -> CorrectionWatch | None:
    """Watch what a correction by the columns would gain; None where they are too many for it.

    Parameters
    ----------
    first : Run
        With whose model the stream began: by its recipe rows are read.

    Returns
    -------
    watch : CorrectionWatch or None
    """
    recipe = first.best_predictor().recipe
    if len(recipe.feature_names(_ONLINE_VIEW)) > MOST_COLUMNS:
        return None
    return CorrectionWatch(_linear_view(recipe), n_classes=len(recipe.classes))


def _linear_view(recipe: Recipe) -> LinearView:
    reader = RowReader(recipe)

    def view(rows: Sequence[Row]) -> tuple[NDArray[np.float32], set[int]]:
        views, refused = reader.read(rows, [_ONLINE_VIEW])
        return views[_ONLINE_VIEW], set(refused)

    return view


class _OnlinePredictor:
    """An online learner as `ModelScorer` asks it."""

    views = (_ONLINE_VIEW,)

    def __init__(self, recipe: Recipe, learner: OnlineLearner) -> None:
        self.recipe = recipe
        self._learner = learner

    def predict_views(self, views: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
        """As `Predictor.predict_views`."""
        return self._learner.predict(views[_ONLINE_VIEW])


class _Forgiving:
    """Scores rows in which fields are absent that the first model could do without, as if they were empty.

    A challenger learns from few rows: that none of them lacked a value does not say that none ever will.
    """

    def __init__(self, scorer: Scorer, optional: Collection[str]) -> None:
        self.label = scorer.label
        self.columns = scorer.columns
        self._scorer = scorer
        self._empty = dict.fromkeys(sorted(optional))

    def score(self, rows: Sequence[Row]) -> Scores:
        """Predict rows."""
        return self._scorer.score([{**self._empty, **row} for row in rows])


def _optional(run: Run) -> set[str]:
    columns = run.best_predictor().recipe.columns
    return {column.schema.name for column in columns if column.schema.missing_share > 0}
