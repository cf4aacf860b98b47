"""What all panels have in common: their state in one trait, and the commands that come back from the page.

Making a panel opens a comm, and each place where it is shown becomes a view of the same model. `close` ends the comm;
an output that still shows the widget is then hidden by ipywidgets, so the output is replaced *before* it is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from lepton_jupyter.events.commands import Command
from lepton_jupyter.events.encoding import decode_command
from lepton_jupyter.exceptions.encoding_errors import DecodingError
from lepton_jupyter.widgets.kernel_comms import answer_while_busy
from lepton_jupyter.widgets.message_size import MESSAGE_LIMIT_BYTES
from lepton_jupyter.widgets.page_module import packed_module

_STATIC = Path(__file__).parent / "static"
#: Of the message that opens a panel: the other traits, and Jupyter's envelope.
_ENVELOPE_BYTES = 4096

CommandCallback = Callable[[Command], None]
OtherFormats = Callable[[], Mapping[str, object]]


class PanelWidget(anywidget.AnyWidget):
    """A panel that shows one message and hears commands; each kind of panel names its bundle.

    Parameters
    ----------
    head : dict
        The encoded message that is shown first.
    other_formats : callable, optional
        Returns the other forms of the same output by MIME type, such as ``text/html`` and ``text/plain``, as they
        are when the output is written: pages without the widget, saved notebooks and terminals show those.

    Attributes
    ----------
    head : dict
        The encoded message, synchronised with the page. It holds the full state, so that a page that is loaded
        again shows it at once. One thread at a time may set it.
    """

    bundle = ""
    head = traitlets.Dict().tag(sync=True)
    _esm = traitlets.Unicode().tag(sync=True)

    def __init__(self, head: dict[str, Any], *, other_formats: OtherFormats | None = None) -> None:
        self._command_callbacks: tuple[CommandCallback, ...] = ()
        self._other_formats = other_formats
        super().__init__(head=head)
        self.on_msg(self._receive)

    @traitlets.default("_esm")
    def _default_esm(self) -> str:
        return packed_module(_STATIC / self.bundle)

    @classmethod
    def first_limit_bytes(cls) -> int:
        """Most bytes of the first message: the page's module, plain text of about 30 kB, travels beside it."""
        return MESSAGE_LIMIT_BYTES - _ENVELOPE_BYTES - len(packed_module(_STATIC / cls.bundle))

    def open(self) -> None:
        """Open the comm to the page, if there is a kernel and it is not open yet."""
        super().open()
        answer_while_busy(self.comm)

    def on_command(self, callback: CommandCallback) -> Callable[[], None]:
        """Call `callback` with each command that a page sends from this panel.

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

    def show(self, message: Any) -> None:
        """Show a newer message of this kind of panel."""
        raise NotImplementedError

    def makes_sense(self, command: Command) -> bool:
        """Whether a command that could be read may also be obeyed."""
        del command
        return True

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        # A page of another version may send what this one does not know: that is no error here.
        try:
            command = decode_command(content)
        except DecodingError:
            return
        if not self.makes_sense(command):
            return
        for callback in self._command_callbacks:
            callback(command)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, object], dict[str, object]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None or self._other_formats is None:
            return bundle
        data, metadata = bundle
        return {**data, **self._other_formats()}, metadata
