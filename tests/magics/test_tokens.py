from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.tokens import quote, scan_line, split_line, split_list, unquote

values = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(" \\\"'#;()[]{}ab,-$", max_size=12)


def texts(line: str) -> list[str]:
    return [token.text for token in split_line(line).tokens]


@given(st.lists(values, min_size=1))
def test_what_is_quoted_and_joined_is_split_into_the_same_values(words):
    line = " ".join(map(quote, words))
    assert [token.value for token in split_line(line).tokens] == words


@given(values, st.sampled_from("\"'"))
def test_a_quote_asked_for_is_kept(word, mark):
    text = quote(word, mark)
    assert text[0] == text[-1] == mark
    assert unquote(text) == word


@given(st.lists(values, min_size=1))
def test_a_comma_list_of_quoted_values_splits_into_the_same_values(words):
    text = ",".join(map(quote, words))
    assert [unquote(piece) for piece in split_list(text)] == words


@given(st.text(" \\\"'#;()[]{}ab,-$=.\n", max_size=30))
def test_any_line_is_scanned_or_refused_in_one_sentence(line):
    try:
        scan = scan_line(line)
    except MagicUsageError as error:
        lines = str(error).splitlines()
        assert len(lines) == 1
        return
    for token in scan.tokens:
        assert line[token.start :].startswith(token.text)
        assert token.text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("fit df", ["fit", "df"]),
        ("  fit \t df  ", ["fit", "df"]),
        ("", []),
        ("# nothing", []),
        ("fit df # why", ["fit", "df"]),
        ("fit df#2", ["fit", "df#2"]),
        ("fit df[df.x > 0]", ["fit", "df[df.x > 0]"]),
        ("fit df[df['a b'] == \"]\"] --drop x", ["fit", "df[df['a b'] == \"]\"]", "--drop", "x"]),
        ("fit f(a, {'k': [1, 2]})", ["fit", "f(a, {'k': [1, 2]})"]),
        (r"fit C:\data\new.csv", ["fit", r"C:\data\new.csv"]),
        (r'fit "C:\my data\new.csv"', ["fit", r'"C:\my data\new.csv"']),
        (r"fit \\server\share\x.csv", ["fit", r"\\server\share\x.csv"]),
        ('--target "a # b; c"', ["--target", '"a # b; c"']),
        ("--target 'it\\'s'", ["--target", "'it\\'s'"]),
        ('--drop "a b","c d",e', ["--drop", '"a b","c d",e']),
        ("fit a;b.csv", ["fit", "a;b.csv"]),
        ("fit größe --target 価格", ["fit", "größe", "--target", "価格"]),
    ],
)
def test_tokens_are_kept_as_typed(line, expected):
    assert texts(line) == expected


@pytest.mark.parametrize(("line", "silent"), [
    ("runs", False), ("runs;", True), ("runs ; ", True), ("runs;  # all", True), ('--name "x;"', False),
    ("runs;;", True),
])  # fmt: skip
def test_a_closing_semicolon_asks_for_silence(line, silent):
    assert split_line(line).silent is silent


def test_a_semicolon_leaves_the_token_before_it_whole():
    assert texts("fit df --target churn;") == ["fit", "df", "--target", "churn"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('--target "total price', "The quote \" before 'total price' is never closed"),
        ("fit df[df.x > 0", "The bracket [ before 'df.x > 0' is never closed"),
        ("fit df) --target y", "The bracket ) after 'fit df' closes nothing"),
        ("fit df[(1])", "The bracket ] after 'fit df[(1' closes nothing"),
        ("runs; help", "put 'help' on a line of its own"),
        ("fit df —target y", "typographic"),
        ("fit df --target “y”", "typographic"),
    ],
)
def test_what_cannot_be_split_is_named(line, said):
    with pytest.raises(MagicUsageError) as caught:
        split_line(line)
    assert said in str(caught.value)


def test_a_half_typed_quote_is_scanned_as_a_token():
    scan = scan_line('fit df --target "total pr ')
    assert scan.tokens[-1].text == '"total pr '
    assert not scan.ends_in_blank


def test_unbalanced_backslashes_before_a_closing_quote_keep_it_open():
    assert scan_line('"a\\"').open_marks == (('"', 0),)
    assert unquote('"C:\\dir\\\\"') == "C:\\dir\\"
