"""Errors about the files and addresses a table is read from; none shows what an address keeps secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def said_by(error: BaseException, limit: int = 160) -> str:
    r"""First line of what a library said, without its closing full stop.

    Examples
    --------
    >>> said_by(ValueError("Not a zip file.\nSecond line."))
    'Not a zip file'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    return (said if len(said) <= limit else f"{said[: limit - 1]}…").rstrip(".")


def nearest_file(name: str, known: Iterable[str]) -> str | None:
    """File that was probably meant by a name, its ending typed or not.

    Examples
    --------
    >>> nearest_file("chrun", ["churn.csv", "trips.csv"]), nearest_file("churn.csv", ["churn.parquet"])
    ('churn.csv', 'churn.parquet')
    """
    names = list(known)
    by_stem = {each.partition(".")[0]: each for each in names}
    stem = nearest(name.partition(".")[0], by_stem)
    return nearest(name, names) or (by_stem[stem] if stem else None)


class MissingFileError(LeptonError, FileNotFoundError):
    """There is no such file."""

    @classmethod
    def from_path(cls, path: str, folder: str, names: Iterable[str]) -> Self:
        """Build from the path as typed, the folder that was looked in, and the names there."""
        match = nearest_file(path.replace("\\", "/").rpartition("/")[2], names)
        hint = f"Did you mean {match!r}?" if match else "Check the path; it is read from the notebook's folder."
        place = "this folder" if folder in {"", "."} else repr(folder)
        return cls(f"There is no file {path!r} in {place}. {hint}")

    @classmethod
    def from_folder(cls, path: str, folder: str) -> Self:
        """Build for a path through a folder that does not exist."""
        return cls(f"There is no file {path!r}: there is no folder {folder!r}. Check the path.")

    @classmethod
    def from_pattern(cls, pattern: str, hint: str | None) -> Self:
        """Build for a pattern that no file matches."""
        remedy = f"Did you mean {hint!r}?" if hint else "Check the folder and the ending."
        return cls(f"No file matches {pattern!r}. {remedy}")


class UnreadableFileError(LeptonError, OSError):
    """A file is there and cannot be opened."""

    @classmethod
    def from_os_error(cls, label: str, error: OSError) -> Self:
        """Build from what the operating system said."""
        reason = (error.strerror or said_by(error)).lower()
        return cls(f"{label!r} cannot be opened: {reason}. Make it readable, or give another file.")

    @classmethod
    def from_folder(cls, label: str) -> Self:
        """Build for a folder where a file is meant."""
        return cls(f"{label!r} is a folder. Name a file in it, or a pattern such as {label.rstrip('/')}/*.csv.")

    @classmethod
    def from_link(cls, label: str) -> Self:
        """Build for a link that leads to nothing."""
        return cls(f"{label!r} is a link that leads to no file. Name the file itself, or mend the link.")

    @classmethod
    def from_special(cls, label: str) -> Self:
        """Build for a device, a socket or a pipe."""
        return cls(f"{label!r} is not a file that can be read twice, as a table needs. Save it as a file first.")


class EmptyFileError(LeptonError, ValueError):
    """A file or an answer holds no rows."""

    @classmethod
    def from_nothing(cls, label: str) -> Self:
        """Build for a file of no bytes, or of blanks alone."""
        return cls(f"{label!r} is empty. Give a file that holds a table.")

    @classmethod
    def from_header(cls, label: str, n_columns: int) -> Self:
        """Build for a file that names its columns and holds no row."""
        columns = "one column" if n_columns == 1 else f"{n_columns:,} columns"
        return cls(f"{label!r} names {columns} and has no rows. Give a table that has rows.")

    @classmethod
    def from_answer(cls, n_columns: int) -> Self:
        """Build for a select that no row answers."""
        columns = "one column" if n_columns == 1 else f"{n_columns:,} columns"
        return cls(f"The select has {columns} and no rows. Widen its conditions.")


class FileFormatError(LeptonError, ValueError):
    """A file is not what its name says, or is damaged."""

    @classmethod
    def from_binary(cls, label: str, what: str) -> Self:
        """Build for a file that is not text, and what it seems to be."""
        return cls(f"{label!r} holds no table: it is {what}. Give CSV, Parquet, Feather, Arrow, JSON lines or Excel.")

    @classmethod
    def from_ending(cls, label: str, ending: str) -> Self:
        """Build for a kind of file that is known and not read."""
        return cls(
            f"{label!r} cannot be read: files ending in {ending} are not. Save the table as CSV, Parquet or Excel."
        )

    @classmethod
    def from_pickle(cls, label: str) -> Self:
        """Build for a pickle, which can run any code when it is read."""
        return cls(
            f"{label!r} is a pickle, which is never read, since it may run code. Save the table as Parquet instead: "
            "df.to_parquet(…)."
        )

    @classmethod
    def from_damage(cls, label: str, kind: str, error: BaseException) -> Self:
        """Build for a file whose reader gave up."""
        return cls(f"{label!r} cannot be read as {kind}: {said_by(error)}. Write it again, or give another file.")

    @classmethod
    def from_cut(cls, label: str, kind: str) -> Self:
        """Build for a file that ends before it should."""
        return cls(f"{label!r} is not a whole {kind} file: it was cut off or is still being written. Write it again.")

    @classmethod
    def from_archive(cls, label: str, n_files: int) -> Self:
        """Build for an archive that does not hold exactly one file."""
        held = "no file" if not n_files else f"{n_files:,} files"
        return cls(f"The archive {label!r} holds {held}, and one table is read. Unpack it and name the file.")

    @classmethod
    def from_locked(cls, label: str) -> Self:
        """Build for a file behind a password."""
        return cls(f"{label!r} is protected by a password, or in the format of Excel 97. Save it as .xlsx without one.")

    @classmethod
    def from_sheets(cls, label: str) -> Self:
        """Build for a workbook without any table."""
        return cls(f"No sheet of {label!r} holds a table. Give a workbook whose first sheet has a header and rows.")


