from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lepton_jupyter.data.arrow_frames import from_frame, join_tables, plain_table, to_frame
from lepton_jupyter.exceptions.data_errors import ComplexDataError


@pytest.mark.parametrize(
    ("column", "read"),
    [
        (pd.cut(np.array([0.0, 1.0, np.nan]), [-1, 0, 1]), ["(-1, 0]", "(0, 1]", None]),
        (pd.arrays.IntervalArray.from_tuples([(0, 1), None, (2, 3)]), ["(0.0, 1.0]", None, "(2.0, 3.0]"]),
        (pd.Categorical(pd.period_range("2020", periods=2, freq="M")), ["2020-01", "2020-02"]),
        (pd.period_range("2020", periods=2, freq="M"), [pd.Timestamp("2020-01-01"), pd.Timestamp("2020-02-01")]),
    ],
)
def test_types_of_pandas_become_plain_ones(column, read):
    frame = pd.DataFrame({"typed": column, "beside": np.arange(len(column))})
    before = frame.dtypes.copy()
    table = plain_table(from_frame(frame))
    assert table.column(0).to_pylist() == read
    assert to_frame(table)["beside"].tolist() == list(range(len(column)))
    assert frame.dtypes.equals(before)


def test_what_becomes_of_a_column_does_not_depend_on_others():
    """A partition in which another column holds values of several types reads this one as the others do."""
    mixed = pd.Series([1, "x"], dtype=object)
    for values in (pd.Series([b"ab", b"cd"], dtype=object), pd.Series([["ä"], ["b", "c"]], dtype=object)):
        alone = plain_table(from_frame(pd.DataFrame({"a": values})))
        beside = plain_table(from_frame(pd.DataFrame({"a": values, "b": mixed})))
        assert beside.column("a").to_pylist() == alone.column("a").to_pylist()


def test_texts_among_bytes_stay_what_they_are():
    table = plain_table(from_frame(pd.DataFrame({"a": pd.Series([b"ab", "a word"], dtype=object)})))
    assert table.column("a").to_pylist() == ["6162", "a word"]


def test_sparse_columns_are_read_and_complex_ones_refused():
    table = from_frame(pd.DataFrame({"a": pd.arrays.SparseArray([0.0, 1.0])}))
    assert table.column("a").to_pylist() == [0.0, 1.0]
    with pytest.raises(ComplexDataError, match="column 'a' holds complex numbers"):
        from_frame(pd.DataFrame({"a": [1j, 2.0]}))


def test_moments_of_several_zones_are_joined_on_the_clock_of_the_first():
    day = pa.array([0], pa.timestamp("us"))
    tables = [pa.table({"at": day.cast(pa.timestamp("us", zone))}) for zone in ("Asia/Tokyo", "UTC")]
    joined = join_tables(tables).column("at")
    assert joined.type == pa.timestamp("us", "Asia/Tokyo")
    assert [moment.timestamp() for moment in joined.to_pylist()] == [0.0, 0.0]
