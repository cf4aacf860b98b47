"""A profile cut to what a message may hold: the most telling columns stay, the others are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lepton_jupyter.events.encoding import to_json
from lepton_jupyter.views.number_format import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepton_jupyter.events.profile_messages import DriftPicture, ProfiledColumn, ProfileMessage

#: Bytes of a message.
LIMIT_BYTES = 64 * 1024
#: Columns of a comparison, the most drifted ones; `DriftPicture` counts them all.
MOST_DRIFTED = 40


def within_limit(message: ProfileMessage, limit: int = LIMIT_BYTES) -> ProfileMessage:
    """The message itself if it is small enough, else with its most telling columns.

    Parameters
    ----------
    message : ProfileMessage
    limit : int, default=65536

    Returns
    -------
    message : ProfileMessage
        With ``hidden`` saying how many columns of which kinds were left out.
    """
    if message.drift is not None and _longest(message.drift) > MOST_DRIFTED:
        message = replace(message, drift=_shortened(message.drift))
    if _size(message) <= limit:
        return message
    telling = sorted(message.columns, key=_how_telling)
    few, many = 0, len(telling)
    while few < many:  # the largest number of columns that fits
        middle = (few + many + 1) // 2
        if _size(_with(message, telling, middle)) <= limit:
            few = middle
        else:
            many = middle - 1
    return _with(message, telling, few)


def _longest(drift: DriftPicture) -> int:
    return max(map(len, (drift.columns, drift.missing, drift.extra, drift.left_out)))


def _shortened(drift: DriftPicture) -> DriftPicture:
    return replace(
        drift,
        columns=drift.columns[:MOST_DRIFTED],
        missing=drift.missing[:MOST_DRIFTED],
        extra=drift.extra[:MOST_DRIFTED],
        left_out=drift.left_out[:MOST_DRIFTED],
    )


def _with(message: ProfileMessage, telling: Sequence[ProfiledColumn], kept: int) -> ProfileMessage:
    left = telling[kept:]
    if not left:
        return message
    kinds = ", ".join(f"{count(n)} {kind}" for kind, n in Counter(column.kind for column in left).most_common())
    noted = sum(bool(column.notes) for column in left)
    with_note = f"{count(noted) if noted else 'none'} of them with a note"
    hidden = f"{count(len(left))} columns more ({kinds}), {with_note}: see .columns"
    return replace(message, columns=tuple(telling[:kept]), hidden=hidden)


def _how_telling(column: ProfiledColumn) -> tuple[int, float, int]:
    levels = {note.level for note in column.notes}
    worst = 0 if "error" in levels else 1 if "warning" in levels else 2 if levels else 3
    return worst, -(column.alone or 0.0), -column.n_missing


def _size(message: ProfileMessage) -> int:
    return len(to_json(message).encode())
