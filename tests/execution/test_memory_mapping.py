from __future__ import annotations

import errno
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lepton_jupyter.exceptions.execution_errors import PlacementError
from lepton_jupyter.execution.memory_mapping import forget_mapped, write_mapped


@given(
    st.lists(
        arrays.arrays(st.sampled_from([np.float64, np.float32, np.int8, np.bool_]), arrays.array_shapes(min_side=0)),
        max_size=5,
    )
)
def test_arrays_come_back_equal_and_aligned(values):
    with tempfile.TemporaryDirectory() as folder:
        loaded = write_mapped(values, Path(folder)).load()
        forget_mapped(folder)
        for value, copy in zip(values, loaded, strict=True):
            np.testing.assert_array_equal(value, copy)
            assert value.dtype == copy.dtype
            assert copy.flags.aligned


def test_a_table_comes_back_equal(tmp_path):
    table = pd.DataFrame(
        {
            "number": [1.5, None, 3.0],
            "text": ["a", None, "long " * 100],
            "category": pd.Categorical(["x", "y", "x"]),
            "date": pd.to_datetime(["2024-01-01", None, "2024-02-29"]),
            "arrow": pd.array([1, 2, None], dtype="int64[pyarrow]"),
        }
    )
    pd.testing.assert_frame_equal(write_mapped(table, tmp_path).load(), table)


def test_a_value_is_read_once_in_a_process_until_it_is_forgotten(tmp_path):
    mapped = write_mapped(np.arange(3), tmp_path)
    first = mapped.load()
    assert mapped.load() is first
    forget_mapped(str(tmp_path))
    assert mapped.load() is not first


def test_arrays_are_mapped_and_cannot_be_written_to(tmp_path):
    loaded = write_mapped(np.zeros(1000), tmp_path).load()
    with pytest.raises(ValueError, match="read-only"):
        loaded[0] = 1.0


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    def refuse(self, mode="r"):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PlacementError, match=r"No space left on device\). Free some space there"):
        write_mapped(np.zeros(10), tmp_path)
    assert list(tmp_path.iterdir()) == []
