"""What travels between a page and its kernel: the frames of a websocket, read as Jupyter messages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class KernelMessage:
    """One message, as it came over the wire.

    Attributes
    ----------
    size : int
        Bytes of the frame.
    sent_at : datetime
        When its sender made it, by the sender's clock.
    """

    kind: str
    content: dict[str, Any]
    size: int
    sent_at: datetime

    @property
    def is_update(self) -> bool:
        """Whether it changes the state of a widget."""
        return self.kind == "comm_msg" and self.content.get("data", {}).get("method") in {"update", "custom"}

    @property
    def comm(self) -> str:
        """Id of the comm it belongs to."""
        return str(self.content.get("comm_id", ""))


def read_frame(payload: str | bytes) -> KernelMessage | None:
    """Read a frame of the protocol ``v1.kernel.websocket.jupyter.org``; None for a frame that is no message."""
    if isinstance(payload, str) or len(payload) < 8:
        return None
    number = int.from_bytes(payload[:8], "little")
    offsets = [int.from_bytes(payload[8 * at : 8 * at + 8], "little") for at in range(1, number + 1)]
    # Channel, header, parent header, metadata, content, buffers.
    parts = [payload[start:end] for start, end in pairwise(offsets)]
    if len(parts) < 5:
        return None
    header = json.loads(parts[1])
    return KernelMessage(
        kind=header["msg_type"],
        content=json.loads(parts[4]),
        size=len(payload),
        sent_at=datetime.fromisoformat(header["date"]),
    )


def most_in_a_second(messages: list[KernelMessage]) -> int:
    """Most messages that were sent within any one second."""
    times = sorted(message.sent_at for message in messages)
    most = start = 0
    for end, time in enumerate(times):
        while (time - times[start]).total_seconds() >= 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most
