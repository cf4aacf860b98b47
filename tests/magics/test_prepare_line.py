from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from lepton_jupyter.events.commands import PlanChoices
from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.prepare_line import write_preparation
from lepton_jupyter.preprocessing.feature_choices import CHOICES
from lepton_jupyter.preprocessing.preparation_plan import STEP_KINDS

NAMES = {"df": pd.DataFrame({"a": [1]}), "other": pd.DataFrame({"a": [1]})}
NONE = PlanChoices(without=(), options={}, drop_leaks=False)
odd_names = st.one_of(
    st.just(""),
    st.text(min_size=1, max_size=12),
    st.text(st.sampled_from("ab \\\"'{}$,;#%?=-()[]“”–…\t:"), min_size=1, max_size=8),
    st.sampled_from(["总价", "it's", "both \"a\" and 'b'", "--drop", "{df}", "$df", "a?", "a\\", "# a", "a:b"]),
)


def named(column: str, value: str) -> str:
    return f"{column}:{value}" if column else value


def request(line: str):
    return parse_line(line, NAMES).request


@pytest.mark.parametrize(
    ("typed", "choices", "written"),
    [
        ("prepare df --dry-run", NONE, "clean = %lepton prepare df"),
        (
            "prepare df other --without-step typos --scale robust --target y --dry-run",
            PlanChoices(without=("total price:outliers",), options={"encode": ("count",)}, drop_leaks=True),
            'clean = %lepton prepare df other --target y --without-step "total price:outliers" --encode count '
            "--drop-leaks",
        ),
        (
            'prepare data/*.parquet --where "age > 3" --to out/ --join other --on a --time day --lags 1,7 --sample 10% '
            "--in-folds shadows --pca 3 --on-bad-partition skip --drop-repeated",
            NONE,
            'clean = %lepton prepare data/*.parquet --where "age > 3" --to out/ --on-bad-partition skip '
            "--drop-repeated --join other --on a --time day --lags 1,7 --sample 10% --in-folds shadows --pca 3",
        ),
        (
            'prepare --sql "SELECT * FROM t" --connection url --partition-by id',
            NONE,
            'clean = %lepton prepare --sql "SELECT * FROM t" --connection url --partition-by id',
        ),
    ],
)
def test_what_was_typed_is_kept_and_what_is_chosen_is_written(typed, choices, written):
    assert write_preparation(request(typed), choices, NAMES, "clean") == written


def test_a_cell_keeps_its_code_and_names_its_result():
    asked = parse_line("prepare df --dry-run ", NAMES).request
    from dataclasses import replace

    choices = PlanChoices(without=("typos",), options={}, drop_leaks=False)
    source = write_preparation(replace(asked, body="df.dropna()\n"), choices, NAMES, "clean")
    assert source == "%%lepton prepare df --without-step typos --as clean\ndf.dropna()\n"


@given(
    without=st.lists(st.builds(named, odd_names, st.sampled_from(sorted(STEP_KINDS))), max_size=3),
    scale=st.lists(st.builds(named, odd_names, st.sampled_from(sorted(CHOICES["scale"]))), max_size=3),
    drop_leaks=st.booleans(),
)
def test_a_line_means_what_is_chosen_or_is_not_written(without, scale, drop_leaks):
    options = {"scale": tuple(scale)} if scale else {}
    choices = PlanChoices(without=tuple(without), options=options, drop_leaks=drop_leaks)
    try:
        source = write_preparation(request("prepare df --dry-run"), choices, NAMES, "clean")
    except LeptonError:
        return
    head = "clean = get_ipython().run_line_magic('lepton', "
    called = TransformerManager().transform_cell(source)
    assert called.startswith(head)
    read = request(eval(called.removeprefix(head).rstrip().removesuffix(")")))
    assert (read.table, read.without, read.scale) == (("df",), tuple(without), tuple(scale))
    assert (read.drop_leaks, read.dry_run) == (drop_leaks, False)


@pytest.mark.parametrize("name", ["total price", "a,b", "价格", "<img src=x onerror=alert(1)>", 'say "a"', "x:y"])
def test_ordinary_odd_names_can_be_written(name):
    choices = PlanChoices(without=(f"{name}:typos",), options={}, drop_leaks=False)
    assert "--without-step" in write_preparation(request("prepare df"), choices, NAMES, "clean")
