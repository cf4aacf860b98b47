"""The widget of one run: its whole state in one trait, and the commands that come back from its panel.

Who makes what: a notebook makes one `RunWidget` for a run. Making it opens a comm, and each place where it is shown
becomes a view of the same model. `Publisher` is the only one who writes to it. `close` ends the comm; an output that
still shows the widget is then hidden by ipywidgets, so the output is replaced *before* the widget is closed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from lepton_jupyter.events.commands import Command, ExtendBudget
from lepton_jupyter.events.encoding import decode_command
from lepton_jupyter.exceptions.encoding_errors import DecodingError
from lepton_jupyter.widgets.kernel_comms import answer_while_busy
from lepton_jupyter.widgets.message_size import MESSAGE_LIMIT_BYTES, bounded_document
from lepton_jupyter.widgets.page_module import packed_module

if TYPE_CHECKING:
    from lepton_jupyter.events.messages import RunPanelMessage

# The page's module beside it is plain text of about 30 kB; the rest is for the other traits and Jupyter's envelope.
_FIRST_LIMIT_BYTES = MESSAGE_LIMIT_BYTES - 4096
_BUNDLE = Path(__file__).parent / "static" / "run.js"

CommandCallback = Callable[[Command], None]
OtherFormats = Callable[[], Mapping[str, object]]


class RunWidget(anywidget.AnyWidget):
    """Live panel of one run.

    Parameters
    ----------
    message : RunPanelMessage
        What is shown first.
    other_formats : callable, optional
        Returns the other forms of the same output by MIME type, such as ``text/html`` and ``text/plain``, as they
        are when the output is written: pages without the widget, saved notebooks and terminals show those.

    Attributes
    ----------
    head : dict
        The encoded message, synchronised with the page. It holds the full state, so that a page that is loaded
        again shows the run at once. Only a `Publisher` sets it.

    Notes
    -----
    `_esm` is made of ``static/run.js`` once per process, when the first widget is made. It travels with the first
    message, which is therefore a smaller one: the publisher sends the whole at once.
    """

    head = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)

    def __init__(self, message: RunPanelMessage, *, other_formats: OtherFormats | None = None) -> None:
        self._command_callbacks: tuple[CommandCallback, ...] = ()
        self._other_formats = other_formats
        super().__init__(head=bounded_document(message, limit_bytes=_FIRST_LIMIT_BYTES - len(self._esm)))
        self.on_msg(self._receive)

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return packed_module(_BUNDLE)

    def open(self) -> None:
        """Open the comm to the page, if there is a kernel and it is not open yet."""
        super().open()
        answer_while_busy(self.comm)

    def on_command(self, callback: CommandCallback) -> Callable[[], None]:
        """Call `callback` with each command that a panel of this run sends.

        Parameters
        ----------
        callback : callable
            Takes a `Command`. It is called on whichever thread the kernel serves the page from, possibly while a
            cell runs on the main thread: it must be quick and safe to call from any thread.

        Returns
        -------
        disconnect : callable
            Ends the calls.
        """
        self._command_callbacks = (*self._command_callbacks, callback)

        def disconnect() -> None:
            self._command_callbacks = tuple(each for each in self._command_callbacks if each is not callback)

        return disconnect

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        # A page of another version may send what this one does not know: that is no error here.
        try:
            command = decode_command(content)
        except DecodingError:
            return
        if isinstance(command, ExtendBudget) and not (math.isfinite(command.seconds) and command.seconds > 0):
            return
        for callback in self._command_callbacks:
            callback(command)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, object], dict[str, object]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None or self._other_formats is None:
            return bundle
        data, metadata = bundle
        return {**data, **self._other_formats()}, metadata
