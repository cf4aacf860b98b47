"""Figures of a run: the numbers they hold, whose style they follow, and that they leave nothing behind."""

from __future__ import annotations

import io
import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import pytest
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from views import example_runs

from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.history_figure import draw_history, extract_history
from lepton_jupyter.views.path_figure import draw_path, extract_path
from lepton_jupyter.views.run_panel import extract

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.messages import RunPanelMessage

PAPER = {
    "font.size": 6,
    "axes.labelsize": 6,
    "xtick.labelsize": 6,
    "figure.figsize": (3.3, 2.2),
    "lines.markersize": 3,
    "axes.prop_cycle": mpl.cycler(color=["0.1", "0.5"]),
}


@cache
def message(name: str = "finished") -> RunPanelMessage:
    return extract(BoardState.from_events(getattr(example_runs, name)().log), live=False)


def new_axes(**options: Any) -> Axes:
    axes: Axes = Figure(**options).add_subplot()
    return axes


def drawn_history(shown: RunPanelMessage, **options: Any) -> Axes:
    axes = new_axes(**options)
    draw_history(extract_history(shown), axes)
    return axes


def drawn_path(shown: RunPanelMessage, **options: Any) -> Axes:
    axes, picture = new_axes(**options), extract_path(shown)
    assert picture is not None
    draw_path(picture, axes)
    return axes


DRAWINGS = {"history": drawn_history, "path": drawn_path}


def texts(axes: Axes) -> list[str]:
    return [each.get_text() for each in axes.texts]


def legend_texts(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    assert legend is not None
    return [each.get_text() for each in legend.get_texts()]


def test_history_draws_every_point_the_best_and_its_interval() -> None:
    shown = message()
    axes = drawn_history(shown)
    offsets = [tuple(each) for marks in axes.collections[1:] for each in marks.get_offsets().data]
    assert sorted(offsets) == sorted((each.elapsed_seconds, each.score) for each in shown.history)
    best = axes.lines[0]
    assert list(best.get_ydata()) == [*(each.best_score for each in shown.history), shown.history[-1].best_score]
    assert best.get_xdata()[-1] == shown.elapsed_seconds
    corners = axes.collections[0].get_paths()[0].vertices
    last = shown.history[-1]
    at_the_end = corners[corners[:, 0] == shown.elapsed_seconds, 1]
    assert at_the_end.max() == pytest.approx(last.best_score + last.best_error)
    assert at_the_end.min() == pytest.approx(last.best_score - last.best_error)


def test_history_names_its_axes_the_best_and_the_baselines() -> None:
    axes = drawn_history(message())
    assert axes.get_xlabel() == "Time (s)"
    assert axes.get_ylabel() == "AUC"
    assert texts(axes) == ["linear", "majority 0.50 ↓", "0.867 ±0.009"]
    assert legend_texts(axes) == ["linear", "boosting", "forest", "neural", "ensemble", "95 % of the best"]
    assert drawn_history(message("wine")).get_ylabel() == "log loss (lower is better)"


def test_history_of_a_long_run_counts_minutes() -> None:
    axes = drawn_history(replace(message(), elapsed_seconds=600.0))
    assert axes.get_xlabel() == "Time (min)"
    assert axes.lines[0].get_xdata()[-1] == 10.0


def test_path_draws_steps_walked_and_rejected() -> None:
    path = message().paths[0]
    axes = drawn_path(message())
    walked = [each for each in path.points if each.accepted]
    rejected = [each for each in path.points if not each.accepted]
    assert [tuple(each) for each in axes.lines[0].get_xydata()] == [(each.x, each.y) for each in walked]
    assert [tuple(each) for each in axes.collections[0].get_offsets().data] == [(each.x, each.y) for each in rejected]
    assert (axes.get_xlabel(), axes.get_ylabel()) == (path.x_name, path.y_name)
    assert (axes.get_xscale() == "log", axes.get_yscale() == "log") == (path.x_log, path.y_log)
    assert texts(axes) == ["0.8646", "start 0.856"]


def test_path_of_a_learner_by_name_or_label() -> None:
    learners = [each.learner for each in message().paths]
    assert len(learners) > 1
    for path in message().paths:
        for name in (path.learner, path.label):
            picture = extract_path(message(), name)
            assert picture is not None
            assert picture.path is path
    assert extract_path(message(), "nobody") is None
    assert extract_path(message("starting")) is None


@pytest.mark.parametrize("kind", DRAWINGS)
@pytest.mark.parametrize("name", ["finished", "wine", "diamonds", "stopped"])
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_figures_are_drawn_whole_in_any_style(kind: str, name: str, layout: str | None) -> None:
    for style in ({}, "dark_background", "grayscale", PAPER):
        with mpl.style.context(style):
            axes = DRAWINGS[kind](message(name), layout=layout)
            file = io.BytesIO()
            axes.figure.savefig(file, format="png")
            assert file.tell() > 1000


@pytest.mark.parametrize("kind", DRAWINGS)
def test_colours_and_sizes_are_those_of_the_style(kind: str) -> None:
    with mpl.style.context({**PAPER, "text.color": "0.25"}):
        axes = DRAWINGS[kind](message())
    assert same_color(axes.lines[0].get_color(), "0.25")
    assert {each.get_fontsize() for each in (*axes.texts, *axes.get_legend().get_texts())} == {6}
    own = {mpl.colors.to_hex(each) for each in ("0.1", "0.5", "0.25")}
    for marks in axes.collections:
        assert {mpl.colors.to_hex(each) for each in (*marks.get_facecolor(), *marks.get_edgecolor())} <= own


@pytest.mark.parametrize("kind", DRAWINGS)
def test_nothing_is_left_behind(kind: str) -> None:
    from matplotlib import pyplot as plt

    before = deepcopy(dict(mpl.rcParams))
    DRAWINGS[kind](message())
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("kind", DRAWINGS)
def test_figures_are_drawn_in_threads_and_can_be_pickled(kind: str) -> None:
    def draw(_: int) -> bytes:
        file = io.BytesIO()
        pickle.loads(pickle.dumps(DRAWINGS[kind](message()).figure)).savefig(file, format="png", dpi=50)
        return file.getvalue()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(draw, range(4)))) == 1


@pytest.mark.parametrize("kind", DRAWINGS)
def test_text_from_data_is_no_formula(kind: str) -> None:
    shown = message()
    path = replace(shown.paths[0], x_name="$\\frac{$", y_name="_$x$", label="$^{$")
    shown = replace(shown, metric_label="$\\frac{$ a$", paths=(path,))
    axes = DRAWINGS[kind](shown)
    axes.figure.savefig(io.BytesIO(), format="png", dpi=40)
    assert "$" in axes.get_ylabel()
