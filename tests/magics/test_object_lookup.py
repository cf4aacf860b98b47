from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.magic_errors import MagicUsageError, ObjectLookupError
from lepton_jupyter.magics.object_lookup import find_object


@pytest.fixture
def names():
    frame = pd.DataFrame({"x": [-1, 1, 2], "y": [0, 1, 0]})

    def make(n: int = 3) -> pd.DataFrame:
        return frame.head(n)

    return {"df": frame, "trips": pl.DataFrame({"a": [1]}), "tables": {"train": frame}, "make": make, "number": 3,
            "_hidden": frame}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "n_rows", "label"),
    [
        ("df", 3, "df"),
        ("df[df.x > 0]", 2, "df[…]"),
        ("df[(df['x'] > 0) & (df.y == 0)]", 1, "df[…]"),
        ("tables['train']", 3, "tables['train']"),
        ("make()", 3, "make()"),
        ("make(number - 1)", 2, "make(…)"),
        ("df.query('x > 0').head(1)", 1, "df.query(…).head(…)"),
        ("df[[c for c in df.columns if c != 'y']]", 3, "df[…]"),
        ("df.loc[[i for i in df.index if i < number - 1]]", 2, "df.loc[…]"),
    ],
)
def test_names_attributes_subscripts_and_calls_are_evaluated(names, text, n_rows, label):
    found = find_object(text, names)
    assert len(found.value) == n_rows
    assert found.label == label


def test_a_label_tells_no_cell_value(names):
    names["df"] = pd.DataFrame({"name": ["Ada"]})
    assert "Ada" not in find_object("df[df.name == 'Ada'].copy()", names).label


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dff", "There is no data frame 'dff' in this notebook. Did you mean 'df'?"),
        ("dff.head()", "There is no data frame 'dff' in this notebook. Did you mean 'df'?"),
        ("zzz", "There are: 'df', 'trips'."),
        ('"churn.csv"', "Reading files comes later: load 'churn.csv' first, as in df = pandas.read_csv(…)"),
        ("churn.parquet", "as in df = pandas.read_parquet(…)"),
        ("data/churn.csv", "Reading files comes later: load 'data/churn.csv' first"),
        ("./churn.csv", "Reading files comes later"),
        (r"C:\data\churn.csv", "Reading files comes later"),
        ("data/*.csv", "Reading files comes later"),
        ("*", "Reading files comes later"),
        ("s3://bucket/churn.csv", "load 's3://bucket/churn.csv' first"),
        ("https://host/churn.csv?token=abc", "load 'https://host/churn.csv' first"),
        ("postgres://ada:secret@host/db", "load 'postgres://…@host/db' first"),
        ("df+trips", "'df+trips' is an operation"),
        ("df*2", "'df*2' is an operation"),
        ("not(df)", "'not(df)' is an operation"),
        ("df.x>0", "'df.x>0' is an operation"),
        ("(lambda:df)()", "a lambda"),
        ("make(lambda:1)", "holds a lambda"),
        ("df[(n:=1)]", "holds an assignment"),
        ("[1,2]", "neither a name nor a path"),
        ("3", "neither a name nor a path"),
        ("df.", "neither a name nor a path"),
        ("df]", "neither a name nor a path"),
        ("df.nothing", "'df.nothing' cannot be evaluated: AttributeError"),
        ("df['z']", "cannot be evaluated: KeyError: 'z'."),
        ("tables['test']", "cannot be evaluated: KeyError"),
        ("number()", "cannot be evaluated: TypeError"),
    ],
)
def test_everything_else_is_answered_in_one_sentence(names, text, said):
    with pytest.raises((ObjectLookupError, MagicUsageError)) as caught:
        find_object(text, names)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message


def test_without_any_frame_the_remedy_is_to_load_one():
    with pytest.raises(ObjectLookupError, match="Load a table first"):
        find_object("df", {})


def test_an_interrupt_passes_through():
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_object("slow()", {"slow": interrupted})


def test_an_error_of_lepton_passes_through_as_it_is():
    def refuse() -> None:
        raise LeptonError("As said.")

    with pytest.raises(LeptonError, match=r"^As said\.$"):
        find_object("refuse()", {"refuse": refuse})


def test_evaluation_adds_no_name(names):
    before = list(names)
    find_object("df[[c for c in df.columns]]", names)
    assert list(names) == before
