"""Whatever names a table is parted so that its parts, one after the other, are its rows."""

from __future__ import annotations

import dask.dataframe
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.partitions import FramePartition, WithoutRows, partitions_of, plain_batches
from lepton_jupyter.exceptions.source_errors import FileFormatError, MissingFileError, UnreadableFileError

ROWS = pd.DataFrame({"a": range(10), "b": list("abcdefghij")})


def rows_of(parted):
    batches = [batch for part in parted.partitions for batch in plain_batches(part.tables())]
    return pa.concat_tables(batches, promote_options="permissive")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b").mkdir()
    ROWS[:4].to_parquet(tmp_path / "1.parquet")
    ROWS[4:8].to_csv(tmp_path / "b" / "1.csv", index=False)
    ROWS[8:].to_json(tmp_path / "b" / "2.jsonl", orient="records", lines=True)
    (tmp_path / "notes.md").write_text("no table")
    (tmp_path / "_recipe.json").write_text("{}")
    return tmp_path


def test_a_folder_is_its_files_of_any_kind_with_hidden_ones_and_others_left_out(folder):
    parted = partitions_of(folder)
    assert [part.name for part in parted.partitions] == ["1.parquet", "1.csv", "2.jsonl"]
    assert rows_of(parted)["a"].to_pylist() == list(range(10))


def test_files_of_one_name_are_told_apart_by_their_folders(folder):
    ROWS[:1].to_csv(folder / "1.csv", index=False)
    names = [part.name for part in partitions_of(str(folder / "**" / "1.csv")).partitions]
    assert names == ["1.csv", "b/1.csv"]


@pytest.mark.parametrize(
    "table",
    [ROWS, pa.Table.from_pandas(ROWS), ROWS.to_dict("list"), dask.dataframe.from_pandas(ROWS, npartitions=3)],
    ids=["pandas", "arrow", "dict", "dask"],
)
def test_a_table_in_memory_is_its_rows(table):
    assert rows_of(partitions_of(table)).to_pydict() == ROWS.to_dict("list")


def test_a_file_that_is_cut_short_is_a_partition_that_says_so(folder):
    path = folder / "1.parquet"
    path.write_bytes(path.read_bytes()[:-50])
    part = partitions_of(folder).partitions[0]
    with pytest.raises(FileFormatError, match=r"1\.parquet"):
        list(part.tables())


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(MissingFileError, match="No file matches"):
        partitions_of(str(tmp_path / "*.csv"))
    with pytest.raises(UnreadableFileError, match="is a folder"):
        partitions_of(tmp_path)


def test_the_index_that_pandas_wrote_into_a_file_is_no_column(tmp_path):
    ROWS.set_index(pd.Index(range(5, 15))).to_parquet(tmp_path / "x.parquet")
    pa.parquet.write_table(pa.table({"a": [1], "__index_level_0__": [7]}), tmp_path / "y.parquet")
    assert {tuple(batch.column_names) for part in partitions_of(tmp_path).partitions
            for batch in plain_batches(part.tables())} == {("a", "b"), ("a",)}  # fmt: skip


@given(st.lists(st.integers(0, 6), min_size=1, max_size=8), st.data())
@settings(max_examples=40, deadline=None)
def test_rows_are_left_out_by_their_place_however_they_come(sizes, data):
    n_rows = sum(sizes)
    gone = sorted(data.draw(st.sets(st.integers(0, max(0, n_rows - 1)), max_size=n_rows)))

    class Pieces(FramePartition):
        def tables(self):
            start = 0
            for size in sizes:
                yield self.table.slice(start, size)
                start += size

    part = WithoutRows(
        Pieces(pa.table({"a": pa.array(range(n_rows), pa.int64())}), "x"), np.array(gone, dtype=np.int64)
    )
    left = [value for table in part.tables() for value in table["a"].to_pylist()]
    assert left == [value for value in range(n_rows) if value not in gone]
