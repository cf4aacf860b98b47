from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from lepton_jupyter.data.frames import to_pandas
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.magic_errors import ObjectLookupError
from lepton_jupyter.magics.object_lookup import FoundObject, find_object


@pytest.fixture
def names():
    frame = pd.DataFrame({"x": [-1, 1, 2], "y": [0, 1, 0]})

    def make(n: int = 3) -> pd.DataFrame:
        return frame.head(n)

    return {"df": frame, "trips": pl.DataFrame({"a": [1]}), "tables": {"train": frame}, "make": make, "number": 3,
            "_hidden": frame}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "churn.csv").write_text("x,y\n1,0\n2,1\n")
    (tmp_path / "exports").mkdir()
    (tmp_path / "a b.csv").write_text("x,y\n1,0\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "n_rows", "label"),
    [
        ("churn.csv", 2, "churn.csv"),
        ("./churn.csv", 2, "churn.csv"),
        ("'churn.csv'", 2, "churn.csv"),
        ('"a b.csv"', 1, "a b.csv"),
        ("*.csv", 3, "*.csv"),
        ("c*n.csv", 2, "c*n.csv"),
        ("churn.*", 2, "churn.*"),
        ("{folder}/churn.csv", 2, "churn.csv"),
        ("'{folder}/c?urn.csv'", 2, "{folder.name}/c?urn.csv"),
        ("file://{folder}/churn.csv", 2, "churn.csv"),
    ],
)
def test_a_path_or_pattern_is_opened_quoted_or_not(names, folder, text, n_rows, label):
    found = find_object(text.format(folder=folder), names)
    assert len(found.value) == n_rows
    assert found.value.columns == ["x", "y"]
    assert found.label == label.format(folder=folder)


def test_a_path_that_is_not_to_be_read_is_its_text(names):
    assert find_object("missing.csv", names, read=False) == FoundObject("missing.csv", "missing.csv")
    assert find_object("https://ada:secret@host/a.csv?token=b", names, read=False).label == "a.csv"


def test_a_file_that_is_to_be_made_may_begin_with_the_name_of_a_variable(names):
    assert find_object("df.jsonl", names, read=False) == FoundObject("df.jsonl", "df.jsonl")
    names["df"] = names["df"].assign(parquet=1)
    assert find_object("df.parquet", names, read=False).label == "df.parquet"
    assert list(find_object("df.parquet", names, read=False).value) == [1] * len(names["df"])
    with pytest.raises(ObjectLookupError, match="has no attribute 'nothing'"):
        find_object("df.nothing", names)


@pytest.mark.mistake
def test_a_folder_of_the_name_that_was_typed_is_nearer_than_a_variable(names, folder):
    (folder / "dfs").mkdir()
    with pytest.raises(ObjectLookupError, match="Did you mean the folder 'dfs/'"):
        find_object("dfs", names)


def test_a_folder_is_meant_though_a_variable_has_its_name(names, folder):
    (folder / "trips").mkdir()
    (folder / "trips" / "part").write_text("x\n1\n")
    for text in ("trips/", "trips/part", "trips/*.csv"):
        assert find_object(text, names, read=False).value == text
    assert find_object("df", names).value is names["df"]


@pytest.mark.parametrize("address", ["redis://localhost:6379/orders", "kafka://localhost/orders", "s3://bucket/a"])
def test_an_address_is_one_also_where_a_module_or_a_table_is_called_as_it_begins(names, address):
    taken = {**names, "redis": pd, "kafka": names["df"], "s3": 1}
    assert find_object(address, taken, read=False).value == address


def test_a_name_of_the_notebook_comes_before_a_file(names, folder):
    assert find_object("df", names).value is names["df"]
    (folder / "df").write_text("x\n1\n")
    assert find_object("df", names).value is names["df"]
    assert len(find_object("'df'", names).value) == 1


@pytest.mark.parametrize("text", ["{'x': [1, 2], 'y': [0, 1]}", "[{'x': 1}, {'x': 2}]", "{'x': df.x, 'y': [1, 2, 3]}"])
def test_a_table_may_be_written_out(names, text):
    found = find_object(text, names)
    assert len(to_pandas(found.value)) in {2, 3}
    assert found.label == "table"


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


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dff", "There is no data frame 'dff' in this notebook. Did you mean 'df'?"),
        ("dff.head()", "There is no data frame 'dff' in this notebook. Did you mean 'df'?"),
        ("zzz", "There are: 'df', 'trips'."),
        ("chrun", "There is no data frame 'chrun' in this notebook. Did you mean the file 'churn.csv'?"),
        ("exprots", "There is no data frame 'exprots' in this notebook. Did you mean the folder 'exports/'?"),
        ('"chrun.csv"', "There is no file 'chrun.csv' in this folder. Did you mean 'churn.csv'?"),
        ("nothing.parquet", "There is no file 'nothing.parquet' in this folder. Check the path"),
        ("data/nothing.csv", "There is no file 'data/nothing.csv': there is no folder 'data'"),
        ("./chrun.csv", "Did you mean 'churn.csv'?"),
        (r"C:\data\churn.csv", r"There is no file 'C:\\data\\churn.csv'"),
        ("data/*.csv", "No file matches 'data/*.csv'"),
        ("churn.*v2", "No file matches 'churn.*v2'"),
        (".", "'.' is a folder"),
        ("postgres://ada:secret@host/db", "'postgres://…@host/db' is a database. Say what to read from it: --sql"),
        ("http://127.0.0.1:1/churn.csv?token=abc", "'http://127.0.0.1:1/churn.csv' cannot be reached: connection refu"),
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
    with pytest.raises(LeptonError) as caught:
        find_object(text, names)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message


def test_without_any_frame_the_remedy_is_to_name_a_file_or_load_one():
    with pytest.raises(ObjectLookupError, match="Name a file, such as"):
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


class TestFilesBesideVariablesOfTheirName:
    @pytest.fixture
    def names(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "data").mkdir()
        for name in ("test.csv", "data/train.csv"):
            (tmp_path / name).write_text("a,b\n1,2\n", encoding="utf-8")
        return {"test": pd.DataFrame({"a": [1]}), "data": pd.DataFrame(), "column": pd.DataFrame({"csv": [3]})}

    @pytest.mark.parametrize("text", ["test.csv", "data/train.csv", "data/*.csv"])
    def test_a_file_that_is_there_is_meant(self, names, text):
        assert to_pandas(find_object(text, names).value)["b"].tolist() == [2]

    def test_an_attribute_that_is_there_is_meant(self, names):
        assert find_object("column.csv", names).value.tolist() == [3]
