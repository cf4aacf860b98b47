"""Errors of preparing a table: bad partitions, unknown steps, conditions on rows, folders that cannot be written."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Self

from lepton_jupyter.exceptions.lepton_error import LeptonError, did_you_mean, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class BadPartitionError(LeptonError, ValueError):
    """A partition cannot be read, or is not like the others."""

    @classmethod
    def from_partition(cls, name: str, problem: str) -> Self:
        """Build from the partition's name and what is wrong with it, in one sentence."""
        return cls(f"Partition {name!r} is bad: {problem} --on-bad-partition skip goes on without it.")

    @classmethod
    def from_lacking(cls, column: str) -> Self:
        """Build from a column that a partition lacks, to stand behind the partition's name."""
        return cls(f"it lacks the column {column[:60]!r}, which the others have.")

    @classmethod
    def from_all(cls, n_partitions: int, first: str) -> Self:
        """Build for a table of which no partition can be read, and what is wrong with the first."""
        which = "The only partition" if n_partitions == 1 else f"None of the {n_partitions:,} partitions"
        return cls(f"{which} can be read: {first}" if n_partitions > 1 else f"{which} cannot be read: {first}")

    @classmethod
    def from_no_rows(cls, table: str, n_partitions: int) -> Self:
        """Build from what a table is called whose partitions can be read and hold nothing, and their number."""
        where = "" if n_partitions == 1 else f" in any of its {n_partitions:,} partitions"
        named = "The table" if table == "table" else f"The table {table[:60]!r}"
        return cls(f"{named} has no rows{where}. Name one that has some.")


class NoColumnLeftError(LeptonError, ValueError):
    """Nothing would be left of a table: rows without columns are none."""

    @classmethod
    def from_count(cls, n_columns: int) -> Self:
        """Build from how many columns there are."""
        which = "The only column" if n_columns == 1 else f"Each of the {n_columns:,} columns"
        return cls(
            f"{which} would be left out, as it holds one value, none, or a number of the row. "
            "Keep them by --without-step constants,identifiers."
        )


class UnknownStepError(LeptonError, ValueError):
    """There is no such step that could be left out."""

    @classmethod
    def from_name(cls, name: str, known: Iterable[str]) -> Self:
        """Build from what was typed and the kinds of steps that exist."""
        return cls(f"There is no step {shown(name)} to leave out. {did_you_mean(name, known, limit=10)}")

    @classmethod
    def from_column(cls, name: str, column: str, known: Sequence[str]) -> Self:
        """Build from ``column:step`` whose column does not exist."""
        return cls(f"{shown(name)} names the column {column[:60]!r}, which is not there. {did_you_mean(column, known)}")


class RowConditionError(LeptonError, ValueError):
    """A condition on rows cannot be understood or does not apply to the table."""

    @classmethod
    def from_syntax(cls, text: str) -> Self:
        """Build from a condition that is no expression."""
        return cls(
            f"The condition {shown(text)} cannot be read. Write it as in Python: \"age >= 18 and town != 'Ulm'\"."
        )

    @classmethod
    def from_part(cls, text: str, part: str) -> Self:
        """Build from a condition and the part of it that is not understood."""
        return cls(
            f"The condition {shown(text)} holds {part}, which is not understood. Compare columns with numbers, texts "
            "and each other, and join comparisons by and, or, not."
        )

    @classmethod
    def from_column(cls, text: str, name: str, known: Sequence[str]) -> Self:
        """Build from a condition on a column that does not exist."""
        return cls(f"The condition {shown(text)} names {name[:60]!r}, which is no column. {did_you_mean(name, known)}")

    @classmethod
    def from_types(cls, text: str, held: Mapping[str, str]) -> Self:
        """Build from a condition that compares what cannot be compared, and what its columns hold."""
        told = ", ".join(f"{name[:60]!r} holds {kind}" for name, kind in held.items()) or "it names no column"
        return cls(
            f"The condition {shown(text)} does not fit the table: {told}. Compare numbers with numbers, and texts or "
            "dates with a text in quotes."
        )

    @classmethod
    def from_no_rows(cls, text: str) -> Self:
        """Build from a condition that no row meets."""
        return cls(f"No row meets the condition {shown(text)}. Widen it.")


class PreparedFolderError(LeptonError, OSError):
    """The prepared table cannot be written."""

    @classmethod
    def from_os_error(cls, folder: str, error: OSError) -> Self:
        """Build from the folder and what the operating system said."""
        # Arrow tells what the system said at the end of a sentence of its own.
        told = re.search(r"\[errno (\d+)\]", str(error), re.IGNORECASE)
        said = os.strerror(int(told[1])) if told and error.filename is None else error.strerror or str(error)
        reason = said.lower().rstrip(".")
        return cls(f"The prepared table cannot be written to {folder!r}: {reason}. Make room, or name another folder.")

    @classmethod
    def from_not_empty(cls, folder: str) -> Self:
        """Build from a folder that holds something."""
        return cls(f"{folder!r} is not empty, and nothing in it is overwritten. Name a new folder.")

    @classmethod
    def from_quarantine(cls) -> Self:
        """Build for bad partitions that are to be set aside, and no folder to put them."""
        return cls(
            "--on-bad-partition quarantine puts bad files aside in the folder of --to. Add --to FOLDER, or use skip."
        )


class PreparationStoppedError(LeptonError, RuntimeError):
    """Somebody stopped the preparation; there is no prepared table."""

    @classmethod
    def from_stop(cls) -> Self:
        """Build for a preparation that somebody stopped."""
        return cls("The preparation was stopped, and nothing of it is kept. Prepare the table again to begin anew.")


class PartitionCodeError(LeptonError, RuntimeError):
    """The code of a cell cannot be run on a partition.

    The sentence that `logged` gives holds no value of the table; the error's own text tells what the code's error said,
    and in a notebook the rows are shown.
    """

    def __init__(self, sentence: str, said: str = "", rows: str = "") -> None:
        super().__init__(sentence, said, rows)

    def __str__(self) -> str:
        sentence, said, _ = self.args
        return f"{sentence.removesuffix('.')}: {said}" if said else str(sentence)

    @property
    def logged(self) -> str:
        """What may be kept of it."""
        return str(self.args[0])

    @property
    def rows(self) -> str:
        """The rows at which the code raised, as text."""
        return str(self.args[2])

    def _render_traceback_(self) -> list[str]:
        lines = [f"{type(self).__name__}: {self}"]
        return [*lines, "", *self.rows.splitlines()] if self.rows else lines

    @classmethod
    def from_syntax(cls, line: int, said: str) -> Self:
        """Build from the line of the cell that is no Python, and what Python says of it."""
        return cls(f"Line {line} of the cell cannot be read as Python: {said}.")

    @classmethod
    def from_error(cls, partition: str, line: int, error: BaseException, rows: str) -> Self:
        """Build from where the code raised what, and the rows."""
        said = " ".join(str(error).split())[:300]
        return cls(f"Line {line} of the cell raised {type(error).__name__} on {partition!r}.", said, rows)

    @classmethod
    def from_result(cls, name: str, kind: str) -> Self:
        """Build from the type of what the code gave."""
        return cls(
            f"The cell gives a {kind} and not a DataFrame. End it with a line that gives one, or assign to {name!r}."
        )

    @classmethod
    def from_columns(cls, partition: str, column: str) -> Self:
        """Build from a column that the code gives for other partitions only."""
        return cls(
            f"For {partition!r} the cell gives no column {column[:60]!r}, which it gives for others. "
            "Give the same columns always."
        )
