"""What a stream's log says of rows that are other than they were: new fields, and too many that cannot be predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.bad_row_watch import BadRowWatch, FieldWatch
from lepton_jupyter.streaming.row_parsing import parse_row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from lepton_jupyter.events.run_events import Event
    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.loop_wishes import LoopWishes
    from lepton_jupyter.streaming.stream_source import Batch

#: Fields that one row may bring and that are told by name.
_MOST_NEW_FIELDS = 5
_FIELDS_SECONDS = 1.0


class RowAlarms:
    """Looks at batches after they were scored.

    Parameters
    ----------
    say : callable
        ``say(event)`` appends to the run's log.
    wishes : LoopWishes
        Hears that the stream is to pause, where most rows are of another kind than the model's.
    settings : LoopSettings
    columns : collection of str
        Fields that the model looks at.
    clock : callable
    """

    def __init__(
        self,
        say: Callable[[Event], object],
        wishes: LoopWishes,
        *,
        settings: LoopSettings,
        columns: Collection[str],
        clock: Callable[[], float],
    ) -> None:
        self._say, self._wishes, self._clock = say, wishes, clock
        self._pauses = settings.pauses_on_bad_rows
        self._bad_rows = BadRowWatch()
        self._fields = FieldWatch((*columns, settings.key, settings.labels, *settings.keep))
        self._fields_at = clock()

    def saw(self, batch: Batch, refused: Mapping[int, RowRefusal]) -> None:
        """Hear of a batch, and of its rows that are dead letters."""
        if self._clock() >= self._fields_at:
            self._fields_at = self._clock() + _FIELDS_SECONDS
            row = parse_row(batch.payloads[-1])
            for name in [] if isinstance(row, RowRefusal) else self._fields.saw(row)[:_MOST_NEW_FIELDS]:
                self._say(WarningRaised(text=f"Rows have a new column {name!r}, which the model does not look at."))
        if self._pauses:
            sentence = self._bad_rows.saw(len(batch), (refusal.reason for refusal in refused.values()))
            if sentence is not None and not self._wishes.paused:
                self._say(WarningRaised(text=f"{sentence}. Paused: they are dead letters, and Resume goes on."))
                self._wishes.pause("bad rows")

    def forget(self) -> None:
        """Judge by what comes from now on: somebody wishes to go on."""
        self._bad_rows.reset()
