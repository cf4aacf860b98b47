"""Where a figure is drawn: into the axes that a person gives, or into new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.picture_errors import MissingPlotPackageError
from lepton_jupyter.exceptions.settings_errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes


def draw_into(ax: Axes | None, draw: Callable[..., None], *parts: Any) -> Axes:
    """Draw into the axes given, else into new ones in a figure of their own, and return them.

    Called when everything that can be missing is known to be there: no figure is made for an error.

    Parameters
    ----------
    ax : Axes or None
    draw : callable
        ``draw(*parts, ax)``
    *parts : object

    Raises
    ------
    MissingPlotPackageError
        If matplotlib is not installed.
    """
    require_matplotlib()
    if ax is None:
        from lepton_jupyter.notebook.kept_figures import new_axes

        ax = new_axes()
    draw(*parts, ax)
    return ax


def check_most(n: object) -> None:
    """Refuse a number of lines to draw that is none.

    Raises
    ------
    InvalidSettingError
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise InvalidSettingError.from_number("n", n)


def require_matplotlib() -> None:
    """Make sure that figures can be drawn.

    Raises
    ------
    MissingPlotPackageError
        If matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: F401  only whether it is there
    except ModuleNotFoundError as error:
        raise MissingPlotPackageError.from_package("matplotlib") from error
