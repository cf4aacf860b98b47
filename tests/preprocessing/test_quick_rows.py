from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_jupyter.data.schema import understand
from lepton_jupyter.preprocessing.prepared_column import VIEWS
from lepton_jupyter.preprocessing.quick_rows import QuickRows
from lepton_jupyter.preprocessing.recipe import Recipe

RANDOM = np.random.default_rng(0)
TABLE = pd.DataFrame(
    {
        "bill": RANDOM.normal(size=400),
        "town": RANDOM.choice(["Ulm", "Bonn", "Köln"], 400),
        "vip": RANDOM.random(400) < 0.5,
        "debt": np.where(RANDOM.random(400) < 0.2, np.nan, RANDOM.lognormal(size=400)),
        "street": [f"street {number}" for number in RANDOM.integers(0, 300, 400)],
        "moment": 1_700_000_000_000_000_000.0 + RANDOM.integers(0, 10**6, 400) * 1024,
        "paid": RANDOM.integers(0, 2, 400),
    }
)
TABLE.loc[::50, "street"] = None
SCHEMA = understand(TABLE, target="paid")
RECIPE = Recipe.fit(TABLE, SCHEMA)
QUICK = QuickRows(RECIPE)
ROWS = st.fixed_dictionaries(
    {
        "bill": st.one_of(st.floats(-1e30, 1e30), st.integers(-9, 9), st.sampled_from(TABLE["bill"].tolist())),
        "town": st.sampled_from(["Ulm", "Bonn", "Kiel"]),
        "vip": st.booleans(),
        "moment": st.integers(1_700_000_000_000_000_000, 1_700_000_001_000_000_000),
    },
    optional={
        "debt": st.one_of(st.none(), st.floats(0, 1e6), st.sampled_from(TABLE["debt"].dropna().tolist())),
        "street": st.one_of(st.none(), st.sampled_from([*TABLE["street"].dropna().tolist(), "elsewhere"])),
    },
)


def test_the_table_has_each_kind_of_column():
    kinds = {column.schema.name: column.schema.kind for column in RECIPE.columns}
    assert kinds == {
        "bill": "number", "town": "category", "vip": "boolean", "debt": "number", "street": "category",
        "moment": "number",
    }  # fmt: skip


@settings(max_examples=40)
@given(st.lists(ROWS, min_size=1, max_size=8))
def test_rows_read_to_the_same_bits_as_a_data_frame_of_them(rows):
    quick = QUICK.views(rows, VIEWS)
    expected = RECIPE.transform(pd.DataFrame(rows, columns=list(RECIPE.input_names)))
    for view in VIEWS:
        assert quick[view].tobytes() == expected[view].tobytes()


@pytest.mark.parametrize(
    "change",
    [{"bill": "3"}, {"bill": True}, {"vip": 1}, {"town": 3}, {"town": ["Ulm"]}, {"bill": 1e300}, {"bill": 10**400}],
)
def test_a_value_of_another_type_or_size_is_left_to_who_reads_thoroughly(change):
    row = {"bill": 1.0, "town": "Ulm", "vip": True, "debt": None, "street": "street 1", "moment": 1.7e18}
    assert QUICK.views([row], ["tree"]) is not None
    assert QUICK.views([row, row | change], ["tree"]) is None
