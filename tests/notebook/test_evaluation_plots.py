"""Figures of an evaluation: the numbers they hold, in whose style, and that nothing is left behind."""

from __future__ import annotations

import io
import math
import pickle
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pytest
from matplotlib.figure import Figure
from views import example_evaluations

from lepton_jupyter.exceptions.picture_errors import NothingToDrawError
from lepton_jupyter.notebook.evaluation_plots import EvaluationPlots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.evaluation_messages import EvaluationMessage

BINARY = ("confusion", "roc", "precision_recall", "calibration", "lift", "gain", "threshold", "importance", "slices")
MULTICLASS = ("confusion", "roc", "precision_recall", "calibration", "importance")
REGRESSION = ("residuals", "residual_histogram", "predictions", "importance", "slices")
EVERY = [
    *(("binary", kind) for kind in BINARY),
    *(("multiclass", kind) for kind in MULTICLASS),
    *(("regression", kind) for kind in REGRESSION),
]
PAPER = {"font.size": 6, "figure.figsize": (3.3, 2.2), "xtick.labelsize": 6}


@cache
def message(name: str) -> EvaluationMessage:
    found: EvaluationMessage = getattr(example_evaluations, name)()
    return found


def drawn(name: str, kind: str, **options: Any) -> Axes:
    axes = Figure(**options).add_subplot()
    assert getattr(EvaluationPlots(message(name)), kind)(ax=axes) is axes
    return axes


def texts(axes: Axes) -> list[str]:
    return [each.get_text() for each in axes.texts]


def points_of(line: Any) -> list[tuple[float, float]]:
    return [tuple(each) for each in line.get_xydata()]


# The examples' name of a column in Chinese is not in matplotlib's own font.
@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
@pytest.mark.parametrize(("name", "kind"), EVERY)
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_every_figure_is_drawn_in_any_style_and_leaves_nothing(name: str, kind: str, layout: str | None) -> None:
    from matplotlib import pyplot as plt

    for style in ("dark_background", PAPER):
        with mpl.style.context(style):
            before = deepcopy(dict(mpl.rcParams))
            figure = drawn(name, kind, layout=layout).figure
            assert dict(mpl.rcParams) == before
            file = io.BytesIO()
            pickle.loads(pickle.dumps(figure)).savefig(file, format="png", dpi=60)
            assert file.tell() > 1000
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("name", "kind"), EVERY)
def test_axes_have_names_and_text_is_of_the_size_of_ticks(name: str, kind: str) -> None:
    with mpl.style.context(PAPER):
        axes = drawn(name, kind)
    assert axes.get_xlabel()
    legend = axes.get_legend()
    assert {each.get_fontsize() for each in (*axes.texts, *(legend.get_texts() if legend else ()))} <= {6}


