"""The writing thread: what is on disk when, and what happens when the disk is full."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lepton_jupyter.exceptions.run_errors import LogWriteError
from lepton_jupyter.runs.log_file import LogFile

_LONG = 30.0  # a limit that only a defect reaches


def test_lines_are_in_the_file_after_a_flush_in_order(tmp_path):
    file = LogFile(tmp_path / "log")
    lines = [f"{number}\n".encode() for number in range(200)]
    for line in lines:
        file.write(line)
    assert file.flush(_LONG)
    assert (tmp_path / "log").read_bytes() == b"".join(lines)
    file.close()


def test_lines_become_safe_by_themselves_and_in_batches(tmp_path, monkeypatch):
    synced = threading.Event()
    sizes = []
    sync = os.fsync

    def counting_sync(descriptor):
        sync(descriptor)
        sizes.append(os.fstat(descriptor).st_size)
        if sizes[-1] == 200:
            synced.set()

    monkeypatch.setattr(os, "fsync", counting_sync)
    file = LogFile(tmp_path / "log", sync_seconds=0.05)
    for _ in range(100):
        file.write(b"x\n")
    assert synced.wait(_LONG), "nobody flushed, and the lines did not become safe"
    assert len(sizes) < 50
    file.close()


def test_closing_brings_all_to_disk_and_ends_the_thread(tmp_path):
    before = set(threading.enumerate())
    file = LogFile(tmp_path / "log", sync_seconds=1e6)
    file.write(b"one\n")
    file.close()
    file.close()
    assert (tmp_path / "log").read_bytes() == b"one\n"
    assert set(threading.enumerate()) == before
    file.write(b"late\n")
    assert (tmp_path / "log").read_bytes() == b"one\n"


def test_an_unused_file_makes_neither_file_nor_thread(tmp_path):
    before = set(threading.enumerate())
    file = LogFile(tmp_path / "log")
    assert file.flush(_LONG)
    file.close()
    assert not (tmp_path / "log").exists()
    assert set(threading.enumerate()) == before


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_the_file_is_for_its_owner_alone(tmp_path):
    before = os.umask(0)
    try:
        file = LogFile(tmp_path / "log")
        file.write(b"x\n")
        file.close()
    finally:
        os.umask(before)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a Linux device that is always full")
def test_a_full_disk_is_told_once_and_nobody_waits():
    errors = []
    file = LogFile(Path("/dev/full"), on_error=errors.append)
    file.write(b"x\n")
    assert not file.flush(_LONG)
    file.write(b"y\n")
    assert not file.flush(_LONG)
    file.close()
    assert errors == [file.error]
    assert isinstance(file.error, LogWriteError)
    assert str(file.error).startswith("The log /dev/full cannot be written: the disk is full")


def test_a_folder_that_is_gone_is_told_too(tmp_path):
    file = LogFile(tmp_path / "gone" / "log")
    file.write(b"x\n")
    assert not file.flush(_LONG)
    file.close()
    assert "No such file" in str(file.error)


_FILLED_MIDWAY = """
import resource, signal, sys
from pathlib import Path
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.runs.event_log import EventLog

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that the limit is an error and not the end
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
log = EventLog(Path(sys.argv[1]))
for number in range(100):
    log.append(WarningRaised(text=f"{number:>80}"))
assert not log.flush(30.0)
print(log.write_error)
assert len(log) == 100
log.close()
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of file size are POSIX's")
def test_a_disk_that_fills_midway_leaves_a_log_that_opens(tmp_path):
    from lepton_jupyter.runs.log_reading import read_log

    path = tmp_path / "events.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", _FILLED_MIDWAY, str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "the disk is full" in done.stdout
    assert path.stat().st_size == 4096
    contents = read_log(path, repair=True)
    assert 15 < len(contents.events) < 40
    assert path.stat().st_size == contents.n_bytes < 4096


_ENDED_WITHOUT_CLOSING = """
import sys
from pathlib import Path
from lepton_jupyter.events.run_events import WarningRaised
from lepton_jupyter.runs.event_log import EventLog

log = EventLog(Path(sys.argv[1]))
for number in range(1000):
    log.append(WarningRaised(text=str(number)))
"""


def test_a_script_that_forgets_to_close_loses_nothing(tmp_path):
    from lepton_jupyter.runs.log_reading import read_log

    path = tmp_path / "events.jsonl"
    subprocess.run([sys.executable, "-c", _ENDED_WITHOUT_CLOSING, str(path)], timeout=120, check=True)
    assert len(read_log(path).events) == 1000
