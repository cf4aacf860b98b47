"""The process in which a detached stream lives; `detaching` starts it."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from lepton_jupyter.notebook.clusters import use_cluster
from lepton_jupyter.notebook.library import find_folder, find_run
from lepton_jupyter.notebook.resuming_streams import continued_stream
from lepton_jupyter.notebook.stream_launching import begun_stream
from lepton_jupyter.notebook.stream_wishes import StreamWishes

if TYPE_CHECKING:
    from lepton_jupyter.notebook.stream_handle import Stream


def _flowing(asked: dict[str, Any]) -> Stream:
    ends: tuple[Any, Any, Any] = tuple(asked["ends"])
    if "stream" in asked:
        return continued_stream(find_folder(asked["stream"]), ends, detach=True)
    wishes = StreamWishes.from_json(asked["wishes"])
    return begun_stream(find_run(asked["run"]), wishes, ends, learn=wishes.learn or None)


def live() -> None:
    """Be that process: begin the stream, or go on with it, say how that went, and last as long as it does."""
    asked = json.loads(sys.stdin.buffer.readline())
    # Whatever is printed must not end up in the answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        if asked["cluster"] is not None:
            use_cluster(asked["cluster"])
        flowing = _flowing(asked)
    except Exception as error:  # noqa: BLE001  whoever waits for the answer is told
        answers.write(json.dumps({"error": str(error)}) + "\n")
        answers.close()
        return
    answers.write(json.dumps({"run_id": flowing.id}) + "\n")
    answers.close()
    signal.signal(signal.SIGTERM, lambda *_: flowing.stop("signal"))
    while not flowing.settle(1.0):  # in pieces, or no signal is heard on Windows
        pass
