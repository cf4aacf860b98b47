"""One progress line in a terminal: time left, best score, trials."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lepton_jupyter.notebook.surroundings import look_around

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lepton_jupyter.notebook.run_handle import Run


#: Time between two looks at the run.
_REDRAW_SECONDS = 0.2


@contextmanager
def progress_line(run: Run, *, enabled: bool = True) -> Iterator[None]:
    """Draw a run's progress on standard error while the block waits for it.

    In a kernel nothing is drawn: its output is the board itself.

    Parameters
    ----------
    run : Run
    enabled : bool, default=True
        False draws nothing.
    """
    if not enabled or look_around().kernel:
        yield
        return
    from tqdm import tqdm

    from lepton_jupyter.views.progress_line import progress_fraction, progress_sentence

    bar = tqdm(total=1.0, file=sys.stderr, bar_format="{bar:20} {desc}", leave=True)

    def redraw() -> None:
        message = run.message()
        bar.n = progress_fraction(message)
        bar.set_description_str(progress_sentence(message), refresh=True)

    def redraw_until_ended() -> None:
        while not ended.wait(_REDRAW_SECONDS):
            redraw()

    # On a clock rather than with each event: hundreds of those come in a second, and time goes on between them too.
    ended = threading.Event()
    thread = threading.Thread(target=redraw_until_ended, name="lepton-progress", daemon=True)
    redraw()
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        redraw()
        bar.close()
