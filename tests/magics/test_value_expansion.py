from __future__ import annotations

from types import SimpleNamespace

import pytest

from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.value_expansion import expand_list, expand_value

NAMES = {
    "budget": "30s",
    "n": 3,
    "cols": ["a b", "c"],
    "one": "x",
    "run": SimpleNamespace(name="churn-1"),
    "d": {"k": 5},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60s", "60s"), ("{budget}", "30s"), ("$budget", "30s"), ("{n}m", "3m"), ("try-$n-{n}", "try-3-3"),
        ("{run.name}", "churn-1"), ("{d['k']}", "5"), ("'{budget}'", "{budget}"), ('"$budget"', "$budget"),
        ("{{n}}", "{n}"), ("$$n", "$n"), ("{ n }", "3"), ("5$", "5$"), ("", ""),
    ],
)  # fmt: skip
def test_variables_in_values_stand_for_their_text(text, value):
    assert expand_value(text, NAMES) == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a,b", ("a", "b")), ('"a b",c', ("a b", "c")), ("{cols},z", ("a b", "c", "z")), ("$cols", ("a b", "c")),
        ("$one,{n}", ("x", "3")), ('"{cols}"', ("{cols}",)), ("p_{n},q", ("p_3", "q")),
    ],
)  # fmt: skip
def test_a_list_takes_variables_that_hold_several(text, values):
    assert expand_list(text, NAMES) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{budgte}", "perhaps 'budget' was meant"),
        ("$nope", "there is no 'nope'"),
        ("{n + 1}", "only names, attributes, subscripts and calls are read"),
        ("{n n}", "it is no expression"),
        ("{d['z']}", "KeyError: 'z'"),
        ("{len(d)}", "there is no 'len'"),
        ("{run.missing(lambda: 1)}", "lambda"),
    ],
)
def test_a_variable_without_a_value_is_named(text, said):
    with pytest.raises(MagicUsageError) as caught:
        expand_value(text, NAMES)
    assert said in str(caught.value)
    assert str(caught.value).count("\n") == 0
