from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lepton_jupyter.data.csv_dialect import find_dialect, unique_names

# fmt: off
TEXTS = {
    "plain": ("a,b\n1,2\n", {"separator": ",", "names": ("a", "b")}),
    "semicolons": ("a;b\n1;2\n", {"separator": ";"}),
    "tabs": ("a\tb\n1\t2\n", {"separator": "\t"}),
    "bars": ("a|b\n1|2\n", {"separator": "|"}),
    "decimal commas": ("a;b\n1,5;x\n2,25;y\n", {"separator": ";", "decimal": ",", "thousands": ""}),
    "only decimal commas": ("1,5;2,5\n3,5;4,5\n" * 9, {"separator": ";", "decimal": ",", "header": False}),
    "grouped by points": ("a;b\n1.234,5;x\n22,75;y\n", {"decimal": ",", "thousands": "."}),
    "grouped by commas": ('a,b\n"1,234.5",x\n22.75,y\n', {"separator": ",", "decimal": ".", "thousands": ","}),
    "quoted decimal commas": ('a,b\n"1,5",x\n"2,25",y\n', {"separator": ",", "decimal": ","}),
    "text with commas": ("a;note\n1;well, yes\n2;no, no, no\n", {"separator": ";", "decimal": "."}),
    "quoted separators": ('a,b\n"x;y;z",1\n"p;q;r",2\n', {"separator": ","}),
    "quoted lines": ('"first\nname",b\n"x\ny",2\n', {"names": ("first\nname", "b"), "lines_before": 2}),
    "one column": ("name\nAda Lovelace\nGrace Hopper\n", {"names": ("name",)}),
    "one column of sentences": ("note\nwe went, and saw\nnothing at all\n", {"names": ("note",)}),
    "one column of times": ("at\n2024-01-01 10:00:00\n2024-01-02 11:00:00\n", {"names": ("at",)}),
    "blanks": ("a   b    c\n1   2    3\n44  5    6\n", {"separator": r"\s+", "names": ("a", "b", "c")}),
    "no header": ("1,2,x\n3,4,y\n5,6,z\n", {"header": False, "names": ("x0", "x1", "x2"), "lines_before": 0}),
    "a header of years": ("land,2019,2020\nFR,1,2\nDE,3,4\n", {"header": True, "names": ("land", "2019", "2020")}),
    "a header of words": ("a,b\nx,y\n", {"header": True}),
    "title above": ("Report of May\n\na,b,c\n1,2,3\n4,5,6\n", {"names": ("a", "b", "c"), "n_above": 1}),
    "told by Excel": ("sep=;\na;b\n1;2\n", {"separator": ";", "names": ("a", "b"), "lines_before": 2}),
    "an index without a name": (",a\n0,1\n1,2\n", {"names": ("Unnamed: 0", "a"), "renamed": ("Unnamed: 0",)}),
    "twins": ("a,a,a.1\n1,2,3\n", {"names": ("a", "a.2", "a.1"), "renamed": ("a.2",)}),
    "blanks after separators": ('a, b\n1, "x"\n2, "y"\n', {"names": ("a", "b"), "spaced": True}),
    "single quotes": ("a,b\n'x,1',2\n'y,2',3\n", {"quote": "'", "names": ("a", "b")}),
    "dates with points": ("day;n\n01.02.2024;1,5\n03.02.2024;2,5\n", {"decimal": ",", "thousands": ""}),
    "windows lines": ("a,b\r\n1,2\r\n", {"names": ("a", "b"), "lines_before": 1}),
    "old lines of a Mac": ("a,b\r1,2\r", {"names": ("a", "b")}),
    "missing values": ("a,b\n,\n1,\n,2\n", {"separator": ","}),
    "Chinese": ("姓名;金额\n李;1,5\n王;2,5\n", {"names": ("姓名", "金额"), "decimal": ","}),
}
# fmt: on


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_the_dialect_is_found(text, expected):
    dialect = find_dialect(text)
    assert {name: getattr(dialect, name) for name in expected} == expected


def test_nothing_has_no_dialect():
    assert find_dialect(" \n\n") is None


def test_what_is_not_plain_is_described():
    dialect = find_dialect("Export\n;n;n\n1;1,5;2\n2;2,5;3\n")
    assert dialect.described("cp1252") == (
        "text in cp1252", "separated by semicolons", "decimal commas", "1 line above the header passed over",
        "columns without a name of their own are called Unnamed: 0, n.1",
    )  # fmt: skip
    assert find_dialect("a,b\n1,2\n").described("utf-8") == ()


@given(
    st.sampled_from(",;\t|"),
    st.lists(st.tuples(st.integers(), st.text("abc ,;|äß'", max_size=8), st.floats(0, 1)), min_size=6, max_size=20),
)
def test_what_pythons_writer_wrote_is_found_again(separator, rows):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["number", "text", "share"])
    writer.writerows(rows)
    dialect = find_dialect(buffer.getvalue())
    assert (dialect.separator, dialect.names, dialect.decimal) == (separator, ("number", "text", "share"), ".")


@given(st.lists(st.text("ab .1", max_size=3), max_size=8))
def test_names_are_unique_and_kept_where_they_can_be(cells):
    names, renamed = unique_names(cells)
    assert len(set(names)) == len(names) == len(cells)
    assert all(name == cell.strip() or name in renamed for name, cell in zip(names, cells, strict=True))


@given(st.text("ab1,;.\t|\"' \n\r", max_size=60))
@example(",1\r1\r1")  # rows shorter than the one that might be a header
def test_any_text_is_answered(text):
    dialect = find_dialect(text)
    assert dialect is None or len(dialect.names) == len(set(dialect.names)) > 0
