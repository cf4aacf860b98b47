"""A person before a notebook in JupyterLab: opens, types, runs, looks, presses."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import nbformat
from browser.jupyter_server import TOKEN, JupyterServer
from browser.kernel_frames import KernelMessage, read_frame
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Dialog, Locator, Page, WebSocket

_A_NUMBER = re.compile(r"\[\d+\]:?")
#: Milliseconds within which a page must do what it is told; other work on the machine makes it slow.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

_FIND_PANEL = """(name) => {
  const app = window.jupyterapp;
  if (!app) return false;
  const panel = [...app.shell.widgets('main')].find(each => each.context?.path === name && each.sessionContext);
  if (!panel) return false;
  window.notebookPanel = panel;
  return true;
}"""


class LabPage:
    """One notebook in one page.

    Parameters
    ----------
    page : Page
    server : JupyterServer
    sources : sequence of str
        Code cells that the notebook has from the beginning.
    notebook : NotebookNode, optional
        The whole notebook, instead of cells.

    Attributes
    ----------
    messages : list of KernelMessage
        All that the kernel sent to this page.
    dialogs : list of str
        Texts of the dialogs that scripts have opened.
    """

    def __init__(
        self,
        page: Page,
        server: JupyterServer,
        sources: Sequence[str] = (),
        notebook: nbformat.NotebookNode | None = None,
    ) -> None:
        self.page = page
        self.server = server
        self.name = f"{uuid.uuid4().hex[:8]}.ipynb"
        self.messages: list[KernelMessage] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("websocket", self._listen)
        page.on("dialog", self._note_dialog)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        nbformat.write(notebook or a_notebook(sources or [""]), self.path)
        self.open()

    @property
    def path(self) -> Path:
        """The notebook's file."""
        return self.server.notebooks / self.name

    def open(self) -> None:
        """Open the notebook, or load its page again."""
        self.page.goto(f"{self.server.url}lab/workspaces/{self.name[:8]}/tree/{self.name}?reset&token={TOKEN}")
        self.page.wait_for_function(_FIND_PANEL, arg=self.name)
        self.page.evaluate(
            "async () => { await window.notebookPanel.context.ready; await window.notebookPanel.sessionContext.ready; }"
        )

    def save(self) -> nbformat.NotebookNode:
        """Save the notebook, and read what the file now holds."""
        self.page.evaluate("async () => { await window.notebookPanel.context.save(); }")
        return nbformat.read(self.path, as_version=4)

    def command(self, name: str) -> None:
        """Run a command of JupyterLab and wait until it is done."""
        self.page.evaluate("async (name) => { await window.jupyterapp.commands.execute(name); }", name)

    def restart_kernel(self) -> None:
        """Restart the kernel, as the menu does after one has confirmed."""
        self.page.evaluate("async () => { await window.notebookPanel.sessionContext.session.kernel.restart(); }")

    def close(self) -> None:
        """Leave the page and shut the kernel down."""
        self.page.close()
        sessions = f"{self.server.url}api/sessions"
        with urlopen(f"{sessions}?token={TOKEN}") as answer:
            ours = [each["id"] for each in json.load(answer) if each["path"] == self.name]
        for each in ours:
            urlopen(Request(f"{sessions}/{each}?token={TOKEN}", method="DELETE")).close()

    # Cells -----------------------------------------------------------------------------------------------------------

    def cell(self, index: int) -> Locator:
        """Cell by its place; negative counts from the end."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(index)

    def output(self, index: int) -> Locator:
        """What a cell has shown."""
        return self.cell(index).locator(".jp-OutputArea-output")

    def type_and_run(self, index: int, source: str) -> None:
        """Type into a cell by the keyboard and run it by Shift+Enter; below the last one a new cell appears."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        # At once: typed key by key, the editor would indent lines by itself.
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Shift+Enter")

    def run(self, index: int) -> None:
        """Run a cell as it stands."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def has_run(self, index: int) -> None:
        """Wait until a cell is done, and see that it showed no error."""
        expect(self.cell(index).locator(".jp-InputPrompt")).to_have_text(_A_NUMBER)
        expect(self.cell(index).locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)

    def is_busy(self, index: int) -> bool:
        """Whether a cell goes on now."""
        return "*" in self.cell(index).locator(".jp-InputPrompt").inner_text()

    def restart_shown(self) -> None:
        """Wait until the kernel is idle again."""
        self.page.wait_for_function("() => window.notebookPanel.sessionContext.session?.kernel?.status === 'idle'")

    # The panel -------------------------------------------------------------------------------------------------------

    def panel(self, index: int) -> Locator:
        """Live panel that a cell shows."""
        return self.cell(index).locator(".lepton:not(.lepton-saved-run *)")

    def board(self, index: int) -> Locator:
        """Saved board that a cell shows: drawn by the extension from the run's document, or static HTML."""
        return self.cell(index).locator(".lepton-saved-run .lepton, .lepton-static")

    def rows(self, index: int) -> Locator:
        """Lines of the live leaderboard."""
        return self.panel(index).locator(".lepton-board tbody > tr:not(:has(.lepton-void))")

    # What is heard ---------------------------------------------------------------------------------------------------

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._note_frame)

    def _note_frame(self, payload: str | bytes) -> None:
        message = read_frame(payload)
        if message is not None:
            self.messages.append(message)

    def _note_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


def a_notebook(sources: Sequence[str], kernel: str = "python3") -> nbformat.NotebookNode:
    """A notebook of code cells that wants one kind of kernel."""
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={"kernelspec": {"name": kernel, "display_name": "Python 3", "language": "python"}},
    )


class ClassicPage(LabPage):
    """One notebook in Notebook 7, which has no JupyterLab around it."""

    def open(self) -> None:
        """Open the notebook, or load its page again."""
        self.page.goto(f"{self.server.url}notebooks/{self.name}?token={TOKEN}")
        expect(self.page.locator(".jp-Notebook .jp-CodeCell .cm-content").first).to_be_visible()
        expect(self.page.locator(".jp-NotebookKernelStatus, .jp-NotebookKernelLogo").first).to_be_visible()

    def save(self) -> nbformat.NotebookNode:
        """Save the notebook, and read what the file now holds."""
        with self.page.expect_response(lambda response: response.request.method == "PUT"):
            self.page.keyboard.press("Control+s")
        return nbformat.read(self.path, as_version=4)


def local_only(route: Any) -> None:
    """Let through what stays on this machine, and nothing else."""
    if route.request.url.split("/")[2].split(":")[0] == "127.0.0.1":
        route.continue_()
    else:
        route.abort()
