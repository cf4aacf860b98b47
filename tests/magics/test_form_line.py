from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from lepton_jupyter.events.commands import FormChoices
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.exceptions.magic_errors import MagicUsageError
from lepton_jupyter.magics.form_line import check_line, offered_options, table_names, variable_for, write_line
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.verbs import VERBS

if TYPE_CHECKING:
    from lepton_jupyter.magics.fit_verb import FitRequest

NAMES = {"df": pd.DataFrame({"a": [1]}), "later": pd.DataFrame({"a": [1]})}
odd_names = st.one_of(
    st.text(min_size=1, max_size=12),
    st.text(st.sampled_from("ab \\\"'{}$,;#%?=-()[]“”–…\t"), min_size=1, max_size=8),
    st.sampled_from(
        ["总价", "הכנסה חודשית", "it's", "both \"a\" and 'b'", "--drop", "{df}", "$df", "a?", "a\\", "# a"]
    ),
)


def chosen(target="churn", *, frame="df", is_path=False, budget_seconds=30.0, **options):
    given_options = {f"--{name}": tuple(values) for name, values in options.items()}
    return FormChoices(
        frame=frame, is_path=is_path, target=target, budget_seconds=budget_seconds, options=given_options
    )


def request_of(line: str) -> FitRequest:
    """What the whole cell asks for, as IPython and the parser read it."""
    source = TransformerManager().transform_cell(line)
    head = "run = get_ipython().run_line_magic('lepton', "
    assert source.startswith(head), source
    text = eval(source.removeprefix(head).rstrip().removesuffix(")"))
    return parse_line(text, NAMES).request


@pytest.mark.parametrize(
    ("choices", "line"),
    [
        (chosen(), "run = %lepton fit df --target churn --budget 30s"),
        (chosen(budget_seconds=60.0), "run = %lepton fit df --target churn"),
        (chosen(budget_seconds=300.0), "run = %lepton fit df --target churn --budget 5m"),
        (chosen(budget_seconds=90.0), "run = %lepton fit df --target churn --budget 90s"),
        (
            chosen("total price", drop=["id", "a,b"], metric=["r2"], folds=["5"]),
            'run = %lepton fit df --target "total price" --budget 30s --metric r2 --drop id,"a,b" --folds 5',
        ),
        (chosen(test=["later"], seed=[""]), "run = %lepton fit df --target churn --budget 30s --test later"),
        (
            chosen(frame="C:\\new data\\a.csv", is_path=True),
            'run = %lepton fit "C:\\new data\\a.csv" --target churn --budget 30s',
        ),
        (chosen("", frame=""), "run = %lepton fit … --target … --budget 30s"),
    ],
)
def test_defaults_are_left_out_and_the_rest_is_as_one_would_type_it(choices, line):
    assert write_line(choices) == line


@given(
    target=odd_names,
    drop=st.lists(odd_names, max_size=3, unique=True),
    metric=odd_names | st.none(),
    name=odd_names | st.none(),
    budget_seconds=st.sampled_from([10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 47.0]),
)
def test_what_is_not_refused_is_read_back_as_it_was_chosen(target, drop, metric, name, budget_seconds):
    options = {key: [value] for key, value in {"metric": metric, "name": name}.items() if value is not None}
    choices = chosen(target, drop=drop, budget_seconds=budget_seconds, **options)
    try:
        check_line(choices, NAMES)
    except LeptonError:
        return
    request = request_of(write_line(choices))
    assert (request.table, request.target) == ("df", target)
    assert (request.drop, request.metric, request.name) == (tuple(drop), metric, name)


@given(target=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).filter(str.strip))
def test_every_printable_name_can_be_written(target):
    check_line(chosen(target), NAMES)


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (chosen("a\nb"), "cannot be written in one line"),
        (chosen(frame="latter"), "Did you mean 'later'?"),
        (chosen(frame="df; import os"), "There is no table"),
        (chosen(frame="__import__('os')"), "There is no table"),
        (chosen(test=["__import__('os').getcwd()"]), "There is no table"),
        (chosen(folds=["1"]), "--folds"),
        (chosen(folds=["five"]), "--folds"),
        (chosen(wait=["yes"]), "no option '--wait'"),
        (chosen(learners=["linear"], without=["lightgbm"]), "--without"),
    ],
)
def test_what_would_not_mean_what_was_chosen_is_refused(choices, said):
    with pytest.raises(LeptonError) as caught:
        check_line(choices, NAMES)
    assert said in str(caught.value)


def test_a_path_is_a_quoted_path_whatever_it_looks_like():
    choices = chosen(frame="__import__('os').getcwd()", is_path=True)
    assert request_of(write_line(choices)).table.startswith('"')


def test_only_declared_options_are_offered():
    declared = {option.name for option in VERBS["fit"].options}
    offered = offered_options()
    assert {each.name for each in offered} <= declared
    kinds = {each.name: each.kind for each in offered}
    assert kinds["--drop"] == "columns"
    assert kinds["--learners"] == "choices"
    assert kinds["--metric"] == "choice"
    assert kinds["--test"] == "table"
    assert kinds["--folds"] == "number"
    assert kinds["--name"] == "text"


def test_tables_are_those_that_a_line_can_name():
    assert table_names({**NAMES, "not a name": NAMES["df"], "_hidden": NAMES["df"], "x": 1}) == ["df", "later"]


def test_the_run_does_not_take_a_name_that_is_in_use():
    assert variable_for({"run": 1}) == "run_1"
    with pytest.raises(MagicUsageError):
        check_line(chosen("a\nb"), NAMES, "run_1")


def test_the_budget_is_left_out_where_a_line_without_it_means_the_same(monkeypatch):
    assert "--budget" not in write_line(chosen(budget_seconds=60.0))
    monkeypatch.setenv("LEPTON_BUDGET", "30s")
    assert "--budget 60s" in write_line(chosen(budget_seconds=60.0))
    assert "--budget" not in write_line(chosen(budget_seconds=30.0))
