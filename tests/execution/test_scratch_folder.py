from __future__ import annotations

import os
import time

from lepton_jupyter.execution.scratch_folder import ScratchFolder


def grow_old(folder):
    an_hour_ago = time.time() - 3600
    os.utime(folder, (an_hour_ago, an_hour_ago))


def test_is_private_and_gone_when_closed(tmp_path):
    folder = ScratchFolder(tmp_path)
    assert folder.path.parent == tmp_path
    assert folder.path.stat().st_mode & 0o077 == 0
    (folder.path / "file").touch()
    folder.close()
    folder.close()
    assert list(tmp_path.iterdir()) == []


def test_folders_of_the_dead_are_removed_and_those_of_the_living_stay(tmp_path):
    living, dead = ScratchFolder(tmp_path), ScratchFolder(tmp_path)
    dead._owner.release()  # as the operating system does for a process that was killed
    grow_old(living.path)
    grow_old(dead.path)
    foreign = tmp_path / "somebody's folder"
    foreign.mkdir()
    grow_old(foreign)
    newest = ScratchFolder(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([living.path, newest.path, foreign])
    living.close()
    newest.close()


def test_a_folder_that_is_just_being_made_stays(tmp_path):
    unlocked = tmp_path / "lepton-scratch-young"
    unlocked.mkdir()
    ScratchFolder(tmp_path).close()
    assert unlocked.exists()
