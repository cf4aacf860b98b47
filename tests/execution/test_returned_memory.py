from __future__ import annotations

import sys

import numpy as np
import psutil
import pytest

from lepton_jupyter.execution import returned_memory
from lepton_jupyter.execution.returned_memory import return_memory

pytestmark = pytest.mark.skipif(returned_memory._trim() is None, reason="only glibc can be asked for freed memory")


@pytest.fixture
def long_ago(monkeypatch):
    monkeypatch.setattr(returned_memory, "_last", -1e9)


def test_what_was_freed_between_what_is_kept_goes_back(long_ago):
    # Blocks below the size from which each is mapped by itself, every other one freed: nothing can be cut at the end.
    blocks = [np.ones(8_000) for _ in range(4_000)]
    held = psutil.Process().memory_info().rss
    kept = blocks[::2]
    del blocks
    freed = psutil.Process().memory_info().rss
    assert return_memory()
    returned = psutil.Process().memory_info().rss
    assert len(kept) == 2_000
    assert held - returned > 64 * 2**20
    assert freed - returned > 32 * 2**20


def test_it_is_not_asked_again_at_once(long_ago):
    assert return_memory()
    assert not return_memory()


def test_elsewhere_nothing_is_asked(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    returned_memory._trim.cache_clear()
    assert not return_memory()
    returned_memory._trim.cache_clear()