def test_confusion_shades_shares_of_the_true_class_and_writes_counts() -> None:
    table = message("binary").confusion
    assert table is not None
    axes = drawn("binary", "confusion")
    shares = np.array(table.counts) / np.sum(table.counts, axis=1, keepdims=True)
    np.testing.assert_allclose(axes.images[0].get_array(), shares)
    assert texts(axes) == ["782\n60 %", "512\n40 %", "37\n8 %", "430\n92 %"]
    assert [each.get_text() for each in axes.get_xticklabels()] == ["No", "Yes"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Predicted", "True")


def test_confusion_of_many_classes_has_a_key_instead_of_counts() -> None:
    axes = Figure().add_subplot()
    EvaluationPlots(example_evaluations.multiclass(30)).confusion(ax=axes)
    assert texts(axes) == []
    assert len(axes.figure.axes) == 2
    assert len(axes.get_xticks()) == len(axes.get_yticks()) < 30


def test_roc_draws_the_curve_the_guess_and_the_thresholds() -> None:
    shown = message("binary")
    axes = drawn("binary", "roc")
    curve = shown.roc[0]
    assert points_of(axes.lines[0]) == [(0, 0), (1, 1)]
    assert points_of(axes.lines[1]) == list(zip(curve.false_positive_rate, curve.true_positive_rate, strict=True))
    assert points_of(axes.lines[2]) == [(pytest.approx(512 / 1294), pytest.approx(430 / 467, abs=1e-4))]
    assert texts(axes) == ["threshold 0.17", "threshold 0.50"]
    assert axes.get_legend().get_texts()[0].get_text() == "Yes: AUC 0.853"


def test_roc_of_several_classes_tells_them_apart_by_dashes_too() -> None:
    axes = drawn("multiclass", "roc")
    assert len({line.get_linestyle() for line in axes.lines[1:]}) == 3
    assert len(axes.get_legend().get_texts()) == 3


def test_precision_recall_draws_the_curve_and_the_guess() -> None:
    curve = message("binary").precision_recall[0]
    axes = drawn("binary", "precision_recall")
    assert list(axes.lines[0].get_ydata()) == [curve.prevalence] * 2
    assert points_of(axes.lines[1]) == list(zip(curve.recall, curve.precision, strict=True))
    assert texts(axes)[0] == "at random 0.27"


def test_calibration_draws_points_with_intervals() -> None:
    curve = message("binary").calibration
    assert curve is not None
    axes = drawn("binary", "calibration")
    assert points_of(axes.lines[1]) == [(each.predicted, each.observed) for each in curve.points]
    bars = axes.collections[0].get_segments()
    assert [(bar[0][1], bar[1][1]) for bar in bars] == [
        (pytest.approx(each.low), pytest.approx(each.high)) for each in curve.points
    ]


def test_lift_and_gain_draw_model_perfect_order_and_guess() -> None:
    curve = message("binary").lift
    assert curve is not None
    for kind, values in (("lift", curve.lift), ("gain", curve.gain)):
        axes = drawn("binary", kind)
        assert points_of(axes.lines[0]) == list(zip(curve.share_of_rows, values, strict=True))
        assert [each.get_text() for each in axes.get_legend().get_texts()] == ["model", "perfect order", "at random"]


def test_threshold_draws_costs_and_what_never_and_always_cost() -> None:
    choice = message("binary").threshold
    assert choice is not None
    axes = drawn("binary", "threshold")
    assert points_of(axes.lines[0]) == list(zip(choice.thresholds, choice.values, strict=True))
    assert texts(axes) == ["no row called positive", "all called positive", "0.5", "chosen 0.17"]
    assert axes.get_ylabel() == "Cost per 1,000 rows (lower is better)"


def test_threshold_of_a_score_is_drawn_beside_precision_and_recall() -> None:
    choice = message("binary").threshold
    assert choice is not None
    chosen = replace(
        choice, how="metric", objective="F1", smaller_is_better=False,
        cost_false_positive=None, cost_false_negative=None, values=choice.recall,
    )  # fmt: skip
    axes = EvaluationPlots(replace(message("binary"), threshold=chosen)).threshold(ax=Figure().add_subplot())
    assert [each.get_text() for each in axes.get_legend().get_texts()] == ["F1", "precision", "recall"]
    assert list(axes.lines[1].get_ydata()) == list(choice.precision)


def test_residuals_draw_medians_and_quantiles_less_the_prediction() -> None:
    picture = message("regression").residuals
    assert picture is not None
    axes = drawn("regression", "residuals")
    assert points_of(axes.lines[0]) == [(each.predicted, each.median - each.predicted) for each in picture.bands]
    wide = axes.collections[0].get_paths()[0].vertices
    assert wide[:, 1].min() == pytest.approx(min(each.low - each.predicted for each in picture.bands))
    histogram = drawn("regression", "residual_histogram")
    assert list(histogram.patches[0].get_data().values) == list(picture.counts)
    grid = drawn("regression", "predictions")
    np.testing.assert_array_equal(np.nan_to_num(grid.collections[0].get_array()), np.array(picture.grid))


@pytest.mark.parametrize("kind", ["importance", "slices"])
def test_importance_and_slices_draw_values_with_their_intervals(kind: str) -> None:
    shown = message("binary")
    lines = shown.importance if kind == "importance" else shown.slices
    values = [each.importance if kind == "importance" else each.score for each in lines]
    axes = drawn("binary", kind)
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == values
    whiskers = [tuple(line.get_xdata()) for line in axes.lines[1:] if line.get_marker() == "none"]
    assert whiskers == [(each.low, each.high) for each in lines if not math.isnan(each.low)]
    reference = 0.0 if kind == "importance" else shown.score
    assert list(axes.lines[0].get_xdata()) == [reference] * 2


def test_so_many_columns_as_asked_for() -> None:
    axes = EvaluationPlots(message("binary")).importance(2, ax=Figure().add_subplot())
    assert [each.get_text() for each in axes.get_yticklabels()] == ["contract", "tenure"]


def test_one_sentence_where_a_picture_does_not_apply() -> None:
    with pytest.raises(NothingToDrawError, match=r"have no ROC curve\. Classes have one\."):
        EvaluationPlots(message("regression")).roc()
    with pytest.raises(NothingToDrawError, match=r"have no lift curve\. A target with two classes has one\."):
        EvaluationPlots(message("multiclass")).lift()
    with pytest.raises(NothingToDrawError, match=r"have no picture of residuals\. A target of numbers has one\."):
        EvaluationPlots(message("binary")).residuals()
    with pytest.raises(NothingToDrawError, match=r"have no weak slice\."):
        EvaluationPlots(replace(message("binary"), slices=(), slices_note="too few rows")).slices()
