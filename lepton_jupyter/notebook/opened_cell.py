"""The cell in which something was opened: a line can be run there later, when the kernel is idle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class OpenedCell:
    """The cell that is running when this is made, as its kernel knows it.

    What the kernel shows while it believes to answer this cell's request appears below it, also after it has ended:
    JupyterLab goes on listening for the outputs of a cell until that is run again.
    """

    def __init__(self) -> None:
        from IPython import get_ipython

        self._shell = get_ipython()
        self._kernel = self._shell.kernel
        self._parent = self._kernel.get_parent()
        self._ident = getattr(self._kernel, "_parent_ident", {})

    def run_when_idle(
        self, source: str, *, before: Callable[[], None], after: Callable[[BaseException | None], None]
    ) -> None:
        """Run code as if it had been typed, once the kernel's main loop is free; returns at once.

        Parameters
        ----------
        source : str
            Goes into the history, and what it assigns into the namespace.
        before : callable
            Called when it begins.
        after : callable
            Called at its end with what it raised, or None.
        """

        def run() -> None:
            # Never on the thread that the page is served from: that may be a subshell's, beside a cell that runs.
            self._kernel.set_parent(self._request_ident(), self._parent)
            before()
            result = self._shell.run_cell(source, store_history=True)
            after(result.error_before_exec or result.error_in_exec)

        self._kernel.io_loop.add_callback(run)

    def _request_ident(self) -> Any:
        return self._ident.get("shell", b"") if isinstance(self._ident, dict) else self._ident
