"""``run.plot``: figures of real runs, running, finished, opened again and failed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.datasets import make_classification

from lepton_jupyter.exceptions.picture_errors import MissingPlotPackageError, NothingToDrawError
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.library import open_folder

if TYPE_CHECKING:
    from lepton_jupyter.notebook.run_handle import Run


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    X, y = make_classification(300, 6, random_state=0)
    return pd.DataFrame(X, columns=[f"x{index}" for index in range(6)]).assign(y=y)


@pytest.fixture(scope="module")
def run(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEPTON_HOME", str(tmp_path_factory.mktemp("home")))
        return fit(table, target="y", budget="12trials", learners=["linear", "decision_tree"]).wait()


def test_a_figure_of_its_own_is_shown_as_a_cells_value_and_left_to_nobody(run: Run) -> None:
    axes = run.plot.history()
    assert isinstance(axes, Axes)
    data, _ = axes._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert plt.get_fignums() == []


def test_drawn_into_axes_that_are_given(run: Run) -> None:
    axes = Figure().add_subplot()
    assert run.plot.history(ax=axes) is axes
    assert run.plot.path(ax=Figure().add_subplot()).get_xlabel()


def test_a_run_opened_again_draws_the_same(run: Run) -> None:
    again = open_folder(run._folder)
    first, second = run.plot.history(), again.plot.history()
    assert [tuple(each) for each in first.lines[0].get_xydata()] == [
        tuple(each) for each in second.lines[0].get_xydata()
    ]


def test_one_sentence_where_there_is_nothing_to_draw(run: Run) -> None:
    with pytest.raises(NothingToDrawError, match=r"no path of 'decision_forest'\. Did you mean 'decision_tree'"):
        run.plot.path("decision_forest")


def test_matplotlib_that_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingPlotPackageError, match=r"pip install 'lepton-jupyter\[plot\]'"):
        run.plot.history()
