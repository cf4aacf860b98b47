"""However the rows are parted, the plan is the same."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from preprocessing.messy_tables import messy_table

from lepton_jupyter.preprocessing.canonical_tree import merge_in_tree
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.column_summary import TableSummary
from lepton_jupyter.preprocessing.preparation_plan import plan_columns

N_ROWS = 600


def spoilt_table():
    """A messy table with slips, impossible values and dates that stand for none."""
    frame = messy_table(N_ROWS)
    frame.loc[:1, "day"] = "01.01.1900"
    frame.loc[5, "town"] = "Berrlin"
    frame.loc[6, "age"] = 421.0
    frame["n_items"] = np.arange(N_ROWS) % 9 - 10 * (np.arange(N_ROWS) == 8)
    return pa.Table.from_pandas(frame, preserve_index=False)


TABLE = spoilt_table()
LOOKS = look_at(TABLE)
WHOLE = plan_columns(LOOKS, TableSummary.of(TABLE, LOOKS), target="returned")


def test_everything_wrong_with_it_is_found():
    kinds = {(plan.name, step.kind) for plan in WHOLE for step in plan.steps}
    assert {("day", "missing"), ("town", "typos"), ("age", "impossible"), ("n_items", "impossible")} <= kinds


@given(st.lists(st.integers(0, N_ROWS), max_size=20))
@settings(max_examples=8, deadline=None)
def test_any_parts_give_the_plan_of_the_whole(cuts):
    ends = pairwise([0, *sorted(cuts), N_ROWS])
    parts = [TableSummary.of(TABLE.slice(start, end - start), LOOKS) for start, end in ends]
    assert plan_columns(LOOKS, merge_in_tree(parts, TableSummary.merged), target="returned") == WHOLE
