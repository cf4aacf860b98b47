"""A run as a person holds it: what is known of it now, its model, and the ways to end or await it."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.automl.history import best_so_far
from lepton_jupyter.automl.settings import AutoMLSettings, one_of
from lepton_jupyter.evaluation.pool_form import blend
from lepton_jupyter.events.quantities import bytes_of, seconds_of
from lepton_jupyter.events.run_events import RunFailed, RunFinished, TrialFinished
from lepton_jupyter.exceptions.automl_errors import NoModelError, NoProbabilitiesError, RunFailedError
from lepton_jupyter.exceptions.choice_errors import NoCandidateError
from lepton_jupyter.notebook.surroundings import current_cell
from lepton_jupyter.runs.retention import has_models
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.run_panel import MAX_SAVED_ROWS, extract

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Generator
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from lepton_jupyter.automl.everything import Everything
    from lepton_jupyter.automl.model_search import ModelSearch
    from lepton_jupyter.automl.predictor import Predictor
    from lepton_jupyter.automl.preparation import UnderstoodTask
    from lepton_jupyter.automl.replay import Replay
    from lepton_jupyter.automl.stored_models import StoredModels
    from lepton_jupyter.evaluation.model_choice import Candidate
    from lepton_jupyter.events.logged_event import LoggedEvent
    from lepton_jupyter.events.messages import BoardPageMessage, RunPanelMessage
    from lepton_jupyter.events.runs_messages import RunLine
    from lepton_jupyter.notebook.cost_result import Cost
    from lepton_jupyter.notebook.run_plots import RunPlots
    from lepton_jupyter.runs.event_log import EventLog
    from lepton_jupyter.runs.run_folder import RunFolder


#: Longest piece of a wait, in seconds.
_LISTEN_SECONDS = 0.5


class Run:
    """One search, running or past; every method may be called from any thread.

    What it shows is a view of the run's log, so a run that was opened again in another kernel answers as the one that
    fitted it did.

    Parameters
    ----------
    folder : RunFolder
    log : EventLog
    models : StoredModels
        Reads fitted models back from the folder.
    search : ModelSearch or None
        The search that writes the log; None for a run of the past.
    wrap : callable
        ``wrap(predictor, settings, run_id)`` makes the fitted estimator that `best` and `model` give.
    show : callable
        ``show(run)`` displays the run in the cell that is running.
    graph_client : callable, optional
        Gives the Dask client of whoever works for this kernel, or None.

    Examples
    --------
    >>> run = fit(df, target="churn", budget="30s")  # doctest: +SKIP
    >>> run.leaderboard.head()  # doctest: +SKIP
    >>> run.model.predict(df)  # doctest: +SKIP
    """

    def __init__(
        self,
        folder: RunFolder,
        log: EventLog,
        models: StoredModels,
        search: ModelSearch | None = None,
        *,
        wrap: Callable[[Predictor, AutoMLSettings, str], Any],
        show: Callable[[Run], None],
        graph_client: Callable[..., Any] | None = None,
    ) -> None:
        self._folder = folder
        self._log = log
        self._models = models
        self._search = search
        self._wrap = wrap
        self._show = show
        self._graph_client = graph_client
        self._state = BoardState.from_events(log.events())
        self._state_lock = threading.Lock()
        self._shown_in: int | None = None
        self._awaited: list[Callable[[], None]] = []
        #: Probability from which a row is called positive, as the last `evaluate` tuned it; None before that.
        self.threshold: float | None = None
        #: What was given to `fit` as the table, where that was neither a path nor rows in memory.
        self.source: Any = None
        self._unsubscribe = log.subscribe(self._apply)

    def _apply(self, logged: LoggedEvent) -> None:
        with self._state_lock:
            self._state.apply(logged)

    # What is known, without waiting ----------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """Id of the run: the name of its folder."""
        return self._folder.run_id

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.message().name

    @property
    def running(self) -> bool:
        """Whether it goes on in this kernel."""
        return self._search is not None and self._search.running

    @property
    def begun_here(self) -> bool:
        """Whether this kernel has searched for it, and did not only open it."""
        return self._search is not None

    def line(self) -> RunLine:
        """What a list of runs shows of it now."""
        from lepton_jupyter.views.run_lines import search_line

        with self._state_lock:
            going_on = self.running
            return search_line(self._state, alive=going_on, run_id=self.id, now_elapsed=self._now(), stoppable=going_on)

    @property
    def status(self) -> str:
        """How it stands, in one sentence."""
        from lepton_jupyter.views.progress_line import progress_sentence

        return progress_sentence(self.message())

    @property
    def events(self) -> tuple[LoggedEvent, ...]:
        """Everything that has happened, oldest first."""
        return self._log.events()

    @property
    def leaderboard(self) -> pd.DataFrame:
        """Models finished so far, the best first."""
        from lepton_jupyter.views.leaderboard_frame import leaderboard

        with self._state_lock:
            return leaderboard(self._state)

    @property
    def cost(self) -> Cost:
        """What it has taken so far: CPU, wall, energy and money, by learner and by trial."""
        from lepton_jupyter.notebook.cost_result import Cost
        from lepton_jupyter.views.run_cost import run_cost

        return Cost(run_cost(self._log.events(), now_elapsed=self._now()))

    @property
    def frontier(self) -> pd.DataFrame:
        """Models so far that no other beats in both score and latency, the fastest first: choose among them."""
        from lepton_jupyter.evaluation.model_choice import frontier
        from lepton_jupyter.notebook.frontier_frame import frontier_frame

        return frontier_frame(frontier(self._candidates(), greater_is_better=self.message().greater_is_better))

    def _candidates(self) -> tuple[Candidate, ...]:
        from lepton_jupyter.automl.candidates import candidates

        events = (logged.event for logged in self._log.events())
        return candidates(events, has_models=partial(has_models, self._folder))

    @property
    def best(self) -> Any:
        """Best model so far, as a fitted scikit-learn estimator.

        Raises
        ------
        NoModelError
            If no model is finished yet.
        """
        return self._wrap(self.best_predictor(), self.settings, self.id)

    def best_predictor(self) -> Predictor:
        """Best recipe and models so far; `best` wraps them as an estimator."""
        best = best_so_far(logged.event for logged in self._log.events())
        if best is None:
            raise NoModelError.not_yet(self.id)
        return self._models.predictor(best.weights, best.form, folds=best.folds)

    @property
    def plot(self) -> RunPlots:
        """Figures of what the panel shows, as matplotlib draws them: ``run.plot.history()``."""
        from lepton_jupyter.notebook.judged_rows import rows_to_draw
        from lepton_jupyter.notebook.run_plots import RunPlots

        return RunPlots(self.message, partial(rows_to_draw, self))

    @property
    def folder(self) -> RunFolder:
        """Where it is kept: for reading."""
        return self._folder

    @property
    def settings(self) -> AutoMLSettings:
        """What it was asked to do."""
        return AutoMLSettings.from_json(self._folder.read_text("settings.json"))

    @property
    def task(self) -> UnderstoodTask | None:
        """The table it learns from, as it was understood; None for a run of another kernel: rows are never stored."""
        return None if self._search is None else self._search.task

    @property
    def best_label(self) -> str:
        """What the best model is, such as ``"Ensemble of 4"`` or ``"LightGBM, 31 leaves, rate 0.046"``."""
        best, rows = best_so_far(logged.event for logged in self._log.events()), self.message().rows
        if best is None or not rows:
            return ""
        if best.label == "ensemble":
            return rows[0].label
        row = next((each for each in rows if each.trial_id in best.weights), rows[0])
        return f"{row.label}, {row.description}" if row.description else row.label

    @property
    def fit_seconds(self) -> float:
        """Time that went into the fits of all its finished trials, summed over workers."""
        return sum(each.event.fit_seconds for each in self._log.events() if isinstance(each.event, TrialFinished))

    def replay(self) -> Replay:
        """Live through its search again from the log alone, and say whether every trial is asked for as it was.

        No data is needed and nothing is fitted. ``lepton_jupyter.automl.replay.replayed_states`` gives each state on
        the way.

        Raises
        ------
        ReplayError
            If the log is of a version that did not say what its asks were based on.
        """
        from lepton_jupyter.automl.replay import replay

        return replay(logged.event for logged in self._log.events())

    def out_of_fold(self) -> NDArray[np.float64]:
        """Predictions of the best model for its own rows, each made by the part that has not seen the row.

        Returns
        -------
        predictions : ndarray of shape (n_rows, n_outputs)
            NaN for rows that were never validated.

        Raises
        ------
        NoModelError
            If no model is finished yet.
        DamagedRunError
            If its files are not there.
        """
        best = best_so_far(logged.event for logged in self._log.events())
        if best is None:
            raise NoModelError.not_yet(self.id)
        parts = {trial_id: self._folder.load_out_of_fold(trial_id) for trial_id in best.weights}
        return blend(parts, best.weights, best.form).astype(np.float64)

    def message(self) -> RunPanelMessage:
        """What a panel of this run shows now."""
        with self._state_lock:
            return extract(self._state, live=self.running, now_elapsed=self._now())

    def board_page(self, after_rank: int) -> BoardPageMessage:
        """Rows of the board that rank after those a panel shows already."""
        from lepton_jupyter.views.board_rows import board_page

        with self._state_lock:
            return board_page(self._state, after_rank)

    def _saved_message(self, room_bytes: int) -> RunPanelMessage:
        with self._state_lock:
            return extract(
                self._state,
                live=self.running,
                now_elapsed=self._now(),
                room_bytes=room_bytes,
                max_rows=MAX_SAVED_ROWS,
            )

    def _now(self) -> float | None:
        return self._log.elapsed_seconds() if self.running else None

    # The end ---------------------------------------------------------------------------------------------------------

    def wait(self, timeout: float | None = None) -> Run:
        """Wait for the end of the run; a KeyboardInterrupt stops it and keeps the best so far.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most.

        Returns
        -------
        run : Run
            Itself.

        Raises
        ------
        RunFailedError
            If the run ended without a model; its sentence says why.
        """
        if self._search is not None:
            try:
                self._wait(self._search, timeout)
            except KeyboardInterrupt:
                self._search.stop("interrupt")
                self._search.wait()
            if not self.running:
                self._tell_awaited()
        self._raise_failure()
        return self

    @staticmethod
    def _wait(search: ModelSearch, timeout: float | None) -> None:
        # In short pieces: on Windows a KeyboardInterrupt is not heard before the end of a wait.
        end = math.inf if timeout is None else time.monotonic() + timeout
        while not search.wait(max(0.0, min(_LISTEN_SECONDS, end - time.monotonic()))) and time.monotonic() < end:
            pass

    def on_awaited(self, callback: Callable[[], None]) -> None:
        """Call `callback` once, after the end, on the thread of whoever waits for it, before that goes on."""
        self._awaited.append(callback)

    def _tell_awaited(self) -> None:
        with self._state_lock:
            callbacks, self._awaited = self._awaited, []
        for callback in callbacks:
            callback()

    def _raise_failure(self) -> None:
        for logged in reversed(self._log.events()):
            if isinstance(logged.event, RunFailed):
                raise RunFailedError(logged.event.sentence)
            if isinstance(logged.event, RunFinished):
                return

    def settle(self, timeout: float | None = None) -> bool:
        """Wait for the end, whatever it is; False if it did not come within `timeout` seconds."""
        return self._search is None or self._search.wait(timeout)

    def __await__(self) -> Generator[Any, None, Run]:
        return asyncio.to_thread(self.wait).__await__()

    def stop(self, source: str = "python") -> None:
        """End the search now and keep the best so far; returns at once."""
        if self._search is not None:
            self._search.stop(source)

    def extend(self, seconds: float) -> None:
        """Search on for more seconds."""
        if self._search is not None:
            self._search.extend(seconds)

    @property
    def model(self) -> Any:
        """The run's model, a fitted scikit-learn estimator; waits for the end.

        Raises
        ------
        RunFailedError
            If the run ended without a model.
        """
        self.wait()
        return self.best

    def choose(
        self,
        *,
        prefer: str = "accuracy",
        latency: str | float | None = None,
        size: str | float | None = None,
        score: float | None = None,
        trial: int | None = None,
    ) -> Any:
        """Choose another of the run's models, with nothing fitted again; waits for the end.

        Parameters
        ----------
        prefer : {"accuracy", "balanced", "speed", "smallest"}, default="accuracy"
            Among those within the limits: the best score; the fastest within one standard error of the best; the
            fastest, or the smallest, that gives up no more than a tenth of what the best lacks to a perfect score. With
            `score` it is that which bounds what may be given up.
        latency : str or float, optional
            Most time to predict a row within a batch: ``"1ms"``, ``"200us"``; a number is seconds.
        size : str or float, optional
            Most that the model's files may take: ``"5MB"``; a number is bytes.
        score : float, optional
            The least good score, out of fold, in the metric's unit.
        trial : int, optional
            The model of this trial alone, which limits may still refuse: what the slider along the front writes.

        Returns
        -------
        model : LeptonClassifier or LeptonRegressor
            Fitted, as `model` gives it.

        Raises
        ------
        InvalidQuantityError, InvalidSettingError
            If a limit or a preference cannot be read.
        NoCandidateError
            If no model is within the limits, of which the message names the nearest, or that trial has none.

        Examples
        --------
        >>> run.choose(latency="100us", prefer="balanced").predict(df)  # doctest: +SKIP
        """
        from lepton_jupyter.evaluation.model_choice import PREFERENCES, Limits, choose

        one_of("prefer", prefer, PREFERENCES)
        limits = Limits(
            row_milliseconds=None if latency is None else 1e3 * seconds_of(latency),
            size_bytes=None if size is None else bytes_of(size),
            score=score,
        )
        self.wait()
        there = self._candidates()
        if not there:
            raise NoCandidateError.from_no_files(self.id)
        if trial is not None:
            # The mean of its folds: one of them alone comes behind it.
            there = tuple(each for each in there if each.weights.keys() == {trial})[:1]
            if not there:
                raise NoCandidateError.from_trial(self.id, trial)
        better = self.message().greater_is_better
        chosen = choose(there, greater_is_better=better, prefer=prefer, limits=limits)
        predictor = self._models.predictor(chosen.weights, chosen.form, folds=chosen.folds)
        return self._wrap(predictor, self.settings, self.id)

    def as_code(self, trial: int | None = None) -> str:
        """One model of this run as plain scikit-learn and LightGBM code that fits it again; waits for the end.

        Parameters
        ----------
        trial : int, optional
            Default: the best single one. An ensemble is no single model.

        Returns
        -------
        code : str
            Fits ``model`` on a table ``df``. What lepton adds to these libraries is left out, and named in it.

        Raises
        ------
        NoPlainCodeError
            If there is no such trial, or neither library has such a model.

        Examples
        --------
        >>> print(run.as_code())  # doctest: +SKIP
        """
        from lepton_jupyter.notebook.code_of_trials import code_of_trial

        self.wait()
        chosen = next((row.trial_id for row in self.message().rows if row.rank == 1), None) if trial is None else trial
        return code_of_trial(self._folder, [logged.event for logged in self._log.events()], chosen)

    def export(self, to: str | os.PathLike[str], *, trial: int | None = None, overwrite: bool = False) -> Path:
        """Write one model of this run to a file that needs nothing of the run; waits for the end.

        Parameters
        ----------
        to : str or path
            Ends in ``.zip``: the fitted model, which `lepton_jupyter.load_model` gives back in any process. It holds
            how a table is prepared and the fold models in their own formats, and ``manifest.json`` tells what it is.
            Ends in ``.py``: what `as_code` gives.
        trial : int, optional
            The model of this trial alone. Default: the run's best; in code, the best single one.
        overwrite : bool, default=False
            Whether a file that is there gives way.

        Returns
        -------
        path : Path

        Raises
        ------
        ExportError, ExistingFileError, ExportWriteError
            If nothing is written under such an ending, a file is there, or the file cannot be written.
        NoCandidateError, NoPlainCodeError
            If there is no such trial, or no code for it.

        Examples
        --------
        >>> run.export("churn.zip")  # doctest: +SKIP
        >>> lepton_jupyter.load_model("churn.zip").predict(df)  # doctest: +SKIP
        """
        from lepton_jupyter.notebook.model_files import is_code, place_to_write, write_code, write_estimator

        path = place_to_write(to, overwrite=overwrite)  # before the run is waited for
        if is_code(path):
            return write_code(path, self.as_code(trial), overwrite=overwrite)
        model = self.model if trial is None else self.choose(trial=trial)
        return write_estimator(path, model, self._folder, threshold=self.threshold, overwrite=overwrite)

    def distil(self, *, budget: str | float = "10s", train: Any = None) -> Any:
        """Make one small model that has learnt from this run's best what that has learnt from the table.

        Waits for the end. See `lepton_jupyter.automl.distillation.distil` for the method and its sources.

        Parameters
        ----------
        budget : str or float, default="10s"
            What all fits may take together: ``"30s"``; a number is seconds.
        train : DataFrame, str or path, optional
            The table the run learnt from, in a kernel that does not hold it any more.

        Returns
        -------
        model : LeptonClassifier or LeptonRegressor
            Fitted. Its attribute ``distilled_`` holds its score out of fold beside that of what it has learnt from,
            and how many times as fast it is.

        Raises
        ------
        TrainingRowsError
            If the table is not in this kernel, or the one that was given is another.
        NoDistilledModelError
            If the budget is too small.

        Examples
        --------
        >>> small = run.distil(budget="10s")  # doctest: +SKIP
        >>> small.distilled_  # doctest: +SKIP
        <Distilled: LightGBM, …, 0.928 out of fold beside 0.930 of Ensemble of 5, 22 times as fast>
        """
        from lepton_jupyter.notebook.distilling import distil

        seconds = seconds_of(budget)
        self.wait()
        there = self._candidates()
        if not there:
            raise NoCandidateError.from_no_files(self.id)
        return distil(self, there, self._models, seconds=seconds, train=train, wrap=self._wrap)

    def fit_everything(self, table: Any = None) -> Any:
        """Fit this run's best booster on all rows of a table of which the search saw a sample; waits for the end.

        The workers of a Dask cluster read the rows and learn from them together, by LightGBM's or XGBoost's own
        distributed training; none of them goes through the kernel but those that are held out. On these, which neither
        has seen, the booster is compared with the run's model, and only if it is better it is what is given back.

        Parameters
        ----------
        table : Dask DataFrame, Prepared, str or path, optional
            What the run learnt from, where that was no path; files must be where the workers see them.

        Returns
        -------
        model : LeptonClassifier or LeptonRegressor
            Fitted. Its attribute ``everything_`` tells both scores and which model it is.

        Raises
        ------
        EverythingError
            If the run's table was no sample, no cluster works for this kernel, or its memory does not do.
        WorkerLostError
            If a worker is lost meanwhile, which the others cannot do without.

        Examples
        --------
        >>> model = run.fit_everything()  # doctest: +SKIP
        >>> model.everything_  # doctest: +SKIP
        <Everything: LightGBM, 31 leaves, rate 0.06, 212 rounds on 19,950,000 rows …>
        """
        from lepton_jupyter.notebook.everything import fit_everything

        self.wait()
        given = self.source if table is None else table
        predictor, report = fit_everything(self, self._models, self.best_predictor(), given, self._graph_client)
        return self._with_report(predictor, report)

    @property
    def everything(self) -> Any:
        """What `fit_everything` gave back, also in another kernel; None where it was not called."""
        from lepton_jupyter.automl.everything import load_everything

        best = self.best_predictor()
        kept = load_everything(self._folder, best.recipe, best.n_outputs)
        if kept is None:
            return None
        booster, report = kept
        return self._with_report(booster if report.taken else best, report)

    def _with_report(self, predictor: Predictor, report: Everything) -> Any:
        model = self._wrap(predictor, self.settings, self.id)
        model.everything_ = report
        return model

    def predict(self, table: Any) -> NDArray[Any]:
        """Predict each row with the run's model, also of a file; waits for the end."""
        return self._of_every_row(self.model.predict, table)

    def _of_every_row(self, predict: Callable[[Any], NDArray[Any]], table: Any) -> NDArray[Any]:
        from lepton_jupyter.notebook.tables import all_rows, is_elsewhere

        if not is_elsewhere(table):
            return predict(table)
        # In parts where a file does not fit into memory: predictions are never of a sample.
        parts = [predict(part) for part in all_rows(table)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def predict_proba(self, table: Any) -> NDArray[np.float64]:
        """Probability of each class for each row; waits for the end.

        Raises
        ------
        NoProbabilitiesError
            If the run predicts numbers.
        """
        model = self.model
        if not hasattr(model, "predict_proba"):
            raise NoProbabilitiesError.from_run(self.id)
        return self._of_every_row(model.predict_proba, table)

    # Display ---------------------------------------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[LoggedEvent], None]) -> Callable[[], None]:
        """Call `callback` with every event from now on; the function returned ends it."""
        return self._log.subscribe(callback)

    def formats(self) -> dict[str, Any]:
        """What an output of this run carries beside the live panel, by MIME type."""
        from lepton_jupyter.notebook.output_forms import output_forms

        return output_forms(self._saved_message)

    def shown(self) -> Run:
        """Say that this cell shows this run already: as the cell's last value it is not shown again."""
        self._shown_in = current_cell()
        return self

    def _ipython_display_(self) -> None:
        shown_in, self._shown_in = self._shown_in, None
        if shown_in is None or shown_in != current_cell():
            self._show(self)

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.status}>"
