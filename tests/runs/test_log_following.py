from __future__ import annotations

import threading

from lepton_jupyter.events.run_events import BudgetExtended
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.log_file import LogFile
from lepton_jupyter.runs.log_following import LogFollower
from lepton_jupyter.runs.log_reading import log_line, read_log
from lepton_jupyter.runs.run_store import RunStore

PATIENCE = 30.0


def test_what_another_writes_is_heard_in_order_across_full_files_until_it_goes(tmp_path):
    folder = RunStore(tmp_path).create("orders")
    lock = folder.lock()
    file, source = LogFile(folder.events, segment_bytes=700), EventLog()

    def say(seconds):
        file.write(log_line(source.append(BudgetExtended(seconds=float(seconds)))))
        assert file.flush(PATIENCE)

    say(0)
    contents = read_log(folder.events)
    log, heard, all_heard = EventLog(history=contents), [], threading.Event()
    log.subscribe(lambda logged: (heard.append(logged.event.seconds), logged.event.seconds == 60 and all_heard.set()))
    follower = LogFollower(folder, log, contents)
    follower.start()
    assert follower.running
    for seconds in range(1, 61):
        say(seconds)
    assert all_heard.wait(PATIENCE)
    assert heard == [float(seconds) for seconds in range(1, 61)]
    assert [each.sequence for each in log.events()] == list(range(61))
    file.close()
    assert not follower.wait(0)
    lock.release()
    assert follower.wait(PATIENCE)
    assert not follower.running
