"""Where a figure is drawn: into the axes that a person gives, or into new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_jupyter.exceptions.picture_errors import MissingPlotPackageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def axes_for(ax: Axes | None) -> Any:
    """Axes to draw into: those given, else new ones in a figure of their own.

    Raises
    ------
    MissingPlotPackageError
        If matplotlib is not installed.
    """
    require_matplotlib()
    if ax is not None:
        return ax
    from lepton_jupyter.notebook.kept_figures import new_axes

    return new_axes()


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
