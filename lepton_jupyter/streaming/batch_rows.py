"""From a batch as it was read to rows: those to score, those that only bring labels, and those that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepton_jupyter.preprocessing.row_reading import RowRefusal
from lepton_jupyter.streaming.batch_parsing import BatchParser
from lepton_jupyter.streaming.row_parsing import parse_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pyarrow as pa

    from lepton_jupyter.streaming.loop_settings import LoopSettings
    from lepton_jupyter.streaming.stream_source import Batch, Row


class BatchRows:
    """Parses batches.

    Parameters
    ----------
    settings : LoopSettings
    columns : collection of str
        Fields that the model looks at.
    """

    def __init__(self, settings: LoopSettings, columns: Collection[str]) -> None:
        self._settings = settings
        self._parser = BatchParser(settings.key, settings.keep)
        #: Fields that a row has which is to be predicted.
        self._label_free = frozenset(columns) - {settings.key, settings.labels}

    def of(
        self, batch: Batch, schema: pa.Schema | None, refused: dict[int, RowRefusal]
    ) -> Iterator[tuple[Sequence[Row], Sequence[int], list[Row]]]:
        """Rows to score, their places, and rows that only bring labels; what cannot be parsed goes to `refused`.

        Parameters
        ----------
        batch : Batch
        schema : pyarrow.Schema or None
            Columns that are wanted; None if rows are wanted one by one.
        refused : dict of int to RowRefusal
            By place; is added to.
        """
        for start, stop, rows in self._parser.parts(batch.payloads, schema):
            yield self._singly(batch, start, stop, refused) if rows is None else (rows, range(start, stop), [])

    def _singly(
        self, batch: Batch, start: int, stop: int, refused: dict[int, RowRefusal]
    ) -> tuple[Sequence[Row], Sequence[int], list[Row]]:
        rows: list[Row] = []
        places: list[int] = []
        labels: list[Row] = []
        for place in range(start, stop):
            row = parse_row(batch.payloads[place])
            if isinstance(row, RowRefusal):
                refused[place] = row
            elif self._settings.key and row.get(self._settings.key) is None:
                refused[place] = RowRefusal("no key", f"It has no {self._settings.key!r}, which names rows.")
            elif self._is_label_alone(row):
                labels.append(row)
            else:
                rows.append(row)
                places.append(place)
        return rows, places, labels

    def _is_label_alone(self, row: Row) -> bool:
        """Whether a row only brings the truth about an earlier one of its key."""
        return bool(
            self._settings.labels
            and self._settings.key
            and row.get(self._settings.labels) is not None
            and row.keys().isdisjoint(self._label_free)
        )
