"""Starting a stream: what ``%lepton stream`` calls."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.automl.settings import as_names, one_of
from lepton_jupyter.evaluation.metrics import find_metric
from lepton_jupyter.events.quantities import Budget, parse_rate, parse_speed
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.events.stream_events import StreamStarted
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError, StreamUsageError
from lepton_jupyter.notebook.contenders import ModelSearchOnRows, champion_runs, contender_of, online_contender
from lepton_jupyter.notebook.detaching import detached_stream
from lepton_jupyter.notebook.judged_rows import started_event
from lepton_jupyter.notebook.kept_ends import end_to_keep, kept_end
from lepton_jupyter.notebook.library import find_ended_run, find_folder, find_run
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.notebook.shared_streams import check_shared, loop_plan, shared_loop
from lepton_jupyter.notebook.stream_display import show_stream
from lepton_jupyter.notebook.stream_handle import Stream
from lepton_jupyter.notebook.stream_wishes import StreamWishes
from lepton_jupyter.notebook.surroundings import look_around
from lepton_jupyter.notebook.windowing import check_windows, stream_windows
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.streaming.champion_contest import ChampionContest
from lepton_jupyter.streaming.error_watch import ErrorWatch
from lepton_jupyter.streaming.guarantee import guarantee
from lepton_jupyter.streaming.json_lines_file import JsonLinesFile
from lepton_jupyter.streaming.left_wishes import LeftWishes
from lepton_jupyter.streaming.offset_checkpoint import OffsetCheckpoint
from lepton_jupyter.streaming.online_learner import NAMED
from lepton_jupyter.streaming.owner_lease import OwnerLease
from lepton_jupyter.streaming.prequential_score import PrequentialScore
from lepton_jupyter.streaming.stream_loop import StreamLoop
from lepton_jupyter.streaming.stream_places import sink_of, source_of
from lepton_jupyter.streaming.stream_thread import StreamThread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.runs.run_lock import RunLock
    from lepton_jupyter.streaming.champion_contest import ChallengerSearch
    from lepton_jupyter.streaming.labelled_window import LabelledRow
    from lepton_jupyter.streaming.shared_loop import SharedLoop
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Source

#: A stream may go on for months, at an event or two a second.
_MOST_EVENTS = 20_000
#: What may be done on drift.
ON_DRIFT = ("warn", "challenger", "ignore")
#: What may be done when most rows cannot be predicted.
ON_BAD_ROWS = ("quarantine", "pause")
_CHALLENGER_BUDGET = "60s"
_UNWATCHED = "Run {!r} kept no summary of its table, so that its columns are not watched for drift. Fit it anew."


def stream(  # noqa: PLR0913  what a magic's options say, one Python call says by the same names
    run: str | Run | None = None,
    *,
    source: Any,
    sink: Any,
    key: str | None = None,
    keep: Sequence[str] = (),
    labels: str | None = None,
    rate: str | float | None = None,
    time: str | None = None,
    speed: str | float | None = None,
    until_end: bool = False,
    window: str | Sequence[str] = (),
    entity: str | None = None,
    lateness: str | None = None,
    dead_letters: Any = None,
    on_drift: str = "warn",
    challenger_budget: str | float | None = None,
    on_bad_rows: str = "quarantine",
    workers: int | None = None,
    detach: bool = False,
    learn: Any = None,
    name: str | None = None,
    source_label: str | None = None,
    sink_label: str | None = None,
    learn_label: str | None = None,
) -> Stream:
    """Read rows as they come, predict them with a run's model and store the results; returns when it flows.

    Offsets are committed only after results are stored. A row that cannot be parsed, predicted or stored goes to the
    dead letters with its reason, and holds up no other.

    Parameters
    ----------
    run : str or Run, optional
        Whose model predicts; waits for its end. Default: the only or last finished one of this kernel.
    source : DataFrame, str, path or async generator
        A table is replayed; a file of CSV, JSON lines or Parquet may grow, and a folder get more of them; an address
        such as ``"redis://localhost/orders"``; what a generator yields is a row.
    sink : str, path or callable
        A folder takes Parquet files, ``.jsonl`` JSON lines; an address such as ``"sqlite:///scored.db?table=scores"``
        or ``"redis://localhost/scored"``; a function is called with a list of rows.
    key : str, optional
        Column that names a row in the sink. Default: its position in the source.
    keep : sequence of str
        Columns that are stored beside the predictions.
    labels : str, optional
        Column with the truth, where rows bring it: predictions are scored as labels come. With `key` it may come later,
        in a row that has the key, the label, and nothing that the model looks at.
    rate : str or float, optional
        Most rows: ``"500/s"``; a number is rows a second.
    time : str, optional
        Column of a replayed table in whose order rows come. With `window` or `entity`: of any source, that with the
        time of each row, dates or seconds.
    speed : str or float, optional
        With `time`: how many times as fast as it happened, such as ``"10x"``.
    until_end : bool, default=False
        Whether to end when all rows of the files that are there have been read; a table always ends.
    window : str or sequence of str
        Rows get columns of windows over event time before they are predicted, as `window_features` makes them of the
        table that the model learns from: ``"10m"`` tumbles, ``"1h/10m"`` slides, ``"session:30m"`` ends by silence.
        Made are those that the model reads, and those in `keep`. Windows are in memory, bounded, and begin anew when
        the stream is resumed; a row that is read again after a lost connection counts again.
    entity : str, optional
        Column that says whose row it is: windows and lags are of each by itself.
    lateness : str, optional
        How far a row may be behind the latest one, such as ``"30s"``. Default: not at all. A later one is predicted
        without these columns, counted, and in no window.
    dead_letters : str, path or callable, optional
        Where rows go that cannot be scored. Default: ``dead_letters.jsonl`` in the stream's folder.
    on_drift : {"warn", "challenger", "ignore"}, default="warn"
        What to do when rows, predictions or (with `labels`) errors are no longer as they were: say so in the log and on
        the panel; search for another model too; or not look at all. A challenger needs `labels`. It learns in the
        background from the rows labelled since the change, at least 500 and at most 20,000, which are held in memory
        for that; then it predicts the same rows as the champion, unseen, until a paired test of their losses promotes
        it or not. `Stream.rollback` takes a promotion back.
    challenger_budget : str or float, optional
        Of one such search. Default: 60 s. ``"30s"``, ``"20trials"``; a number is seconds.
    learn : {"boosting", "linear"} or estimator, optional
        A learner that learns from each label as it comes, after the row was predicted without it: LightGBM on sliding
        windows beside a linear model, a linear model alone, an estimator of scikit-learn with ``partial_fit``, or a
        model of River. It needs `labels`, sees the columns as complete and scaled numbers, and takes its time in the
        stream's own thread. In the shadow first, it is promoted when a paired test of losses says so, as a challenger
        is. What it has learnt is in memory: a resumed stream begins with the model of the last run, and it anew.
    on_bad_rows : {"quarantine", "pause"}, default="quarantine"
        What to do when more than half of the newest thousand rows cannot be predicted, such as after a column got
        another type: go on, and put each among the dead letters as any other; or read no more until `Stream.resume`.
    workers : int, optional
        How many workers of the Dask cluster share the stream: each has a loop that reads, predicts, stores and commits
        by itself, as a member of one consumer group. A loop whose worker dies is placed on another. Of a topic of Kafka
        no more of them have work than it has partitions. `source` and `sink` are addresses, or a folder that all
        workers see; a score is the mean of the workers', and a label that comes in a later row must come to the worker
        that had the earlier one.
    detach : bool, default=False
        Whether it lives in a process of its own and goes on when the kernel ends. Both ends are paths or addresses. It
        stands in the list of runs, is followed here by its log, and ends by `Stream.stop`, from any kernel; its
        last results are not seen from here.
    name : str, optional
        What the stream is called. Default: the name of the run, and ``-stream``.
    source_label, sink_label, learn_label : str, optional
        Names of the variables that hold them, by which they are found again when the stream is resumed.

    Returns
    -------
    stream : Stream

    Raises
    ------
    StreamPlaceError
        If the source or the sink is none.
    StreamConnectionError
        If one of them does not answer.
    LeptonError
        One sentence about what else is wrong.

    Examples
    --------
    >>> s = stream(run, source=new_rows, sink="scored/", rate="500/s")  # doctest: +SKIP
    >>> s.stats  # doctest: +SKIP
    """
    _check_drift(on_drift, challenger_budget, labels)
    one_of("on_bad_rows", on_bad_rows, ON_BAD_ROWS)
    if learn is not None and not labels:
        raise StreamPlaceError.from_option("--learn", "--labels COLUMN, the truth to learn from")
    chosen = find_ended_run(run)
    if speed is not None and time is None:
        raise StreamPlaceError.from_option("--speed", "--time COLUMN, the times to go by")
    wishes = StreamWishes(
        name=name or f"{chosen.name}-stream",
        key=key or "",
        labels=labels or "",
        keep=as_names("keep", keep) or (),
        rate=parse_rate(rate) if isinstance(rate, str) else rate,
        time=time,
        speed=parse_speed(speed) if isinstance(speed, str) else speed,
        until_end=until_end,
        window=as_names("window", window) or (),
        entity=entity,
        lateness=lateness,
        on_drift=on_drift,
        challenger_budget=_typed(challenger_budget),
        learn=learn if isinstance(learn, str) else learn_label or "",
        source_place=end_to_keep(source),
        source_label=source_label,
        sink_place=end_to_keep(sink),
        sink_label=sink_label,
        dead_place=end_to_keep(dead_letters),
        workers=workers,
        on_bad_rows=on_bad_rows,
    )
    check_windows(wishes)
    check_shared(wishes, source, sink, dead_letters)
    if detach:
        asked = {
            "source": source, "sink": sink, "key": key, "keep": list(wishes.keep), "labels": labels, "rate": rate,
            "time": time, "speed": speed, "until_end": until_end, "window": list(wishes.window), "entity": entity,
            "lateness": lateness, "dead_letters": dead_letters, "on_drift": on_drift,
            "challenger_budget": challenger_budget, "learn": learn, "on_bad_rows": on_bad_rows, "workers": workers,
            "name": wishes.name,
        }  # fmt: skip
        return _presented(detached_stream(chosen.wait(), asked))
    ends = _Ends.of(wishes, source, sink, dead_letters)
    chosen.wait()
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
            most_events=_MOST_EVENTS,
        )
        started = _launched([chosen], folder, lock, log, ends, wishes, learn=learn)
    except BaseException:
        if log is not None:
            log.close()
        if lock is not None:
            lock.release()
        with suppress(OSError):
            store.remove(folder.run_id)
        raise
    return _presented(started)


def resume_stream(
    run_id: str, *, source: Any = None, sink: Any = None, find_object: Callable[[str], Any] | None = None
) -> Stream:
    """Go on with a stream from its committed offsets, with the model it had.

    Parameters
    ----------
    run_id : str
        Name or id.
    source, sink : optional
        As for `stream`. Default: the same path or SQLite file, or what `find_object` finds; another address must be
        given again, since it is not kept.
    find_object : callable, optional
        Finds tables, generators and functions by the names they had; returns None if there is none.

    Returns
    -------
    stream : Stream

    Raises
    ------
    RunLockedError
        If it goes on in another kernel, or in this one.
    StreamUsageError
        If its source or its sink is not here.
    """
    folder = find_folder(run_id)
    lock = folder.lock()
    log: EventLog | None = None
    try:
        log = opened = EventLog.open(
            folder.events,
            on_write_error=lambda error: opened.append(WarningRaised(text=str(error))),
            most_events=_MOST_EVENTS,
        )
        before = next(each.event for each in reversed(log.events()) if isinstance(each.event, StreamStarted))
        wishes = StreamWishes.read(folder)
        find = find_object or (lambda _: None)
        found = [
            given if given is not None else kept_end(place) or (find(label) if label else None)
            for given, place, label in (
                (source, wishes.source_place, wishes.source_label),
                (sink, wishes.sink_place, wishes.sink_label),
            )
        ]
        for end, value, label in (("source", found[0], before.source), ("sink", found[1], before.sink)):
            if value is None:
                raise StreamUsageError.from_lost_end(folder.run_id, end, label)
        dead_letters = kept_end(wishes.dead_place)
        check_shared(wishes, found[0], found[1], dead_letters)
        ends = _Ends.of(wishes, found[0], found[1], dead_letters)
        # As the person typed them then, though their absolute paths were kept.
        shown = (
            before.source if source is None else ends.source.label,
            before.sink if sink is None else ends.sink.label,
            before.dead_letters,
        )
        champions = [find_run(each).wait() for each in champion_runs(log.events())]
        started = _launched(
            champions,
            folder,
            lock,
            log,
            ends,
            wishes,
            learn=_learner_again(wishes.learn, find),
            shown_ends=shown,
            resumed=True,
        )
    except BaseException:
        if log is not None:
            log.close()
        lock.release()
        raise
    return _presented(started)


class _Ends(NamedTuple):
    source: Source
    sink: Sink
    dead_letters: Sink | None
    given: tuple[Any, Any, Any]

    @classmethod
    def of(cls, wishes: StreamWishes, source: Any, sink: Any, dead_letters: Any) -> _Ends:
        return cls(
            source_of(
                source,
                name=wishes.name,
                label=wishes.source_label,
                # Files and addresses come in their own order, whatever the time in their rows.
                time=None if wishes.windowed and isinstance(source, str | os.PathLike) else wishes.time,
                speed=wishes.speed,
                until_end=wishes.until_end,
            ),
            sink_of(sink),
            None if dead_letters is None else sink_of(dead_letters),
            (source, sink, dead_letters),
        )


def _launched(
    champions: Sequence[Run],
    folder: RunFolder,
    lock: RunLock,
    log: EventLog,
    ends: _Ends,
    wishes: StreamWishes,
    *,
    learn: Any = None,
    resumed: bool = False,
    shown_ends: tuple[str, str, str] | None = None,
) -> Stream:
    """Begin a stream in which the last of `champions` predicts, and those before it once did."""
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
            ends.source, ends.sink, dead_letters, champion.scorer,
            prequential=prequential,
            error_watch=ErrorWatch(bounded=bool(classes)) if watched and prequential else None,
            column_watch=champion.column_watch,
            contest=ChampionContest(
                champion, earlier=contenders[:-1], search=_challenger_search(run, champions[0], wishes),
                online=None if learn is None else online_contender(learn, champions[0]),
                n_classes=len(classes), budget=wishes.challenger_budget,
            ),
            windows=stream_windows(wishes, champion.scorer.columns, champion.scorer.label),
            say=log.append, checkpoint=OffsetCheckpoint(folder), settings=settings, lease=lease,
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
    stream = Stream(folder, log, thread, loop, show=show_stream)
    thread.start()
    current_session().add_stream(stream)
    return stream


def _presented(stream: Stream) -> Stream:
    """Show a stream that flows, where somebody may look."""
    if look_around().interactive:
        show_stream(stream)
    return stream.shown()


def _prequential(run: Run) -> PrequentialScore:
    started = started_event(run)
    classes = run.best_predictor().recipe.class_array().tolist()
    return PrequentialScore(find_metric(started.metric, started.task), classes)


def _check_drift(on_drift: str, challenger_budget: str | float | None, labels: str | None) -> None:
    one_of("on_drift", on_drift, ON_DRIFT)
    if on_drift == "challenger" and not labels:
        raise StreamPlaceError.from_option("--on-drift challenger", "--labels COLUMN, the truth to learn from")
    if challenger_budget is not None and on_drift != "challenger":
        raise StreamPlaceError.from_option("--challenger-budget", "--on-drift challenger")
    if challenger_budget is not None:
        Budget.parse(challenger_budget)


def _learner_again(wish: str, find: Callable[[str], Any]) -> Any:
    """The online learner of a stream that goes on, as it was asked for; it begins anew."""
    return wish if wish in NAMED else find(wish) if wish else None


def _typed(budget: str | float | None) -> str:
    """A budget as it is kept and shown: as typed, or in seconds."""
    if budget is None:
        return _CHALLENGER_BUDGET
    return budget if isinstance(budget, str) else f"{budget:g}s"


def _challenger_search(
    champion: Run, first: Run, wishes: StreamWishes
) -> Callable[[Sequence[LabelledRow]], ChallengerSearch] | None:
    if wishes.on_drift != "challenger":
        return None
    return lambda rows: ModelSearchOnRows(
        champion, first, rows, budget=wishes.challenger_budget, name=f"{wishes.name}-challenger"
    )


def _versions() -> dict[str, str]:
    import platform

    from lepton_jupyter._version import __version__

    return {"lepton-jupyter": __version__, "python": platform.python_version()}
