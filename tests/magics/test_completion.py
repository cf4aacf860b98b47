from __future__ import annotations

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import provisionalcompleter
from magics.notebook_stand_in import Run

from lepton_jupyter.magics.completion import MAX_SUGGESTIONS, suggest, text_after_magic
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.verbs import VERBS

VOCABULARY = {
    "metrics": lambda: ["roc_auc", "r2"],
    "learners": lambda: ["lightgbm", "ridge"],
    "runs": lambda: ["churn-1", "total price"],
}


class Trap:
    """Fails the test when completion evaluates more than a name."""

    def __getattr__(self, name):
        raise AssertionError(name)


@pytest.fixture
def names():
    return {
        "df": pd.DataFrame(columns=["churn", "total price", "tenure", 'a"b', 7]),
        "trips": pl.DataFrame({"start": [1]}),
        "lazy": pl.LazyFrame({"start": [1]}),
        "trap": Trap(),
        "number": 3,
    }


def offered(text, names, **options):
    found = suggest(text, names, VOCABULARY, **options)
    return None if found is None else [item.text for item in found.items]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", list(VERBS)),
        ("f", ["fit"]),
        ("fit d", ["df"]),
        ("fit DF", ["df"]),
        ("fit df --ta", ["--target", "--task"]),
        ("fit df --target ch", ["churn"]),
        ("fit df --target=ch", ["churn"]),
        ("fit df --target t", ['"total price"', "tenure"]),
        ('fit df --target "t', ['"total price"', '"tenure"']),
        ("fit df --target 'to", ["'total price'"]),
        ("fit df --target 7", ["7"]),
        ("fit df --target a", ["'a\"b'"]),
        ("fit df[df.tenure > 3] --target ch", ["churn"]),
        ("fit --target ch", []),
        ("fit trips --target ", ["start"]),
        ("fit lazy --target ", []),
        ("fit df --target churn --drop t", ['"total price"', "tenure"]),
        ("fit df --drop tenure,t", ['"total price"']),
        ('fit df --drop "total price",te', ["tenure"]),
        ("fit df --drop tenure, t", ['"total price"']),
        ("fit df --target churn --drop c", []),
        ("fit df --drop churn --target c", []),
        ("fit df --target churn --metric r", ["roc_auc", "r2"]),
        ("fit df --learners lightgbm,", ["ridge"]),
        ("fit df --task ", ["binary", "multiclass", "regression"]),
        ("fit df --keep-models b", ["best"]),
        ("fit df --prefer s", ["speed", "smallest"]),
        ("fit df --test t", ["trips"]),
        ("fit df --wait --no", []),
        ("fit df --learners ridge --wi", []),
        ("predict df --run ", ["churn-1", '"total price"']),
        ("predict df --threshold ", ["tuned"]),
        ("evaluate t", ["trips"]),
        ("evaluate df --run c", ["churn-1"]),
        ("evaluate df --tune r", ["roc_auc", "r2"]),
        ("evaluate df --train t", ["trips"]),
        ("compare c", ["churn-1"]),
        ("compare churn-1 t", ['"total price"']),
        ("compare churn-1 churn-2 --test t", ["trips"]),
        ("show c", ["churn-1"]),
        ("stop --run churn-1 ", []),
        ("leaderboard churn-1 ", []),
        ("cluster ", ["local", "off"]),
        ("help le", ["leaderboard"]),
        ("nonsense ", None),
        ("fit df[df.", None),
        ("fit df; ", None),
        ("fit df) ", None),
        ("fit trap.", []),
        ("fit trap --target ", []),
        ("fit df --name ", []),
        ("fit df --seed ", []),
    ],
)
def test_what_may_come_next(names, text, expected):
    assert offered(text, names) == expected


def test_variables_that_hold_runs_are_offered(names):
    assert offered("stop ", {"mine": Run()})[:3] == ["mine", "churn-1", '"total price"']


def test_after_a_table_all_options_are_offered_and_those_given_are_not(names):
    found = offered("fit df --target churn ", names)
    assert "--budget" in found
    assert "--target" not in found
    assert "df" not in found


def test_before_a_table_tables_come_first(names):
    assert offered("fit ", names)[:3] == ["df", "trips", "lazy"]


def test_a_quote_that_the_page_closed_is_not_closed_again(names):
    assert offered('fit df --target "to', names, after='"') == ['"total price']


def test_the_fragment_is_what_gets_replaced(names):
    assert suggest('fit df --drop tenure,"to', names, VOCABULARY).fragment == '"to'
    assert suggest("fit df --target=ch", names, VOCABULARY).fragment == "ch"
    assert suggest("fit df ", names, VOCABULARY).fragment == ""


def test_a_vocabulary_that_fails_offers_nothing(names):
    def broken():
        raise OSError

    assert [item.text for item in suggest("show ", names, {"runs": broken}).items] == ["--trust"]


