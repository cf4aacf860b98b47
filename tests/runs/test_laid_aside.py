from __future__ import annotations

import gc
import tracemalloc

import pytest

from lepton_jupyter.runs.laid_aside import LaidAside
from lepton_jupyter.runs.private_files import remove_unfinished

MANY = 3_000_000


@pytest.mark.parametrize("n_bytes", [0, 10, MANY])
def test_what_was_laid_aside_is_moved_whole(n_bytes, tmp_path):
    content = bytes(range(256)) * (n_bytes // 256) + bytes(n_bytes % 256)
    aside = LaidAside(content, tmp_path)
    (tmp_path / "trial").mkdir()
    aside.move_to(tmp_path / "trial" / "model")
    assert (tmp_path / "trial" / "model").read_bytes() == content
    assert len(aside) == n_bytes
    del aside
    gc.collect()
    assert [each.name for each in tmp_path.rglob("*")] == ["trial", "model"]


def test_what_is_not_wanted_leaves_nothing(tmp_path):
    aside = LaidAside(bytes(MANY), tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    del aside
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_many_bytes_take_no_memory(tmp_path):
    tracemalloc.start()
    try:
        aside = [LaidAside(bytes(MANY), tmp_path) for _ in range(4)]
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(aside) == 4
    assert kept < MANY


def test_what_a_dead_process_laid_aside_is_cleared_away(tmp_path):
    aside = LaidAside(bytes(MANY), tmp_path)
    remove_unfinished(tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError, match="No such file"):
        aside.move_to(tmp_path / "model")
