"""Profiling as a person does it: in a kernel, in a script, on any table that a fit takes."""

from __future__ import annotations

import json

import nbformat
import numpy as np
import pandas as pd
import polars as pl
import pytest
from nbclient import NotebookClient
from preprocessing.test_nasty_tables import NASTY

from lepton_jupyter import profile
from lepton_jupyter.events.encoding import decode_message
from lepton_jupyter.exceptions.data_errors import DuplicateColumnsError, UnknownColumnError, UnknownTableError
from lepton_jupyter.exceptions.source_errors import MissingFileError
from lepton_jupyter.notebook.profiling import Profile

THREE_FORMS = {"text/html", "text/plain", "application/vnd.lepton.profile+json"}

CELLS = """\
%load_ext lepton_jupyter
import pandas as pd
df = pd.DataFrame({"age": range(60), "town": ["Ulm", "Bonn", "Kiel"] * 20, "paid": ["yes", "no", "no"] * 20})
---
%lepton profile df --target paid --against df.head(40)
---
found = %lepton profile df
---
found.columns.shape, found.target, found.drift
---
found.show()
---
%lepton profile df --target payd"""


@pytest.mark.kernel
def test_the_magic_shows_three_forms_and_returns_what_it_found():
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.split("\n---\n")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=120, allow_errors=True).execute()
    _, magic, assigned, frames, shown, mistyped = notebook.cells
    [output] = magic.outputs
    assert output.output_type == "execute_result"
    assert set(output.data) == THREE_FORMS
    assert output.data["application/vnd.lepton.profile+json"]["type"] == "ProfileMessage"
    assert "df.head(…)" in output.data["text/plain"]
    assert not assigned.outputs
    assert frames.outputs[0].data["text/plain"] == "((3, 16), None, None)"
    assert set(shown.outputs[0].data) == THREE_FORMS
    assert "Did you mean 'paid'?" in json.dumps(mistyped.outputs)
    assert "Traceback" not in json.dumps(mistyped.outputs)


def test_a_script_prints_it(python):
    code = "import pandas as pd, lepton_jupyter as lj; lj.profile(pd.DataFrame({'a': [1, 2]}), table_name='t').show()"
    assert python(code).stdout.startswith("t: 2 rows, 1 column")


def test_nothing_goes_to_disk(home, churn):
    profile(churn, "churn", churn)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "make",
    [
        pl.from_pandas,
        lambda table: pl.from_pandas(table).lazy(),
        lambda table: table.to_dict("list"),
        lambda table: pl.from_pandas(table).to_arrow(),
    ],
)
def test_any_table_that_a_fit_takes(make, churn):
    found = profile(make(churn), target="churn", against=make(churn))
    assert list(found.columns.index) == [name for name in churn if name != "churn"]
    assert found.target.picture.labels == ("no", "yes")
    assert found.drift["psi"].max() == 0.0


@pytest.mark.parametrize("name", list(NASTY))
def test_every_nasty_table_is_shown(name):
    table = NASTY[name][0]()
    found = profile(table, against=table)
    assert set(found.formats()) == THREE_FORMS
    assert len(found.columns) == len(found.message.columns) or "columns more" in repr(found)
    assert len(found.drift) >= found.message.drift.n_columns
    assert found.suspicions["level"].isin(["error", "warning", "info"]).all()


def test_an_array_has_scikit_learns_names():
    assert list(profile(np.eye(3)).columns.index) == ["x0", "x1", "x2"]


def test_what_is_no_table_is_refused_in_a_sentence(churn):
    for table, error in (
        (5, UnknownTableError),
        ("df", MissingFileError),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), DuplicateColumnsError),
    ):
        with pytest.raises(error, match=r"\.$"):
            profile(table)
        with pytest.raises(error, match=r"\.$"):
            profile(churn, against=table)
    with pytest.raises(UnknownColumnError, match="churn"):
        profile(churn, target="chrun")


def test_the_message_is_small_and_the_frames_are_whole():
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(50, 700))).assign(y=[0, 1] * 25)
    found = profile(wide, target="y")
    bundle = found._repr_mimebundle_()
    assert len(json.dumps(bundle["application/vnd.lepton.profile+json"]).encode()) <= 64 * 1024 * 1.2
    assert decode_message(bundle["application/vnd.lepton.profile+json"]) == found.message
    assert len(found.columns) == 700
    assert len(found.message.columns) < 700
    assert "columns more" in repr(found)
    assert isinstance(found, Profile)


def test_fit_and_profile_agree_on_the_target(churn):
    found = profile(churn, target="tenure")
    assert found.target.task == "regression"
    assert found.target.metric_label == "RMSE"
    assert "plan" in found.columns.index
