"""The kernel of a soak, to be killed: ``python -m soak.soak_kernel`` reads what it is to do as a line of JSON."""

from __future__ import annotations

import datetime
import json
import sys
import time


def shift_clock(seconds):
    """Let this process's wall clock be wrong by so much, as after a jump."""
    from lepton_jupyter.runs.event_log import EventLog

    true_time = time.time
    time.time = lambda: true_time() + seconds

    def now():
        return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)

    EventLog.__init__.__kwdefaults__["now"] = now


def main():
    asked = json.loads(sys.stdin.readline())
    shift_clock(asked["clock_offset"])
    from lepton_jupyter import stream
    from lepton_jupyter.exceptions.lepton_error import LeptonError
    from lepton_jupyter.notebook.clusters import use_cluster
    from lepton_jupyter.notebook.library import find_folder
    from lepton_jupyter.notebook.resuming import resume_run

    use_cluster(asked["cluster"])
    ends = {"source": asked["source"], "sink": asked["sink"]}
    try:
        find_folder(asked["name"])
    except LeptonError:
        flowing = stream("model", **ends, key="id", workers=asked["workers"], name=asked["name"])
    else:
        flowing = resume_run(asked["name"], **ends)
    print(flowing.id, flush=True)
    flowing.settle()


if __name__ == "__main__":
    main()
