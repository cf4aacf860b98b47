from __future__ import annotations

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from lepton_jupyter.magics.help_question import VerbQuestion

HELP = "get_ipython().run_line_magic('lepton', 'help fit')\n"


def transformed(cell):
    manager = TransformerManager()
    manager.token_transformers.append(VerbQuestion)
    return manager.transform_cell(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "%lepton fit?",
        "%lepton fit??",
        "%lepton fit ?",
        "run = %lepton fit?",
        "%lepton fit df --target churn?",
        "%lepton fit df[df.x > 0] \\\n  --target churn?",
    ],
)
def test_a_question_after_a_verb_asks_for_its_help(cell):
    assert transformed(cell) == HELP


def test_other_lines_of_the_cell_and_its_indent_stay():
    assert transformed("x = 1\n%lepton fit?\ny = 2\n") == f"x = 1\n{HELP}y = 2\n"
    assert transformed("if x:\n    %lepton fit?\n") == f"if x:\n    {HELP}"
    assert transformed("%lepton fti?") == HELP.replace("fit", "fti")


@pytest.mark.parametrize(
    "cell", ["%lepton?", "lepton?", "%%lepton?", "fit?", "%time?", "x = '''\n%lepton fit?\n'''", "# %lepton fit?", "?"]
)
def test_whatever_else_asks_is_left_to_ipython(cell):
    assert transformed(cell) == TransformerManager().transform_cell(cell)


def test_a_quoted_question_mark_is_a_value():
    assert "run_line_magic" in transformed('%lepton fit df --target "happy?"')
    assert "help" not in transformed('%lepton fit df --target "happy?"')


def test_the_shell_answers_and_forgets(ip, capsys):
    for cell in ("%lepton fit?", "get_ipython().run_line_magic('lepton', 'fit?')"):
        ip.run_cell(cell).raise_error()
        assert "Usage: %lepton fit TABLE --target NAME" in capsys.readouterr().out
    assert ip.input_transformer_manager.token_transformers.count(VerbQuestion) == 1