class TextFormatError(LeptonError, ValueError):
    """A text file is not a table of separated values, or not JSON."""

    @classmethod
    def from_ragged(cls, label: str, line: int, n_found: int, n_expected: int) -> Self:
        """Build from the first line with more or fewer values than the header."""
        values = "one value" if n_found == 1 else f"{n_found:,} values"
        return cls(
            f"Line {line:,} of {label!r} has {values} where {n_expected:,} are expected. Correct the line; a value "
            "that holds the separator goes in quotes."
        )

    @classmethod
    def from_open_quote(cls, label: str, line: int) -> Self:
        """Build from the line where a quote begins that never ends."""
        return cls(f'The quote that opens in line {line:,} of {label!r} never closes. Close it, or double it: "".')

    @classmethod
    def from_too_long(cls, label: str, n_bytes: int) -> Self:
        """Build for a file whose first line does not end."""
        return cls(
            f"The first line of {label!r} is longer than {n_bytes // 2**20} MB, so it is no table of lines. "
            "Give one row a line."
        )

    @classmethod
    def from_encoding(cls, label: str, encoding: str) -> Self:
        """Build for text whose bytes do not fit what it was taken for."""
        return cls(f"{label!r} is not text in {encoding} throughout. Save it as UTF-8.")

    @classmethod
    def from_json(cls, label: str, error: BaseException) -> Self:
        """Build for text that is not JSON."""
        return cls(f"{label!r} is not JSON: {said_by(error)}. Write one object a line, or a list of objects.")

    @classmethod
    def from_json_shape(cls, label: str, what: str) -> Self:
        """Build for JSON that is no table, and what it is."""
        return cls(f"{label!r} holds {what}, and a table is read from objects: one a line, or a list of them.")


class TooManyColumnsError(LeptonError, ValueError):
    """A table is too wide to be searched."""

    @classmethod
    def from_count(cls, label: str, n_columns: int, limit: int) -> Self:
        """Build from the columns there are and the most that are read."""
        return cls(
            f"{label!r} has {n_columns:,} columns, and at most {limit:,} are read. Choose the columns that matter, or "
            "turn the table on its side if its columns are rows."
        )


class DifferentFilesError(LeptonError, ValueError):
    """Files that one pattern names do not hold one table."""

    @classmethod
    def from_columns(cls, first: str, other: str, missing: Sequence[str], extra: Sequence[str]) -> Self:
        """Build from two files and the columns that one of them lacks."""
        name, has, lacks = (missing[0], first, other) if missing else (extra[0], other, first)
        return cls(f"{lacks!r} lacks the column {name!r} that {has!r} has. Give files of the same columns.")

    @classmethod
    def from_kinds(cls, first: str, other: str) -> Self:
        """Build from two files of different formats."""
        return cls(f"{first!r} and {other!r} are files of different kinds. Name one kind, such as *.csv.")

    @classmethod
    def from_types(cls, label: str, error: BaseException) -> Self:
        """Build from what does not go together."""
        return cls(f"The files of {label!r} do not go together: {said_by(error)}. Write them with the same types.")


class MissingPackageError(LeptonError, ImportError):
    """A kind of source needs a package that is not installed."""

    @classmethod
    def from_extra(cls, what: str, package: str, extra: str) -> Self:
        """Build from what is to be read, the package that does it and the extra that brings it."""
        return cls(f"{what} needs the package {package}. Install it: pip install 'lepton-jupyter[{extra}]'")

    @classmethod
    def from_package(cls, what: str, package: str) -> Self:
        """Build from what is to be read and the package that does it."""
        return cls(f"{what} needs the package {package}. Install it: pip install {package}")


class AddressError(LeptonError, ConnectionError):
    """What an address names cannot be had."""

    @classmethod
    def from_scheme(cls, shown: str, scheme: str) -> Self:
        """Build for an address of a kind that nothing reads."""
        return cls(f"{shown!r} cannot be read: nothing here reads addresses that begin with {scheme}://.")

    @classmethod
    def from_status(cls, shown: str, status: int, reason: str) -> Self:
        """Build from what a server answered instead of the file."""
        return cls(f"{shown!r} was not sent: the server answered {status} {reason}. Check the address and your access.")

    @classmethod
    def from_failure(cls, shown: str, reason: str) -> Self:
        """Build from why nothing came."""
        return cls(f"{shown!r} cannot be reached: {reason}. Check the address and the network.")

    @classmethod
    def from_size(cls, shown: str, needed: str, free: str) -> Self:
        """Build for a file that does not fit on the disk."""
        return cls(f"{shown!r} needs {needed} of disk to be read, and {free} are free. Make room, or read it there.")

    @classmethod
    def from_database(cls, shown: str) -> Self:
        """Build for the address of a database where a file is meant."""
        return cls(f'{shown!r} is a database. Say what to read from it: --sql "select …" --connection URL.')
