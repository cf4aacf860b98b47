from __future__ import annotations

import multiprocessing

from joblib import Parallel, delayed

from lepton_jupyter.execution.inside_worker import inside_worker


def test_the_kernel_is_not_inside():
    assert not inside_worker()


def test_joblib_children_are_inside():
    assert Parallel(n_jobs=2, backend="loky")(delayed(inside_worker)() for _ in range(2)) == [True, True]


def test_children_of_multiprocessing_are_inside():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(inside_worker)
