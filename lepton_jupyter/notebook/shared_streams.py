"""Streams that workers of a Dask cluster share: what each of them is given, and what cannot be shared."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.execution_errors import InvalidWorkerCountError
from lepton_jupyter.exceptions.stream_errors import StreamUsageError
from lepton_jupyter.execution.resident_crew import ResidentCrew
from lepton_jupyter.notebook.session import current_session
from lepton_jupyter.streaming.loop_on_worker import LoopPlan
from lepton_jupyter.streaming.shared_loop import SharedLoop
from lepton_jupyter.streaming.stream_places import check_shared_sink, shared_source_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.notebook.stream_wishes import StreamWishes
    from lepton_jupyter.runs.run_folder import RunFolder
    from lepton_jupyter.streaming.contender import Contender
    from lepton_jupyter.streaming.left_wishes import LeftWishes
    from lepton_jupyter.streaming.prequential_score import PrequentialScore
    from lepton_jupyter.streaming.stream_source import Source

_ON_WORKERS = "windows and lags of an entity would be spread over workers; a stream processor such as Flink keeps them"
_EACH_BY_ITSELF = "each worker judges its own rows, and would pause alone"
_LEARNT = "what is learnt from labels is in the memory of one process"
_BY_ONE = "a challenger is judged on rows that one process has seen"


def check_shared(wishes: StreamWishes, source: Any, sink: Any, dead_letters: Any) -> None:
    """Refuse what workers cannot share; nothing where no workers are wished for.

    Raises
    ------
    InvalidWorkerCountError, StreamPlaceError, StreamUsageError
    """
    if wishes.workers is None:
        return
    if wishes.workers < 1:
        raise InvalidWorkerCountError.from_value(wishes.workers)
    if wishes.windowed:
        raise StreamUsageError.from_unshared_wish("--window" if wishes.window else "--entity", _ON_WORKERS)
    if wishes.on_bad_rows == "pause":
        raise StreamUsageError.from_unshared_wish("--on-bad-rows pause", _EACH_BY_ITSELF)
    if wishes.learn:
        raise StreamUsageError.from_unshared_wish("--learn", _LEARNT)
    if wishes.on_drift == "challenger":
        raise StreamUsageError.from_unshared_wish("--on-drift challenger", _BY_ONE)
    shared_source_of(source, name=wishes.name)
    for end in (sink, *([] if dead_letters is None else [dead_letters])):
        check_shared_sink(end)


def loop_plan(
    folder: RunFolder,
    wishes: StreamWishes,
    ends: tuple[Any, Any, Any],
    champion: Contender,
    prequential: PrequentialScore | None,
    *,
    bounded: bool,
    watched: bool,
) -> LoopPlan:
    """What each worker is given.

    Parameters
    ----------
    folder : RunFolder
        Takes the dead letters, a file for each loop, where no other place is named; workers must see it then.
    wishes : StreamWishes
    ends : tuple
        Source, sink and dead letters as a person gave them.
    champion : Contender
        Its scorer travels compiled.
    prequential : PrequentialScore or None
    bounded, watched : bool
        Whether errors lie between 0 and 1, and whether anything is watched for drift.

    Returns
    -------
    plan : LoopPlan
    """
    source, sink, dead_letters = ends
    # Braces in a path are a path's, and not the number of a loop.
    beside = str(folder.path).replace("{", "{{").replace("}", "}}")
    plan = LoopPlan(
        name=wishes.name,
        source=source,
        sink=_whole(sink),
        dead_letters=f"{beside}{os.sep}dead_letters-{{seat}}.jsonl"
        if dead_letters is None
        else _whole(dead_letters).replace("{", "{{").replace("}", "}}"),
        scorer=champion.scorer,
        settings=wishes.loop_settings(),
        prequential=prequential,
        column_watch=champion.column_watch,
        watches_errors=watched and prequential is not None,
        bounded=bounded,
    )
    return plan.for_workers(wishes.workers or 1)


def shared_loop(
    plan: LoopPlan,
    n_workers: int,
    *,
    say: Callable[[Event], object],
    run_id: str,
    source: Source,
    left_wishes: LeftWishes,
) -> SharedLoop:
    """Loop that has its loops on workers of this kernel's cluster.

    Raises
    ------
    StreamUsageError
        If there is no cluster, or it has fewer workers.
    """
    client = current_session().cluster.loops_client()
    if client is None:
        raise StreamUsageError.from_no_cluster(n_workers)
    crew = ResidentCrew(client, plan, n_workers)
    there = len(crew.workers())
    if there < n_workers:
        raise StreamUsageError.from_few_workers(n_workers, there)
    return SharedLoop(
        crew,
        n_loops=n_workers,
        say=say,
        run_id=run_id,
        lag_of_group=bool(getattr(source, "lag_of_group", False)),
        left_wishes=left_wishes,
    )


def _whole(place: Any) -> str:
    text = os.fspath(place)
    return text if "://" in text else str(Path(text).expanduser().absolute())
