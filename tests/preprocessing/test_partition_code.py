"""What the code of a cell makes of a partition keeps its keys, wherever pandas puts them."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from lepton_jupyter.preprocessing.partition_code import PartitionCode

ROWS = pa.Table.from_pandas(pd.DataFrame({
    "town": ["Ulm", "Bonn", "Ulm"], "year": [1, 1, 2], "paid": [2.0, 3.0, 4.0],
}))  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("df.groupby('town').paid.sum().to_frame()", {"town": ["Bonn", "Ulm"], "paid": [3.0, 6.0]}),
        (
            "df.groupby(['year', 'town']).sum()",
            {"year": [1, 1, 2], "town": ["Bonn", "Ulm", "Ulm"], "paid": [3.0, 2.0, 4.0]},
        ),
        ("df.set_index('town', drop=False)[['town']]", {"town": ["Ulm", "Bonn", "Ulm"]}),
        ("df[df.paid > 2][['paid']]", {"paid": [3.0, 4.0]}),
        ("df.set_index(['town', [7, 8, 9]])[['paid']]", {"town": ["Ulm", "Bonn", "Ulm"], "paid": [2.0, 3.0, 4.0]}),
        ("df.groupby('town', as_index=False).paid.sum()", {"town": ["Bonn", "Ulm"], "paid": [3.0, 6.0]}),
    ],
)
def test_an_index_with_a_name_becomes_a_column_and_one_without_is_dropped(text, expected):
    found = PartitionCode(text, "df").run(ROWS, "rows 1 to 3")
    assert found.to_pydict() == expected
    assert found.column_names == list(expected)