def test_no_more_than_a_page_can_show():
    names = {"df": pd.DataFrame(columns=[f"column {number}" for number in range(5000)])}
    assert len(offered("fit df --target c", names)) == MAX_SUGGESTIONS
    assert offered("fit df --target 'column 4999", names) == ["'column 4999'"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10).filter(str.strip))
def test_a_column_taken_from_the_list_is_read_back_as_that_column(column):
    [text] = offered("fit df --target ", {"df": pd.DataFrame(columns=[column])})
    assert parse_line(f"fit df --target {text}").request.target == column
    assert parse_line(f"fit df --target y --drop {text},z").request.drop == (column, "z")


@given(st.text("fit df--target=[](){}\"'\\,; abc#\n", max_size=30))
def test_any_half_typed_line_is_answered(text):
    found = suggest(text, {"df": pd.DataFrame(columns=["a b", "c"])}, VOCABULARY)
    assert found is None or text.endswith(found.fragment)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("%lepton fit d", "fit d"),
        ("run = %lepton fit d", "fit d"),
        ("%%lepton fit d", "fit d"),
        ("x = 1\n    run = %lepton fit d", "fit d"),
        ("a, b = %lepton fit d", "fit d"),
        ("%lepton fit df \\\n   --tar", "fit df     --tar"),
        ("%lepton ", ""),
        ("%lepton", None),
        ("%leptons ", None),
        ("lepton fit", None),
        ("print('%lepton fit", None),
        ("# %lepton fit", None),
        ("%lepton fit df\nd", None),
    ],
)
def test_the_magic_is_found_wherever_it_may_stand(cell, text):
    assert text_after_magic(cell) == text


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%lepton lea", {"leaderboard"}),
        ("run = %lepton fit d", {"df"}),
        ("%%lepton fi", {"fit"}),
        ("import math\nrun = %lepton fit df --target ch", {"churn"}),
        ('%lepton fit df --target "to', {'"total price"'}),
        ("%lepton predict df --pro", {"--proba"}),
        ("%lepton fit df --drop churn,ten", {"tenure"}),
        ("%lepton fit df --metric neg", {"neg_log_loss"}),
    ],
)
def test_a_shell_offers_these_and_nothing_else(ip, names, cell, expected):
    ip.user_ns.update(names)
    with provisionalcompleter():
        found = list(ip.Completer.completions(cell, len(cell)))
    assert {each.text for each in found} == expected
    fragment = cell[found[0].start : found[0].end]
    assert next(iter(expected)).startswith(fragment)


def test_other_lines_are_completed_as_ever(ip, names):
    ip.user_ns.update(names)
    with provisionalcompleter():
        assert any(each.text == "number" for each in ip.Completer.completions("numb", 4))
        assert any(each.text == "%lepton" for each in ip.Completer.completions("%lept", 5))


def test_within_an_expression_python_completes(ip, names):
    ip.user_ns.update(names)
    cell = "%lepton fit df[df.tenu"
    with provisionalcompleter():
        assert any("tenure" in each.text for each in ip.Completer.completions(cell, len(cell)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "new rows").mkdir(parents=True)
    for name in ("churn.csv", "trips.parquet", "notes.md", "old trips.csv.gz", ".hidden.csv"):
        (tmp_path / "data" / name).write_text("tenure;total price;churn\n1;2;3\n4;5;6\n")
    (tmp_path / "df.csv").write_text("a,b\n1,2\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fit d", ["df"]),
        ("fit ./", ["./data/", "./df.csv"]),
        ("fit data/", ['"data/new rows/', "data/churn.csv", '"data/old trips.csv.gz"', "data/trips.parquet"]),
        ("fit data/CH", ["data/churn.csv"]),
        ('fit "d', ['"data/', '"df.csv"']),
        ("fit 'data/c", ["'data/churn.csv'"]),
        ('fit "data/n', ['"data/new rows/']),
        ("fit nowhere/", []),
        ("fit https://host/", []),
        ("predict data/t", ["data/trips.parquet"]),
        ("fit df --target a --test data/t", ["data/trips.parquet"]),
        ("resume churn-1 --table data/c", ["data/churn.csv"]),
        ("predict df --to data/c", ["data/churn.csv"]),
        ("predict df --to c", []),
        ("fit data/churn.csv --target ch", ["churn"]),
        ("fit 'data/churn.csv' --target t", ["tenure", '"total price"']),
        ("fit data/*.csv --target t", []),
        ("fit data/notes.md --target t", ["tenure", '"total price"']),
        ("fit data/trips.parquet --target t", []),
        ("fit --sql 'select 1' --connection ", ["shop"]),
    ],
)
def test_files_and_folders_are_offered_where_a_table_is_expected(names, folder, text, expected):
    assert offered(text, {**names, "shop": "sqlite:///shop.db", "page": "https://host"}) == expected


def test_a_closing_quote_that_the_page_has_typed_is_not_doubled(names, folder):
    assert offered('fit "data/c', names, after='"') == ['"data/churn.csv']
