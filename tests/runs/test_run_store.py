"""Where runs are kept: ids, finding, removing, and who may read and write them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lepton_jupyter.events.run_events import BudgetExtended
from lepton_jupyter.exceptions.run_errors import (
    AmbiguousRunError,
    HomeUnusableError,
    RunLockedError,
    UnknownRunError,
)
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.run_store import RunStore, lepton_home

_posix_only = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")


class _Now:
    def __init__(self):
        self.at = datetime(2026, 11, 23, 14, 32, 7, tzinfo=UTC)

    def __call__(self):
        return self.at

    def pass_seconds(self, seconds):
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def now():
    return _Now()


@pytest.fixture
def store(tmp_path, now):
    return RunStore(tmp_path / "home", now=now)


def test_the_home_is_lepton_home_else_the_systems_place(monkeypatch, tmp_path):
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    assert lepton_home() == tmp_path
    assert RunStore().home == tmp_path
    monkeypatch.delenv("LEPTON_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert lepton_home().name == "lepton"
    assert lepton_home().is_absolute()


def test_ids_are_readable_and_sort_by_time(store, now):
    first = store.create("Churn: März / 2026!")
    now.pass_seconds(1)
    second = store.create("a" * 100)
    third = store.create("日本")
    assert first.run_id.startswith("20261123-143207-churn-marz-2026-")
    assert first.name == "churn-marz-2026"
    assert first.started == datetime(2026, 11, 23, 14, 32, 7, tzinfo=UTC)
    assert len(second.run_id) < 60
    assert third.name == "run"
    assert store.list()[-1].run_id == first.run_id
    assert {each.run_id for each in store.list()} == {first.run_id, second.run_id, third.run_id}


def test_two_runs_of_one_second_and_name_differ(store, monkeypatch):
    letters = iter(["a1b2", "a1b2", "c3d4"])
    monkeypatch.setattr("secrets.token_hex", lambda _: next(letters))
    assert [store.create("x").run_id[-4:], store.create("x").run_id[-4:]] == ["a1b2", "c3d4"]


@_posix_only
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_folders_and_files_are_for_their_owner_alone_whatever_the_umask(store, umask):
    before = os.umask(umask)
    try:
        folder = store.create("churn")
        folder.write_text_atomically("recipe.json", "{}")
        with folder.trial_writer(0) as place:
            (place / "fold-0.model").write_text("tree")
            (place / "more").mkdir(mode=0o700)
            (place / "more").chmod(0o755)
            (place / "more" / "fold-1.model").write_text("tree")
        with folder.lock():
            log = EventLog(folder.events)
            log.append(BudgetExtended(seconds=1.0))
            log.close()
    finally:
        os.umask(before)
    for place, _, names in os.walk(store.home):
        assert Path(place).stat().st_mode & 0o777 == 0o700, place
        for name in names:
            assert (Path(place) / name).stat().st_mode & 0o077 == 0, name
    assert folder.recipe.stat().st_mode & 0o777 == 0o600


def test_runs_are_found_by_id_name_beginning_and_last_letters(store, now):
    churn = store.create("churn")
    now.pass_seconds(60)
    newer = store.create("churn")
    now.pass_seconds(86400)
    sales = store.create("Sales report")
    assert store.open(churn.run_id).path == churn.path
    assert store.find(churn.run_id).path == churn.path
    assert store.find("churn").path == newer.path
    assert store.find("sales report").path == sales.path
    assert store.find("20261124").path == sales.path
    assert store.find(churn.run_id[-4:]).path == churn.path
    with pytest.raises(AmbiguousRunError, match="'20261123' could be any of 2 runs: '20261123-14"):
        store.find("20261123")
    with pytest.raises(UnknownRunError, match=r"There is no run 'chrun' in .*Did you mean 'churn'"):
        store.find("chrun")
    with pytest.raises(UnknownRunError):
        store.find("")


def test_a_store_without_runs_says_so(store):
    assert store.list() == []
    assert store.disk_bytes() == 0
    with pytest.raises(UnknownRunError, match=r"no run is kept in .*Start one with %lepton fit"):
        store.find("churn")


@pytest.mark.parametrize("text", ["../outside", "..", ".", "/etc", "20261123-143207-churn-a1b2/../..", ""])
def test_nothing_but_an_id_becomes_part_of_a_path(store, text):
    store.create("churn")
    (store.home / "outside").mkdir()
    for refuse in (store.open, store.remove):
        with pytest.raises(UnknownRunError):
            refuse(text)
    assert (store.home / "outside").is_dir()


def test_folders_of_others_are_not_runs(store):
    run = store.create("churn")
    (store.runs / "notes").mkdir()
    (store.runs / ".unfinished-20261123-143207-churn-a1b2").mkdir()
    assert [each.run_id for each in store.list()] == [run.run_id]


def test_a_removed_run_is_gone_and_a_running_one_stays(store):
    gone, running = store.create("gone"), store.create("running")
    store.remove(gone.run_id)
    assert not gone.path.exists()
    with running.lock(), pytest.raises(RunLockedError):
        store.remove(running.run_id)
    assert [each.run_id for each in store.list()] == [running.run_id]
    assert list(store.runs.iterdir()) == [running.path]


def test_old_runs_are_removed_by_their_last_writing_and_running_ones_stay(store, now):
    old, old_and_running, resumed, fresh = (store.create(name) for name in ("old", "busy", "resumed", "fresh"))
    for folder, days in ((old, 40), (old_and_running, 40), (resumed, 40), (fresh, 40)):
        folder.events.write_text("")
        written = (now.at - timedelta(days=days)).timestamp()
        os.utime(folder.events, (written, written))
    recent = (now.at - timedelta(days=2)).timestamp()
    os.utime(resumed.events, (recent, recent))
    fresh.events.unlink()  # it has no log yet, and was made now
    with old_and_running.lock():
        assert store.remove_older(30 * 86400.0) == (old.run_id,)
    assert {each.name for each in store.list()} == {"busy", "resumed", "fresh"}


def test_disk_use_is_that_of_all_files(store):
    folder = store.create("churn")
    (folder.path / "recipe.json").write_bytes(b"x" * 1000)
    with folder.trial_writer(3) as place:
        (place / "fold-0.model").write_bytes(b"x" * 500)
    assert folder.disk_bytes() == 1500
    assert store.disk_bytes() == 1500


def test_a_home_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeUnusableError, match=r"Runs cannot be kept in .*Set LEPTON_HOME"):
        RunStore(tmp_path / "file" / "home").create("churn")


def test_a_run_whose_folder_was_moved_away_is_unknown(store):
    run = store.create("churn")
    shutil.rmtree(run.path)
    with pytest.raises(UnknownRunError):
        store.open(run.run_id)


_HOLD = """
import sys
from pathlib import Path
from lepton_jupyter.runs.run_folder import RunFolder

lock = RunFolder(Path(sys.argv[1])).lock()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_run_of_another_process_is_refused_with_its_number_and_free_when_that_is_killed(store):
    folder = store.create("churn")
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(folder.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        assert folder.is_running()
        with pytest.raises(RunLockedError, match=rf"is being written by another kernel \(process {holder.pid}\)"):
            folder.lock()
        with pytest.raises(RunLockedError):
            store.remove(folder.run_id)
    finally:
        holder.kill()
        holder.communicate()
    assert not folder.is_running()
    folder.lock().release()
