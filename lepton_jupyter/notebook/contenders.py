"""Models of runs as contenders in a stream: its champion, and the challengers that are searched for after a drift."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.data.readings import label_of
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.events.stream_events import ChallengerPromoted, ChampionRestored, LearnerTakenUp, StreamStarted
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.champion import compiled_scorer
from lepton_jupyter.notebook.drift_references import column_watch
from lepton_jupyter.notebook.estimators import fitted_estimator
from lepton_jupyter.notebook.judged_rows import started_event
from lepton_jupyter.notebook.launching import start_run
from lepton_jupyter.notebook.model_scorer import ModelScorer
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.preprocessing.row_reading import RowReader
from lepton_jupyter.streaming.contender import Contender
from lepton_jupyter.streaming.online_contender import OnlineContender
from lepton_jupyter.streaming.online_learner import online_learner

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.preprocessing.recipe import Recipe
    from lepton_jupyter.streaming.labelled_window import LabelledRow
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
    predictor = run.best_predictor()
    made, compiled = compiled_scorer(predictor, target=started_event(run).target, label=run.best_label)
    scorer: Scorer = made
    if first is not None and first is not run:
        scorer = _Forgiving(scorer, _optional(first))
    return Contender(run.id, scorer, column_watch(run, predictor) if watched else None, compiled)


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
    reader = RowReader(recipe)

    def view(rows: Sequence[Row]) -> tuple[NDArray[np.float32], set[int]]:
        views, refused = reader.read(rows, [_ONLINE_VIEW])
        return views[_ONLINE_VIEW], set(refused)

    scorer = ModelScorer(_OnlinePredictor(recipe, learner), target=started_event(first).target, label=learner.label)
    return OnlineContender(
        Contender("", scorer),
        learner,
        view,
        n_classes=len(recipe.classes),
        n_columns=len(recipe.feature_names(_ONLINE_VIEW)),
    )


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


class ModelSearchOnRows:
    """A challenger's search: a run of its own on labelled rows of a stream, as the champion's was made.

    Everything goes on in a thread, so that the stream is not held up. The rows stay in memory.

    Parameters
    ----------
    champion, first : Run
        Whose settings and columns it takes; with whose model the stream began.
    rows : sequence of LabelledRow
    budget : str
        Such as ``"60s"`` or ``"20trials"``.
    name : str
        Of the run.
    """

    def __init__(self, champion: Run, first: Run, rows: Sequence[LabelledRow], *, budget: str, name: str) -> None:
        self._champion, self._first, self._rows = champion, first, rows
        self._budget, self._name = budget, name
        self._began = self._ended = time.monotonic()
        self._stopped = threading.Event()
        self._run: Run | None = None
        self._found: Contender | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._search, name=f"lepton-challenger-{name}", daemon=True)
        self._thread.start()

    def done(self) -> bool:
        """Whether it has ended."""
        return not self._thread.is_alive()

    def result(self) -> Contender:
        """What it found.

        Raises
        ------
        LeptonError
            If that is nothing.
        """
        if self._error is not None:
            raise self._error
        assert self._found is not None  # narrows the type: a thread that ended has either
        return self._found

    def seconds(self) -> float:
        """How long it took."""
        return self._ended - self._began

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()
        if self._run is not None:
            self._run.stop("unload")

    def _search(self) -> None:
        try:
            self._found = self._contender()
        except Exception as error:  # noqa: BLE001  a thread has nobody to raise to; the stream's log says it
            self._error = error
        finally:
            self._ended = time.monotonic()

    def _contender(self) -> Contender:
        started, settings = started_event(self._champion), self._champion.settings
        recipe = self._champion.best_predictor().recipe
        frame = rows_as_table(self._rows, self._champion, started.target)

        def there(column: str | None) -> str | None:
            return column if column in frame.columns else None

        settings = dataclasses.replace(
            settings,
            budget=Budget.parse(self._budget),
            name=self._name,
            table_name="recent rows",
            table_place=None,
            test_name=None,
            test_place=None,
            n_drawn=None,
            task=started.task,
            metric=started.metric,
            positive=recipe.classes[-1] if started.task == "binary" else None,
            drop=(),
            n_folds=None,
            keep_models="best",
            queue=False,
            # One core goes on scoring.
            n_workers=max(1, len(usable_cores()) - 1),
            time=there(settings.time),
            groups=there(settings.groups),
            weights=there(settings.weights),
        )
        run = self._run = start_run(understand_task(frame, settings), settings, wrap=fitted_estimator)
        if self._stopped.is_set():
            run.stop("unload")
        try:
            run.wait()
            found = contender_of(run, watched=True, first=self._first)
            _check_classes(run, recipe.classes, len(frame))
            return found
        finally:
            # Whoever predicts without naming a run means one that he has begun himself.
            current_session().forget(run.id)


def rows_as_table(rows: Sequence[LabelledRow], run: Run, target: str) -> pd.DataFrame:
    """Labelled rows of a stream as a table of the columns that a run's model looks at.

    Raises
    ------
    StreamUsageError
        If a class of the model does not occur among them.
    """
    import pandas as pd

    recipe = run.best_predictor().recipe
    columns: dict[str, Any] = {}
    for column in recipe.columns:
        name = column.schema.name
        values = [each.row.get(name) for each in rows]
        if column.schema.kind == "category":
            # As in training, whatever the stream writes a category as.
            values = [None if value is None or value != value else label_of(value) for value in values]  # noqa: PLR0124  NaN
        columns[name] = pd.Series(values).infer_objects()
    truths = [each.truth for each in rows]
    if not recipe.classes:
        return pd.DataFrame({**columns, target: truths})
    for code, label in enumerate(recipe.classes):
        if code not in truths:
            raise StreamUsageError.from_lost_class(label, len(rows))
    return pd.DataFrame({**columns, target: [recipe.classes[int(code)] for code in truths]})


def _check_classes(run: Run, classes: Sequence[Any], n_rows: int) -> None:
    own = run.best_predictor().recipe.classes
    if list(map(label_of, own)) != list(map(label_of, classes)):
        lost = next((label for label in classes if label not in own), classes[0])
        raise StreamUsageError.from_lost_class(lost, n_rows)
