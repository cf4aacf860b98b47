from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

import pytest
from IPython.core.interactiveshell import InteractiveShell
from magics.notebook_stand_in import NotebookStandIn
from traitlets.config import Config

from lepton_jupyter.magics import lepton_magics

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> NotebookStandIn:
    """Records what the magics call, in the place of the package `notebook`."""
    stand_in = NotebookStandIn()
    stand_in.put_in_place(monkeypatch.setitem)
    return stand_in


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    folder = str(tmp_path_factory.mktemp("ipython"))
    shell = InteractiveShell(ipython_dir=folder, config=Config({"HistoryManager": {"enabled": False}}))
    yield shell
    shell.atexit_operations()
    # A shell may not end twice.
    atexit.unregister(shell.atexit_operations)


@pytest.fixture
def ip(notebook: NotebookStandIn, shell: InteractiveShell) -> Iterator[InteractiveShell]:
    """A shell with the magic loaded and no names of other tests."""
    before = set(shell.user_ns)
    lepton_magics.load(shell)
    yield shell
    lepton_magics.unload(shell)
    for name in set(shell.user_ns) - before:
        del shell.user_ns[name]
