from __future__ import annotations

import pytest

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.magics.sql_options import find_connection, sql_arguments

ENGINE = object()
NAMES = {
    "shop": "sqlite:///shop.db",
    "engines": {"shop": ENGINE},
    "password": "geheim",
    "make": int,
    "DATABASE_URL": "sqlite:///of-the-notebook.db",
}


@pytest.mark.parametrize(
    ("text", "connection"),
    [
        ("sqlite:///shop.db", "sqlite:///shop.db"),
        ("'postgresql://ada@host/db'", "postgresql://ada@host/db"),
        ("postgresql://ada:{password}@host/db", "postgresql://ada:geheim@host/db"),
        ("'postgresql://ada:{password}@host/db'", "postgresql://ada:{password}@host/db"),
        ("shop", "sqlite:///shop.db"),
        ("engines['shop']", ENGINE),
        ("$DATABASE_URL", "sqlite:///of-the-notebook.db"),
        ("${DATABASE_URL}", "sqlite:///of-the-notebook.db"),
        ("$OTHER_URL", "$OTHER_URL"),
    ],
)
def test_a_connection_is_a_url_a_variable_or_one_of_the_environment(text, connection):
    assert find_connection(text, NAMES) is connection or find_connection(text, NAMES) == connection


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shpo", "There is no connection 'shpo': it is no URL, and no variable has this name. Did you mean 'shop'?"),
        ("a b", "The connection is not a URL that can be read"),
        ("1 + 1", "The connection is not a URL that can be read"),
        ("make('postgresql://ada:geheim@host/db')", "The connection cannot be evaluated (ValueError)."),
        ("make(lambda: 'geheim')", "The connection cannot be evaluated."),
        ("engines['geheim']", "The connection cannot be evaluated (KeyError)."),
    ],
)
def test_anything_else_is_answered_without_what_was_typed(text, said):
    with pytest.raises(LeptonError) as caught:
        find_connection(text, NAMES)
    assert said in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_values_of_a_select_are_the_names_of_the_notebook():
    assert sql_arguments(None, None, NAMES) == {}
    assert sql_arguments("select 1", "shop", NAMES) == {
        "sql": "select 1", "params": NAMES, "connection": "sqlite:///shop.db",
    }  # fmt: skip
