"""The challengers that are searched for after a drift: a run of its own on the newest labelled rows."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.preparation import understand_task
from lepton_jupyter.data.readings import label_of
from lepton_jupyter.events.quantities import Budget
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.execution.usable_cores import usable_cores
from lepton_jupyter.notebook.champion_boosting import boosting_continued
from lepton_jupyter.notebook.contenders import contender_of
from lepton_jupyter.notebook.estimators import fitted_estimator
from lepton_jupyter.notebook.judged_rows import started_event
from lepton_jupyter.notebook.launching import start_run
from lepton_jupyter.notebook.session import current_session

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.streaming.contender import Contender
    from lepton_jupyter.streaming.labelled_window import LabelledRow


class ModelSearchOnRows:
    """A challenger's search: a run of its own on labelled rows of a stream, as the champion's was made.

    Everything goes on in a thread, so that the stream is not held up. The rows stay in memory. Where boosters predict
    now, they go on with the rows as well, and stand in for what the search found if they are better on rows that
    neither has seen.

    Parameters
    ----------
    champion, first : Run
        Whose settings and columns it takes; with whose model the stream began.
    rows : sequence of LabelledRow
    predicting : str
        Id of the run whose model predicts now; empty where that is an online learner.
    budget : str
        Such as ``"60s"`` or ``"20trials"``.
    name : str
        Of the run.
    """

    def __init__(
        self, champion: Run, first: Run, rows: Sequence[LabelledRow], *, predicting: str, budget: str, name: str
    ) -> None:
        self._champion, self._first, self._rows = champion, first, rows
        self._predicting = predicting
        self._decided: list[Event] = []
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

    def settle(self, timeout: float | None = None) -> bool:
        """Wait for its end; False if it did not come within `timeout` seconds."""
        self._thread.join(timeout)
        return self.done()

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

    def decided(self) -> Sequence[Event]:
        """What it decided on the way, for the log."""
        return tuple(self._decided)

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
            _check_classes(run, recipe.classes, len(frame))
            if self._predicting and not self._stopped.is_set():
                self._decided += boosting_continued(self._predicting, run, frame, [each.truth for each in self._rows])
            return contender_of(run, watched=True, first=self._first)
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
