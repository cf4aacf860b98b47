"""A Jupyter server of its own for a test: folders, port and token that nothing else uses, and nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = "a-token-of-this-test"
_START_SECONDS = 60.0
_END_SECONDS = 20.0
_EXTENSION = Path(__file__).parents[2] / "lepton_jupyter" / "labextension"

#: Nothing that asks, blinks or looks for news.
_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}


@dataclass(frozen=True)
class JupyterServer:
    """A server that runs: where its pages are, and where its notebooks and runs lie."""

    process: subprocess.Popen[bytes]
    url: str
    notebooks: Path
    home: Path
    log: Path

    def close(self) -> None:
        """End the server, its kernels, and what these started."""
        self.process.terminate()
        try:
            self.process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(_END_SECONDS)

    def processes(self) -> list[psutil.Process]:
        """Every process that was started by the server, by a kernel of it, or by their children."""
        return processes_of(self.home)


def start_server(
    folder: Path, environment: Mapping[str, str] | None = None, *, python: Path | str = sys.executable
) -> JupyterServer:
    """Start JupyterLab on a free port, with all its folders below `folder`.

    Parameters
    ----------
    folder : Path
    environment : mapping, optional
        Variables beside those of this process.
    python : Path or str, default=sys.executable
        Whose JupyterLab is started.

    Returns
    -------
    server : JupyterServer
        It answers.
    """
    runtime, notebooks, home = folder / "runtime", folder / "notebooks", folder / "lepton"
    for each in (runtime, notebooks, home):
        each.mkdir(parents=True)
    _write_settings(folder / "settings")
    # This tree's extension, whether or not the environment has an installed one.
    extensions = folder / "share" / "labextensions"
    extensions.mkdir(parents=True)
    (extensions / "lepton-jupyter").symlink_to(_EXTENSION, target_is_directory=True)
    log = folder / "server.log"
    command = [
        str(python), "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root",
        f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={notebooks}",
    ]  # fmt: skip
    variables = {
        **os.environ,
        "JUPYTER_PATH": os.pathsep.join(filter(None, (str(extensions.parent), os.environ.get("JUPYTER_PATH")))),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
        "LEPTON_HOME": str(home),
        "OMP_NUM_THREADS": "1",
        **(environment or {}),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=variables, cwd=notebooks)
    url = _wait_until_it_answers(process, runtime / f"jpserver-{process.pid}.json", log)
    return JupyterServer(process=process, url=url, notebooks=notebooks, home=home, log=log)


def processes_of(home: Path) -> list[psutil.Process]:
    """Processes that live and have `home` as their ``LEPTON_HOME``: kernels, and workers of their clusters."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get("LEPTON_HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _write_settings(folder: Path) -> None:
    for name, values in _SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def _wait_until_it_answers(process: subprocess.Popen[bytes], info: Path, log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(FileNotFoundError, json.JSONDecodeError, URLError, KeyError):
            url = str(json.loads(info.read_text(encoding="utf-8"))["url"])
            with urlopen(f"{url}api/status?token={TOKEN}", timeout=5):
                return url
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-2000:]}")
