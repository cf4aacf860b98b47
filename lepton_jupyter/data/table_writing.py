"""Tables into files that are whole or absent: written under another name, then put in their place at once."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_jupyter.data.file_kinds import ending_of
from lepton_jupyter.exceptions.source_errors import MissingPackageError
from lepton_jupyter.exceptions.writing_errors import DestinationError, WriteError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

#: Rows of a sheet of Excel, its header left out.
_SHEET_ROWS = 1_048_575
_PACKED = (".gz", ".zip", ".zst", ".bz2", ".xz")


def is_file_name(name: str) -> bool:
    """Whether a destination is a file that can be written, told by its ending.

    Parameters
    ----------
    name : str

    Returns
    -------
    is_file_name : bool

    Examples
    --------
    >>> is_file_name("out.parquet"), is_file_name("scores.CSV.gz"), is_file_name("public.scores")
    (True, True, False)
    """
    return ending_of(name) in _WRITERS


def check_destination(name: str) -> Path:
    """Refuse a file that could not be written, before the work for it begins.

    Parameters
    ----------
    name : str
        Path, with a known ending.

    Returns
    -------
    path : Path

    Raises
    ------
    DestinationError
        If nothing is written under such an ending.
    WriteError
        If its folder is missing or closed, or it is a folder itself.
    MissingPackageError
        If writing it takes a package that is not installed.
    """
    if not is_file_name(name):
        raise DestinationError.from_ending(name, ENDINGS)
    path = Path(name).expanduser()
    try:
        with suppress(FileNotFoundError):
            path.lstat()  # names that no file can have are refused here
        if path.is_dir():
            raise WriteError.from_folder(name)
        if not path.parent.is_dir():
            raise WriteError.from_missing_folder(name, str(path.parent))
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except (OSError, ValueError) as error:
        if isinstance(error, WriteError):
            raise
        raise WriteError.from_os_error(name, error if isinstance(error, OSError) else OSError(str(error))) from None
    if ending_of(name) == ".xlsx":
        try:
            import openpyxl  # noqa: F401  asked for by name, so that its absence can be said by name
        except ImportError:
            raise MissingPackageError.from_extra("Writing Excel files", "openpyxl", "excel") from None
    return path


def write_table(frame: pd.DataFrame, name: str) -> int:
    """Write a table to a file, in the format that its ending says; an earlier file is replaced.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its index is not written.
    name : str
        Path that ends in .csv, .tsv, .jsonl (each packed by .gz, .zip or .xz too), .parquet, .feather or .xlsx.

    Returns
    -------
    n_bytes : int
        Size of the file.

    Raises
    ------
    DestinationError, WriteError
        If it cannot be; an earlier file is as it was.
    """
    path = check_destination(name)
    ending = ending_of(name)
    if ending == ".xlsx" and len(frame) > _SHEET_ROWS:
        raise DestinationError.from_rows(name, len(frame), _SHEET_ROWS)
    # The whole name at the end: pandas tells the packing by it.
    try:
        descriptor, unfinished = tempfile.mkstemp(prefix=".unfinished-", suffix=path.name[-100:], dir=path.parent)
        os.close(descriptor)
    except OSError as error:
        raise WriteError.from_os_error(name, error) from None
    place = Path(unfinished)
    try:
        _WRITERS[ending](frame, place)
        _keep_on_disk(place)
        place.chmod(_mode_of(path))
        place.replace(path)
    except OSError as error:
        raise WriteError.from_os_error(name, error) from None
    except (ValueError, TypeError, OverflowError, NotImplementedError) as error:
        raise WriteError.from_values(name, error) from None
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)
    return path.stat().st_size


def _keep_on_disk(place: Path) -> None:
    with place.open("rb+") as file:
        os.fsync(file.fileno())


def _mode_of(path: Path) -> int:
    """Who may read the file: those who could before, or what the umask leaves to a new file."""
    with suppress(OSError):
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _write_parquet(frame: pd.DataFrame, place: Path) -> None:
    frame.to_parquet(place, index=False)


def _write_feather(frame: pd.DataFrame, place: Path) -> None:
    frame.reset_index(drop=True).to_feather(place)


def _write_csv(frame: pd.DataFrame, place: Path) -> None:
    frame.to_csv(place, index=False)


def _write_tsv(frame: pd.DataFrame, place: Path) -> None:
    frame.to_csv(place, index=False, sep="\t")


def _write_json_lines(frame: pd.DataFrame, place: Path) -> None:
    frame.to_json(place, orient="records", lines=True, date_format="iso", force_ascii=False, double_precision=15)


def _write_excel(frame: pd.DataFrame, place: Path) -> None:
    import pandas as pd

    plain = frame.copy(deep=False)
    for label, kind in plain.dtypes.items():
        if isinstance(kind, pd.DatetimeTZDtype):  # Excel knows no time zones
            plain[label] = plain[label].astype(str)
    with pd.ExcelWriter(place, engine="openpyxl") as writer:
        plain.to_excel(writer, index=False, sheet_name="predictions")
        for row in writer.sheets["predictions"].iter_rows():
            for cell in row:
                if cell.data_type == "f":  # text of the table that begins with =, which is no formula of ours
                    cell.data_type = "s"


_WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".parquet": _write_parquet,
    ".feather": _write_feather,
    ".jsonl": _write_json_lines,
    ".xlsx": _write_excel,
}
#: Endings of the files that can be written.
ENDINGS = tuple(_WRITERS)
