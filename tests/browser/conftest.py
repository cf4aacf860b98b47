from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import psutil
import pytest
from browser.jupyter_server import JupyterServer, start_server
from browser.lab_page import LabPage, local_only
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from nbformat import NotebookNode
    from playwright.sync_api import Browser

_LOG_CHARACTERS = 3000


def chromium_path() -> str | None:
    """Where Chromium is installed, if it is."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; for one module, because its event loop would disturb the tests of other modules."""
    path = chromium_path()
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what Jupyter's server and its kernels said last: whether a kernel died, and of what."""
    report = yield
    server = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(server, JupyterServer):
        report.sections.append(("Jupyter's log", server.log.read_text(errors="replace")[-_LOG_CHARACTERS:]))
    return report


@pytest.fixture(scope="module")
def server(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """JupyterLab; at its end nothing that it or its kernels started may be alive."""
    server = start_server(tmp_path_factory.mktemp("jupyter"), {"LEPTON_CLUSTER": "local"})
    yield server
    server.close()
    _gone, alive = psutil.wait_procs(server.processes(), timeout=10)
    for process in alive:
        process.kill()
    assert alive == []


@pytest.fixture
def in_chinese(server: JupyterServer) -> Iterator[None]:
    """Lets the extension's setting ask for Simplified Chinese in pages that are opened meanwhile."""
    file = server.home.parent / "settings" / "lepton-jupyter" / "plugin.jupyterlab-settings"
    file.parent.mkdir(exist_ok=True)
    file.write_text('{"language": "zh-CN"}', encoding="utf-8")
    yield
    file.unlink()


@pytest.fixture
def open_notebook(chromium: Browser, server: JupyterServer) -> Iterator[Callable[..., LabPage]]:
    """Opens a notebook with the cells it is given, in a page of its own."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1800})
    context.route("**/*", local_only)
    opened: list[LabPage] = []

    def open_one(
        sources: Sequence[str] = (), kind: type[LabPage] = LabPage, notebook: NotebookNode | None = None
    ) -> LabPage:
        opened.append(kind(context.new_page(), server, sources, notebook))
        return opened[-1]

    yield open_one
    for lab in opened:
        lab.close()
    context.close()
