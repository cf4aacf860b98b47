from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from contracts.learner_contract import easy_table

from lepton_jupyter.learners.made_folds import MadeFolds

if TYPE_CHECKING:
    from lepton_jupyter.learners.made_folds import MadeFold
    from lepton_jupyter.learners.training_data import Fold


def made(folds: MadeFolds, fold: Fold, choice: str = "pairs") -> MadeFold:
    found = folds.get(fold, choice, stop=lambda: False)
    assert found is not None
    return found


def test_trials_on_one_fold_share_what_is_made() -> None:
    data, folds = easy_table(0), MadeFolds()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: made(folds, data.fold(0, "tree")), range(4)))
    assert len({id(each) for each in results}) == 1
    assert made(folds, data.fold(1, "tree")) is not results[0]
    assert made(folds, data.fold(0, "tree"), "groups") is not results[0]
    assert results[0].fold.X_train.shape[1] > data.views["tree"].shape[1]


def test_a_making_that_was_stopped_is_begun_anew() -> None:
    data, folds = easy_table(0), MadeFolds()
    assert folds.get(data.fold(0, "tree"), "pairs", stop=lambda: True) is None
    assert made(folds, data.fold(0, "tree")).features.steps


def test_the_one_that_was_used_longest_ago_is_let_go() -> None:
    data = easy_table(0)
    sizes = [made(MadeFolds(), data.fold(index, "tree")).n_bytes for index in range(3)]
    folds = MadeFolds(most_bytes=sum(sizes) - 1)
    first, second = (made(folds, data.fold(index, "tree")) for index in (0, 1))
    assert made(folds, data.fold(0, "tree")) is first
    made(folds, data.fold(2, "tree"))
    assert made(folds, data.fold(0, "tree")) is first
    assert made(folds, data.fold(1, "tree")) is not second


def test_what_is_larger_than_the_bound_is_still_made() -> None:
    data, folds = easy_table(0), MadeFolds(most_bytes=1)
    assert made(folds, data.fold(0, "tree")) is made(folds, data.fold(0, "tree"))


def test_made_folds_go_with_their_table() -> None:
    data, folds = easy_table(0), MadeFolds()
    gone = weakref.ref(made(folds, data.fold(0, "tree")).fold)
    assert gone() is not None
    del data
    gc.collect()
    assert gone() is None
