from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lepton_jupyter.data.schema import understand
from lepton_jupyter.exceptions.data_errors import InvalidTargetError, TableShapeError, UnknownColumnError


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "age": [31, 45, 52, 28],
            "town": ["Ulm", "Bonn", "Ulm", "Ulm"],
            "note": ["", "x", None, "y"],
            "paid": ["no", "yes", "yes", "no"],
        }
    )


def test_the_target_is_not_a_column(table):
    schema = understand(table, target="paid", drop=["note"])
    assert schema.names == ("age", "town")
    assert schema.target.task == "binary"
    assert schema.dropped == ("note",)
    assert schema.training_table(table).columns.tolist() == ["age", "town"]


def test_a_target_beside_the_table(table):
    schema = understand(table, target=np.array([1.5, 2.5, 3.5, 4.5]))
    assert schema.target.task == "regression"
    assert "paid" in schema.names


def test_a_target_of_another_length_is_refused(table):
    with pytest.raises(InvalidTargetError, match="3 values, but the table has 4 rows"):
        understand(table, target=[1, 2, 3])


def test_columns_are_understood_on_rows_with_a_target(table):
    table.loc[1, "paid"] = None
    table.loc[4] = [60, "Kiel", "z", "yes"]
    table.loc[5] = [60, "Kiel", "z", "no"]
    table["same but where the target is missing"] = ["a", "b", "a", "a", "a", "a"]
    schema = understand(table, target="paid")
    assert schema.columns[-1].kind == "constant"
    assert len(schema.training_table(table)) == 5
    assert schema.notes == ("1 of 6 rows has no target and is left out.",)


@pytest.mark.parametrize("options", [{"target": "piad"}, {"target": "age", "drop": ["piad"]}])
def test_the_nearest_name_is_offered(table, options):
    with pytest.raises(UnknownColumnError, match=r"'piad'.*Did you mean 'paid'") as caught:
        understand(table, **options)
    assert isinstance(caught.value, KeyError)


def test_nothing_beside_the_target(table):
    with pytest.raises(TableShapeError, match="no columns to learn from"):
        understand(table[["paid"]], target="paid")


def test_mixed_types_and_useless_tables_are_noted():
    schema = understand(pd.DataFrame({"a": pd.Series(["x", 1, 2.5] * 5, dtype=object)}))
    assert schema.notes == ("Column 'a' has mixed types (float, int, str), read as text.",)
    assert "No column is left" in understand(pd.DataFrame({"a": [1, 1]})).notes[0]


def test_kinds_are_counted(table):
    assert understand(table, target="paid").summary() == "3 columns: 2 categories, 1 number"
