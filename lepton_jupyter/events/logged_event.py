"""An event as the log holds it: numbered and dated."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_jupyter.events.run_events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedEvent:
    """One entry of a run's log.

    Parameters
    ----------
    sequence : int
        Place in the log, from 0, without gaps.
    at : str
        When it happened, ISO 8601 in UTC, such as ``"2025-11-21T14:32:07.120Z"``; shown, never computed with.
    elapsed_seconds : float
        Seconds of the run, read from a monotonic clock; a resumed run counts on from where it was.
    event : Event
        What happened.

    Examples
    --------
    >>> from lepton_jupyter.events.run_events import WarningRaised
    >>> LoggedEvent(sequence=3, at="2025-11-21T14:32:07Z", elapsed_seconds=1.5, event=WarningRaised(text="slow")).event
    WarningRaised(text='slow')
    """

    sequence: int
    at: str
    elapsed_seconds: float
    event: Event
