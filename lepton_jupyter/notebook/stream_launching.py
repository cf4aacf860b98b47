"""Beginning a stream in this process: its models, its loop, its thread and the first words of its log."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import LearnerTakenUp, StreamStarted
from lepton_jupyter.notebook.challenger_search import ModelSearchOnRows
from lepton_jupyter.notebook.contenders import contender_of, correction_watch, online_contender
from lepton_jupyter.notebook.judged_rows import started_event
from lepton_jupyter.notebook.learner_taking_up import taken_up
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.shared_streams import loop_plan, shared_loop
from lepton_jupyter.notebook.stream_display import show_stream
from lepton_jupyter.notebook.stream_ends import StreamEnds
from lepton_jupyter.notebook.stream_handle import Stream
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.notebook.windowing import stream_windows
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.streaming.champion_contest import ChampionContest
from lepton_jupyter.streaming.error_watch import ErrorWatch
from lepton_jupyter.streaming.guarantee import guarantee
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.learner_checkpoint import LearnerCheckpoint
from lepton_jupyter.streaming.left_wishes import LeftWishes
from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.prequential_score import PrequentialScore
from lepton_jupyter.streaming.stream_loop import StreamLoop
from lepton_jupyter.streaming.stream_thread import StreamThread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.notebook.stream_wishes import StreamWishes
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.runs.run_lock import RunLock
    from lepton_jupyter.streaming.champion_contest import ChallengerSearch
    from lepton_jupyter.streaming.labelled_window import LabelledRow
    from lepton_jupyter.streaming.shared_loop import SharedLoop

#: A stream may go on for months, at an event or two a second.
MOST_EVENTS = 20_000
_UNWATCHED = "Run {!r} kept no summary of its table, so that its columns are not watched for drift. Fit it anew."


def begun_stream(run: Run, wishes: StreamWishes, ends: tuple[Any, Any, Any], *, learn: Any = None) -> Stream:
    """Begin a stream in this process, in a new folder; where it cannot begin, nothing is left of that.

    Parameters
    ----------
    run : Run
        Whose model predicts; waits for its end.
    wishes : StreamWishes
    ends : tuple
        Source, sink and dead letters as a person gave them.
    learn : str, estimator or None
        What learns online.

    Returns
    -------
    stream : Stream
    """
    made = StreamEnds.of(wishes, *ends)
    run.wait()
    store = current_session().store
    folder = store.create(wishes.name)
    lock: RunLock | None = None
    log: EventLog | None = None
    try:
        lock = folder.lock()
        wishes.write(folder)
        log = opened = EventLog(
            folder.events,
            on_write_error=lambda error: opened.append(WarningRaised(text=str(error))),
            most_events=MOST_EVENTS,
        )
        return launched_stream([run], folder, lock, log, made, wishes, learn=learn)
    except BaseException:
        if log is not None:
            log.close()
        if lock is not None:
            lock.release()
        with suppress(OSError):
            store.remove(folder.run_id)
        raise


def launched_stream(
    champions: Sequence[Run],
    folder: RunFolder,
    lock: RunLock,
    log: EventLog,
    ends: StreamEnds,
    wishes: StreamWishes,
    *,
    learn: Any = None,
    resumed: bool = False,
    learner_predicts: bool = False,
    shown_ends: tuple[str, str, str] | None = None,
) -> Stream:
    """Begin a stream in which the last of `champions` predicts, and those before it once did.

    Where it is `resumed` and `learner_predicts`, the online learner does in their place, if it can go on.
    """
    run, settings = champions[-1], wishes.loop_settings()
    dead_letters = ends.dead_letters or JsonLinesFile(folder.path / "dead_letters.jsonl")
    shown, watched = run.message(), wishes.on_drift != "ignore"
    contenders = [contender_of(each, watched=watched, first=champions[0]) for each in champions]
    champion = contenders[-1]
    prequential = _prequential(run) if settings.labels else None
    classes = run.best_predictor().recipe.classes

    def release() -> None:
        log.close()
        lock.release()

    online = None if learn is None else online_contender(learn, champions[0])
    said = taken_up(folder, online, predicted=learner_predicts) if resumed and online is not None else None
    if online is not None and isinstance(said, LearnerTakenUp) and said.predicts:
        contenders.append(online.contender)
    lease = OwnerLease()
    left_wishes = LeftWishes(folder)
    if wishes.workers is not None:
        plan = loop_plan(folder, wishes, ends.given, champion, prequential, bounded=bool(classes), watched=watched)
        loop: StreamLoop | SharedLoop = shared_loop(
            plan, wishes.workers, say=log.append, run_id=run.id, source=ends.source, left_wishes=left_wishes
        )
        # For its label only: each loop has a file of its own.
        dead_letters = ends.dead_letters or JsonLinesFile(folder.path / "dead_letters-*.jsonl")
    else:
        loop = StreamLoop(
            ends.source, ends.sink, dead_letters, contenders[-1].scorer,
            prequential=prequential,
            error_watch=ErrorWatch(bounded=bool(classes)) if watched and prequential else None,
            correction_watch=correction_watch(champions[0]) if watched and prequential else None,
            column_watch=contenders[-1].column_watch,
            contest=ChampionContest(
                contenders[-1], earlier=contenders[:-1], search=_challenger_search(run, champions[0], wishes),
                online=online, n_classes=len(classes), budget=wishes.challenger_budget,
            ),
            windows=stream_windows(wishes, champion.scorer.columns, champion.scorer.label),
            say=log.append, checkpoint=OffsetCheckpoint(folder), settings=settings, lease=lease,
            learner=None if online is None else LearnerCheckpoint(folder, online.kept, log.append),
            left_wishes=left_wishes,
        )  # fmt: skip
    thread = StreamThread(loop, lease, name=f"lepton-stream-{folder.run_id}", at_end=release)
    promised = guarantee(ends.source, ends.sink)
    source, sink, dead = shown_ends or (ends.source.label, ends.sink.label, dead_letters.label)
    log.append(
        StreamStarted(
            run_id=folder.run_id,
            name=wishes.name,
            model_run=run.id,
            model_label=champion.scorer.label,
            task=shown.task,
            target=shown.target,
            source=source,
            sink=sink,
            dead_letters=dead,
            guarantee=promised.word,
            promise=promised.promise,
            key=settings.key,
            labels=settings.labels,
            metric_label=shown.metric_label,
            resumed=resumed,
            versions=_versions(),
        )
    )
    if champion.compiled is not None:
        log.append(champion.compiled)
    if watched and champion.column_watch is None:
        log.append(WarningRaised(text=_UNWATCHED.format(run.id)))
    if said is not None:
        log.append(said)
    stream = Stream(folder, log, thread, loop, show=show_stream)
    thread.start()
    current_session().add_stream(stream)
    return stream


def presented(stream: Stream) -> Stream:
    """Show a stream that flows, where somebody may look."""
    if look_around().interactive:
        show_stream(stream)
    return stream.shown()


def _prequential(run: Run) -> PrequentialScore:
    started = started_event(run)
    classes = run.best_predictor().recipe.class_array().tolist()
    return PrequentialScore(find_metric(started.metric, started.task), classes)


def _challenger_search(
    champion: Run, first: Run, wishes: StreamWishes
) -> Callable[[Sequence[LabelledRow], str], ChallengerSearch] | None:
    if wishes.on_drift != "challenger":
        return None
    return lambda rows, predicting: ModelSearchOnRows(
        champion,
        first,
        rows,
        predicting=predicting,
        budget=wishes.challenger_budget,
        name=f"{wishes.name}-challenger",
    )


def _versions() -> dict[str, str]:
    import platform

    from lepton_jupyter._version import __version__

    return {"lepton-jupyter": __version__, "python": platform.python_version()}
