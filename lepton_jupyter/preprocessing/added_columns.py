"""Columns that are added to rows before all else is done to them, and how a recipe keeps what they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from lepton_jupyter.exceptions.prediction_errors import InvalidRecipeError
from lepton_jupyter.preprocessing.stored_columns import columns_from_json, columns_to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

#: Rows of a kept table up to which it stands in the recipe itself, for people to read; a larger one lies beside it.
MOST_READ = 1_000


class AddedColumn(NamedTuple):
    """A column that is added, for people: its name, what it is, and of what it is made."""

    name: str
    action: str
    reason: str


class AddedColumns(Protocol):
    """Some columns that are added to rows."""

    @property
    def kind(self) -> str:
        """What they are called in a plan and in a saved recipe."""
        ...

    @property
    def by_row(self) -> bool:
        """Whether a row gets them by itself; else a pass over the table gives them to its partitions."""
        ...

    @property
    def label(self) -> str:
        """What tells them from others of the kind."""
        ...

    @property
    def added(self) -> tuple[AddedColumn, ...]:
        """One for each column."""
        ...

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the columns that they are made of."""
        ...

    def beside(self, table: pa.Table) -> pa.Table:
        """Rows with the columns added."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it, but for `stored`."""
        ...

    @property
    def stored(self) -> pa.Table:
        """What was learnt of other rows."""
        ...

    @classmethod
    def from_stored(cls, saved: dict[str, Any], stored: pa.Table) -> Self:
        """From what `to_dict` and `stored` gave."""
        ...


def added_to_json(added: Sequence[AddedColumns], recipe: Path | None = None) -> list[dict[str, Any]]:
    """As JSON can hold them.

    Parameters
    ----------
    added : sequence of AddedColumns
    recipe : Path, optional
        The file that the JSON goes to: large tables are written beside it, as Parquet. Without one they are part of
        the JSON, however large.
    """
    from pyarrow import parquet

    saved = []
    for each in added:
        stored = each.stored
        entry = {"add": each.kind, **each.to_dict()}
        if recipe is None or stored.num_rows <= MOST_READ:
            entry["table"] = columns_to_json(stored)
        else:
            name = f"{recipe.stem}-{each.label}.parquet"
            unfinished = recipe.with_name(f".{name}.unfinished")
            try:
                parquet.write_table(stored, unfinished, compression="zstd")
                unfinished.replace(recipe.with_name(name))
            finally:
                unfinished.unlink(missing_ok=True)
            entry |= {"file": name, "rows": stored.num_rows}
        saved.append(entry)
    return saved


def json_lines(saved: Sequence[dict[str, Any]]) -> str:
    """What `added_to_json` gave as text, a line for each column of a table."""
    texts = []
    for entry in saved:
        head = {name: value for name, value in entry.items() if name != "table"}
        lines = ",\n    ".join(json.dumps(column, ensure_ascii=False) for column in entry.get("table", ()))
        tail = f',\n   "table": [\n    {lines}\n   ]}}' if "table" in entry else "}"
        texts.append(json.dumps(head, ensure_ascii=False)[:-1] + tail)
    return ",\n  ".join(texts)


def added_from_json(
    saved: Sequence[dict[str, Any]],
    kinds: Mapping[str, Callable[[dict[str, Any], pa.Table], AddedColumns]],
    folder: Path | None,
) -> tuple[AddedColumns, ...]:
    """From what `added_to_json` gave.

    Parameters
    ----------
    saved : sequence of dict
    kinds : mapping of str to callable
        ``from_stored`` of each kind.
    folder : Path or None
        Where the recipe lies.

    Raises
    ------
    InvalidRecipeError
        If the kind is not known, or the table that lies beside the recipe is not there or another.
    """
    found = []
    for entry in saved:
        if entry["add"] not in kinds:
            raise InvalidRecipeError.from_text(f"this version adds no {str(entry['add'])[:40]!r}")
        stored = columns_from_json(entry["table"]) if "table" in entry else _table_beside(entry, folder)
        found.append(kinds[entry["add"]](entry, stored))
    return tuple(found)


def _table_beside(entry: dict[str, Any], folder: Path | None) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    name = str(entry["file"])
    if folder is None:
        raise InvalidRecipeError.from_text(f"a part of it lies in the file {name[:80]!r}; read it with its load()")
    if Path(name).name != name:  # a recipe may come from elsewhere, and opens nothing but what lies beside it
        raise InvalidRecipeError.from_text("it names a file that does not lie beside it")
    try:
        stored = parquet.read_table(folder / name)
    except (OSError, pa.ArrowException):
        raise InvalidRecipeError.from_text(f"the file {name[:80]!r} beside it cannot be read") from None
    if stored.num_rows != entry["rows"]:
        raise InvalidRecipeError.from_text(f"the file {name[:80]!r} beside it belongs to another recipe")
    return stored
