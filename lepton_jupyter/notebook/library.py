"""The runs on this disk: list, find, open and remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.stored_models import StoredModels
from lepton_jupyter.events.preparation_events import PreparationStarted
from lepton_jupyter.events.quantities import parse_duration
from lepton_jupyter.events.stream_events import StreamStarted
from lepton_jupyter.exceptions.automl_errors import NoRunError
from lepton_jupyter.exceptions.budget_errors import InvalidQuantityError
from lepton_jupyter.exceptions.run_errors import DamagedRunError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.notebook.estimators import fitted_estimator
from lepton_jupyter.notebook.panel import show
from lepton_jupyter.notebook.prepared_table import PreparationPlan
from lepton_jupyter.notebook.run_handle import Run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.stream_display import show_stream
from lepton_jupyter.notebook.stream_handle import Stream
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.log_following import LogFollower
from lepton_jupyter.runs.log_reading import first_event, read_log
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.preparation_board import preparation_message
from lepton_jupyter.views.runs_table import (
    RunSummary,
    render_runs_html,
    render_runs_text,
    summarise,
    summarise_preparation,
    summarise_stream,
)
from lepton_jupyter.views.stream_state import StreamState

if TYPE_CHECKING:
    from lepton_jupyter.notebook.session import GoingPreparation
    from lepton_jupyter.runs.run_folder import RunFolder


class RunsTable:
    """Runs on this disk, the newest first; shows itself as a table.

    Parameters
    ----------
    summaries : sequence of RunSummary
    """

    def __init__(self, summaries: list[RunSummary]) -> None:
        self.summaries = tuple(summaries)

    def __len__(self) -> int:
        return len(self.summaries)

    def __iter__(self) -> Any:
        return iter(self.summaries)

    def __repr__(self) -> str:
        return render_runs_text(self.summaries)

    def _repr_html_(self) -> str:
        return render_runs_html(self.summaries)


def list_runs() -> RunsTable:
    """Runs on this disk, the newest first, with what they found and the space they take."""
    summaries = []
    for folder in current_session().store.list():
        try:
            contents, alive = folder.look()
        except DamagedRunError:
            continue
        events, disk_bytes = contents.events, folder.disk_bytes()
        begun = events[0].event if events else None
        if isinstance(begun, StreamStarted):
            summaries.append(summarise_stream(StreamState.from_events(events), disk_bytes=disk_bytes, alive=alive))
        elif isinstance(begun, PreparationStarted):
            message = preparation_message(events)
            summaries.append(summarise_preparation(message, folder.name, events[0].at, disk_bytes, alive))
        else:
            summaries.append(summarise(BoardState.from_events(events), disk_bytes=disk_bytes, alive=alive))
    return RunsTable(summaries)


def remove_runs(run: str | None = None, *, older: str | float | None = None) -> RunsTable:
    """Remove one run, or all that ended longer ago than `older`; a run that goes on is never removed.

    Parameters
    ----------
    run : str, optional
        Name or id.
    older : str or float, optional
        ``"30d"``, or seconds.

    Returns
    -------
    runs : RunsTable
        Those that are left.
    """
    session = current_session()
    if run is not None:
        run_id = find_folder(run).run_id
        session.store.remove(run_id)
        session.forget(run_id)
    elif older is not None:
        for run_id in session.store.remove_older(_seconds(older)):
            session.forget(run_id)
    return list_runs()


def is_stream(folder: RunFolder) -> bool:
    """Whether a folder is that of a stream."""
    return isinstance(first_event(folder.events), StreamStarted)


def _holds_preparation(folder: RunFolder) -> bool:
    """Whether a run prepared a table."""
    return isinstance(first_event(folder.events), PreparationStarted)


def show_run(run_id: str, *, trust: bool = False) -> Any:
    """Open a run of this disk: its board, and its model; or a stream; or what a preparation did.

    Parameters
    ----------
    run_id : str
        Name or id.
    trust : bool, default=False
        Whether models of classes that are not lepton's own may be loaded; only for runs of your own.

    Returns
    -------
    run : Run, Stream or PreparationPlan

    Raises
    ------
    UnknownRunError
        If there is none; the nearest name is given.
    """
    folder = find_folder(run_id)
    if _holds_preparation(folder):
        return PreparationPlan(preparation_message(read_log(folder.events).events))
    return _open(folder, trust=trust)


def _open(folder: RunFolder, *, trust: bool) -> Run | Stream:
    session = current_session()
    everything: tuple[Run | Stream, ...] = (*session.streams, *session.runs)
    open_ones = {run.id: run for run in everything}
    known = open_ones.get(folder.run_id)
    # A stream that was seen to its end may go on again in another process.
    stale = isinstance(known, Stream) and not known.running and (not known.begun_here or folder.is_running())
    if known is not None and not trust and not stale:
        return known
    if is_stream(folder):
        return opened_stream(folder)
    run = open_folder(folder, trust=trust)
    session.add(run)
    return run


def opened_stream(folder: RunFolder) -> Stream:
    """Stream of a folder, followed where it goes on in another process."""
    contents, alive = folder.look()
    log = EventLog(history=contents)
    follower = LogFollower(folder, log, contents) if alive else None
    stream = Stream(folder, log, follower=follower, show=show_stream)
    if follower is not None:
        follower.start()
    current_session().add_stream(stream)
    return stream


def find_folder(name_or_id: str) -> RunFolder:
    """Folder of the run that is meant, by its name, its id or a part of it.

    Raises
    ------
    UnknownRunError
        If there is none; the nearest name is given.
    InvalidSettingError
        If it is not a text.
    """
    if not isinstance(name_or_id, str):
        raise InvalidSettingError.from_text("run", name_or_id)
    return current_session().store.find(name_or_id)


def _open_by_name(name_or_id: str) -> Run | Stream:
    """Open what searched or streams; a preparation has no model."""
    return _open(find_search_folder(name_or_id), trust=False)


def find_search_folder(name_or_id: str) -> RunFolder:
    """Folder of the run that is meant, where one with models is; the same as `find_folder` otherwise.

    Raises
    ------
    NoRunError
        If it prepared a table.
    UnknownRunError, InvalidSettingError
        As `find_folder`.
    """
    folder = find_folder(name_or_id)
    if _holds_preparation(folder):
        raise NoRunError.from_preparation(folder.run_id)
    return folder


def _seconds(age: str | float) -> float:
    seconds = parse_duration(age) if isinstance(age, str) else age
    if not seconds >= 0:  # an age below zero would be every run's, those that just ended included
        raise InvalidQuantityError.from_duration(str(age))
    return seconds


def open_folder(folder: RunFolder, *, trust: bool = False) -> Run:
    """Open the run in a folder to look at it and to predict with it."""
    log = EventLog(history=read_log(folder.events))
    models = StoredModels(folder, log, trust=trust)
    clients = current_session().cluster.graph_client
    return Run(folder, log, models, wrap=fitted_estimator, show=show, graph_client=clients)


def find_run(name_or_id: str | Run | None = None) -> Run:
    """Run that is meant: the one named, else the one that was started, opened or ended last in this kernel.

    Raises
    ------
    NoRunError
        If no run was started or opened in this kernel.
    """
    return _named(name_or_id) or _open_runs()[-1]


def find_ended_run(name_or_id: str | Run | None = None) -> Run:
    """Run whose model is meant: the one named, else the only or last finished one, which is then said.

    While none has finished yet it is the last that was started; whoever wants its model waits for it.

    Raises
    ------
    NoRunError
        If no run was started or opened in this kernel.
    """
    named = _named(name_or_id)
    if named is not None:
        return named
    runs = _open_runs()
    ended = next((run for run in reversed(runs) if _has_ended_well(run)), None)
    chosen = ended or runs[-1]
    if look_around().interactive:
        said = "the last that finished" if ended else "none has finished yet"
        which = "the only one" if len(runs) == 1 else f"{said}; --run names another"
        # A line for the person who left the choice open; a script that did so has nobody to tell.
        print(f"Run {chosen.id}, {which}")  # noqa: T201
    return chosen


def find_running_run(name_or_id: str | Run | Stream | None = None) -> Run | Stream | GoingPreparation:
    """What is to be stopped: the one named, else what went on last of all that goes on, else the last run.

    Raises
    ------
    NoRunError
        If no run was started or opened in this kernel, or a preparation is named that does not go on in it.
    """
    session = current_session()
    if isinstance(name_or_id, str):
        folder = find_folder(name_or_id)
        going_on = next((each for each in session.preparations if each.id == folder.run_id), None)
        return going_on or _open_by_name(name_or_id)
    if name_or_id is not None:
        return name_or_id
    if session.preparations:  # whose cell is busy, so that nothing was begun after it
        return session.preparations[-1]
    everything: tuple[Run | Stream, ...] = (*session.runs, *session.streams)
    if not everything:
        raise NoRunError.in_this_kernel()
    running = next((each for each in reversed(everything) if each.running), None)
    return running or (session.runs or everything)[-1]


def _named(name_or_id: str | Run | None) -> Run | None:
    if name_or_id is None or isinstance(name_or_id, Run):
        return name_or_id
    found = _open_by_name(name_or_id)
    if isinstance(found, Stream):
        raise StreamUsageError.from_stream(found.id)
    return found


def _has_ended_well(run: Run) -> bool:
    return not run.running and run.message().score is not None


def _open_runs() -> tuple[Run, ...]:
    runs = current_session().runs
    if not runs:
        raise NoRunError.in_this_kernel()
    return runs
