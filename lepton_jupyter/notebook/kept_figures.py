"""Figures that a cell shows as its value, whichever backend pyplot has, and that nothing but their holder keeps.

pyplot would keep each figure until it is closed, belongs to one thread, and draws into what is *current*: all that is
state that a person did not ask to be touched. Imported only where matplotlib is needed.
"""

from __future__ import annotations

import io
from typing import Any, cast

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure


class KeptFigure(Figure):
    """A figure outside pyplot that a notebook shows when it is the value of a cell."""

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return shown(self)


class KeptAxes(Axes):
    """Axes that a notebook shows, with the whole figure they are in, when they are the value of a cell."""

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return shown(self.figure)


def new_figure(*, scale: float = 1.0) -> KeptFigure:
    """Make a figure in the person's style, `scale` times as wide and as high as it says."""
    own_layout = rcParams["figure.constrained_layout.use"] or rcParams["figure.autolayout"]
    width, height = rcParams["figure.figsize"]
    # Labels stand outside the axes: a layout that counts them in, unless the style has one of its own.
    return KeptFigure(figsize=(scale * width, scale * height), layout=None if own_layout else "constrained")


def new_axes() -> KeptAxes:
    """Make axes that fill a figure of their own."""
    axes = new_figure().add_subplot(axes_class=KeptAxes)
    return cast("KeptAxes", axes)


def shown(figure: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a notebook shows of a figure: in the formats that the person chose for figures, else as PNG."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None:
        # Set once pyplot is loaded there: %config InlineBackend.figure_formats counts for these figures as well.
        formatters = shell.display_formatter.formatters.items()
        chosen = [mime for mime, each in formatters if mime.startswith(("image/", "application/pdf"))
                  and Figure in each.type_printers]  # fmt: skip
        if chosen:
            data, metadata = _formatted(shell.display_formatter, figure, chosen)
            return {"text/plain": repr(figure), **data}, metadata
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return {"image/png": file.getvalue(), "text/plain": repr(figure)}, {}


def _formatted(formatter: Any, figure: Any, mimes: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    data: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    for mime in mimes:
        found = formatter.formatters[mime].type_printers[Figure](figure)
        # A printer may give its metadata beside the picture: its size on a dense screen.
        data[mime], more = found if isinstance(found, tuple) else (found, None)
        if more:
            metadata[mime] = more
    return data, metadata
