"""One run on disk: where its files lie, and how trials get there whole."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from lepton_jupyter.exceptions.run_errors import DamagedRunError, RunLockedError
from lepton_jupyter.runs import private_files
from lepton_jupyter.runs.log_reading import read_log
from lepton_jupyter.runs.run_lock import RunLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from lepton_jupyter.runs.log_reading import LogContents

OUT_OF_FOLD_NAME = "out_of_fold.npy"


class RunFolder:
    """The folder of one run; looking is free, writing is for whoever holds `lock`.

    Parameters
    ----------
    path : Path
        ``runs/ID``, made by `RunStore.create`.

    Attributes
    ----------
    run_id : str
        Readable and sortable: date, time in UTC, name, four letters.
    path, events, recipe, data, settings, copies, trials : Path
        The folder, and what lies in it: ``events.jsonl`` (with full files of the log beside it, see `log_segments`),
        ``recipe.json``, ``data.json``, ``settings.json``, ``copies/`` (of some runs), ``trials/``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run_id = path.name
        self.events = path / "events.jsonl"
        self.recipe = path / "recipe.json"
        self.data = path / "data.json"
        self.settings = path / "settings.json"
        self.copies = path / "copies"
        self.trials = path / "trials"

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    @property
    def name(self) -> str:
        """Name of the run as it stands in its id, such as ``"churn"``."""
        return "-".join(self.run_id.split("-")[2:-1])

    @property
    def started(self) -> datetime:
        """When the run was made, in UTC."""
        return datetime.strptime(self.run_id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)

    @property
    def last_written(self) -> datetime:
        """When its log was last written, in UTC; when it was made, if it has no log."""
        try:
            return datetime.fromtimestamp(self.events.stat().st_mtime, tz=UTC)
        except FileNotFoundError:
            return self.started

    def lock(self) -> RunLock:
        """Take the right to write this run, and clear away what an earlier process left unfinished.

        Returns
        -------
        lock : RunLock
            Held; give it back with `release` or at the end of a ``with`` block. The system takes it back when the
            process dies.

        Raises
        ------
        RunLockedError
            If another process, or another part of this one, writes the run.
        """
        lock = RunLock(self.path).acquire()
        private_files.remove_unfinished(self.path)
        private_files.remove_unfinished(self.trials)
        return lock

    def is_running(self) -> bool:
        """Whether somebody holds the lock now."""
        try:
            RunLock(self.path).acquire().release()
        except RunLockedError:
            return True
        return False

    def look(self) -> tuple[LogContents, bool]:
        """Its log, and whether somebody writes it.

        In the other order a run that ends in between would seem cut off: whoever is gone has written what is then read.

        Raises
        ------
        DamagedRunError
            If the log is absent, or damaged in its middle.
        """
        alive = self.is_running()
        return read_log(self.events), alive

    def read_text(self, name: str) -> str:
        """Text of a file of this run, such as ``"recipe.json"``.

        Raises
        ------
        DamagedRunError
            If there is no such file, or it is not UTF-8.
        """
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except (FileNotFoundError, UnicodeDecodeError) as error:
            raise DamagedRunError.from_file(self.path / name, error) from None

    def write_text_atomically(self, name: str, text: str) -> None:
        """Replace a file of this run by `text`: whoever reads sees all of the old or all of the new.

        Raises
        ------
        OSError
            If it cannot be written; the old file is as it was.
        """
        private_files.write_text_atomically(self.path / name, text)

    def trial(self, trial_id: int) -> Path:
        """Folder of a finished trial; absent, or whole."""
        return self.trials / str(trial_id)

    def finished_trials(self) -> tuple[int, ...]:
        """Ids of the trials that lie in the folder, in order."""
        return tuple(sorted(int(each.name) for each in self.trials.glob("*") if each.name.isdecimal()))

    @contextmanager
    def trial_writer(self, trial_id: int) -> Iterator[Path]:
        """Give a temporary folder that becomes the trial's when the block ends well, so that it is whole or absent.

        Whole after the death of the process, that is; files of the last half second may be lost to a power cut, and
        are then refused when they are read.

        Yields
        ------
        place : Path
            Where predictions (`save_out_of_fold`) and fold models are written.

        Raises
        ------
        OSError
            If it cannot be written, such as on a full disk; then nothing of it stays.
        """
        with private_files.whole_folder(self.trial(trial_id)) as place:
            yield place

    def save_out_of_fold(self, place: Path, predictions: NDArray[Any]) -> None:
        """Write predictions into a trial's folder as float32.

        Parameters
        ----------
        place : Path
            What `trial_writer` gave.
        predictions : ndarray of shape (n_rows, n_outputs)
        """
        np.save(place / OUT_OF_FOLD_NAME, np.asarray(predictions, dtype=np.float32), allow_pickle=False)

    def load_out_of_fold(self, trial_id: int) -> NDArray[np.float32]:
        """Read the predictions of a finished trial, shape (n_rows, n_outputs).

        Raises
        ------
        DamagedRunError
            If the file is missing, cut short, or something else.
        """
        path = self.trial(trial_id) / OUT_OF_FOLD_NAME
        try:
            predictions = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DamagedRunError.from_out_of_fold(path, error) from None
        if not isinstance(predictions, np.ndarray) or predictions.dtype != np.float32 or predictions.ndim != 2:
            raise DamagedRunError.from_out_of_fold(path, "it is not a table of float32")
        return predictions

    def disk_bytes(self) -> int:
        """Bytes of all files of the run."""
        total = 0
        # Not rglob, which stops with an error when a running search renames a folder meanwhile.
        for place, _, names in os.walk(self.path):
            for name in names:
                with suppress(FileNotFoundError):
                    total += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118  thousands of files
        return total
