"""Widgets that need no more news, and stay open for the pages that still show them.

The output of a panel that has ended is replaced. That reaches only the page that ran the cell: a page that was loaded
again, or opened later, no longer knows the id of the output and goes on showing the widget. A closed widget would be
"model not found" there, even though the HTML lies beside it, so widgets stay open after the end: the newest few, until
the extension is unloaded or the kernel ends.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepton_jupyter.widgets.panel_widget import PanelWidget

#: A page that is loaded again fetches the state of each open widget, up to 95 kB a piece.
_MOST_OPEN = 12

_log = logging.getLogger(__name__)


class _OpenWidget(NamedTuple):
    widget: PanelWidget
    before_closed: Callable[[], object] | None


_open: deque[_OpenWidget] = deque()


def keep_open(widget: PanelWidget, before_closed: Callable[[], object] | None = None) -> None:
    """Keep a widget that needs no more news open for pages that still show it, and close the oldest such.

    Parameters
    ----------
    widget : PanelWidget
    before_closed : callable, optional
        Replaces the output that shows the widget, where that was not done at its end.
    """
    _open.append(_OpenWidget(widget, before_closed))
    while len(_open) > _MOST_OPEN:
        _close_oldest()


def close_all() -> None:
    """Close all that were kept open."""
    while _open:
        _close_oldest()


def _close_oldest() -> None:
    oldest = _open.popleft()
    if oldest.before_closed is not None:
        try:
            oldest.before_closed()
        except Exception:  # noqa: BLE001  an output that cannot be reached keeps no widget open
            _log.debug("An output could not be replaced", exc_info=True)
    oldest.widget.close()
