"""Pictures of a profile to keep, as matplotlib figures for papers and slides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.picture_errors import NothingToDrawError
from lepton_jupyter.notebook.figure_place import draw_into, require_matplotlib

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from lepton_jupyter.events.profile_messages import ProfileMessage
    from lepton_jupyter.views.profile_figures import ColumnBars


class ProfilePlots:
    """Figures of a profile, in the style that your matplotlib has.

    Each draws into the axes given as `ax`, or into a figure of its own, and returns the axes. A cell whose value they
    are shows them; ``.figure.savefig("columns.pdf")`` keeps them.

    Parameters
    ----------
    message : ProfileMessage
        Of all columns.

    Examples
    --------
    >>> found.plot.column("tenure")  # doctest: +SKIP
    >>> found.plot.columns()  # doctest: +SKIP
    """

    def __init__(self, message: ProfileMessage) -> None:
        self._message = message

    def column(self, name: str, ax: Axes | None = None) -> Axes:
        """Rows at each value of one column, split by the target where there is one.

        Parameters
        ----------
        name : str
            Of the column, or of the target.
        ax : Axes, optional
            Where to draw; by default in a figure of its own.

        Returns
        -------
        ax : Axes

        Raises
        ------
        NothingToDrawError
            If there is no such column, or it holds nothing to draw, such as an identifier.
        """
        from lepton_jupyter.views.profile_figures import draw_bars

        bars = self._bars(name)
        if bars is None:
            raise NothingToDrawError.no_picture_of(name)
        return draw_into(ax, draw_bars, bars, name)

    def _bars(self, name: str) -> ColumnBars | None:
        from lepton_jupyter.views.profile_figures import extract_bars

        target = self._message.target
        if target is not None and name == target.name:
            return extract_bars(target.picture, "", target)
        found = next((each for each in self._message.columns if each.name == name), None)
        if found is None:
            raise NothingToDrawError.no_column(name, [each.name for each in self._message.columns])
        return extract_bars(found.picture, found.kind, target)

    def columns(self, n: int = 12) -> Figure:
        """The target and the first columns that can be drawn, on one sheet.

        Parameters
        ----------
        n : int, default=12
            Most pictures.

        Returns
        -------
        figure : Figure

        Raises
        ------
        NothingToDrawError
            If no column can be drawn.
        """
        from lepton_jupyter.views.profile_figures import draw_bars

        target = self._message.target
        names = ([] if target is None else [target.name]) + [each.name for each in self._message.columns]
        drawn = [(name, bars) for name in names if (bars := self._bars(name)) is not None][:n]
        if not drawn:
            raise NothingToDrawError.no_picture_of(self._message.table)
        require_matplotlib()
        from lepton_jupyter.notebook.kept_figures import new_figure

        across = min(3, len(drawn))
        down = math.ceil(len(drawn) / across)
        figure = new_figure(scale=0.7 * max(across, down))
        parts: Any = figure.subfigures(down, across, squeeze=False).ravel()
        for index, ((name, bars), part) in enumerate(zip(drawn, parts, strict=False)):
            draw_bars(bars, name, part.add_subplot(), longest=24, legend=index == 0)
        return figure

    def alone(self, n: int = 15, ax: Axes | None = None) -> Axes:
        """How well each column tells the target alone, out of fold: the `n` best."""
        from lepton_jupyter.views.profile_figures import draw_alone

        target = self._message.target
        scored = [each for each in self._message.columns if each.alone is not None and math.isfinite(each.alone)]
        if target is None or not scored:
            raise NothingToDrawError.without_target(self._message.table)
        scored.sort(key=lambda each: -(each.alone or 0.0))
        return draw_into(ax, draw_alone, tuple(scored[:n]), target)

    def drift(self, n: int = 15, ax: Axes | None = None) -> Axes:
        """How far columns drifted between the two tables, the `n` that drifted most."""
        from lepton_jupyter.views.profile_figures import draw_drift

        drift = self._message.drift
        if drift is None or not any(each.stability_index is not None for each in drift.columns):
            raise NothingToDrawError.without_other_table(self._message.table)
        return draw_into(ax, draw_drift, drift, n)
