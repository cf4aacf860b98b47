from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest
from contracts.learner_contract import easy_table

from lepton_jupyter.learners.offered_features import OFFERED, PLAIN, PiecesOfNumbers, ScreenedFeatures
from lepton_jupyter.preprocessing.made_features import FEATURE_CHOICES

if TYPE_CHECKING:
    from lepton_jupyter.learners.offered_features import OfferedFeatures


@pytest.fixture(params=OFFERED)
def view(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def offered(view: str) -> OfferedFeatures:
    return OFFERED[view]


class TestWhatEveryOfferPromises:
    def test_nothing_is_the_first_choice_and_free(self, offered: OfferedFeatures) -> None:
        shape = easy_table(2).shape
        first, *others = offered.choices(shape)
        assert first == PLAIN
        assert (offered.n_made(first, shape), offered.making_seconds(first, shape)) == (0, 0.0)
        for choice in others:
            assert offered.n_made(choice, shape) > 0
            assert offered.making_seconds(choice, shape) > 0.0

    def test_more_rows_take_longer(self, offered: OfferedFeatures) -> None:
        shape = easy_table(2).shape
        for choice in offered.choices(shape)[1:]:
            few, many, most = (
                offered.making_seconds(choice, dataclasses.replace(shape, n_rows=n)) for n in (300, 9_000, 90_000)
            )
            assert few < many < most

    def test_each_choice_is_made(self, offered: OfferedFeatures, view: str) -> None:
        data = easy_table(2, n_rows=600, categorical=False)
        fold = data.fold(0, view)
        for choice in offered.choices(data.shape)[1:]:
            made = offered.make(fold, choice, stop=lambda: False)
            assert made is not None
            n_made = made.fold.X_train.shape[1] - fold.X_train.shape[1]
            assert n_made <= offered.n_made(choice, data.shape)
            assert made.fold.X_validation.shape == (len(fold.X_validation), fold.X_train.shape[1] + n_made)
            np.testing.assert_array_equal(made.features.beside(fold.X_validation), made.fold.X_validation)

    def test_it_stops_when_told_to(self, offered: OfferedFeatures, view: str) -> None:
        data = easy_table(2)
        for choice in offered.choices(data.shape)[1:]:
            assert offered.make(data.fold(0, view), choice, stop=lambda: True) is None


def test_columns_are_left_out_of_wide_tables_alone() -> None:
    shape = easy_table(2).shape
    narrow, wide = (dataclasses.replace(shape, n_columns={"tree": n}) for n in (29, 30))
    assert ScreenedFeatures().choices(wide) == FEATURE_CHOICES
    assert set(FEATURE_CHOICES) - set(ScreenedFeatures().choices(narrow)) == {"selected"}
    assert ScreenedFeatures().choices(dataclasses.replace(shape, n_columns={"tree": 1})) == (PLAIN,)


def test_what_is_screened_is_kept_for_who_asks_next_and_pieces_are_not() -> None:
    data = easy_table(2, n_rows=600)
    for view, kept in (("tree", True), ("linear", False)):
        fold, choice = data.fold(0, view), OFFERED[view].choices(data.shape)[1]
        first, second = (OFFERED[view].make(fold, choice, stop=lambda: False) for _ in range(2))
        assert (first is second) == kept


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "n_categorical", "cut"),
    [
        (1_000, {"tree": 5, "linear": 5}, 0, True),
        (1_000, {"tree": 5, "linear": 60}, 5, False),  # no numbers
        (1_000, {"tree": 600, "linear": 600}, 0, False),  # so many that none could be cut
        (1_000_000, {"tree": 50, "linear": 50}, 0, False),  # too large
    ],
)
def test_numbers_are_cut_where_there_are_some_and_room_for_it(
    n_rows: int, n_columns: dict[str, int], n_categorical: int, *, cut: bool
) -> None:
    shape = dataclasses.replace(easy_table(2).shape, n_rows=n_rows, n_columns=n_columns, n_categorical=n_categorical)
    assert (len(PiecesOfNumbers().choices(shape)) > 1) == cut
