"""What a figure takes from the person's own matplotlib style, and how text from data enters it.

Colours come from the property cycle, sizes from rcParams: the same picture fits a paper, a slide and a dark theme. Each
family also has its own mark, and each line its own dash, so that a picture says the same in greyscale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.views.family_marks import family_marker, family_order
from lepton_jupyter.views.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

#: How strongly what did not improve is drawn, and how strongly the area of an interval is.
FAINT = 0.5
AREA = 0.15

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "±": r"$\pm$", "−": r"$-$",
}  # fmt: skip


def ink() -> Any:
    """Colour of text in the person's style: what is drawn for the best and for the axes' own lines."""
    from matplotlib import rcParams

    return rcParams["text.color"]


def cycle_colour(index: int) -> Any:
    """Colour number `index` of the person's property cycle, beginning again at its end; text's where it has none."""
    from matplotlib import rcParams

    colours = rcParams["axes.prop_cycle"].by_key().get("color") or [ink()]
    return colours[index % len(colours)]


def family_ink(family: str) -> Any:
    """Colour of a family of learners: always the same place of the property cycle; the ensemble's is the text's.

    Parameters
    ----------
    family : str
        An unknown one takes the place after the known ones.

    Returns
    -------
    colour : str or tuple
    """
    if family == "ensemble":
        return ink()
    order = family_order()
    return cycle_colour(order.index(family) if family in order else len(order))


def family_style(family: str) -> dict[str, Any]:
    """Arguments of ``Axes.scatter`` for the marks of a family."""
    colour = family_ink(family)
    if family == "ensemble":
        # An open ring is seen above the mark of the model it stands on.
        return {"marker": family_marker(family), "facecolors": "none", "edgecolors": [colour]}
    return {"marker": family_marker(family), "facecolors": [colour], "edgecolors": "none"}


def family_handle(family: str) -> Any:
    """The family's mark for a legend."""
    from matplotlib.lines import Line2D

    colour = family_ink(family)
    fill = "none" if family == "ensemble" else colour
    style = {"markerfacecolor": fill, "markeredgecolor": colour, "color": colour}
    return Line2D([], [], linestyle="none", marker=family_marker(family), **style)


def mark_area(share: float = 1.0) -> float:
    """Area of a mark in square points, as ``Axes.scatter`` wants it: `share` of that of the person's markers."""
    from matplotlib import rcParams

    return share * float(rcParams["lines.markersize"]) ** 2


def small() -> Any:
    """Size of text inside a picture: that of the labels at its ticks."""
    from matplotlib import rcParams

    return rcParams["xtick.labelsize"]


def figure_text(text: str, limit: int = 120) -> str:
    r"""Text for a figure as plain text: in one line, and escaped where the person's style sends all text through TeX.

    To be set with ``parse_math=False``, so that two dollar signs in a column's name are no formula.

    Examples
    --------
    >>> figure_text("price_in_$\n(net)")
    'price_in_$ (net)'
    """
    from matplotlib import rcParams

    line = one_line(text, limit)
    return "".join(_TEX.get(each, each) for each in line) if rcParams["text.usetex"] else line


def name_axes(ax: Axes, x: str, y: str) -> None:
    """Set the labels of both axes from plain text."""
    ax.set_xlabel(figure_text(x), parse_math=False)
    ax.set_ylabel(figure_text(y), parse_math=False)


def put_text(ax: Axes, text: str, at: tuple[float, float], **more: Any) -> Any:
    """Write plain text beside a point of the data, in the size of the ticks' labels, clear of what it covers.

    Parameters
    ----------
    ax : Axes
    text : str
    at : tuple of float
    **more
        Arguments of ``Axes.annotate``, such as ``xytext``, an offset in points.
    """
    from matplotlib import rcParams
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.5, foreground=rcParams["axes.facecolor"])]
    style = {"textcoords": "offset points", "fontsize": small(), "parse_math": False, "path_effects": halo, "zorder": 5}
    return ax.annotate(figure_text(text), at, **{**style, **more})


def put_legend(ax: Axes, handles: Iterable[Any], labels: Iterable[str], *, columns: int = 3) -> None:
    """Write a legend of plain text below the picture, or within it where nothing would make room below.

    Parameters
    ----------
    ax : Axes
    handles : iterable of artist
    labels : iterable of str
    columns : int, default=3
        Columns of a legend below.
    """
    from matplotlib import rcParams
    from matplotlib.transforms import ScaledTranslation

    # matplotlib leaves out what begins with an underscore.
    known = [(handle, figure_text(label, 40).lstrip("_") or "?") for handle, label in zip(handles, labels, strict=True)]
    if not known:
        return
    place: dict[str, Any] = {}
    if ax.figure.get_layout_engine() is not None:
        # Heights of the ticks, their labels and the axis' label, in points.
        down = rcParams["xtick.major.size"] + rcParams["xtick.major.pad"] + rcParams["axes.labelpad"]
        down += 1.3 * (points(rcParams["xtick.labelsize"]) + points(rcParams["axes.labelsize"]))
        below = ax.transAxes + ScaledTranslation(0, -down / 72, ax.figure.dpi_scale_trans)
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "bbox_transform": below, "ncols": columns}
    legend = ax.legend([handle for handle, _ in known], [label for _, label in known], fontsize=small(), **place)
    for text in legend.get_texts():
        text.set_parse_math(False)


def points(size: Any) -> float:
    """A size of text in points, where a style may say ``"small"``."""
    from matplotlib.font_manager import FontProperties

    return float(FontProperties(size=size).get_size_in_points())


def put_note(ax: Axes, sentence: str) -> None:
    """Write a sentence where there is no picture."""
    ax.set_axis_off()
    style = {"ha": "center", "va": "center", "wrap": True, "parse_math": False, "fontsize": small()}
    ax.text(0.5, 0.5, figure_text(sentence, 300), transform=ax.transAxes, **style)
