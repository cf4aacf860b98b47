from __future__ import annotations

import pytest

from lepton_jupyter.magics.calling_statement import assigned_name, stands_alone


@pytest.fixture
def asked(shell):
    """Runs a cell and gives what the magic in it learnt of its statement."""
    found = []

    def whose(line):
        found.append((assigned_name(), stands_alone()))
        return "table"

    shell.magics_manager.register_function(whose, "line", "whose")

    def ask(source: str) -> tuple[str | None, bool]:
        shell.run_cell(source, store_history=True).raise_error()
        return found.pop()

    yield ask
    shell.magics_manager.magics["line"].pop("whose", None)


@pytest.mark.parametrize(
    ("source", "name", "alone"),
    [
        ("%whose df", None, True),
        ("x = 1\n%whose df", None, True),
        ("clean = %whose df", "clean", False),
        ("if True:\n    表 = %whose df", "表", False),
        ("clean.head = %whose df", None, False),
        ("a, b, c, d, e = %whose df", None, False),
    ],
)
def test_the_name_that_takes_the_result_is_known(asked, shell, source, name, alone):
    shell.user_ns["clean"] = type("Table", (), {})()
    assert asked(source) == (name, alone)


def test_outside_a_cell_there_is_none():
    assert (assigned_name(), stands_alone()) == (None, False)
