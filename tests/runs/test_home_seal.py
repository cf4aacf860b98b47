from __future__ import annotations

import os
import stat

import pytest

from lepton_jupyter.runs.home_seal import sealed


def test_a_mark_is_of_its_words_in_their_places_and_of_its_home(tmp_path):
    homes = [tmp_path / name for name in ("one", "other")]
    for each in homes:
        each.mkdir()
    said = [("a", "b", None), ("a", None, "b"), ("ab", "", None), ("a", "b", "None")]
    marks = {sealed(home, parts) for home in homes for parts in said}
    assert len(marks) == 8
    assert {sealed(home, parts) for home in homes for parts in said} == marks


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_only_its_owner_reads_the_key(tmp_path):
    sealed(tmp_path, ["a"])
    [key] = tmp_path.iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
