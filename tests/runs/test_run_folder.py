"""A run's folder: trials whole or absent, files replaced at once, one writer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lepton_jupyter.events.run_events import StopRequested
from lepton_jupyter.exceptions.run_errors import DamagedRunError, RunLockedError
from lepton_jupyter.runs.event_log import EventLog
from lepton_jupyter.runs.retention import has_models, remove_models
from lepton_jupyter.runs.run_store import RunStore


@pytest.fixture
def folder(tmp_path):
    return RunStore(tmp_path / "home").create("churn")


def _save(folder, trial_id, value=0.5):
    with folder.trial_writer(trial_id) as place:
        folder.save_out_of_fold(place, np.full((4, 2), value))
        (place / "fold-0.model").write_bytes(b"tree")


def test_a_trial_is_absent_until_it_is_whole(folder):
    with folder.trial_writer(7) as place:
        folder.save_out_of_fold(place, np.zeros((4, 2)))
        assert not folder.trial(7).exists()
        assert folder.finished_trials() == ()
    assert folder.finished_trials() == (7,)
    assert sorted(each.name for each in folder.trials.iterdir()) == ["7"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_trial_that_fails_leaves_nothing(folder, error):
    def fail_midway():
        with folder.trial_writer(7) as place:
            (place / "fold-0.model").write_bytes(b"half a tree")
            raise error

    with pytest.raises(type(error)):
        fail_midway()
    assert list(folder.trials.iterdir()) == []


def test_a_trial_written_again_replaces_the_old_one_and_a_failure_keeps_it(folder):
    _save(folder, 1, 0.25)
    _save(folder, 1, 0.75)
    assert folder.load_out_of_fold(1)[0, 0] == 0.75
    with pytest.raises(ZeroDivisionError), folder.trial_writer(1):
        raise ZeroDivisionError
    assert folder.load_out_of_fold(1)[0, 0] == 0.75


def test_out_of_fold_predictions_are_kept_as_float32(folder):
    with folder.trial_writer(1) as place:
        folder.save_out_of_fold(place, np.array([[0.1, 0.9]]))
    loaded = folder.load_out_of_fold(1)
    assert loaded.dtype == np.float32
    np.testing.assert_array_equal(loaded, np.array([[0.1, 0.9]], np.float32))


def test_predictions_that_are_not_are_refused_and_no_pickle_is_ever_loaded(folder):
    loaded_by_pickle = []

    class Intruder:
        def __reduce__(self):
            return (loaded_by_pickle.append, ("run",))

    for trial_id, array in ((1, np.array([Intruder()], dtype=object)), (2, np.zeros((3, 2))), (3, np.zeros(3, "f4"))):
        with folder.trial_writer(trial_id) as place:
            np.save(place / "out_of_fold.npy", array, allow_pickle=True)
        with pytest.raises(DamagedRunError, match="cannot be read"):
            folder.load_out_of_fold(trial_id)
    assert loaded_by_pickle == []
    with pytest.raises(DamagedRunError, match="cannot be read"):
        folder.load_out_of_fold(99)


def test_predictions_cut_at_any_byte_are_refused(folder):
    _save(folder, 1)
    path = folder.trial(1) / "out_of_fold.npy"
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(DamagedRunError):
            folder.load_out_of_fold(1)


def test_files_are_replaced_at_once_and_read_back(folder):
    folder.write_text_atomically("recipe.json", '{"Größe": 1}\r\n')
    assert folder.read_text("recipe.json") == '{"Größe": 1}\r\n'.replace("\r\n", "\n")
    assert folder.recipe.read_bytes() == '{"Größe": 1}\r\n'.encode()
    with pytest.raises(UnicodeEncodeError):
        folder.write_text_atomically("recipe.json", "x" * 100_000 + "\ud800")
    assert folder.recipe.read_bytes() == '{"Größe": 1}\r\n'.encode()
    assert sorted(each.name for each in folder.path.iterdir()) == ["recipe.json", "trials"]
    with pytest.raises(DamagedRunError, match="it is missing"):
        folder.read_text("data.json")


def test_readers_of_a_file_that_is_replaced_see_the_old_or_the_new(folder):
    texts = [str(digit) * 50_000 for digit in range(8)]
    folder.write_text_atomically("recipe.json", texts[0])
    done = threading.Event()

    def read():
        seen = set()
        while not done.is_set():
            seen.add(folder.read_text("recipe.json"))
        return seen

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for text in texts * 5:
            folder.write_text_atomically("recipe.json", text)
        done.set()
        assert all(reader.result(60) <= set(texts) for reader in readers)


def test_one_writer_at_a_time_also_within_a_process(folder):
    lock = folder.lock()
    assert lock.held
    assert folder.is_running()
    with pytest.raises(RunLockedError, match=r"goes on in this kernel\. End it first: %lepton stop"):
        folder.lock()
    lock.release()
    lock.release()
    assert not lock.held
    assert not folder.is_running()
    with folder.lock() as again:
        assert again.held
        assert again.acquire() is again
    assert not again.held


def test_a_lock_taken_on_one_thread_is_given_back_on_another(folder):
    lock = folder.lock()
    thread = threading.Thread(target=lock.release)
    thread.start()
    thread.join(30)
    assert not folder.is_running()


def test_whoever_takes_the_lock_clears_away_what_a_dead_process_left(folder):
    _save(folder, 1)
    (folder.trials / ".unfinished-abc").mkdir()
    (folder.trials / ".unfinished-abc" / "fold-0.model").write_bytes(b"half")
    (folder.path / ".unfinished-def").write_text("half")
    with folder.lock():
        assert sorted(each.name for each in folder.trials.iterdir()) == ["1"]
        assert not (folder.path / ".unfinished-def").exists()


def test_asking_whether_a_run_is_running_changes_nothing(folder):
    (folder.trials / ".unfinished-abc").mkdir()
    assert not folder.is_running()
    assert (folder.trials / ".unfinished-abc").exists()


def test_models_of_trials_that_are_not_kept_go_and_predictions_stay(folder):
    for trial_id in (1, 2, 3):
        _save(folder, trial_id)
    assert remove_models(folder, keep={2}) == 2 * len(b"tree")
    assert [has_models(folder, trial_id) for trial_id in (1, 2, 3, 4)] == [False, True, False, False]
    assert folder.finished_trials() == (1, 2, 3)
    assert folder.load_out_of_fold(1).shape == (4, 2)
    assert remove_models(folder, keep={2}) == 0


def test_a_link_in_place_of_the_holder_s_note_leaves_what_it_leads_to_alone(folder, tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("mine", encoding="utf-8")
    (folder.path / ".holder").symlink_to(letter)
    with folder.lock():
        assert letter.read_text(encoding="utf-8") == "mine"
    assert letter.read_text(encoding="utf-8") == "mine"


def test_a_run_that_ends_while_it_is_looked_at_is_not_taken_for_one_that_was_cut_off(folder, monkeypatch):
    lock = folder.lock()
    log = EventLog(folder.events)
    log.append(StopRequested(source="panel"))
    looks_at_the_lock = folder.is_running

    def ends_now():
        log.append(StopRequested(source="python"))
        log.flush()
        lock.release()
        return looks_at_the_lock()

    monkeypatch.setattr(folder, "is_running", ends_now)
    contents, alive = folder.look()
    assert not alive
    assert [each.event.source for each in contents.events] == ["panel", "python"]
