from __future__ import annotations

import pytest

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.magics.fit_verb import FitRequest
from lepton_jupyter.magics.line_parser import parse_line


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("balanced", "balanced"),
        ("yes=5", {"yes": 5.0}),
        ("yes=5,no=.5", {"yes": 5.0, "no": 0.5}),
        ('"yes=5,no=1"', {"yes": 5.0, "no": 1.0}),
        ('"a, b"=2,c=1', {"a, b": 2.0, "c": 1.0}),
        ("1=3", {"1": 3.0}),
        ("a=b=2", {"a=b": 2.0}),
        ("yes={times}", {"yes": 4.0}),
    ],
)
def test_weights_of_classes_are_read(typed, read):
    request = parse_line(f"fit df --target y --class-weight {typed}", {"times": 4}).request
    assert request == FitRequest(table="df", target="y", class_weight=read)


@pytest.mark.parametrize("typed", ['"age=+1,net pay=-1"', 'age=+1,"net pay"=-1', "'age=1, net pay=-1'"])
def test_monotone_columns_are_read(typed):
    request = parse_line(f"fit df --target y --monotone {typed}").request
    assert request == FitRequest(table="df", target="y", monotone={"age": 1, "net pay": -1})


@pytest.mark.mistake
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("--class-weight balance", "--class-weight gives values to names, as in a=1,b=2, and 'balance' gives none."),
        ("--class-weight yes=", "'yes=' gives none"),
        ("--class-weight yes=5,", "'' gives none"),
        ("--class-weight =5", "'=5' gives none"),
        ("--class-weight yes=much", "gives 'yes' the value 'much', which is no number: write yes=1."),
        ("--class-weight yes=5,yes=1", "--class-weight gives 'yes' two values; give it one."),
        ("--monotone age", "--monotone gives values to names, as in a=1,b=2, and 'age' gives none."),
        ("--monotone age=up", "--monotone gives 'age' the value 'up': write age=+1 or age=-1."),
        ("--monotone age=2", "gives 'age' the value '2': write age=+1 or age=-1."),
        ("--monotone +age", "'+age' gives none"),
        ("--class-weight", "--class-weight needs a value: --class-weight balanced|A=5,B=1."),
        ("--class-weigth balanced", "Did you mean '--class-weight'?"),
    ],
)
def test_what_cannot_be_read_is_said(typed, said):
    with pytest.raises(LeptonError) as caught:
        parse_line(f"fit df --target y {typed}")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
