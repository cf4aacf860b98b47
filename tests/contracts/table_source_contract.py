"""What every source of a table promises: the same rows, sane types, one sentence for what is wrong, honest samples."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.data.arrow_frames import to_frame
from lepton_jupyter.data.table_source import open_source
from lepton_jupyter.exceptions.lepton_error import LeptonError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from lepton_jupyter.data.table_source import TableSource

N_ROWS = 4_000


def example_table(n_rows: int = N_ROWS) -> pd.DataFrame:
    """Numbers, text with letters of many alphabets, marks that separate, dates, truths and missing values."""
    random = np.random.default_rng(7)
    towns = np.array(["Köln", "São Paulo", "Paris, Texas", 'the "old" town', "a;b|c"], dtype=object)
    amount = random.normal(40, 15, n_rows).round(2)
    amount[1::11] = np.nan
    town = towns[random.integers(0, len(towns), n_rows)]
    town[2::13] = None
    return pd.DataFrame({
        "row": np.arange(n_rows),
        "amount": amount,
        "town": town,
        "day": pd.Timestamp("2024-03-01 12:30:00") + pd.to_timedelta(random.integers(0, 700, n_rows), unit="D"),
        "paid": random.random(n_rows) < 0.5,
    })  # fmt: skip


class TableSourceContract:
    """Inherited by the tests of each source, which say how one is made of a frame."""

    #: Whether the values of a row with no value at all can be told from a file without rows.
    n_rows = N_ROWS

    def make(self, frame: pd.DataFrame, folder: Path) -> AbstractContextManager[TableSource]:
        """A source of the rows of `frame`."""
        raise NotImplementedError

    @contextmanager
    def source(self, folder: Path, n_rows: int | None = None) -> Iterator[TableSource]:
        with self.make(example_table(self.n_rows if n_rows is None else n_rows), folder) as source:
            yield source

    def test_all_rows_are_read_with_their_values(self, tmp_path):
        with self.source(tmp_path) as source:
            assert_same_rows(source.read(), example_table(self.n_rows))

    def test_batches_hold_the_same_rows_in_their_order(self, tmp_path):
        with self.source(tmp_path) as source:
            frames = [to_frame(batch) for batch in source.batches()]
            assert_same_rows(pd.concat(frames, ignore_index=True), example_table(self.n_rows))

    def test_the_estimate_is_near_the_truth_or_there_is_none(self, tmp_path):
        with self.source(tmp_path) as source:
            estimated = source.estimated_bytes()
            taken = source.read().memory_usage(deep=True, index=False).sum()
        if estimated:  # packed files promise to be no larger than this
            assert taken / 3 < estimated < taken * 30

    def test_what_fits_is_read_whole_and_nothing_is_said_of_drawing(self, tmp_path):
        with self.source(tmp_path) as source:
            opened = open_source(source, limit_bytes=10**10)
        assert opened.n_drawn is None
        assert not any("drawn" in note for note in opened.notes)
        assert_same_rows(opened.frame, example_table(self.n_rows))

    def test_what_does_not_fit_is_drawn_from_and_says_so(self, tmp_path):
        opened, again, other = (self.drawn(tmp_path, seed) for seed in (1, 1, 2))
        rows = opened.frame["row"].to_numpy()
        assert self.n_rows / 20 < len(rows) < self.n_rows / 2
        assert opened.n_drawn == len(rows)
        assert (np.diff(rows) > 0).all()  # in their order, none twice
        said = [note for note in opened.notes if "were drawn at random" in note]
        assert len(said) == 1
        assert said[0].startswith(f"{len(rows):,} of {self.n_rows:,} rows were drawn at random, since all would need")
        assert rows.tolist() == again.frame["row"].tolist()
        assert rows.tolist() != other.frame["row"].tolist()
        expected = example_table(self.n_rows).iloc[rows].reset_index(drop=True)
        assert_same_rows(opened.frame.reset_index(drop=True), expected)

    def test_every_row_has_the_same_chance(self, tmp_path):
        counts = np.zeros(self.n_rows)
        n_draws, n_drawn = 12, 0
        for seed in range(n_draws):
            rows = self.drawn(tmp_path, seed).frame["row"].to_numpy()
            counts[rows] += 1
            n_drawn += len(rows)
        share = n_drawn / n_draws / self.n_rows
        # Sixteen parts of the table; each count is nearly normal, and 4.5 deviations are a chance of 1 in 10,000.
        parts = counts.reshape(16, -1).sum(axis=1)
        deviation = np.sqrt(n_draws * self.n_rows / 16 * share * (1 - share))
        assert (abs(parts - n_drawn / 16) < 4.5 * deviation).all()

    def test_as_many_rows_as_before_are_the_same_rows(self, tmp_path):
        before = self.drawn(tmp_path, 3)
        with self.source(tmp_path) as source:
            again = open_source(source, limit_bytes=10**10, seed=3, n_rows=before.n_drawn)
        assert again.frame["row"].tolist() == before.frame["row"].tolist()
        assert any("the same as before" in note for note in again.notes)

    def drawn(self, folder: Path, seed: int) -> Any:
        limit = int(example_table(self.n_rows).memory_usage(deep=True, index=False).sum() / 4)
        with self.source(folder) as source:
            return open_source(source, limit_bytes=limit, free_bytes=4 * limit, seed=seed)

    @pytest.mark.parametrize("limit_bytes", [10**9, 1])
    def test_no_rows_are_one_sentence(self, tmp_path, limit_bytes):
        with pytest.raises(LeptonError) as caught, self.source(tmp_path, 0) as source:
            open_source(source, limit_bytes=limit_bytes)
        assert_one_sentence(caught.value)


def assert_one_sentence(error: BaseException) -> None:
    said = str(error)
    assert "\n" not in said
    assert 20 < len(said) < 400
    assert said[-1] in ".?)" or "pip install" in said or "%lepton" in said
    assert error.__suppress_context__ or error.__context__ is None


def assert_same_rows(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """The same values; types as a model needs them, whatever else the source makes of them."""
    assert list(found.columns) == list(expected.columns)
    assert len(found) == len(expected)
    for name in ("row", "amount"):
        assert pd.api.types.is_numeric_dtype(found[name])
        np.testing.assert_allclose(found[name].to_numpy(float), expected[name].to_numpy(float))
    assert found["town"].isna().to_numpy().tolist() == expected["town"].isna().to_numpy().tolist()
    assert found["town"].dropna().astype(str).tolist() == expected["town"].dropna().tolist()
    assert pd.to_datetime(found["day"]).dt.tz_localize(None).tolist() == expected["day"].tolist()
    assert found["paid"].astype(bool).tolist() == expected["paid"].tolist()
