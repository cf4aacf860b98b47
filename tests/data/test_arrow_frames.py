from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.data.arrow_frames import from_frame, plain_table, to_frame


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
