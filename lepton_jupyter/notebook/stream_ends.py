"""Where a stream reads from and writes to, made of what a person gave."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.streaming.stream_places import sink_of, source_of
from lepton_jupyter.streaming.table_replay import TableReplay

if TYPE_CHECKING:
    from lepton_jupyter.notebook.stream_wishes import StreamWishes
    from lepton_jupyter.streaming.stream_sink import Sink
    from lepton_jupyter.streaming.stream_source import Source


class StreamEnds(NamedTuple):
    """Both ends and the dead letters, not opened yet.

    Parameters
    ----------
    source : Source
    sink : Sink
    dead_letters : Sink or None
        None: a file in the stream's folder.
    given : tuple
        The three as a person gave them.
    """

    source: Source
    sink: Sink
    dead_letters: Sink | None
    given: tuple[Any, Any, Any]

    @classmethod
    def of(cls, wishes: StreamWishes, source: Any, sink: Any, dead_letters: Any) -> StreamEnds:
        """Make them.

        Raises
        ------
        StreamPlaceError
            If one is none.
        """
        made = source_of(
            source,
            name=wishes.name,
            label=wishes.source_label,
            # Files and addresses come in their own order, whatever the time in their rows.
            time=None if wishes.windowed and isinstance(source, str | os.PathLike) else wishes.time,
            speed=wishes.speed,
            until_end=wishes.until_end,
        )
        if isinstance(made, TableReplay):  # of other sources nobody knows what their rows will have
            # Columns of windows may be kept too, and are made on the way.
            kept = () if wishes.windowed else wishes.keep
            named = (("--key", wishes.key), ("--labels", wishes.labels), ("--entity", wishes.entity))
            made.check_columns([*named, *(("--keep", each) for each in kept)])
        return cls(
            made,
            sink_of(sink),
            None if dead_letters is None else sink_of(dead_letters),
            (source, sink, dead_letters),
        )
