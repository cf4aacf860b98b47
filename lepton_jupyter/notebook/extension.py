"""What happens when the extension is loaded into IPython and unloaded from it."""

from __future__ import annotations

from typing import Any


def loaded(shell: Any) -> None:
    """Start a local cluster in the background, unless the setting `cluster` is off; returns at once.

    Parameters
    ----------
    shell : InteractiveShell
    """
    from lepton_jupyter.notebook.configuration import read_configuration
    from lepton_jupyter.notebook.session import current_session

    del shell
    if read_configuration()["cluster"] != "off":
        current_session().cluster.start_local()


def unloaded(shell: Any) -> None:
    """Stop the runs that go on, keep their best so far, and close everything that was started.

    Parameters
    ----------
    shell : InteractiveShell
    """
    from lepton_jupyter.notebook.panel import close_panels
    from lepton_jupyter.notebook.session import current_session

    del shell
    current_session().close()
    close_panels()
