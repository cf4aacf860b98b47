"""``run.plot``: figures of real runs, running, finished, opened again and failed."""

from __future__ import annotations

import re
import sys
import threading
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.datasets import make_classification

from lepton_jupyter.events.logged_event import LoggedEvent
from lepton_jupyter.events.run_events import RunFailed, RunStarted
from lepton_jupyter.exceptions.evaluation_errors import TrainingRowsError
from lepton_jupyter.exceptions.picture_errors import MissingPlotPackageError, NothingToDrawError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError
from lepton_jupyter.notebook.evaluating import evaluate
from lepton_jupyter.notebook.fitting import fit
from lepton_jupyter.notebook.library import open_folder
from lepton_jupyter.notebook.run_plots import RunPlots
from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.run_panel import extract

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
    again = open_folder(run.folder)
    first, second = run.plot.history(), again.plot.history()
    assert [tuple(each) for each in first.lines[0].get_xydata()] == [
        tuple(each) for each in second.lines[0].get_xydata()
    ]


def test_one_sentence_where_there_is_nothing_to_draw(run: Run) -> None:
    # Linear is always there; a tree that helps no blend may have taken no step yet.
    with pytest.raises(NothingToDrawError, match=r"no path of 'lineal'\. Did you mean 'linear'"):
        run.plot.path("lineal")


def test_all_pictures_on_one_sheet(run: Run) -> None:
    sheet = run.plot()
    assert [each.get_xlabel() for each in sheet.axes[:1]] == ["Time (s)"]
    assert len(sheet.axes) == 4
    assert sheet._repr_mimebundle_()[0]["image/png"]


@pytest.mark.parametrize("kind", ["leaderboard", "frontier", "folds"])
def test_every_picture_of_a_real_run(run: Run, kind: str) -> None:
    assert isinstance(getattr(run.plot, kind)(), Axes)


def test_so_many_models_as_there_can_be(run: Run) -> None:
    assert len(run.plot.leaderboard(2).collections) == 2
    for number in (0, True, 2.5, "3"):
        with pytest.raises(InvalidSettingError, match="n cannot be"):
            run.plot.leaderboard(number)  # type: ignore[arg-type]


def test_a_run_that_goes_on_draws_what_it_has(table: pd.DataFrame) -> None:
    scored = threading.Event()
    run = fit(table, target="y", budget="60s", learners=["linear", "decision_tree"], wait=False)
    unsubscribe = run.subscribe(lambda _: scored.set() if run.message().history else None)
    try:
        assert run.message().history or scored.wait(60)
        assert run.running
        assert run.plot.history().lines
    finally:
        unsubscribe()
        run.stop()
        run.settle()


def test_a_run_without_scores_says_so_in_one_sentence(run: Run) -> None:
    started = [logged.event for logged in run.events if isinstance(logged.event, RunStarted)]
    for event, sentence in (
        (None, "has no score to draw yet. Its first score comes within seconds"),
        (RunFailed(sentence="The target has one value."), "has no score to draw. The target has one value."),
    ):
        state = BoardState()
        for sequence, happened in enumerate([*started, *([event] if event else [])]):
            state.apply(LoggedEvent(sequence=sequence, at="2025-11-25T12:00:00Z", elapsed_seconds=0.1, event=happened))
        plots = RunPlots(partial(extract, state, live=event is None), lambda _: pytest.fail("not asked for"))
        for draw in (plots, plots.history, plots.path, plots.frontier, plots.leaderboard, plots.folds):
            with pytest.raises(NothingToDrawError, match=re.escape(sentence)):
                draw()


def test_confusion_of_a_table_and_of_the_runs_own_rows(run: Run, table: pd.DataFrame) -> None:
    for given, n_rows in ((table.head(100), 100), (None, 300)):
        axes = run.plot.confusion(given)
        counts = [int(each.get_text().split("\n")[0]) for each in axes.texts]
        assert sum(counts) == n_rows
        assert counts[0] + counts[3] > 0.5 * n_rows  # better than a coin
    with pytest.raises(TrainingRowsError, match="Name the table it learnt from"):
        open_folder(run.folder).plot.confusion()


def test_numbers_have_no_confusion(run: Run) -> None:
    plots = RunPlots(lambda: replace(run.message(), task="regression"), lambda _: pytest.fail("not asked for"))
    with pytest.raises(NothingToDrawError, match=r"Predictions of 'y' have no confusion matrix\."):
        plots.confusion()


def test_an_evaluation_of_a_real_run_has_its_figures(run: Run, table: pd.DataFrame) -> None:
    plots = evaluate(table.sample(frac=0.5, random_state=0), run=run).plot
    assert [each.get_text() for each in plots.confusion().get_xticklabels()] == ["0", "1"]
    for draw in (plots.roc, plots.precision_recall, plots.calibration, plots.lift, plots.gain):
        assert isinstance(draw(), Axes)


def test_the_formats_a_person_chose_for_figures_are_used(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    formatter.formatters["image/svg+xml"].for_type(Figure, lambda figure: f"<svg>{len(figure.axes)}</svg>")
    shell = SimpleNamespace(display_formatter=formatter)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    data, _ = run.plot.history()._repr_mimebundle_()
    assert data["image/svg+xml"] == "<svg>1</svg>"
    assert "image/png" not in data


def test_matplotlib_that_is_missing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingPlotPackageError, match=r"pip install 'lepton-jupyter\[plot\]'"):
        run.plot.history()
