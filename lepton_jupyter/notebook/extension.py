"""What happens when the extension is loaded into IPython and unloaded from it."""

from __future__ import annotations

from typing import Any


def loaded(shell: Any) -> None:
    """Let side panels find this kernel, and start a local cluster unless the setting `cluster` is off; returns at once.

    Parameters
    ----------
    shell : InteractiveShell
    """
    from lepton_jupyter.notebook.configuration import read_configuration
    from lepton_jupyter.notebook.listed_runs import announce
    from lepton_jupyter.notebook.session import current_session

    del shell
    announce()
    if read_configuration()["cluster"] != "off":
        current_session().cluster.start_local()


def unloaded(shell: Any) -> None:
    """Stop the runs that go on, keep their best so far, and close everything that was started.

    Parameters
    ----------
    shell : InteractiveShell
    """
    from lepton_jupyter.notebook.listed_runs import conceal
    from lepton_jupyter.notebook.panel import close_panels
    from lepton_jupyter.notebook.session import current_session

    del shell
    conceal()
    current_session().close()
    close_panels()
