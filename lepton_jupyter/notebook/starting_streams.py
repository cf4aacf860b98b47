"""Starting a stream: what ``%lepton stream`` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.automl.settings import as_names, one_of
from lepton_jupyter.events.quantities import Budget, parse_rate, parse_speed
from lepton_jupyter.exceptions.stream_errors import StreamPlaceError, StreamUsageError
from lepton_jupyter.notebook.detaching import detached_stream
from lepton_jupyter.notebook.kept_ends import end_to_keep
from lepton_jupyter.notebook.library import find_ended_run
from lepton_jupyter.notebook.shared_streams import check_shared
from lepton_jupyter.notebook.stream_launching import begun_stream, presented
from lepton_jupyter.notebook.stream_wishes import StreamWishes
from lepton_jupyter.notebook.windowing import check_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.notebook.stream_handle import Stream

#: What may be done on drift.
ON_DRIFT = ("warn", "challenger", "ignore")
#: What may be done when most rows cannot be predicted.
ON_BAD_ROWS = ("quarantine", "pause")
_CHALLENGER_BUDGET = "60s"


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
    dead_label: str | None = None,
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
        What to do when rows, predictions or (with `labels`) errors are no longer as they were, or a correction of the
        model by its newest labels begins to pay (not with `workers`, nor where the model has more than 100 columns of
        numbers): say so in the log and on the panel; search for another model too; or not look at all. A challenger
        needs `labels`. It learns in the background from the rows labelled since the change, at least 500 and at most
        20,000, which are held in memory for that; then it predicts the same rows as the champion, unseen, until a
        paired test of their losses promotes it or not. `Stream.rollback` takes a promotion back.
    challenger_budget : str or float, optional
        Of one such search. Default: 60 s. ``"30s"``, ``"20trials"``; a number is seconds.
    learn : {"boosting", "linear"} or estimator, optional
        A learner that learns from each label as it comes, after the row was predicted without it: LightGBM on sliding
        windows beside a linear model, a linear model alone, an estimator of scikit-learn with ``partial_fit``, or a
        model of River. It needs `labels`, sees the columns as complete and scaled numbers, and takes its time in the
        stream's own thread. In the shadow first, it is promoted when a paired test of losses says so, as a challenger
        is. Of the named ones models and losses, but no rows, are kept in the stream's folder every ten seconds and at
        its end: a resumed stream goes on with them. An estimator of your own learns afresh.
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
        last results are not seen from here. When it is resumed it lives so again.
    name : str, optional
        What the stream is called. Default: the name of the run, and ``-stream``.
    source_label, sink_label, dead_label, learn_label : str, optional
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
        dead_label=None if dead_letters is None else dead_label or "",
        workers=workers,
        on_bad_rows=on_bad_rows,
        detach=detach,
    )
    check_windows(wishes)
    check_shared(wishes, source, sink, dead_letters)
    ends = (source, sink, dead_letters)
    if detach:
        if learn is not None and not isinstance(learn, str):
            raise StreamUsageError.from_kept_end("learner")
        return presented(detached_stream(chosen.wait(), wishes, ends))
    return presented(begun_stream(chosen, wishes, ends, learn=learn))


def _check_drift(on_drift: str, challenger_budget: str | float | None, labels: str | None) -> None:
    one_of("on_drift", on_drift, ON_DRIFT)
    if on_drift == "challenger" and not labels:
        raise StreamPlaceError.from_option("--on-drift challenger", "--labels COLUMN, the truth to learn from")
    if challenger_budget is not None and on_drift != "challenger":
        raise StreamPlaceError.from_option("--challenger-budget", "--on-drift challenger")
    if challenger_budget is not None:
        Budget.parse(challenger_budget)


def _typed(budget: str | float | None) -> str:
    """A budget as it is kept and shown: as typed, or in seconds."""
    if budget is None:
        return _CHALLENGER_BUDGET
    return budget if isinstance(budget, str) else f"{budget:g}s"
