"""Where the code runs: whether there is a page that somebody looks at while a cell goes on."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run may expect of the place it is started from.

    Parameters
    ----------
    kernel : bool
        A Jupyter kernel: outputs can carry widgets, HTML and JSON.
    live_page : bool
        A page that shows updates after its cell has returned.
    interactive : bool
        IPython of any kind.
    """

    kernel: bool
    live_page: bool
    interactive: bool


def look_around() -> Surroundings:
    """Find out where this code runs.

    nbclient, papermill and consoles start real kernels too, but nobody can look at a page there. Their requests carry
    the name of a user; those of JupyterLab, Notebook 7 and VS Code do not. ``LEPTON_PAGE=live`` or ``LEPTON_PAGE=none``
    settles it where that is wrong.

    Returns
    -------
    surroundings : Surroundings
    """
    shell = _shell()
    kernel = getattr(shell, "kernel", None)
    if shell is None or kernel is None:
        return Surroundings(kernel=False, live_page=False, interactive=shell is not None)
    return Surroundings(kernel=True, live_page=_page_is_live(kernel), interactive=True)


def current_cell() -> int | None:
    """Number of the cell that is running, as its prompt shows it; None outside IPython.

    Returns
    -------
    number : int or None
    """
    shell = _shell()
    return None if shell is None else int(shell.execution_count)


def _shell() -> Any:
    # Asking must not import IPython: a script that fits a model has no use for it.
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _page_is_live(kernel: Any) -> bool:
    wish = os.environ.get("LEPTON_PAGE", "")
    if wish in {"live", "none"}:
        return wish == "live"
    if "google.colab" in sys.modules:
        return False  # its page does not show what a background thread sends (colabtools#3373)
    parent = kernel.get_parent()
    header = parent.get("header", {}) if isinstance(parent, dict) else {}
    return not header.get("username")
