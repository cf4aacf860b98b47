"""Where runs are kept, and how one is found again."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_jupyter.exceptions.run_errors import AmbiguousRunError, HomeUnusableError, RunLockedError, UnknownRunError
from lepton_jupyter.runs.event_log import utc_now
from lepton_jupyter.runs.private_files import UNFINISHED, make_private_folder
from lepton_jupyter.runs.run_folder import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["RunFolder", "RunStore", "lepton_home"]

_RUN_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{4}")
_LONGEST_NAME = 32


def lepton_home() -> Path:
    """Folder where everything of lepton is kept: ``LEPTON_HOME``, else the system's place for data of programs."""
    chosen = os.environ.get("LEPTON_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("lepton", appauthor=False)


def _plain(name: str) -> str:
    """Name as it stands in an id: lower-case letters and digits without accents, parted by hyphens."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name)[:_LONGEST_NAME].strip("-") or "run"


class RunStore:
    """All runs of one person on one machine.

    Parameters
    ----------
    home : Path, optional
        Default: `lepton_home`. Made when the first run is.
    now : callable, optional
        The date, in UTC; passed in by tests.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     store = RunStore(Path(home))
    ...     run_id = store.create("Churn (März)").run_id
    ...     [each.name for each in store.list()], store.find("churn-marz").run_id == run_id
    (['churn-marz'], True)
    """

    def __init__(self, home: Path | None = None, *, now: Callable[[], datetime] = utc_now) -> None:
        self.home = lepton_home() if home is None else Path(home)
        self.runs = self.home / "runs"
        self._now = now

    def create(self, name: str) -> RunFolder:
        """Make the folder of a new run.

        Parameters
        ----------
        name : str
            What the run is about; letters, digits and hyphens of it become part of the id.

        Returns
        -------
        folder : RunFolder
            Not locked yet.

        Raises
        ------
        HomeUnusableError
            If it cannot be made.
        """
        try:
            make_private_folder(self.home)
            make_private_folder(self.runs)
            while True:
                path = self.runs / f"{self._now():%Y%m%d-%H%M%S}-{_plain(name)}-{secrets.token_hex(2)}"
                try:
                    make_private_folder(path, exist_ok=False)
                except FileExistsError:
                    continue
                folder = RunFolder(path)
                make_private_folder(folder.trials)
                return folder
        except OSError as error:
            raise HomeUnusableError.from_os_error(self.home, error) from None

    def list(self) -> list[RunFolder]:
        """All runs, the newest first."""
        if not self.runs.is_dir():
            return []
        names = sorted((each.name for each in self.runs.iterdir() if _RUN_ID.fullmatch(each.name)), reverse=True)
        return [RunFolder(self.runs / name) for name in names]

    def open(self, run_id: str) -> RunFolder:
        """Find a run by its whole id.

        Raises
        ------
        UnknownRunError
            If there is none; the message names the nearest.
        """
        # Nothing but an id may become part of a path: it may have been read from a notebook of somebody else.
        if not _RUN_ID.fullmatch(run_id) or not (self.runs / run_id).is_dir():
            raise self._unknown(run_id)
        return RunFolder(self.runs / run_id)

    def find(self, text: str) -> RunFolder:
        """Find a run by its id, its name (the newest of that name), the beginning of its id, or its last letters.

        Parameters
        ----------
        text : str

        Returns
        -------
        folder : RunFolder

        Raises
        ------
        AmbiguousRunError
            If several begin, or end, with it.
        UnknownRunError
            If none does; the message names the nearest.
        """
        runs = self.list()
        for each in runs:
            if each.run_id == text:
                return each
        for each in runs:
            if each.name == _plain(text):
                return each
        matches = [each for each in runs if text and (each.run_id.startswith(text) or each.run_id.endswith(f"-{text}"))]
        if len(matches) > 1:
            raise AmbiguousRunError.from_matches(text, [each.run_id for each in matches])
        if not matches:
            raise self._unknown(text)
        return matches[0]

    def remove(self, run_id: str) -> None:
        """Delete a run and all its files.

        Raises
        ------
        UnknownRunError
            If there is none of that id.
        RunLockedError
            If it is running.
        """
        folder = self.open(run_id)
        # Windows removes no file that is open, so the lock proves that nobody runs it and is given back at once. The
        # rename, which takes no time, makes the run vanish as a whole.
        folder.lock().release()
        going = folder.path.with_name(f"{UNFINISHED}{run_id}")
        folder.path.rename(going)
        shutil.rmtree(going)

    def remove_older(self, seconds: float) -> tuple[str, ...]:
        """Delete the runs whose log was last written longer ago; those that are running stay.

        Parameters
        ----------
        seconds : float
            Age.

        Returns
        -------
        removed : tuple of str
            Their ids, the newest first.
        """
        limit = self._now() - timedelta(seconds=seconds)
        removed = []
        for folder in self.list():
            if folder.last_written < limit:
                try:
                    self.remove(folder.run_id)
                except RunLockedError:
                    continue
                removed.append(folder.run_id)
        return tuple(removed)

    def disk_bytes(self) -> int:
        """Bytes of all runs."""
        return sum(each.disk_bytes() for each in self.list())

    def _unknown(self, text: str) -> UnknownRunError:
        runs = self.list()
        names = dict.fromkeys(each.name for each in runs)
        return UnknownRunError.from_text(text, [*names, *(each.run_id for each in runs)], self.runs)
