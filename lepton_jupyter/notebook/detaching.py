"""Streams that outlive their kernel: one process for each, which holds its run, and hears wishes by its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.stream_errors import DetachedStreamError, StreamUsageError
from lepton_jupyter.notebook.library import find_folder, opened_stream
from lepton_jupyter.notebook.session import current_session

if TYPE_CHECKING:
    from lepton_jupyter.notebook.run_handle import Run
    from lepton_jupyter.notebook.stream_handle import Stream
    from lepton_jupyter.notebook.stream_wishes import StreamWishes
    from lepton_jupyter.runs.run_folder import RunFolder

_APART: dict[str, Any] = {"start_new_session": True}
if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
#: What the process runs. The import path comes first, so that the package is found wherever it lies.
_BOOTSTRAP = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from lepton_jupyter.notebook.detached_process import live; live()"
)


def detached_stream(run: Run, wishes: StreamWishes, ends: tuple[Any, Any, Any]) -> Stream:
    """Start a stream in a process of its own; returns when it flows.

    Parameters
    ----------
    run : Run
        That has ended.
    wishes : StreamWishes
    ends : tuple
        Source, sink and dead letters as a person gave them. Addresses go to the process through a pipe, where no list
        of processes shows them.

    Returns
    -------
    stream : Stream
        Followed by its log.

    Raises
    ------
    StreamUsageError
        If an end is an object of this kernel, or workers are wished for that end with this kernel.
    DetachedStreamError
        What the process says that could not begin.
    """
    return _in_own_process({"run": run.id, "wishes": wishes.to_json()}, wishes, ends)


def detached_again(folder: RunFolder, wishes: StreamWishes, ends: tuple[Any, Any, Any]) -> Stream:
    """Go on with a stream in a process of its own; returns when it flows.

    Parameters
    ----------
    folder : RunFolder
    wishes : StreamWishes
    ends : tuple
        As for `detached_stream`.

    Returns
    -------
    stream : Stream
        Followed by its log.

    Raises
    ------
    StreamUsageError, DetachedStreamError
        As for `detached_stream`.
    """
    return _in_own_process({"stream": folder.run_id}, wishes, ends)


def _in_own_process(asked: dict[str, Any], wishes: StreamWishes, ends: tuple[Any, Any, Any]) -> Stream:
    roles = ("source", "sink", "dead letters")
    asked["ends"] = [_absolute(role, value) for role, value in zip(roles, ends, strict=True)]
    asked["cluster"] = None if wishes.workers is None else _lasting_cluster()
    process = subprocess.Popen(
        [sys.executable, "-c", _BOOTSTRAP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LEPTON_HOME": str(current_session().store.home)},
        # So that neither an interrupt of a cell nor the end of the kernel reaches it.
        **_APART,
    )
    assert process.stdin is not None  # narrows the types
    assert process.stdout is not None
    with suppress(OSError):  # it has died, which the answer tells
        for message in ([str(each) for each in sys.path], asked):
            process.stdin.write(json.dumps(message).encode() + b"\n")
        process.stdin.close()
    line = process.stdout.readline()
    process.stdout.close()
    # Else it would stay in the list of processes as a dead one for as long as the kernel lives.
    threading.Thread(target=process.wait, name="lepton-detached", daemon=True).start()
    answer = json.loads(line) if line else {"error": "Its process ended before it began."}
    if "error" in answer:
        raise DetachedStreamError(answer["error"])
    return opened_stream(find_folder(answer["run_id"]))


def _absolute(role: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str | os.PathLike):
        raise StreamUsageError.from_kept_end(role)
    text = os.fspath(value)
    return text if "://" in text else os.path.abspath(os.path.expanduser(text))  # noqa: PTH100, PTH111  keeps a last /


def _lasting_cluster() -> str:
    status = current_session().cluster.status
    if status.kind != "cluster":
        raise StreamUsageError.from_passing_cluster()
    return status.address
