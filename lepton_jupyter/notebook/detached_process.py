"""The process in which a detached stream lives; `detaching` starts it."""

from __future__ import annotations

import json
import os
import signal
import sys

from lepton_jupyter.notebook.clusters import use_cluster
from lepton_jupyter.notebook.starting_streams import stream


def live() -> None:
    """Be that process: start the stream, say how that went, and last as long as it does."""
    asked = json.loads(sys.stdin.buffer.readline())
    # Whatever is printed must not end up in the answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        if asked["cluster"] is not None:
            use_cluster(asked["cluster"])
        flowing = stream(asked["run"], **asked["wishes"])
    except Exception as error:  # noqa: BLE001  whoever waits for the answer is told
        answers.write(json.dumps({"error": str(error)}) + "\n")
        answers.close()
        return
    answers.write(json.dumps({"run_id": flowing.id}) + "\n")
    answers.close()
    signal.signal(signal.SIGTERM, lambda *_: flowing.stop("signal"))
    while not flowing.settle(1.0):  # in pieces, or no signal is heard on Windows
        pass
