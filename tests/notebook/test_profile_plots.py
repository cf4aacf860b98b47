"""Figures of a profile: the numbers they hold, and one sentence where there is nothing to draw."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.style
import pytest
from matplotlib.figure import Figure
from views import example_profiles

from lepton_jupyter.exceptions.picture_errors import NothingToDrawError
from lepton_jupyter.notebook.profile_plots import ProfilePlots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from lepton_jupyter.events.profile_messages import ProfiledColumn, ProfileMessage

EXAMPLES = ("churn", "drifted", "without_target", "regression")


def message(name: str) -> ProfileMessage:
    found: ProfileMessage = getattr(example_profiles, name)()
    return found


def pictured(found: ProfileMessage, style: str) -> ProfiledColumn:
    return next(each for each in found.columns if each.picture.style == style)


def new_axes(**options: Any) -> Axes:
    return Figure(**options).add_subplot()


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("style", ["dark_background", {"font.size": 6, "figure.figsize": (3.3, 2.2)}])
def test_every_column_is_drawn_or_says_why_not(name: str, style: Any) -> None:
    from matplotlib import pyplot as plt

    found = message(name)
    with mpl.style.context(style):
        for column in found.columns:
            if column.picture.style == "none" or not column.picture.counts:
                with pytest.raises(NothingToDrawError, match="has no picture"):
                    ProfilePlots(found).column(column.name)
                continue
            axes = ProfilePlots(found).column(column.name, ax=new_axes(layout="constrained"))
            drawn = sum(bar.get_height() if axes.get_ylabel() == "Rows" else bar.get_width() for bar in axes.patches)
            assert drawn == sum(column.picture.counts) + column.picture.rest
        ProfilePlots(found).columns(5).savefig(io.BytesIO(), format="png", dpi=40)
    assert plt.get_fignums() == []


def test_a_histogram_has_its_edges_and_the_classes_of_the_target() -> None:
    found = message("churn")
    column = pictured(found, "histogram")
    axes = ProfilePlots(found).column(column.name, ax=new_axes())
    n = len(column.picture.counts)
    first, second = axes.patches[:n], axes.patches[n:]
    assert [bar.get_height() for bar in second] == list(column.picture.second)
    assert [bar.get_height() + other.get_height() for bar, other in zip(first, second, strict=True)] == list(
        column.picture.counts
    )
    if column.kind != "date":
        assert first[0].get_x() == pytest.approx(column.picture.low)
        assert first[-1].get_x() + first[-1].get_width() == pytest.approx(column.picture.high)
    assert found.target is not None
    assert [each.get_text() for each in axes.get_legend().get_texts()] == ["others", found.target.second_label]


def test_categories_are_named_and_the_others_counted() -> None:
    found = message("churn")
    column = pictured(found, "shares")
    axes = ProfilePlots(found).column(column.name, ax=new_axes())
    names = [each.get_text() for each in axes.get_yticklabels()]
    assert names[: len(column.picture.labels)] == list(column.picture.labels)
    assert (names[-1] == "others") == bool(column.picture.rest)


def test_the_target_and_what_tells_it() -> None:
    found = message("churn")
    assert found.target is not None
    assert ProfilePlots(found).column(found.target.name, ax=new_axes()).patches
    axes = ProfilePlots(found).alone(3, ax=new_axes())
    best = sorted((each.alone for each in found.columns if each.alone is not None), reverse=True)[:3]
    assert [line.get_xdata()[0] for line in axes.lines[1:]] == best


def test_drift_is_drawn_by_column() -> None:
    found = message("drifted")
    assert found.drift is not None
    axes = ProfilePlots(found).drift(4, ax=new_axes())
    expected = [each.stability_index for each in found.drift.columns if each.stability_index is not None][:4]
    assert [line.get_xdata()[0] for line in axes.lines[1:]] == expected


def test_one_sentence_where_there_is_nothing_to_draw() -> None:
    plots = ProfilePlots(message("without_target"))
    with pytest.raises(NothingToDrawError, match="There is no column 'nothing like it'"):
        plots.column("nothing like it")
    with pytest.raises(NothingToDrawError, match="--target NAME"):
        plots.alone()
    with pytest.raises(NothingToDrawError, match="--against df"):
        plots.drift()
