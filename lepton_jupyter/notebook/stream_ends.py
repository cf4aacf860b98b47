"""Where a stream reads from and writes to, made of what a person gave."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from lepton_jupyter.streaming.stream_places import sink_of, source_of

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
