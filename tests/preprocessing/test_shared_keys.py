"""Rows found by their keys are the same however a table is split."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as some

from lepton_jupyter.data.partitions import FramePartition, PartitionedTable
from lepton_jupyter.execution.graph_runner import GraphRunner
from lepton_jupyter.preprocessing.column_look import look_at
from lepton_jupyter.preprocessing.repeated_rows import without_repeated
from lepton_jupyter.preprocessing.shared_keys import partition_and_place, places_by_partition, row_number

VALUES = some.lists(some.integers(0, 5), min_size=1, max_size=40)


def split(rows, cuts):
    edges = [0, *sorted(cut % (rows.num_rows + 1) for cut in cuts), rows.num_rows]
    pieces = [rows.slice(low, high - low) for low, high in pairwise(edges)]
    return PartitionedTable(tuple(FramePartition(piece, f"p{place}") for place, piece in enumerate(pieces)), "t", False)


@given(values=VALUES, cuts=some.lists(some.integers(0, 40), max_size=12))
def test_the_first_of_equal_rows_stays_wherever_it_lies(values, cuts):
    rows = pa.table({"place": list(range(len(values))), "value": values})
    looks = look_at(rows.select(["value"]))
    table, n_repeated = without_repeated(split(rows, cuts), looks, GraphRunner(n_threads=1), lambda _: None)
    kept = [place for part in table.partitions for piece in part.tables() for place in piece["place"].to_pylist()]
    assert kept == [place for place, value in enumerate(values) if value not in values[:place]]
    assert n_repeated == len(values) - len(kept)


@given(rows=some.lists(some.tuples(some.integers(0, 2**20), some.integers(0, 2**40 - 1)), unique=True))
def test_the_number_of_a_row_says_where_it_is(rows):
    numbers = np.array([row_number(*row) for row in rows], dtype=np.int64)
    assert [partition_and_place(int(number)) for number in numbers] == rows
    found = places_by_partition(numbers)
    assert sorted(rows) == [(part, int(place)) for part, places in found.items() for place in places]
