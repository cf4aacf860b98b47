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
import matplotlib.style
import pytest
from matplotlib.figure import Figure
from views import example_runs

from lepton_jupyter.views.board_state import BoardState
from lepton_jupyter.views.figure_style import figure_text
from lepton_jupyter.views.frontier_figure import draw_frontier, extract_frontier
from lepton_jupyter.views.history_figure import draw_history, extract_history
from lepton_jupyter.views.leaderboard_figure import draw_folds, draw_leaderboard, extract_leaderboard
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
OWN = {mpl.colors.to_hex(each) for each in ("0.1", "0.5", "0.25")}


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


def drawn_frontier(shown: RunPanelMessage, **options: Any) -> Axes:
    axes, picture = new_axes(**options), extract_frontier(shown)
    assert picture is not None
    draw_frontier(picture, axes)
    return axes


def drawn_leaderboard(shown: RunPanelMessage, n: int = 10, **options: Any) -> Axes:
    axes = new_axes(**options)
    draw_leaderboard(extract_leaderboard(shown, n), axes)
    return axes


def drawn_folds(shown: RunPanelMessage, n: int = 5, **options: Any) -> Axes:
    axes = new_axes(**options)
    draw_folds(extract_leaderboard(shown, n), axes)
    return axes


DRAWINGS = {
    "history": drawn_history,
    "path": drawn_path,
    "frontier": drawn_frontier,
    "leaderboard": drawn_leaderboard,
    "folds": drawn_folds,
}


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


def test_a_baseline_that_is_the_best_is_named_on_the_other_side() -> None:
    shown = message()
    best = shown.history[-1].best_score
    baselines = (replace(shown.baselines[0], score=best),)
    axes = drawn_history(replace(shown, baselines=baselines))
    linear, value = axes.texts
    assert (linear.get_text(), linear.get_va()) == ("linear", "top")
    assert (value.get_text(), value.get_va()) == ("0.867 ±0.009", "bottom")


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


def test_frontier_draws_every_model_and_joins_those_on_the_front() -> None:
    shown = message()
    axes = drawn_frontier(shown)
    low, _ = axes.get_ylim()
    rows = [each for each in shown.rows if each.score >= low]
    assert len(rows) < len(shown.rows)  # the majority lies below
    offsets = [tuple(marks.get_offsets().data[0]) for marks in axes.collections]
    assert sorted(offsets) == sorted((each.row_milliseconds, each.score) for each in rows)
    front = sorted((each.row_milliseconds, each.score) for each in rows if each.on_frontier)
    corners = [tuple(each) for each in axes.lines[0].get_xydata()]
    assert corners[1:-1] == front
    assert corners[0][0] == front[0][0]  # from below, since the front begins with the majority
    assert corners[-1] == (axes.get_xlim()[1], front[-1][1])
    assert (axes.get_xlabel(), axes.get_xscale()) == ("Time to predict one row (ms)", "log")
    assert texts(axes)[:2] == ["ensemble", "LightGBM"]


def test_frontier_areas_grow_with_size() -> None:
    axes = drawn_frontier(message())
    areas = {tuple(marks.get_offsets().data[0]): marks.get_sizes()[0] for marks in axes.collections}
    rows = [each for each in message().rows if (each.row_milliseconds, each.score) in areas]
    by_size = sorted(rows, key=lambda each: each.size_bytes)
    sizes = [areas[each.row_milliseconds, each.score] for each in by_size]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_frontier_needs_two_models() -> None:
    shown = message()
    assert extract_frontier(replace(shown, rows=shown.rows[:1])) is None


@pytest.mark.parametrize("name", ["finished", "wine", "diamonds"])
def test_leaderboard_draws_paired_differences_with_their_intervals(name: str) -> None:
    shown = message(name)
    axes = drawn_leaderboard(shown, 7)
    rows = shown.rows[:7]
    whiskers = [line.get_xdata() for line in axes.lines[1:8]]
    for row, (low, high), marks in zip(rows, whiskers, axes.collections, strict=True):
        assert low == pytest.approx(row.difference - row.difference_error)
        assert high == pytest.approx(row.difference + row.difference_error)
        assert marks.get_offsets().data[0][0] == row.difference
        assert (marks.get_alpha() == 1.0) == row.tied
    assert axes.get_xlabel() == f"{shown.metric_label}: gain over the best (95 %)"
    assert axes.get_yticklabels()[0].get_text() == rows[0].label
    assert any("linear" in each for each in texts(axes))


def test_constant_predictions_are_on_no_leaderboard() -> None:
    picture = extract_leaderboard(message(), 1000)
    assert {each.family for each in picture.rows} >= {"linear", "ensemble"}
    assert "baseline" not in {each.family for each in picture.rows}


def test_folds_draw_the_score_in_each_fold() -> None:
    shown = message()
    axes = drawn_folds(shown, 3)
    linear = next(each for each in shown.rows if each.family == "linear")
    for line, row in zip(axes.lines, (*shown.rows[:3], linear), strict=True):
        assert tuple(line.get_ydata()) == row.fold_scores
        assert list(line.get_xdata()) == [1, 2, 3, 4, 5]
    assert legend_texts(axes) == ["Ensemble of 4", "1 LightGBM", "2 LightGBM", "linear baseline"]


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
    legend = axes.get_legend()
    assert {each.get_fontsize() for each in (*axes.texts, *(legend.get_texts() if legend else ()))} <= {6}
    assert {mpl.colors.to_hex(each.get_color()) for each in axes.lines} <= OWN
    for marks in axes.collections:
        assert {mpl.colors.to_hex(each) for each in (*marks.get_facecolor(), *marks.get_edgecolor())} <= OWN


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
    rows = tuple(replace(each, label="_$\\frac{$") for each in shown.rows)
    shown = replace(shown, metric_label="$\\frac{$ a$", paths=(path,), rows=rows)
    axes = DRAWINGS[kind](shown)
    axes.figure.savefig(io.BytesIO(), format="png", dpi=40)
    assert "$" in f"{axes.get_xlabel()}{axes.get_ylabel()}"


def test_text_is_escaped_where_the_style_sends_it_through_tex() -> None:
    with mpl.rc_context({"text.usetex": True}):
        assert figure_text("price_in_$ ±5 %") == r"price\_in\_\$ $\pm$5 \%"
