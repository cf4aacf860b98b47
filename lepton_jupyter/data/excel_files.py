"""Tables in Excel workbooks: the first sheet that holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.data.arrow_frames import from_frame
from lepton_jupyter.data.csv_dialect import unique_names
from lepton_jupyter.exceptions.source_errors import EmptyFileError, FileFormatError, MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from lepton_jupyter.data.file_kinds import TableFile


#: What a workbook, which is packed, takes as a frame at most.
_UNPACKED = 12


class ExcelFiles:
    """One or several workbooks whose first sheets hold one table.

    Parameters
    ----------
    files : sequence of TableFile
        At least one.
    label : str
    """

    def __init__(self, files: Sequence[TableFile], label: str) -> None:
        self.label = label
        self._files = tuple(files)
        self._notes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Which of several sheets was read."""
        return self._notes

    def estimated_bytes(self) -> int:
        """Memory of all rows, by the size of the packed files."""
        return sum(file.path.stat().st_size for file in self._files) * _UNPACKED

    def read(self) -> pd.DataFrame:
        """All rows at once."""
        import pandas as pd

        frames = [self._read_file(file) for file in self._files]
        return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

    def batches(self) -> Iterator[pa.Table]:
        """All rows, a workbook at a time."""
        for file in self._files:
            yield from_frame(self._read_file(file))

    def _read_file(self, file: TableFile) -> pd.DataFrame:
        import warnings

        import pandas as pd

        try:
            import openpyxl  # noqa: F401  asked for by name, so that its absence can be said by name
        except ImportError:
            raise MissingPackageError.from_extra("Reading Excel files", "openpyxl", "excel") from None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl tells of styles and validations, which no table needs
                with pd.ExcelFile(file.path, engine="openpyxl") as book:
                    sheets = [str(each) for each in book.sheet_names]
                    for sheet in sheets:
                        frame = book.parse(sheet)
                        if frame.shape[1]:
                            self._tell(file, sheet, sheets)
                            return self._named(file, frame)
        except (KeyError, ValueError, OSError, TypeError, AttributeError, SyntaxError, EOFError) as error:
            raise FileFormatError.from_damage(file.label, "Excel", error) from None
        raise FileFormatError.from_sheets(file.label)

    def _named(self, file: TableFile, frame: pd.DataFrame) -> pd.DataFrame:
        if not len(frame):
            raise EmptyFileError.from_header(file.label, frame.shape[1])
        names, _ = unique_names([str(name) for name in frame.columns])
        return frame.set_axis(list(names), axis=1)

    def _tell(self, file: TableFile, sheet: str, sheets: Sequence[str]) -> None:
        if len(sheets) > 1:
            self._notes = (
                *self._notes,
                f"Of the {len(sheets)} sheets of {file.label}, {sheet!r} was read; another one is had by "
                "pandas.read_excel(…, sheet_name=…).",
            )
