from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from contracts.learner_contract import easy_table

from lepton_jupyter.learners.fold_cache import FoldCache

if TYPE_CHECKING:
    from lepton_jupyter.learners.training_data import Fold


class Derived:
    pass


def derive(fold: Fold) -> Derived:
    return Derived()


def fail(fold: Fold) -> int:
    return 1 // 0


def test_many_threads_share_one_making() -> None:
    data, cache, made = easy_table(0), FoldCache(), []
    barrier = threading.Barrier(4)

    def make(fold: Fold) -> Derived:
        made.append(fold.index)
        return Derived()

    def ask() -> Derived:
        barrier.wait(timeout=30)
        return cache.get(data.fold(1, "tree"), make)

    with ThreadPoolExecutor(4) as pool:
        results = [future.result(timeout=30) for future in [pool.submit(ask) for _ in range(4)]]
    assert made == [1]
    assert len({id(result) for result in results}) == 1


def test_tables_and_folds_are_kept_apart() -> None:
    cache = FoldCache()
    first, second = easy_table(0), easy_table(0)
    made = {id(cache.get(data.fold(index, "tree"), derive)) for data in (first, second) for index in (0, 1)}
    assert len(made) == 4


def test_what_was_derived_goes_with_its_table() -> None:
    data, cache = easy_table(0), FoldCache()
    gone = weakref.ref(cache.get(data.fold(0, "tree"), derive))
    assert gone() is not None
    del data
    gc.collect()
    assert gone() is None


def test_a_making_that_failed_is_tried_again() -> None:
    data, cache = easy_table(0), FoldCache()
    with pytest.raises(ZeroDivisionError):
        cache.get(data.fold(0, "tree"), fail)
    assert cache.get(data.fold(0, "tree"), lambda fold: fold.index) == 0
